//! Rows as JSON objects, from cells to bytes.

use std::ops::Range;
use std::sync::Arc;

use mimsy_schema::{EntityId, Model, Schema};

use super::write;
use crate::actions::{Found, Included, Output, Reached, Record};
use crate::row::{BadCell, Row};

/// Takes rows as JSON objects, separated by commas.
///
/// An object holds the fields that were asked for, in their order; an included relation stands in place of its
/// reference, or after the fields; `_masked` names what its reader may not see.
#[derive(Debug)]
pub struct JsonRows {
    schema: Arc<Schema>,
    buffer: Vec<u8>,
    first: bool,
    keys: Keys,
}

/// Where the last row's keys stand in the buffer, each with what leads it (`{"id":`, `,"number":`): the rows of a page
/// have the same, so they are copied from there.
#[derive(Debug, Default)]
struct Keys {
    entity: Option<EntityId>,
    fields: Vec<usize>,
    places: Vec<Range<usize>>,
}

impl JsonRows {
    /// Start after `head`, with room for `capacity` bytes.
    #[must_use]
    pub fn new(schema: Arc<Schema>, head: &[u8], capacity: usize) -> Self {
        let mut buffer = Vec::with_capacity(capacity);
        buffer.extend_from_slice(head);
        Self { schema, buffer, first: true, keys: Keys::default() }
    }

    /// The bytes so far.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }

    /// A row like the one before, without included relations.
    fn again(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        let fields = found.model.fields();
        for (at, (place, field)) in self.keys.places.iter().zip(found.fields).enumerate() {
            self.buffer.extend_from_within(place.clone());
            write::field(&mut self.buffer, &fields[*field], found.row.cell(at)?);
        }
        self.buffer.push(b'}');
        Ok(())
    }

    /// A row without included relations; remembers where its keys stand.
    fn remember(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        let names = found.model.fields();
        self.keys = Keys {
            entity: Some(found.model.id),
            fields: found.fields.to_vec(),
            places: Vec::with_capacity(found.fields.len()),
        };
        let mut lead = b'{';
        for (at, &field) in found.fields.iter().enumerate() {
            let from = self.buffer.len();
            write::name(&mut self.buffer, &mut lead, &names[field].name);
            self.keys.places.push(from..self.buffer.len());
            write::field(&mut self.buffer, &names[field], found.row.cell(at)?);
        }
        self.buffer.push(b'}');
        Ok(())
    }
}

impl Output for JsonRows {
    fn row(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        // A single row has none after it, so there is nothing to remember before the second.
        let single = std::mem::take(&mut self.first);
        if !single {
            self.buffer.push(b',');
        }
        if single || !found.included.is_empty() || found.fields.is_empty() {
            let mut object = Object { schema: &self.schema, out: &mut self.buffer };
            return object.row(found.model, found.fields, found.row, found.included);
        }
        if self.keys.entity == Some(found.model.id) && self.keys.fields == found.fields {
            return self.again(found);
        }
        self.remember(found)
    }
}

/// Writes one object after another, nested ones included.
struct Object<'a> {
    schema: &'a Schema,
    out: &'a mut Vec<u8>,
}

impl Object<'_> {
    fn row(&mut self, model: &Model, fields: &[usize], row: &dyn Row, included: &[Included]) -> Result<(), BadCell> {
        let names = model.fields();
        let mut lead = b'{';
        for (at, &field) in fields.iter().enumerate() {
            if let Some(one) = included.iter().find(|one| one.field == field) {
                self.reached(&mut lead, &names[field].name, &one.reached)?;
            } else {
                self.name(&mut lead, &names[field].name);
                write::field(self.out, &names[field], row.cell(at)?);
            }
        }
        for one in included.iter().filter(|one| !fields.contains(&one.field)) {
            self.reached(&mut lead, &names[one.field].name, &one.reached)?;
        }
        self.masked(&mut lead, model, included);
        if lead == b'{' {
            self.out.push(b'{');
        }
        self.out.push(b'}');
        Ok(())
    }

    fn name(&mut self, lead: &mut u8, name: &str) {
        write::name(self.out, lead, name);
    }

    fn reached(&mut self, lead: &mut u8, name: &str, reached: &Reached) -> Result<(), BadCell> {
        match reached {
            Reached::Masked => return Ok(()),
            Reached::Nothing => {
                self.name(lead, name);
                self.out.extend_from_slice(b"null");
            }
            Reached::One(record) => {
                self.name(lead, name);
                self.record(record)?;
            }
            Reached::Many { records, limit, more } => {
                self.name(lead, name);
                self.out.extend_from_slice(b"{\"data\":[");
                for (at, record) in records.iter().enumerate() {
                    if at > 0 {
                        self.out.push(b',');
                    }
                    self.record(record)?;
                }
                self.out.extend_from_slice(b"],\"page\":{\"limit\":");
                write::digits(self.out, u64::from(*limit), 1);
                self.out.extend_from_slice(if *more { b",\"more\":true}}" } else { b",\"more\":false}}" });
            }
        }
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), BadCell> {
        let model = self.schema.model(record.entity);
        self.row(model, &record.fields, &record.values, &record.included)
    }

    fn masked(&mut self, lead: &mut u8, model: &Model, included: &[Included]) {
        let mut masked = included.iter().filter(|one| one.reached == Reached::Masked).peekable();
        if masked.peek().is_none() {
            return;
        }
        self.name(lead, "_masked");
        let mut before = b'[';
        for one in masked {
            self.out.push(before);
            before = b',';
            write::text(self.out, &model.fields()[one.field].name);
        }
        self.out.push(b']');
    }
}

