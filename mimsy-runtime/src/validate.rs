//! Field rules on values, and the program's own checks of values and rows: all violations at once.
//!
//! Pure. The rule functions are garde's where it has them.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};

use garde::rules::ip::IpKind;
use garde::rules::{email, ip, length, pattern};
use mimsy_schema::name::listed;
use mimsy_schema::{Code, Diagnostic, Diagnostics, Document, Field, Fixed, Flaw, Kind, Model, Rule, Schema, Value};
use regex::Regex;
use url::Url;

use crate::check::{Checks, FieldCheck, RowCheck};
use crate::entity::RowReader;
use crate::violation::Violation;

/// The texts and bytes that an index holds have at most this many bytes together: PostgreSQL takes 2,704 in an entry, the
/// other columns included. SQLite would take more, and data that cannot move is no use.
const INDEXED: usize = 2000;

/// The rules of a schema, ready to run.
#[derive(Debug)]
pub struct Validator {
    /// By entity, then by field.
    checks: Vec<Vec<Vec<Check>>>,
    /// The program's own, of rows, by entity.
    rows: Vec<&'static [RowCheck]>,
}

/// A check of the program's own that panicked. It says which, and nothing of what it was asked about.
#[derive(Debug)]
pub struct Panicked {
    place: String,
    function: &'static str,
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the check `{}` of {} panicked", self.function, self.place)
    }
}

impl std::error::Error for Panicked {}

#[derive(Debug)]
enum Check {
    Len {
        min: usize,
        max: usize,
    },
    /// A path names a row by the text; by nothing but the text, if it is the whole key.
    Names {
        whole: bool,
    },
    /// An index holds the text, or the bytes.
    Indexed {
        max_bytes: usize,
    },
    Min(Value),
    Max(Value),
    Pattern(Regex),
    Email,
    Url(Vec<String>),
    Ip(Option<u8>),
    OneOf(Vec<Value>),
    NonEmpty,
    /// Of every item of a list.
    Each(Vec<Check>),
    /// A function of the program's.
    Own(&'static FieldCheck),
}

impl Validator {
    /// Compile the rules of a schema, with the program's own checks by the name of their entity.
    ///
    /// # Errors
    /// A diagnostic for each pattern that is no regular expression, and each default that would be refused.
    pub fn new(schema: &Schema, own: &[(&'static str, &'static Checks)]) -> Result<Self, Diagnostics> {
        let own = |model: &Model| {
            let found = own.iter().find(|(entity, _)| *entity == model.name());
            found.map_or(Checks::NONE, |(_, checks)| *checks)
        };
        let mut found = Vec::new();
        let mut field_checks = |model: &Model, index: usize| -> Vec<Check> {
            let field = &model.fields()[index];
            let mut compiled =
                |field: &Field, rule: &Rule| compile(model, field, rule).map_err(|one| found.push(one)).ok();
            let mut checks: Vec<Check> = field.all_rules().filter_map(|rule| compiled(field, rule)).collect();
            if let Some(item) = field.as_item().filter(|item| !item.rules.is_empty()) {
                checks.push(Check::Each(item.rules.iter().filter_map(|rule| compiled(&item, rule)).collect()));
            }
            let own = own(model).fields.iter().filter(|check| field.name == check.field).map(Check::Own);
            checks.into_iter().chain(names(model, index)).chain(indexed(model, index)).chain(own).collect()
        };
        let checks = schema
            .models()
            .iter()
            .map(|model| (0..model.fields().len()).map(|index| field_checks(model, index)).collect())
            .collect();
        let rows = schema.models().iter().map(|model| own(model).rows).collect();
        let validator = Self { checks, rows };
        for model in schema.models() {
            found.extend(model.fields().iter().enumerate().filter_map(|(index, _)| validator.default(model, index)));
        }
        if found.is_empty() { Ok(validator) } else { Err(Diagnostics(found)) }
    }

