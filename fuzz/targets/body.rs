//! Bodies. What is read as a row is written as JSON that reads as the same row.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use mimsy_fuzz::{invoice, schema};
use mimsy_runtime::actions::{Found, Output};
use mimsy_runtime::json::{BadBody, Form, JsonRows, decode};
use mimsy_schema::{Document, Schema, Value};

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(schema()));

/// Values as a row holds them: a list is a document, and so is what a patch would be merged into nothing.
fn stored(input: Vec<(usize, Value)>) -> Vec<(usize, Value)> {
    let stored = |value| match value {
        Value::List(items) => Value::Json(Document::array(&items)),
        Value::Merge(patch) => Value::Json(patch),
        value => value,
    };
    input.into_iter().map(|(field, value)| (field, stored(value))).collect()
}

fuzz_target!(|body: &[u8]| {
    let model = invoice(&SCHEMA);
    for form in [Form::Create, Form::Update] {
        match decode(model, body, form, 64) {
            Ok(input) => {
                let input = stored(input);
                let (fields, row): (Vec<usize>, Vec<Value>) = input.iter().cloned().unzip();
                let mut rows = JsonRows::new(Arc::clone(&SCHEMA), b"", 256);
                rows.row(&Found { model, fields: &fields, row: &row, version: 1, included: &[] })
                    .expect("values are cells");
                let written = rows.into_bytes();
                let again = decode(model, &written, Form::Update, 64).map(stored);
                assert_eq!(again, Ok(input), "{}", String::from_utf8_lossy(&written));
            }
            Err(BadBody::Shape { violations, .. }) => assert!(!violations.is_empty()),
            Err(BadBody::Syntax { .. }) => {}
            Err(refused) => panic!("one row is no batch: {refused:?}"),
        }
    }
});
