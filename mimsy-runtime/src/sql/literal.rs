//! Values written out, for definitions: those of an author's constants, never of a user.

use std::fmt::Write as _;

use mimsy_schema::Value;

use super::dialect::DecimalStorage;
use super::writer::Writer;

impl Writer {
    /// A value as the dialect stores it; its cast follows.
    pub(super) fn literal(&mut self, value: &Value) -> &mut Self {
        // A dialect without casts stores moments as integers, UUIDs as bytes, and decimals without their point.
        let typed = self.dialect.casts.is_some();
        match value {
            Value::Bool(yes) => self.push(if *yes { "TRUE" } else { "FALSE" }),
            Value::Int(number) => self.number(number),
            Value::Float(number) => self.number(number),
            Value::Text(text) => self.quoted(text),
            Value::Decimal(number) => match self.dialect.decimals {
                DecimalStorage::Unscaled => self.number(&number.unscaled),
                DecimalStorage::Numeric => self.number(number),
            },
            Value::Timestamp(moment) if typed => self.quoted(&moment.to_string()),
            Value::Date(day) if typed => self.quoted(&day.to_string()),
            Value::Time(time) if typed => self.quoted(&time.to_string()),
            Value::Uuid(uuid) if typed => self.quoted(&uuid.to_string()),
            Value::Bytes(bytes) if typed => self.quoted(&format!("\\x{}", hex(bytes))),
            Value::Timestamp(moment) => self.number(&moment.as_micros()),
            Value::Date(day) => self.number(&day.as_days()),
            Value::Time(time) => self.number(&time.as_micros()),
            Value::Uuid(uuid) => self.push("X'").push(&hex(uuid.as_bytes())).push("'"),
            Value::Bytes(bytes) => self.push("X'").push(&hex(bytes)).push("'"),
            // None of these is a constant of a checked condition.
            _ => self.push("NULL"),
        }
    }

    /// In parentheses, since a cast binds closer than a minus.
    fn number(&mut self, number: &dyn std::fmt::Display) -> &mut Self {
        self.push("(").push(&number.to_string()).push(")")
    }

    fn quoted(&mut self, text: &str) -> &mut Self {
        self.push("'").push(&text.replace('\'', "''")).push("'")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
