//! The body of a batch: `{"items": [{…}]}` with new rows, `{"items": [{"id": …, "if_match": "…", "patch": {…}}]}` with
//! changes, `{"ids": […]}` with keys.
//!
//! What is wrong with the list as a whole refuses the body. What is wrong with an item is told of the item, with pointers
//! into the body; its caller decides whether that refuses the others.
//!
//! An `id` is the value of the key or, where the key has several parts, an object of them.

use std::collections::HashSet;

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Model, Value};
use serde_json::value::RawValue;

use super::decode::{BadBody, Form, Key, MOST_VIOLATIONS, decode_object, members, object};
use super::token;
use crate::actions::{Edit, Expected, Input};
use crate::violation::Violation;

/// What is wrong with the shape of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Faulty {
    /// What is wrong.
    pub violations: Vec<Violation>,
    /// How many more things are.
    pub more: usize,
}

/// The items of a body, each as it is or with what is wrong with it.
pub type Items<T> = Vec<Result<T, Faulty>>;

/// How much a batch may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// JSON nests at most this deep.
    pub depth: usize,
    /// At most so many items.
    pub items: usize,
}

/// The new rows of a body.
///
/// # Errors
/// What is wrong with the list.
pub fn creates(model: &Model, body: &[u8], most: Most) -> Result<Items<Input>, BadBody> {
    let read = |(at, item): (usize, &&RawValue)| {
        let place = format!("/items/{at}");
        values(model, item, Form::Create, &place)
    };
    list(body, "items", most)?.iter().enumerate().map(read).collect()
}

/// The changes of a body; `versions` reads an `if_match`.
///
/// # Errors
/// What is wrong with the list; a row that stands in it twice.
pub fn edits(
    model: &Model,
    body: &[u8],
    most: Most,
    versions: impl Fn(&str) -> Option<Expected>,
) -> Result<Items<Edit>, BadBody> {
    let items = list(body, "items", most)?;
    let read = |(at, item): (usize, &&RawValue)| edit(model, item, &format!("/items/{at}"), &versions);
    let edits: Items<Edit> = items.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let keys = edits.iter().enumerate().filter_map(|(at, edit)| Some((at, &edit.as_ref().ok()?.key)));
    once_each(keys, |at| format!("/items/{at}/id"))?;
    Ok(edits)
}

/// The keys of a body.
///
/// # Errors
/// What is wrong with the list; a key that stands in it twice.
pub fn keys(model: &Model, body: &[u8], most: Most) -> Result<Items<Vec<Value>>, BadBody> {
    let read = |(at, id): (usize, &&RawValue)| {
        let read = key(model, id, &format!("/ids/{at}"))?;
        Ok(read.map_err(|violations| Faulty { violations, more: 0 }))
    };
    let keys: Items<Vec<Value>> = list(body, "ids", most)?.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    once_each(keys.iter().enumerate().filter_map(|(at, key)| Some((at, key.as_ref().ok()?))), |at| {
        format!("/ids/{at}")
    })?;
    Ok(keys)
}

/// All items, if all are of the right shape; else all that is wrong with them.
///
/// # Errors
/// What is wrong.
pub fn whole<T>(items: Items<T>) -> Result<Vec<T>, BadBody> {
    let (mut well, mut found, mut more) = (Vec::with_capacity(items.len()), Vec::new(), 0);
    for item in items {
        match item {
            Ok(item) => well.push(item),
            Err(faulty) => {
                let room = MOST_VIOLATIONS - found.len();
                more += faulty.more + faulty.violations.len().saturating_sub(room);
                found.extend(faulty.violations.into_iter().take(room));
            }
        }
    }
    if found.is_empty() { Ok(well) } else { Err(BadBody::Shape { violations: found, more }) }
}