#[cfg(test)]
mod tests {
    use mimsy_schema::{Fixed, Value};
    use uuid::Uuid;

    use super::*;
    use crate::json::sample;

    fn id(n: u128) -> Value {
        Value::Uuid(Uuid::from_u128(n))
    }

    fn encoded(schema: Schema, rows: &[(&[usize], Vec<Value>, Vec<Included>)]) -> String {
        let schema = Arc::new(schema);
        let model = schema.by_name("Invoice").unwrap();
        let mut output = JsonRows::new(schema.clone(), b"[", 64);
        for (fields, values, included) in rows {
            output.row(&Found { model, fields, row: values, version: 1, included }).unwrap();
        }
        let mut bytes = output.into_bytes();
        bytes.push(b']');
        let text = String::from_utf8(bytes).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).expect("what is written is JSON");
        text
    }

    #[test]
    fn rows_hold_the_fields_that_were_asked_for_in_their_order() {
        let schema = sample::schema();
        let at = |name| schema.by_name("Invoice").unwrap().field_index(name).unwrap();
        let fields = [at("total"), at("number"), at("note")];
        let row = |note| vec![Value::Decimal(Fixed::new(1250, 2)), Value::Text("A".to_owned()), note];
        let text = encoded(
            schema.clone(),
            &[
                (&fields, row(Value::Null), vec![]),
                (&fields, row(Value::Text("x".to_owned())), vec![]),
                (&[], vec![], vec![]),
                (&fields, row(Value::Null), vec![]),
                (&fields[..1], row(Value::Null), vec![]),
                (&fields[1..2], row(Value::Null)[1..].to_vec(), vec![]),
            ],
        );
        assert_eq!(
            text,
            r#"[{"total":"12.50","number":"A","note":null},{"total":"12.50","number":"A","note":"x"},{},{"total":"12.50","number":"A","note":null},{"total":"12.50"},{"number":"A"}]"#
        );
    }

    #[test]
    fn included_relations() {
        let schema = sample::schema();
        let entity = |name: &str| -> EntityId { schema.by_name(name).unwrap().id };
        let at = |name| schema.by_name("Invoice").unwrap().field_index(name).unwrap();
        let customer = schema.by_name("Customer").unwrap().field_index("name").unwrap();
        let qty = schema.by_name("Line").unwrap().field_index("qty").unwrap();
        let record = |entity, field, value| Record {
            entity,
            fields: vec![field],
            values: vec![value],
            version: 1,
            included: vec![],
        };
        let ann = record(entity("Customer"), customer, Value::Text("Ann".to_owned()));
        let line = |n| Arc::new(record(entity("Line"), qty, Value::Int(n)));
        let one = |field, reached| vec![Included { field, reached }];
        let many = Reached::Many { records: vec![line(1), line(2)], limit: 2, more: true };
        let none = Reached::Many { records: vec![], limit: 50, more: false };
        let fields = [at("number"), at("customer")];
        for (included, expected) in [
            (vec![], r#"[{"number":"A","customer":"00000000-0000-0000-0000-000000000007"}]"#),
            (one(at("customer"), Reached::One(Arc::new(ann))), r#"[{"number":"A","customer":{"name":"Ann"}}]"#),
            (one(at("customer"), Reached::Nothing), r#"[{"number":"A","customer":null}]"#),
            (one(at("customer"), Reached::Masked), r#"[{"number":"A","_masked":["customer"]}]"#),
            (
                one(at("lines"), many),
                r#"[{"number":"A","customer":"00000000-0000-0000-0000-000000000007","lines":{"data":[{"qty":1},{"qty":2}],"page":{"limit":2,"more":true}}}]"#,
            ),
            (
                one(at("lines"), none),
                r#"[{"number":"A","customer":"00000000-0000-0000-0000-000000000007","lines":{"data":[],"page":{"limit":50,"more":false}}}]"#,
            ),
        ] {
            let rows = [(&fields[..], vec![Value::Text("A".to_owned()), id(7)], included)];
            assert_eq!(encoded(schema.clone(), &rows), expected);
        }
    }
}
