//! A query: one tree that every door parses into and the SQL renderer reads.
//!
//! Pure. Fields are positions in their model, so a query can only name what the schema holds.

use mimsy_schema::{Expr, Link, Model, Value};

/// A path of field positions: to-one relations, then a field.
pub type FieldPath = Vec<usize>;

/// What is asked of one entity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// What must hold of a row, all of it.
    pub filter: Vec<Condition>,
    /// Expressions over a row that must be yes as well, as [`Schema::condition`](mimsy_schema::Schema::condition) gives them.
    pub matching: Vec<Expr>,
    /// The order; the key is always appended.
    pub sort: Vec<Sort>,
    /// At most how many rows. 0: the default.
    pub limit: u32,
    /// Where the page starts.
    pub start: Start,
    /// Whether to count all rows that the filter leaves.
    pub count: bool,
    /// What of each row.
    pub view: View,
}

/// Where a page starts, in the order of its query.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Start {
    /// With the first row.
    #[default]
    First,
    /// With the first row after a position.
    After(Position),
    /// So that it ends with the last row before a position.
    Before(Position),
    /// With the row that so many others stand before.
    Offset(u32),
}

/// A place in an order: the sort keys of a row, then its key. Without any it is the end that the direction starts at:
/// before the first row for what comes after, behind the last one for what comes before.
pub type Position = Vec<Value>;

/// Which way a page goes on from a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the rows after it.
    Forwards,
    /// To the rows before it.
    Backwards,
}

/// What of a row is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Which columns, in the order of the answer; `None`: all.
    pub fields: Option<Vec<usize>>,
    /// Which relations are included.
    pub include: Vec<Include>,
}

impl View {
    /// The fields that the included relations of a row of `model` are found by.
    pub fn near(&self, model: &Model) -> impl Iterator<Item = usize> {
        self.include.iter().filter_map(|include| model.link(include.field)).flat_map(Link::near)
    }
}

/// A relation to include.
#[derive(Clone, Debug, PartialEq)]
pub struct Include {
    /// The relation field.
    pub field: usize,
    /// What is asked of the included rows: of a to-many all but where a page starts and a count, of a to-one the view.
    pub query: Query,
}

/// One of the things that must hold of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A field passes a test.
    Field {
        /// The field.
        path: FieldPath,
        /// What must hold of it.
        test: Test,
    },
    /// The rows that a to-many relation reaches: those of them that may be read.
    Rows {
        /// The relation, perhaps behind to-one relations.
        path: FieldPath,
        /// How many of the rows.
        quantifier: Quantifier,
        /// What must hold of one row, all of it.
        filter: Vec<Condition>,
    },
}

/// How many of the rows that a to-many relation reaches a condition holds of.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantifier {
    /// Of at least one; of no condition: there is a row.
    Some,
    /// Of each; if there is no row, that is true.
    Every,
    /// Of none; of no condition: there is no row.
    None,
    /// Of a number that passes this test, which is about an integer.
    Count(Test),
}

/// What must hold of a field. Values are of the field's kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Equal.
    Eq(Value),
    /// Not equal; NULL is not equal to anything.
    Ne(Value),
    /// Less.
    Lt(Value),
    /// Less or equal.
    Lte(Value),
    /// Greater.
    Gt(Value),
    /// Greater or equal.
    Gte(Value),
    /// One of these; of none: never.
    In(Vec<Value>),
    /// None of these; NULL is none of them.
    Nin(Vec<Value>),
    /// Between two values, both inclusive.
    Between(Value, Value),
    /// Holds this text.
    Contains(String),
    /// Holds this text, ASCII letters of either case alike.
    Icontains(String),
    /// Starts with this text.
    StartsWith(String),
    /// Ends with this text.
    EndsWith(String),
    /// Is a list that holds this item.
    Has(Value),
    /// Is NULL, or is not.
    IsNull(bool),
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// The field.
    pub path: FieldPath,
    /// From the largest to the smallest.
    pub descending: bool,
    /// NULL before all values, and not after them.
    pub nulls_first: bool,
}

impl Sort {
    /// From the smallest to the largest; NULL is the largest.
    #[must_use]
    pub fn ascending(path: FieldPath) -> Self {
        Self { path, descending: false, nulls_first: false }
    }

    /// From the largest to the smallest; NULL is the largest.
    #[must_use]
    pub fn descending(path: FieldPath) -> Self {
        Self { path, descending: true, nulls_first: true }
    }

    /// The same, read from the other end.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, nulls_first: !self.nulls_first, ..self }
    }
}