/// The list that a body holds, and nothing else.
fn list<'a>(body: &'a [u8], name: &'static str, most: Most) -> Result<Vec<&'a RawValue>, BadBody> {
    let (mut found, mut seen, mut violations) = (None, Vec::new(), Vec::new());
    for (Key(key), value) in object(body, most.depth)? {
        match key.as_ref() {
            one if one == name => found = Some(value),
            other if violations.len() < MOST_VIOLATIONS => {
                violations.push(unknown("", other, "a batch", &[name]));
            }
            _ => {}
        }
        if seen.contains(&key) {
            return Err(BadBody::twice(&key));
        }
        // Of so many that are told, one more that is there twice is no news.
        if seen.len() < MOST_VIOLATIONS {
            seen.push(key);
        }
    }
    let items: Option<Vec<&RawValue>> = found.and_then(|found| serde_json::from_str(found.get()).ok());
    match (found, &items) {
        (None, _) => violations.push(Violation::field(name, "REQUIRED", "is required")),
        (_, None) => violations.push(Violation::field(name, "TYPE", "must be a list")),
        (_, Some(items)) if items.is_empty() => {
            violations.push(Violation::field(name, "MIN", "must hold at least one").with("min", 1));
        }
        (_, Some(items)) if items.len() > most.items => {
            return Err(BadBody::TooMany { found: items.len(), most: most.items });
        }
        _ => {}
    }
    match items {
        Some(items) if violations.is_empty() => Ok(items),
        _ => Err(BadBody::Shape { violations, more: 0 }),
    }
}

/// The values of an object of a body.
fn values(model: &Model, item: &RawValue, form: Form, place: &str) -> Result<Result<Input, Faulty>, BadBody> {
    let Some(members) = members(item)? else { return Ok(Err(no_object(place))) };
    match decode_object(model, members, form) {
        Ok(input) => Ok(Ok(input)),
        Err(BadBody::Shape { mut violations, more }) => {
            violations.iter_mut().for_each(|one| one.pointer.insert_str(0, place));
            Ok(Err(Faulty { violations, more }))
        }
        Err(other) => Err(other),
    }
}

const MEMBERS: [&str; 3] = ["id", "if_match", "patch"];

fn edit(
    model: &Model,
    item: &RawValue,
    place: &str,
    versions: &impl Fn(&str) -> Option<Expected>,
) -> Result<Result<Edit, Faulty>, BadBody> {
    let Some(members) = members(item)? else { return Ok(Err(no_object(place))) };
    let (mut id, mut input, mut expected) = (None, None, Expected::Any);
    let (mut seen, mut violations, mut more) = (HashSet::new(), Vec::new(), 0);
    for (Key(name), value) in members {
        match name.as_ref() {
            "id" => id = Some(key(model, value, &format!("{place}/id"))?),
            "if_match" if model.entity.external => {
                let detail = "is not supported here: these rows have no version to compare. Leave it out";
                violations.push(Violation {
                    pointer: format!("{place}/if_match"),
                    ..Violation::field("", "UNKNOWN", detail)
                });
            }
            "if_match" => match serde_json::from_str::<String>(value.get()).ok().and_then(|text| versions(&text)) {
                Some(read) => expected = read,
                None => {
                    let detail = "must be the `ETag` of the row as you got it, quotes included, or `*`";
                    let pointer = format!("{place}/if_match");
                    violations.push(Violation { pointer, ..Violation::field("", "FORMAT", detail) });
                }
            },
            "patch" => input = Some(values(model, value, Form::Update, &format!("{place}/patch"))?),
            other if violations.len() < MOST_VIOLATIONS => {
                violations.push(unknown(place, other, "a change", &MEMBERS));
            }
            _ => more += 1,
        }
        if !seen.insert(name.clone()) {
            return Err(BadBody::twice(&name));
        }
    }
    match (id, input) {
        (Some(Ok(key)), Some(Ok(input))) if violations.is_empty() => return Ok(Ok(Edit { key, input, expected })),
        (id, input) => {
            for name in [("id", id.is_none()), ("patch", input.is_none())].iter().filter(|(_, missing)| *missing) {
                violations.push(required(place, name.0));
            }
            violations.extend(id.and_then(Result::err).into_iter().flatten());
            if let Some(Err(faulty)) = input {
                violations.extend(faulty.violations);
                more += faulty.more;
            }
        }
    }
    Ok(Err(Faulty { violations, more }))
}

