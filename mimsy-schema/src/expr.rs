//! The expression language: one small tree, read by the checker, the SQL renderer and the evaluator.
//!
//! It means the same everywhere: three-valued logic, bytewise text, exact decimals. Its front ends are the macros
//! (function bodies, `expr!`), `where=`, and later the DSLs and collections.

use std::fmt;

use crate::{List, Text, ToValue, Value};

/// Where something was written. Never part of a comparison or of a hash: a moved line is no change.
#[derive(Clone, Default)]
pub struct At {
    /// The source file, or the name of another source.
    pub file: Text,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
}

impl At {
    /// Nowhere in particular.
    pub const UNKNOWN: Self = Self { file: Text::EMPTY, line: 0 };
}

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A constant of an expression: a literal, or a constant of the user's whose type the macro never learned.
#[derive(Clone)]
pub enum Leaf {
    /// Data of the program.
    Static(&'static (dyn ToValue + Sync)),
    /// Data made at run time.
    Owned(Value),
}

impl Leaf {
    /// The value.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Static(leaf) => leaf.to_value(),
            Self::Owned(value) => value.clone(),
        }
    }
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// What a path starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Root {
    /// Who asks.
    Actor,
    /// The row.
    Row,
    /// The row before an update (rules with three parameters).
    Old,
    /// The row after an update (rules with three parameters).
    New,
    /// A row of a to-many relation, inside of a [`Node::Many`]: 0 is that of the outermost one.
    Each(u8),
}

/// A field, reached from a root through to-one relations. No fields: the root's own key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Path {
    /// Where it starts.
    pub root: Root,
    /// The fields on the way; all but the last are to-one relations.
    pub fields: List<Text>,
}

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Op {
    /// `a && b && …`; no operands: yes.
    And,
    /// `a || b || …`; no operands: no.
    Or,
    /// `!a`.
    Not,
    /// `a == b`; unknown if either is NULL.
    Eq,
    /// `a == b` between two values that may both be NULL: `IS NOT DISTINCT FROM`. [`assemble`](fn@crate::assemble) puts it
    /// in the place of `Eq`, since a macro does not see types.
    Same,
    /// `a != b`: the negation of `==`.
    Ne,
    /// `a < b`.
    Lt,
    /// `a <= b`.
    Le,
    /// `a > b`.
    Gt,
    /// `a >= b`.
    Ge,
    /// `a.is_none()`: yes or no, never unknown.
    IsNone,
    /// `a.is_some()`: yes or no, never unknown.
    IsSome,
    /// `a.unwrap_or(b)`.
    UnwrapOr,
    /// `matches!(a, b | c | …)`: the first operand equals one of the others.
    In,
    /// `a + b`; unknown where the sum is out of range. [`assemble`](fn@crate::assemble) adds a third operand to this and
    /// the two that follow: 0, in the kind and scale of the result.
    Add,
    /// `a - b`; unknown where the difference is out of range.
    Sub,
    /// `a * b`; unknown where the product is out of range.
    Mul,
    /// A moment, and a number of microseconds after it; unknown past the year 9999.
    After,
    /// A moment, and a number of microseconds before it; unknown before the year 1.
    Before,
    /// `a.starts_with(b)`, by bytes.
    StartsWith,
    /// `a.ends_with(b)`, by bytes.
    EndsWith,
    /// `a.contains(b)`, by bytes.
    Contains,
    /// `a.len()`: the number of code points.
    Len,
    /// `list.contains(item)`. [`assemble`](fn@crate::assemble) puts it in the place of `Contains`, with a third operand: some
    /// constant in the kind and scale of the items.
    Has,
    /// `list.len()`: the number of items. [`assemble`](fn@crate::assemble) puts it in the place of `Len`.
    Size,
    /// `a.is_empty()`, of a text, of a list or of a to-many relation; [`assemble`](fn@crate::assemble) knows which, and says it in
    /// other words.
    IsEmpty,
    /// `now()`: the moment of the action, the same in all of it. No operands.
    Now,
}

