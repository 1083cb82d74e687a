//! What `#[derive(Field)]` is not for.

use mimsy::prelude::*;

#[derive(Clone, Copy, Field)]
enum Status {
    Open,
}

#[derive(Field)]
struct Point(f64, f64);

#[derive(Field)]
struct Address {
    street: String,
}

#[derive(Field)]
struct Nothing;

#[derive(Field)]
struct Wrapped<T>(T);

#[derive(Field)]
#[field(unique, patern = "a")]
struct Name(String);

#[derive(Field)]
struct Perhaps(Option<String>);

#[derive(Field)]
#[field(pattern = "(")]
struct Broken(String);

#[derive(Field)]
#[field(email)]
struct Number(i64);

#[derive(Field)]
#[field(min = "a")]
struct Least(i64);

#[derive(Field)]
#[field(len = ..=5)]
struct Short(String);

#[derive(Field)]
#[field(email)]
struct Twice(Short);

#[derive(Field)]
struct Byte(u8);

fn main() {}
