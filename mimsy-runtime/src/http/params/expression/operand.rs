//! What is compared: fields, literals, and what is asked of texts, rows and the clock.

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Cardinality, Expr, Field, Kind, List, Many, Model, Node, Op, Path, Root, Text, Value};

use super::token::Word;
use super::{Parsed, Parser, Row, Stop, name_of};
use crate::http::params::operator::Operator;
use crate::http::params::{Spot, value};

/// One side of a comparison.
pub(super) enum Operand<'a> {
    /// A field, or what is asked of one; its values are as those of `field`.
    Typed { expr: Expr, field: &'a Field, character: usize, is_open: bool },
    /// A condition: it is compared with nothing.
    Condition { expr: Expr, character: usize },
    /// A literal, which is read as what it is compared with.
    Literal { literal: Literal, character: usize },
    /// What has been told to be wrong; compared with anything.
    Wrong { character: usize },
}

/// A literal as it is written.
pub(super) enum Literal {
    Bool(bool),
    Number(String),
    Text(String),
}

static INT: Field = Field { kind: Kind::Int, wide: true, ..Field::EMPTY };

static MOMENT: Field = Field { kind: Kind::Timestamp, ..Field::EMPTY };

static BOOL: Field = Field { kind: Kind::Bool, ..Field::EMPTY };

const METHODS: [&str; 10] =
    ["is_none", "is_some", "starts_with", "ends_with", "contains", "len", "any", "all", "none", "count"];

const SPANS: [(&str, i64); 5] =
    [("seconds", 1), ("minutes", 60), ("hours", 3_600), ("days", 86_400), ("weeks", 604_800)];

/// The longest span of time, as in a rule: some 285 years.
const LONGEST: i64 = (1 << 53) - 1;

impl<'a> Operand<'a> {
    pub(super) fn character(&self) -> usize {
        match self {
            Self::Typed { character, .. }
            | Self::Condition { character, .. }
            | Self::Literal { character, .. }
            | Self::Wrong { character } => *character,
        }
    }

    pub(super) fn is_condition(&self) -> bool {
        match self {
            Self::Condition { .. } | Self::Wrong { .. } => true,
            Self::Typed { field, .. } => field.kind == Kind::Bool,
            Self::Literal { literal, .. } => matches!(literal, Literal::Bool(_)),
        }
    }

    /// By itself.
    pub(super) fn expr(&self) -> Expr {
        match self {
            Self::Typed { expr, .. } | Self::Condition { expr, .. } => expr.clone(),
            Self::Literal { literal: Literal::Bool(is), .. } => Expr::bool(*is),
            Self::Literal { .. } | Self::Wrong { .. } => Expr::bool(false),
        }
    }

    /// Beside another: a literal is of the kind of that.
    pub(super) fn beside(&self, parser: &mut Parser<'a, '_, '_>, other: &Self) -> Expr {
        let Self::Literal { literal, character } = self else { return self.expr() };
        let field: &Field = match other {
            Self::Typed { field, .. } => field,
            Self::Condition { .. } => &BOOL,
            Self::Wrong { .. } => return Expr::bool(false),
            Self::Literal { .. } => {
                parser.fault(*character, "BAD_EXPRESSION", || "a literal is compared with a field".to_owned());
                return Expr::bool(false);
            }
        };
        match literal.read(field) {
            Ok(value) => Expr::constant(value),
            Err(detail) => {
                parser.fault(*character, "BAD_VALUE", || detail);
                Expr::bool(false)
            }
        }
    }

    /// Tell where a comparison is none that this can stand in.
    pub(super) fn admits(&self, parser: &mut Parser<'a, '_, '_>, op: Op, other: &Self, character: usize) {
        let (field, is_open) = match self {
            Self::Typed { field, is_open, .. } => (field, *is_open),
            Self::Condition { character, .. } => {
                let detail = || "this is yes or no, and is compared with nothing".to_owned();
                return parser.fault(*character, "BAD_EXPRESSION", detail);
            }
            Self::Literal { .. } if op != Op::In => return,
            Self::Literal { character, .. } => {
                return parser.fault(*character, "BAD_EXPRESSION", || "a field stands before `in`".to_owned());
            }
            Self::Wrong { .. } => return,
        };
        let operator = match op {
            Op::Eq => Operator::Eq,
            Op::Ne => Operator::Ne,
            Op::In => Operator::In,
            _ => Operator::Lt,
        };
        // A key that was not opened is looked for by itself, as in a filter.
        let is_looked_for = matches!(op, Op::Eq | Op::In) && (op == Op::In || matches!(other, Self::Literal { .. }));
        if !operator.fits(field) || !(is_open || is_looked_for) {
            parser.fault(character, "OPERATOR_NOT_ALLOWED", || {
                format!("`{}` is of the type {}, which is not compared so", name_of(field), field.kind.name())
            });
        }
    }
}

