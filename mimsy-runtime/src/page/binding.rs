//! What a cursor is bound to: the schema, the entity, the filter and the sort of the query that gave it, and which way it
//! leads.

use mimsy_schema::hash::Fnv;
use mimsy_schema::{Expr, Model, Node, Path, Schema};

use super::cursor::write;
use crate::query::{Condition, Quantifier, Query, Sort, Test, Way};

/// What the cursors of a query are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding(u128);

impl Binding {
    /// What those are bound to that lead one way: the others do not open there.
    #[must_use]
    pub fn towards(self, way: Way) -> u128 {
        match way {
            Way::Forwards => self.0,
            Way::Backwards => !self.0,
        }
    }
}

/// The hash of what a cursor is bound to. The order of the conditions does not matter, that of the sort keys does; limit,
/// fields, includes and count are free to change between two pages.
#[must_use]
pub fn binding(schema: &Schema, model: &Model, query: &Query) -> Binding {
    let matching = query.matching.iter().fold(0u128, |sum, one| sum.wrapping_add(expr(Fnv::START, one).finish()));
    let filter = all(&query.filter).wrapping_add(matching);
    let head = Fnv::START.bytes(&schema.hash().to_le_bytes()).text(model.name()).bytes(&filter.to_le_bytes());
    Binding(query.sort.iter().fold(head, sort).finish())
}

fn path(hash: Fnv, path: &[usize]) -> Fnv {
    let step = |hash: Fnv, step: &usize| hash.bytes(&step.to_le_bytes());
    path.iter().fold(hash.bytes(&path.len().to_le_bytes()), step)
}

fn sort(hash: Fnv, sort: &Sort) -> Fnv {
    path(hash, &sort.path).bytes(&[u8::from(sort.descending), u8::from(sort.nulls_first)])
}

/// A sum, so that the order of the conditions does not matter.
fn all(conditions: &[Condition]) -> u128 {
    conditions.iter().fold(0u128, |sum, one| sum.wrapping_add(condition(one)))
}

fn condition(condition: &Condition) -> u128 {
    match condition {
        Condition::Field { path: of, test: what } => test(path(Fnv::START, of), what).finish(),
        Condition::Rows { path: of, quantifier, filter } => {
            let hash = path(Fnv::START, of);
            let hash = match quantifier {
                Quantifier::Some => hash.bytes(&[101]),
                Quantifier::Every => hash.bytes(&[102]),
                Quantifier::None => hash.bytes(&[103]),
                Quantifier::Count(what) => test(hash.bytes(&[104]), what),
            };
            hash.bytes(&all(filter).to_le_bytes()).finish()
        }
    }
}

/// An expression without the places where it was written.
fn expr(hash: Fnv, of: &Expr) -> Fnv {
    let named = |hash: Fnv, to: &Path| {
        to.fields.iter().fold(hash.text(&format!("{:?}", to.root)), |hash, name| hash.text(name))
    };
    let (hash, operands) = match &of.node {
        Node::Const(leaf) => {
            let mut bytes = Vec::new();
            write(&mut bytes, &leaf.value());
            return hash.bytes(&[201]).bytes(&bytes);
        }
        Node::Path(to) => return named(hash.bytes(&[202]), to),
        Node::Can(to, verb) => return named(hash.bytes(&[203]), to).text(verb),
        Node::Op(op, operands) => (hash.bytes(&[204]).text(&format!("{op:?}")), operands),
        Node::Many(many, to, body) => (named(hash.bytes(&[205]).text(&format!("{many:?}")), to), body),
    };
    operands.iter().fold(hash.bytes(&operands.len().to_le_bytes()), expr)
}

fn test(hash: Fnv, test: &Test) -> Fnv {
    let mut bytes = Vec::new();
    let tag = match test {
        Test::Eq(value) => one(&mut bytes, 1, value),
        Test::Ne(value) => one(&mut bytes, 2, value),
        Test::Lt(value) => one(&mut bytes, 3, value),
        Test::Lte(value) => one(&mut bytes, 4, value),
        Test::Gt(value) => one(&mut bytes, 5, value),
        Test::Gte(value) => one(&mut bytes, 6, value),
        Test::In(values) => some(&mut bytes, 7, values),
        Test::Nin(values) => some(&mut bytes, 8, values),
        Test::Between(low, high) => {
            write(&mut bytes, low);
            one(&mut bytes, 9, high)
        }
        Test::Contains(text) => part(&mut bytes, 10, text),
        Test::Icontains(text) => part(&mut bytes, 11, text),
        Test::StartsWith(text) => part(&mut bytes, 12, text),
        Test::EndsWith(text) => part(&mut bytes, 13, text),
        Test::Has(item) => one(&mut bytes, 15, item),
        Test::IsNull(is) => {
            bytes.push(u8::from(*is));
            14
        }
    };
    hash.bytes(&[tag]).bytes(&bytes)
}

fn one(bytes: &mut Vec<u8>, tag: u8, value: &mimsy_schema::Value) -> u8 {
    write(bytes, value);
    tag
}

fn some(bytes: &mut Vec<u8>, tag: u8, values: &[mimsy_schema::Value]) -> u8 {
    for value in values {
        write(bytes, value);
    }
    tag
}

fn part(bytes: &mut Vec<u8>, tag: u8, text: &str) -> u8 {
    bytes.extend_from_slice(text.as_bytes());
    tag
}
