//! Cursors. A text that was not sealed does not open; what was sealed opens as it was, and no longer when a byte of it
//! has changed.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mimsy_runtime::page::Cursors;
use mimsy_schema::{Fixed, Timestamp, Value};

static CURSORS: LazyLock<Cursors> = LazyLock::new(|| Cursors::new(&[7; 32]));

fuzz_target!(|input: (&str, Vec<(u8, i64, &str)>, u128, usize)| {
    let (text, parts, binding, place) = input;
    assert_eq!(CURSORS.open(text, binding), None);
    let values: Vec<Value> = parts.into_iter().map(value).collect();
    let sealed = CURSORS.seal(&values, binding);
    let opened = CURSORS.open(&sealed, binding);
    // A cursor has a longest length; what is past it was never part of a URL.
    assert!(opened.as_ref() == Some(&values) || (opened.is_none() && sealed.len() > 12 << 10));
    let mut bytes = sealed.into_bytes();
    let place = place % bytes.len();
    bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
    assert_eq!(CURSORS.open(&String::from_utf8_lossy(&bytes), binding), None);
});

fn value((kind, number, text): (u8, i64, &str)) -> Value {
    match kind % 7 {
        0 => Value::Null,
        1 => Value::Bool(number % 2 == 0),
        2 => Value::Int(number),
        3 => Value::Text(text.to_owned()),
        4 => Value::Decimal(Fixed::new(number.into(), kind % 19)),
        5 => Timestamp::from_micros(number).map_or(Value::Null, Value::Timestamp),
        _ => Value::Text(String::new()),
    }
}