impl Literal {
    fn read(&self, field: &Field) -> Result<Value, String> {
        let name = field.kind.name();
        match (self, field.kind) {
            (Self::Bool(is), Kind::Bool) => Ok(Value::Bool(*is)),
            (Self::Number(text), Kind::Int | Kind::Decimal | Kind::Float) => value::read(field, text),
            (Self::Text(_), Kind::Int | Kind::Float | Kind::Bool) => Err(format!("must be a {name}, without quotes")),
            (Self::Text(text), _) => value::read(field, text),
            (Self::Bool(_), _) => Err(format!("must be a {name}, and is `true` or `false`")),
            (Self::Number(_), Kind::Bool) => Err("must be `true` or `false`".to_owned()),
            (Self::Number(_), _) => Err(format!("must be a {name}, in quotes")),
        }
    }
}

/// A literal.
pub(super) fn literal<'a>(parser: &mut Parser<'a, '_, '_>) -> Parsed<Operand<'a>> {
    let character = parser.character();
    let negative = parser.takes("-");
    let literal = match parser.peek() {
        Some(Word::Number(text)) => Literal::Number(format!("{}{text}", if negative { "-" } else { "" })),
        Some(Word::Text(text)) if !negative => Literal::Text(text.clone().into_owned()),
        Some(Word::Name(word @ ("true" | "false"))) if !negative => Literal::Bool(*word == "true"),
        Some(Word::Name("null" | "NULL" | "none" | "None")) if !negative => {
            return parser.stop("BAD_EXPRESSION", "nothing is equal to NULL: ask `.is_none()`".to_owned());
        }
        _ => return parser.unexpected("a value"),
    };
    parser.at += 1;
    Ok(Operand::Literal { literal, character })
}

/// An operand.
pub(super) fn read<'a>(parser: &mut Parser<'a, '_, '_>, row: Row<'a>) -> Parsed<Operand<'a>> {
    let character = parser.character();
    let Some(Word::Name(first)) = parser.peek() else { return literal(parser) };
    let first = (*first).to_owned();
    if matches!(first.as_str(), "true" | "false" | "null" | "NULL" | "none" | "None")
        && row.model.field(&first).is_none()
    {
        return literal(parser);
    }
    parser.at += 1;
    if parser.takes("(") {
        return match first.as_str() {
            "now" => now(parser, character),
            _ => {
                parser.at -= 2;
                let word = told(&first).into_owned();
                parser.stop("BAD_EXPRESSION", format!("there is no function `{word}`; there is `now()`"))
            }
        };
    }
    let mut names = vec![first];
    while parser.takes(".") {
        let Some(Word::Name(name)) = parser.peek() else { return parser.unexpected("the name of a field") };
        let name = (*name).to_owned();
        let place = parser.character();
        parser.at += 1;
        if parser.takes("(") {
            return method(parser, row, &names, (&name, place), character);
        }
        names.push(name);
    }
    let Some(field) = field(parser, row, &names, character) else { return Ok(Operand::Wrong { character }) };
    if field.rows.is_some() {
        let name = names.join(".");
        parser.fault(character, "BAD_EXPRESSION", || {
            format!("`{name}` is a to-many relation: ask `{name}.any(…)`, `.all(…)`, `.none(…)` or `.count()`")
        });
        return Ok(Operand::Wrong { character });
    }
    let expr = Expr::path(row.root, names);
    Ok(Operand::Typed { expr, field: field.field, character, is_open: field.is_open })
}

/// A field that may be filtered by.
struct Place<'a> {
    field: &'a Field,
    /// Whose rows a to-many relation leads to.
    rows: Option<&'a Model>,
    is_open: bool,
    /// Whether there may be nothing there.
    optional: bool,
}

fn field<'a>(parser: &mut Parser<'a, '_, '_>, row: Row<'a>, names: &[String], character: usize) -> Option<Place<'a>> {
    let (schema, model) = (parser.params.schema, row.model);
    let plain: Vec<&str> = names.iter().map(String::as_str).collect();
    let opened = parser.opened(model);
    let is_open = opened.holds(&plain);
    let is_key = matches!(*plain, [own] if model.field_index(own).is_some_and(|field| model.key.contains(&field)));
    let steps = match schema.walk(model, names) {
        Ok(steps) if is_open || is_key => steps,
        _ => {
            let spot = Spot { parameter: parser.parameter, character: Some(character) };
            opened.refuse(spot, &names.join("."), parser.faults);
            return None;
        }
    };
    let last = steps.last()?;
    let link = last.model.link(last.field).filter(|link| link.cardinality == Cardinality::Many);
    let rows = link.map(|link| schema.model(link.target));
    let field = last.field();
    Some(Place { field, rows, is_open, optional: field.nullable || steps.len() > 1 })
}

