//! The two hashes of a model, both FNV-1a of 128 bits (Fowler, Noll, Vo).
//!
//! [`model_hash`] is `const` and covers what the database sees; the lock of the migrations holds it, and a `const`
//! assertion compares it. The schema hash ([`Schema::hash`](crate::Schema::hash)) is taken at run time over the canonical
//! JSON, expressions and policies included; cursors and ETags hold it. Neither defends against an adversary.

use crate::{Entity, Expr, Field, Index, Node, Text};

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A running FNV-1a hash.
#[derive(Clone, Copy)]
pub struct Fnv(u128);

impl Fnv {
    /// The start.
    pub const START: Self = Self(OFFSET);

    /// Hash bytes.
    #[must_use]
    pub const fn bytes(mut self, bytes: &[u8]) -> Self {
        let mut i = 0;
        while i < bytes.len() {
            self.0 = (self.0 ^ bytes[i] as u128).wrapping_mul(PRIME);
            i += 1;
        }
        self
    }

    /// Hash a text and its end, so that `"a", "bc"` differs from `"ab", "c"`.
    #[must_use]
    pub const fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes()).bytes(&[0])
    }

    const fn texts(mut self, texts: &[Text]) -> Self {
        let mut i = 0;
        while i < texts.len() {
            self = self.text(texts[i].as_str());
            i += 1;
        }
        self.bytes(&[1])
    }

    /// The hash.
    #[must_use]
    pub const fn finish(self) -> u128 {
        self.0
    }
}

/// Whether two texts are equal; `==` is not `const`.
#[must_use]
pub const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn field(hash: Fnv, field: &Field) -> Fnv {
    let mut hash = hash;
    if !matches!(field.kind, crate::Kind::Row | crate::Kind::Rows) {
        hash = hash
            .text(field.column.as_str())
            .text(field.kind.name())
            .bytes(&[field.nullable as u8, field.scale, field.bits, field.is_counted() as u8])
            .texts(field.values.items());
        if let Some(item) = field.item {
            hash = hash.text(item.name());
        }
    }
    if let Some(relation) = &field.relation {
        // The inverse side of a relation is nothing that the database sees.
        if relation.fields.items().is_empty() {
            return hash;
        }
        hash = hash.texts(relation.targets.items()).texts(relation.fields.items()).text(relation.on_delete.name());
    }
    hash
}

/// An index, but for its condition: no `const` code can read the values in it. That a condition changed shows in the name
/// of its index, which a start compares.
const fn index(hash: Fnv, index: &Index) -> Fnv {
    let mut hash = hash.bytes(&[4, index.unique as u8, index.inverted as u8, index.condition.is_some() as u8]);
    let fields = index.fields.items();
    let mut f = 0;
    while f < fields.len() {
        hash = hash.text(fields[f].name.as_str()).bytes(&[fields[f].descending as u8]);
        f += 1;
    }
    hash
}

/// The hash of an expression, at run time: of what it means, not of where it was written.
#[must_use]
pub fn expr_hash(expr: &Expr) -> u128 {
    hashed(Fnv::START, expr).finish()
}

fn hashed(hash: Fnv, expr: &Expr) -> Fnv {
    let all = |hash: Fnv, inner: &[Expr]| inner.iter().fold(hash.bytes(&[5]), hashed).bytes(&[6]);
    match &expr.node {
        Node::Const(leaf) => hash.text(&format!("{:?}", leaf.value())),
        Node::Path(path) => hash.text(&format!("{path:?}")),
        Node::Op(op, operands) => all(hash.text(&format!("{op:?}")), operands),
        Node::Many(many, path, body) => all(hash.text(&format!("{many:?} {path:?}")), body),
        Node::Can(path, verb) => hash.text(&format!("{path:?} {verb:?}")),
    }
}

/// The hash of one entity as the database sees it: table, columns, kinds, nullability, enum values, keys, uniques,
/// indexes, foreign keys. Rules, policies, routes and docs are no part of it.
#[must_use]
pub const fn entity_hash(entity: &Entity) -> u128 {
    let mut hash = Fnv::START.text(entity.table.as_str());
    let fields = entity.fields.items();
    let mut i = 0;
    while i < fields.len() {
        hash = field(hash, &fields[i]);
        i += 1;
    }
    if entity.external {
        hash = hash.bytes(&[7]);
    }
    hash = hash.bytes(&[2]).texts(entity.key.items());
    let uniques = entity.uniques.items();
    let mut i = 0;
    while i < uniques.len() {
        hash = hash.texts(uniques[i].fields.items());
        i += 1;
    }
    let indexes = entity.indexes.items();
    let mut i = 0;
    while i < indexes.len() {
        hash = index(hash, &indexes[i]);
        i += 1;
    }
    if let Some(tenant) = &entity.tenant {
        hash = hash.bytes(&[3]).texts(tenant.path.items());
    }
    hash.finish()
}

/// The hash of a model: the sum of its entities' hashes, so that their order does not matter.
#[must_use]
pub const fn model_hash(entities: &[&Entity]) -> u128 {
    let mut sum: u128 = 0;
    let mut i = 0;
    while i < entities.len() {
        sum = sum.wrapping_add(entity_hash(entities[i]));
        i += 1;
    }
    sum
}

#[cfg(test)]
mod tests;