    /// What would be wrong with a draft that leaves a field to its default; `assemble` knows the simpler rules.
    fn default(&self, model: &Model, index: usize) -> Option<Diagnostic> {
        let field = &model.fields()[index];
        let mut value = field.default.as_ref()?.value().of_kind(field.kind);
        let message = match self.judge(model, index, &mut value) {
            Ok(found) => format!("the default {}", found.first()?.detail),
            Err(panicked) => panicked.to_string(),
        };
        Some(Diagnostic {
            code: Code::BadRule,
            place: place(model, field),
            at: mimsy_schema::At::UNKNOWN,
            message,
            help: "give another default, or loosen the rule".to_owned(),
        })
    }

    /// Bring values to the form of their columns, and say what breaks a rule.
    ///
    /// # Errors
    /// Where a check of the program's panics.
    pub fn validate(&self, model: &Model, values: &mut [(usize, Value)]) -> Result<Vec<Violation>, Panicked> {
        let mut found = Vec::new();
        for (index, value) in values {
            found.extend(self.judge(model, *index, value)?);
        }
        Ok(found)
    }

    /// The values in the form of their columns, if each can be brought to it; their rules may be broken.
    #[must_use]
    pub fn fitted(&self, model: &Model, values: &[(usize, Value)]) -> Option<Vec<(usize, Value)>> {
        let fitted = |(index, value): &(usize, Value)| {
            let (mut found, mut value) = (Vec::new(), value.clone());
            fit_all(&model.fields()[*index], &mut value, &mut found);
            found.is_empty().then(|| (*index, stored(value)))
        };
        values.iter().map(fitted).collect()
    }

    /// One value. The program's own checks are asked about what keeps all other rules.
    fn judge(&self, model: &Model, index: usize, value: &mut Value) -> Result<Vec<Violation>, Panicked> {
        let field = &model.fields()[index];
        let mut found = Vec::new();
        fit_all(field, value, &mut found);
        if !found.is_empty() || value.is_null() {
            return Ok(found);
        }
        let mut sound = true;
        for check in &self.checks[model.id.index()][index] {
            match check {
                Check::Own(own) if sound => {
                    let wrong = caught(own.function, || place(model, field), || (own.run)(value))?;
                    found.extend(wrong.into_iter().map(|one| one.within(&field.name)));
                }
                Check::Own(_) => {}
                check => {
                    found.extend(all_broken(field, check, value));
                    sound = found.is_empty();
                }
            }
        }
        *value = stored(std::mem::replace(value, Value::Null));
        Ok(found)
    }

