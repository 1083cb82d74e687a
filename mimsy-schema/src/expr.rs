//! The expression language: one small tree, read by the checker, the SQL renderer and the evaluator.
//!
//! It means the same everywhere: three-valued logic, bytewise text, exact decimals. Its front ends are the macros
//! (function bodies) and, later, `where=`, the DSLs and collections.

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
            other => other.clone(),
        };
        Self { node, at: self.at.clone() }
    }

    /// Whether a path of this root occurs.
    #[must_use]
    pub fn mentions(&self, root: Root) -> bool {
        match &self.node {
            Node::Const(_) => false,
            Node::Path(path) => path.root == root,
            Node::Op(_, operands) => operands.iter().any(|one| one.mentions(root)),
        }
    }
}
