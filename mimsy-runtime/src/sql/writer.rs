//! SQL text and its binds, as they grow.

use std::fmt::Write as _;

use mimsy_schema::{Kind, Value};

use super::dialect::Placeholder;
use super::{Bind, Column, Dialect, Statement};

/// Writes one statement.
pub(crate) struct Writer {
    pub(crate) text: String,
    pub(crate) binds: Vec<Bind>,
    pub(crate) columns: Vec<Column>,
    pub(crate) dialect: &'static Dialect,
    /// Whether rows beyond a relation are locked against changes as they are read, where the database locks rows.
    pub(crate) share: bool,
    /// Whether what is written stands beside `<` or its like, where texts are compared by their bytes.
    pub(super) ordered: bool,
    /// Whether values are written out: a definition has no parameters.
    pub(super) literal: bool,
    aliases: u32,
    first: usize,
}

impl Writer {
    pub(crate) fn new(dialect: &'static Dialect) -> Self {
        Self::numbered(dialect, 1)
    }

    /// With parameters that are numbered from `first`.
    pub(crate) fn numbered(dialect: &'static Dialect, first: usize) -> Self {
        let text = String::with_capacity(256);
        Self {
            text,
            binds: Vec::new(),
            columns: Vec::new(),
            dialect,
            share: false,
            ordered: false,
            literal: false,
            aliases: 0,
            first,
        }
    }

    pub(crate) fn push(&mut self, sql: &str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// An identifier. Quoted, so that a column may be called `order`; a quote inside cannot come from a checked schema,
    /// and is doubled all the same.
    pub(crate) fn ident(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        match name.contains('"') {
            true => self.text.push_str(&name.replace('"', "\"\"")),
            false => self.text.push_str(name),
        }
        self.text.push('"');
        self
    }

    /// `alias."column"`.
    pub(crate) fn column(&mut self, alias: &str, name: &str) -> &mut Self {
        self.push(alias).push(".").ident(name)
    }

    /// A parameter.
    pub(crate) fn bind(&mut self, value: Value, kind: Kind) -> &mut Self {
        if self.literal {
            self.literal(&value);
            return self.cast(kind);
        }
        self.binds.push(Bind { value, kind });
        self.text.push(match self.dialect.placeholder {
            Placeholder::Question => '?',
            Placeholder::Dollar => '$',
        });
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{}", self.first + self.binds.len() - 1);
        self.cast(kind)
    }

    fn cast(&mut self, kind: Kind) -> &mut Self {
        if let Some(casts) = &self.dialect.casts {
            self.text.push_str(match kind {
                Kind::Bool => casts.boolean,
                Kind::Int => casts.int,
                Kind::Text | Kind::Enum | Kind::Row | Kind::Rows => casts.text,
                Kind::Decimal => casts.decimal,
                Kind::Timestamp => casts.timestamp,
                Kind::Uuid => casts.uuid,
                Kind::Float => casts.float,
                Kind::Bytes => casts.bytes,
                Kind::Date => casts.date,
                Kind::Time => casts.time,
                Kind::Json | Kind::List => casts.json,
            });
        }
        self
    }

    /// `separator` between the items.
    pub(crate) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut each: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.push(separator);
            }
            each(self, item);
        }
        self
    }

    /// An alias that no other table of this statement has.
    pub(crate) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("r{}", self.aliases)
    }

    pub(crate) fn returns(&mut self, kind: Kind, scale: u8) -> &mut Self {
        self.columns.push(Column { kind, scale });
        self
    }

    pub(crate) fn finish(self) -> Statement {
        Statement { text: self.text.into(), binds: self.binds, columns: self.columns.into() }
    }
}
