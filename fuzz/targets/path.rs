//! Paths. A key that is read is written as a segment that reads as the same key.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mimsy_fuzz::schema;
use mimsy_runtime::http::path;
use mimsy_schema::Schema;

static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);

fuzz_target!(|text: &str| {
    let Some(place) = path::read(text) else { return };
    assert!(!place.entity.contains('/'));
    let segment = place.row.unwrap_or(place.entity);
    for model in SCHEMA.models() {
        if let Some(key) = path::key(model, segment) {
            assert_eq!(key.len(), model.key.len());
            assert_eq!(path::key(model, &path::segment(&key)), Some(key));
        }
    }
});