/// `now()`, perhaps with a span of time.
fn now<'a>(parser: &mut Parser<'a, '_, '_>, character: usize) -> Parsed<Operand<'a>> {
    parser.expect(")")?;
    let mut expr = Expr::op(Op::Now, []);
    loop {
        let op = match parser.peek() {
            Some(Word::Sign("+")) => Op::After,
            Some(Word::Sign("-")) => Op::Before,
            _ => return Ok(Operand::Typed { expr, field: &MOMENT, character, is_open: true }),
        };
        parser.at += 1;
        let micros = span(parser)?;
        expr = Expr::op(op, [expr, Expr::constant(Value::Int(micros))]);
        parser.terms += 1;
        if parser.terms > parser.params.limits.filters {
            return parser.stop("TOO_MANY_FILTERS", "there are too many spans of time".to_owned());
        }
    }
}

/// `days(30)`, in microseconds.
fn span(parser: &mut Parser<'_, '_, '_>) -> Parsed<i64> {
    let unit = match parser.peek() {
        Some(Word::Name(name)) => SPANS.iter().find(|(known, _)| known == name).map(|(_, seconds)| *seconds),
        _ => None,
    };
    let Some(seconds) = unit else { return parser.unexpected("a span of time such as `days(30)`") };
    parser.at += 1;
    parser.expect("(")?;
    let count = match parser.peek() {
        Some(Word::Number(text)) => text.parse::<i64>().ok(),
        _ => None,
    };
    let micros = count.and_then(|count| count.checked_mul(seconds * 1_000_000)).filter(|micros| *micros <= LONGEST);
    let Some(micros) = micros else { return parser.unexpected("a whole number, of 285 years at most") };
    parser.at += 1;
    parser.expect(")")?;
    Ok(micros)
}

/// What is asked of a field; its `(` was read.
fn method<'a>(
    parser: &mut Parser<'a, '_, '_>,
    row: Row<'a>,
    names: &[String],
    (name, place): (&str, usize),
    character: usize,
) -> Parsed<Operand<'a>> {
    if !METHODS.contains(&name) {
        parser.at -= 2;
        let hint = match nearest(name, METHODS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", listed(METHODS)),
        };
        return parser.stop("UNKNOWN_OPERATOR", format!("there is no `{}()`; {hint}", told(name)));
    }
    let found = field(parser, row, names, character);
    let is_there = found.is_some();
    let asks_rows = matches!(name, "any" | "all" | "none" | "count");
    let fits = found.as_ref().is_none_or(|found| match name {
        "is_none" | "is_some" => found.is_open && found.optional && found.rows.is_none(),
        _ if asks_rows => found.is_open && found.rows.is_some(),
        _ => found.is_open && found.field.kind == Kind::Text,
    });
    if !fits {
        parser.fault(place, "OPERATOR_NOT_ALLOWED", || {
            let of = match name {
                "is_none" | "is_some" => "a field that may be null",
                _ if asks_rows => "a to-many relation",
                _ => "a text",
            };
            format!("`{name}` is asked of {of}")
        });
    }
    let path = || Expr::path(row.root, names.iter().cloned());
    let condition = |expr| Operand::Condition { expr, character };
    let number = |expr| Operand::Typed { expr, field: &INT, character, is_open: true };
    let operand = match name {
        "is_none" => condition(Expr::op(Op::IsNone, [path()])),
        "is_some" => condition(Expr::op(Op::IsSome, [path()])),
        "len" => number(Expr::op(Op::Len, [path()])),
        "count" => number(many(Many::Count, row.root, names, Vec::new())),
        "starts_with" | "ends_with" | "contains" => {
            let op = match name {
                "starts_with" => Op::StartsWith,
                "ends_with" => Op::EndsWith,
                _ => Op::Contains,
            };
            let text = literal(parser)?;
            let of = Operand::Typed { expr: path(), field: &TEXT, character, is_open: true };
            condition(Expr::op(op, [path(), text.beside(parser, &of)]))
        }
        _ => {
            // Whose fields stand in the parentheses is not known.
            let Some(target) = found.and_then(|found| found.rows) else { return Err(Stop) };
            let (depth, most) = (row.depth + 1, parser.params.limits.depth);
            let each = u8::try_from(row.depth).ok().filter(|_| depth <= most);
            let Some(each) = each else {
                let detail = format!("goes through more than {most} to-many relations, which are the most");
                return parser.stop("TOO_DEEP", detail);
            };
            let inner = Row { model: target, root: Root::Each(each), depth };
            let body = parser.deeper(|parser| parser.any_of(inner))?;
            let quantifier = match name {
                "any" => Many::Any,
                "all" => Many::All,
                _ => Many::None,
            };
            condition(many(quantifier, row.root, names, vec![body]))
        }
    };
    parser.expect(")")?;
    Ok(if fits && is_there { operand } else { Operand::Wrong { character } })
}

static TEXT: Field = Field { kind: Kind::Text, ..Field::EMPTY };

fn many(many: Many, root: Root, names: &[String], body: Vec<Expr>) -> Expr {
    let fields: List<Text> = names.iter().map(|name| Text::from(name.clone())).collect();
    Expr { node: Node::Many(many, Path { root, fields }, body.into()), ..Expr::bool(true) }
}