    /// What the program's own checks say of a row whose values keep their rules. The row is asked for where there are any.
    ///
    /// # Errors
    /// Where one of them panics.
    pub fn row(&self, model: &Model, row: impl Fn() -> Vec<Value>) -> Result<Vec<Violation>, Panicked> {
        let mut found = Vec::new();
        for check in self.rows[model.id.index()] {
            let ask = || (check.run)(&mut RowReader::new(model, row()));
            found.extend(caught(check.function, || model.name().to_owned(), ask)?);
        }
        Ok(found)
    }
}

/// A value as its column holds it: a list is a document there.
fn stored(value: Value) -> Value {
    match value {
        Value::List(items) => Value::Json(Document::array(&items)),
        value => value,
    }
}

/// What a function of the program's gives, or that it panicked. What it said then may hold the value, so it is dropped.
fn caught<T>(function: &'static str, place: impl FnOnce() -> String, ask: impl FnOnce() -> T) -> Result<T, Panicked> {
    panic::catch_unwind(AssertUnwindSafe(ask)).map_err(|_| Panicked { place: place(), function })
}

fn place(model: &Model, field: &Field) -> String {
    format!("{}.{}", model.name(), field.name)
}

/// A text that is a part of the key.
fn names(model: &Model, index: usize) -> Option<Check> {
    let is_named = model.key.contains(&index) && model.fields()[index].kind == Kind::Text;
    is_named.then_some(Check::Names { whole: model.key.len() == 1 })
}

/// The limit of what an index holds of a text or of bytes: its share of what the narrowest of them takes.
fn indexed(model: &Model, index: usize) -> Option<Check> {
    let is_long = |index: usize| model.fields()[index].kind.has_length();
    let references = model.references().map(|(_, link)| link.near().collect());
    let indexes = model.uniques.iter().chain(std::iter::once(&model.key)).cloned().chain(references);
    let shares = indexes
        .filter(|fields| is_long(index) && fields.contains(&index))
        .map(|fields: Vec<usize>| INDEXED / fields.iter().filter(|field| is_long(**field)).count());
    shares.min().map(|max_bytes| Check::Indexed { max_bytes })
}

fn compile(model: &Model, field: &Field, rule: &Rule) -> Result<Check, Diagnostic> {
    let size = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    let limit = |leaf: &mimsy_schema::Leaf| match leaf.value() {
        Value::Int(int) if field.kind == Kind::Decimal => {
            Value::Decimal(Fixed::new(i128::from(int), 0).rescale(field.scale).unwrap_or(Fixed::new(0, field.scale)))
        }
        value if field.kind == Kind::Float => value.as_float().map_or(value, Value::Float),
        value => value,
    };
    Ok(match rule {
        Rule::Len { min, max } => Check::Len { min: min.map_or(0, size), max: max.map_or(usize::MAX, size) },
        Rule::Min(leaf) => Check::Min(limit(leaf)),
        Rule::Max(leaf) => Check::Max(limit(leaf)),
        Rule::Email => Check::Email,
        Rule::Url { schemes } => Check::Url(schemes.iter().map(ToString::to_string).collect()),
        Rule::Ip { version } => Check::Ip(*version),
        Rule::OneOf(values) => Check::OneOf(values.iter().map(|leaf| scaled(field, limit(leaf))).collect()),
        Rule::NonEmpty => Check::NonEmpty,
        Rule::Pattern(pattern) => Check::Pattern(Regex::new(pattern).map_err(|error| Diagnostic {
            code: Code::BadRule,
            place: place(model, field),
            at: mimsy_schema::At::UNKNOWN,
            message: format!("the pattern is no regular expression: {error}"),
            help: "mend the pattern".to_owned(),
        })?),
    })
}

/// A constant with the digits of its column.
fn scaled(field: &Field, value: Value) -> Value {
    match value {
        Value::Decimal(number) => Value::Decimal(number.rescale(field.scale).unwrap_or(number)),
        value => value,
    }
}

/// A value, or every item of a list, in the form of its column.
fn fit_all(field: &Field, value: &mut Value, found: &mut Vec<Violation>) {
    let (Value::List(items), Some(item)) = (&mut *value, field.as_item()) else {
        return found.extend(fit(field, value).err());
    };
    for (at, one) in items.iter_mut().enumerate() {
        found.extend(fit(&item, one).err().map(|violation| violation.at(&field.name, at)));
    }
}

/// A value in the form of its column: what the type of a draft cannot rule out.
fn fit(field: &Field, value: &mut Value) -> Result<(), Violation> {
    match value {
        Value::Null if !field.nullable => Err(Violation::field(&field.name, "REQUIRED", "must not be null")),
        Value::Decimal(number) => {
            let Some(scaled) = number.rescale(field.scale) else {
                let detail = format!("has more than {} digits behind the point", field.scale);
                return Err(Violation::field(&field.name, "SCALE", detail).with("scale", field.scale));
            };
            *number = scaled;
            if scaled.fits() {
                return Ok(());
            }
            let digits = 18 - field.scale;
            let detail = format!("has more than {digits} digits before the point");
            Err(Violation::field(&field.name, "RANGE", detail).with("digits", digits))
        }
        Value::Int(int) => {
            let (least, most) = field.int_range();
            if (least..=most).contains(int) {
                return Ok(());
            }
            let detail = format!("must be from {least} to {most}");
            Err(Violation::field(&field.name, "RANGE", detail).with("min", least).with("max", most))
        }
        Value::Json(document) => field.form.check(document).map_err(|flaw| Violation::inside(&field.name, flaw)),
        Value::Flawed(flaw) => Err(Violation::inside(&field.name, Flaw::clone(flaw))),
        Value::Text(text) if text.contains('\0') => {
            Err(Violation::field(&field.name, "NUL", "must not hold the character U+0000"))
        }
        _ => Ok(()),
    }
}

/// What is wrong with a value, or with the items of a list.
fn all_broken(field: &Field, check: &Check, value: &Value) -> Vec<Violation> {
    let (Check::Each(checks), Value::List(items)) = (check, value) else {
        return broken(field, check, value).into_iter().collect();
    };
    let of_item = |(at, item): (usize, &Value)| {
        let found = checks.iter().filter_map(|check| broken(field, check, item));
        found.map(|violation| violation.at(&field.name, at)).collect::<Vec<_>>()
    };
    items.iter().enumerate().flat_map(of_item).collect()
}

fn broken(field: &Field, check: &Check, value: &Value) -> Option<Violation> {
    let violation = |code, detail: String| Violation::field(&field.name, code, detail);
    match (check, value) {
        (Check::Len { min, max }, value) => {
            let counted = match value {
                Value::Text(text) => length::chars::apply(text, (*min, *max)).err().map(|_| "characters"),
                Value::Bytes(bytes) => length::simple::apply(bytes, (*min, *max)).err().map(|_| "bytes"),
                Value::List(items) => length::simple::apply(items, (*min, *max)).err().map(|_| "items"),
                _ => None,
            }?;
            let (least, most) = (*min > 0, *max < usize::MAX);
            let detail = match (least, most) {
                (true, true) if min == max => format!("must have exactly {min} {counted}"),
                (true, true) => format!("must have from {min} to {max} {counted}"),
                (true, false) => format!("must have at least {min} {counted}"),
                _ => format!("must have at most {max} {counted}"),
            };
            let mut violation = violation("LEN", detail);
            if least {
                violation = violation.with("min", *min);
            }
            if most {
                violation = violation.with("max", *max);
            }
            Some(violation)
        }
        (Check::Indexed { max_bytes }, value) => {
            let bytes = match value {
                Value::Text(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                _ => 0,
            };
            (bytes > *max_bytes).then(|| {
                let detail = format!("is indexed, so it must have at most {max_bytes} bytes");
                violation("LEN", detail).with("max_bytes", *max_bytes)
            })
        }
        (Check::Names { .. }, Value::Text(text)) if text.is_empty() => {
            Some(violation("LEN", "is a key, so it must not be empty".to_owned()).with("min", 1))
        }
        // RFC 3986, 5.2.4: whoever sends such a path takes the segment out of it, encoded or not.
        (Check::Names { whole: true }, Value::Text(text)) if text == "." || text == ".." => {
            Some(violation("RESERVED", format!("is a key, and no path can hold `{text}`")))
        }
        (Check::Pattern(regex), Value::Text(text)) => {
            pattern::apply(text, (regex,)).err()?;
            Some(violation("PATTERN", format!("must match {regex}")).with("pattern", regex.as_str()))
        }
        (Check::Email, Value::Text(text)) => {
            email::apply(text, ()).err()?;
            Some(violation("EMAIL", "must be an e-mail address".to_owned()))
        }
        (Check::Url(schemes), Value::Text(text)) => (!is_url(text, schemes)).then(|| {
            let starts: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}:")).collect();
            let detail = format!("must be a URL that starts with {}", starts.join(" or "));
            violation("URL", detail).with("schemes", schemes.as_slice())
        }),
        (Check::Ip(version), Value::Text(text)) => {
            let kind = match version {
                Some(4) => IpKind::V4,
                Some(_) => IpKind::V6,
                None => IpKind::Any,
            };
            ip::apply(text, (kind,)).err()?;
            let found = violation("IP", format!("must be an {kind} address"));
            Some(match version {
                Some(version) => found.with("version", *version),
                None => found,
            })
        }
        (Check::OneOf(values), value) => (!values.contains(value)).then(|| {
            let words: Vec<String> = values.iter().map(shown).collect();
            let detail = format!("must be one of {}", listed(words.iter().map(String::as_str)));
            violation("ONE_OF", detail).with("values", values.iter().map(json).collect::<Vec<_>>())
        }),
        (Check::NonEmpty, value) => {
            (value.length() == Some(0)).then(|| violation("NON_EMPTY", "must not be empty".to_owned()))
        }
        (Check::Min(limit), value) => (order(value, limit)? == Ordering::Less)
            .then(|| violation("MIN", format!("must be at least {}", shown(limit))).with("min", json(limit))),
        (Check::Max(limit), value) => (order(value, limit)? == Ordering::Greater)
            .then(|| violation("MAX", format!("must be at most {}", shown(limit))).with("max", json(limit))),
        _ => None,
    }
}

/// Whether a text is what the URL Standard of WHATWG calls a valid absolute URL, of one of some schemes. Its parser takes
/// more than that, and mends it: spaces, tabs, backslashes, passwords. What it has to mend is refused, since others would
/// mend it in their own way.
fn is_url(text: &str, schemes: &[String]) -> bool {
    let sound = Cell::new(true);
    let mended = |_| sound.set(false);
    let read = Url::options().syntax_violation_callback(Some(&mended)).parse(text);
    read.is_ok_and(|url| sound.get() && schemes.iter().any(|scheme| scheme == url.scheme()))
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => a.partial_cmp(b),
        (Value::Float(a), Value::Float(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn shown(limit: &Value) -> String {
    match limit {
        Value::Bool(yes) => yes.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Text(text) => text.clone(),
        Value::Uuid(id) => id.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Timestamp(moment) => moment.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        _ => String::new(),
    }
}

/// A limit as it travels in JSON: a decimal is a string.
fn json(limit: &Value) -> serde_json::Value {
    match limit {
        Value::Bool(yes) => (*yes).into(),
        Value::Int(int) => (*int).into(),
        Value::Float(number) => number.get().into(),
        _ => shown(limit).into(),
    }
}

#[cfg(test)]
mod tests {
    use mimsy_schema::{Duty, Entity, Fragment, List, Text, Unique};

    use super::*;

    fn field(name: &'static str, kind: Kind) -> Field {
        let duty = if name == "id" { Duty::Key } else { Duty::Data };
        Field { name: name.into(), column: name.into(), kind, duty, ..Field::EMPTY }
    }

    fn unique(names: &[&'static str]) -> Unique {
        Unique { fields: names.iter().map(|name| Text::Static(name)).collect() }
    }

    #[test]
    fn a_text_in_a_unique_index_has_an_implicit_limit() {
        let texts = ["alone", "first", "second", "free"].map(|name| field(name, Kind::Text));
        let fields: List<Field> =
            [field("id", Kind::Uuid), field("rank", Kind::Int)].into_iter().chain(texts).collect();
        let uniques = vec![unique(&["rank", "alone"]), unique(&["first", "second"]), unique(&["first"])].into();
        let entity = Entity {
            name: "Word".into(),
            table: "words".into(),
            fields,
            key: vec!["id".into()].into(),
            uniques,
            ..Entity::EMPTY
        };
        let schema = mimsy_schema::assemble(vec![Fragment { entity, policy: None, routes: None }]).unwrap();
        let (model, validator) = (schema.by_name("Word").unwrap(), Validator::new(&schema, &[]).unwrap());
        for (name, limit) in [("alone", 2000), ("first", 1000), ("second", 1000)] {
            let index = model.field_index(name).unwrap();
            let found = |text: String| validator.validate(model, &mut [(index, Value::Text(text))]).unwrap();
            assert_eq!(found("x".repeat(limit)), []);
            let detail = format!("is indexed, so it must have at most {limit} bytes");
            let violation = Violation::field(name, "LEN", detail).with("max_bytes", limit);
            assert_eq!(found("é".repeat(limit / 2 + 1)), [violation], "bytes, not characters");
        }
        let free = model.field_index("free").unwrap();
        assert_eq!(validator.validate(model, &mut [(free, Value::Text("x".repeat(100_000)))]).unwrap(), []);
    }
}