/// What is asked of the rows of a to-many relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Many {
    /// `rows.any(|row| …)`: whether the body holds of one; unknown where it holds of none and is unknown of one.
    Any,
    /// The same where the body is never unknown. [`assemble`](fn@crate::assemble) puts it in the place of `Any`.
    Exists,
    /// `rows.all(|row| …)`: the negation of `any` of the negation.
    All,
    /// `rows.none(|row| …)`: the negation of `any`.
    None,
    /// `rows.count()`: how many there are. No body.
    Count,
    /// `rows.sum(|row| …)`: the sum without NULLs; unknown where it is out of range. [`assemble`](fn@crate::assemble) adds a
    /// second body, the sum of nothing: 0, in the kind and scale of the result.
    Sum,
    /// `rows.min(|row| …)`: the least, NULL of nothing.
    Min,
    /// `rows.max(|row| …)`: the greatest, NULL of nothing.
    Max,
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Node {
    /// A constant.
    Const(Leaf),
    /// A field.
    Path(Path),
    /// An operator on its operands.
    Op(Op, List<Expr>),
    /// A question to the rows of a to-many relation, at the end of a path. The body, one or none, sees a row of it as
    /// [`Root::Each`].
    Many(Many, Path, List<Expr>),
    /// Whether the actor may do something with the row that a path of to-one relations leads to, by that entity's own
    /// policy. [`assemble`](fn@crate::assemble) puts the policy's decision in its place.
    Can(Path, Text),
}

/// An expression, and where it was written.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// Where it was written.
    #[cfg_attr(feature = "json", serde(skip))]
    pub at: At,
}

impl Expr {
    /// A constant.
    #[must_use]
    pub fn constant(value: Value) -> Self {
        Self { node: Node::Const(Leaf::Owned(value)), at: At::UNKNOWN }
    }

    /// Yes or no.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self::constant(Value::Bool(value))
    }

    /// A field of a root.
    #[must_use]
    pub fn path<T: Into<Text>>(root: Root, fields: impl IntoIterator<Item = T>) -> Self {
        let fields = fields.into_iter().map(Into::into).collect();
        Self { node: Node::Path(Path { root, fields }), at: At::UNKNOWN }
    }

    /// An operator on its operands.
    #[must_use]
    pub fn op(op: Op, operands: impl IntoIterator<Item = Self>) -> Self {
        Self { node: Node::Op(op, operands.into_iter().collect()), at: At::UNKNOWN }
    }

    /// `self && other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::op(Op::And, [self, other])
    }

    /// The same expression with every path of one root moved to another.
    #[must_use]
    pub fn rooted(&self, from: Root, to: Root) -> Self {
        let node = match &self.node {
            Node::Path(path) if path.root == from => Node::Path(Path { root: to, fields: path.fields.clone() }),
            Node::Op(op, operands) => Node::Op(*op, operands.iter().map(|one| one.rooted(from, to)).collect()),
            Node::Many(many, path, body) => {
                let root = if path.root == from { to } else { path.root };
                let path = Path { root, fields: path.fields.clone() };
                Node::Many(*many, path, body.iter().map(|one| one.rooted(from, to)).collect())
            }
            Node::Can(path, verb) if path.root == from => {
                Node::Can(Path { root: to, fields: path.fields.clone() }, verb.clone())
            }
            other => other.clone(),
        };
        Self { node, at: self.at.clone() }
    }

    /// Whether a path of this root occurs.
    #[must_use]
    pub fn mentions(&self, root: Root) -> bool {
        self.any(&mut |node| match node {
            Node::Path(path) | Node::Many(_, path, _) | Node::Can(path, _) => path.root == root,
            // Another policy speaks of the actor.
            _ => false,
        })
    }

    /// Whether `is` holds of this node or of one inside of it.
    pub fn any(&self, is: &mut dyn FnMut(&Node) -> bool) -> bool {
        is(&self.node)
            || match &self.node {
                Node::Const(_) | Node::Path(_) | Node::Can(..) => false,
                Node::Op(_, inner) | Node::Many(_, _, inner) => inner.iter().any(|one| one.any(is)),
            }
    }
}