/// A key: a value or, of several parts, an object of them.
fn key(model: &Model, value: &RawValue, place: &str) -> Result<Result<Vec<Value>, Vec<Violation>>, BadBody> {
    let part = |field: usize, token: &str, pointer: String| {
        let field = &model.fields()[field];
        let read = if token == "null" {
            Err(Violation::field(&field.name, "REQUIRED", "cannot be null"))
        } else {
            token::read(field, token)
        };
        read.map_err(|violation| Violation { pointer, ..violation })
    };
    if let [single] = model.key[..] {
        return Ok(part(single, value.get(), place.to_owned()).map(|value| vec![value]).map_err(|one| vec![one]));
    }
    let names: Vec<&str> = model.key.iter().map(|field| model.fields()[*field].name.as_str()).collect();
    let Some(members) = members(value)? else {
        let detail = format!("must be an object of the parts of the key: {}", listed(names.iter().copied()));
        return Ok(Err(vec![Violation { pointer: place.to_owned(), ..Violation::field("", "TYPE", detail) }]));
    };
    let mut parts: Vec<Option<Result<Value, Violation>>> = names.iter().map(|_| None).collect();
    let mut violations = Vec::new();
    for (Key(name), value) in members {
        let Some(at) = names.iter().position(|known| *known == name) else {
            if violations.len() < MOST_VIOLATIONS {
                violations.push(unknown(place, &name, "the key", &names));
            }
            continue;
        };
        let read = part(model.key[at], value.get(), format!("{place}/{name}"));
        if parts[at].replace(read).is_some() {
            return Err(BadBody::twice(&name));
        }
    }
    let mut key = Vec::with_capacity(parts.len());
    for (name, part) in names.iter().zip(parts) {
        match part {
            Some(Ok(value)) => key.push(value),
            Some(Err(violation)) => violations.push(violation),
            None => violations.push(required(place, name)),
        }
    }
    Ok(if violations.is_empty() { Ok(key) } else { Err(violations) })
}

/// Each key once.
fn once_each<'k>(
    keys: impl Iterator<Item = (usize, &'k Vec<Value>)>,
    place: impl Fn(usize) -> String,
) -> Result<(), BadBody> {
    let mut known = HashSet::new();
    let twice = keys.filter(|(_, key)| !known.insert(*key)).take(MOST_VIOLATIONS);
    let violation = |(at, _)| {
        let detail = "the same row stands in the list before";
        Violation { pointer: place(at), ..Violation::field("", "DUPLICATE_ID", detail) }
    };
    let violations: Vec<Violation> = twice.map(violation).collect();
    if violations.is_empty() { Ok(()) } else { Err(BadBody::Repeated { violations }) }
}

fn no_object(place: &str) -> Faulty {
    let violation = Violation { pointer: place.to_owned(), ..Violation::field("", "TYPE", "must be an object") };
    Faulty { violations: vec![violation], more: 0 }
}

fn required(place: &str, name: &str) -> Violation {
    Violation { pointer: format!("{place}/{name}"), ..Violation::field("", "REQUIRED", "is required") }
}

fn unknown(place: &str, name: &str, of: &str, known: &[&str]) -> Violation {
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", listed(known.iter().copied())),
    };
    let name = told(name);
    let mut violation = Violation::field(&name, "UNKNOWN_FIELD", format!("{of} has no `{name}`; {hint}"));
    violation.pointer.insert_str(0, place);
    violation
}

#[cfg(test)]
mod tests;
