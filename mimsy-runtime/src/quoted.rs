//! What `expr!` makes: expressions over the rows of an entity, typed by what they give.
//!
//! The types are only ever read by rustc; what goes on from here is the expression, which is data.
//!
//! Must not know: what is done with it.

use std::marker::PhantomData;

use mimsy_schema::{Expr, Fixed, List, Many, Node, Path, Root, Text, Value};

use crate::entity::Entity;
use crate::field::Field;
use crate::shape::{self, Span, never_called};

/// An expression over the rows of `E` that gives an `S`.
pub struct Quoted<E, S> {
    pub(crate) expr: Expr,
    of: PhantomData<fn() -> (E, S)>,
}

/// A field of `E`, perhaps behind to-one relations; its shape is `S`.
pub struct Named<E, S> {
    pub(crate) path: &'static [&'static str],
    of: PhantomData<fn() -> (E, S)>,
}

impl<E, S> Clone for Quoted<E, S> {
    fn clone(&self) -> Self {
        Self { expr: self.expr.clone(), of: PhantomData }
    }
}

impl<E, S> Clone for Named<E, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, S> Copy for Named<E, S> {}

/// A condition on the rows of `E`.
#[diagnostic::on_unimplemented(
    message = "a filter answers yes or no about a row of `{E}`, and this is `{Self}`",
    label = "not a condition on `{E}`",
    note = "write a condition, as in `expr!(|invoice: &Invoice| invoice.total > 100)`"
)]
pub trait Condition<E> {
    /// The condition as data.
    fn into_expr(self) -> Expr;
}

#[diagnostic::do_not_recommend]
impl<E> Condition<E> for Quoted<E, bool> {
    fn into_expr(self) -> Expr {
        self.expr
    }
}

#[diagnostic::do_not_recommend]
impl<E> Condition<E> for Named<E, bool> {
    fn into_expr(self) -> Expr {
        Expr::path(Root::Row, self.path.iter().copied())
    }
}

/// A value of the program's in an expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in an expression over rows",
    label = "not a value of any field",
    note = "what does not mention the row is a value: of a field's type, or a text; write `*x` for one behind a reference"
)]
pub trait Captured {
    /// What an expression sees of it.
    type Shape;

    /// The value that it stands for.
    fn value(&self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: Field + Clone> Captured for T {
    type Shape = T::Shape;

    fn value(&self) -> Value {
        self.clone().into_value()
    }
}

macro_rules! captured {
    ($($type:ty: $shape:ty, $read:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Captured for $type {
            type Shape = $shape;

            fn value(&self) -> Value {
                $read(self)
            }
        }
    )*};
}
captured! {
    &str: shape::Text, |text: &&str| Value::Text((*text).to_owned());
    &String: shape::Text, |text: &&String| Value::Text((*text).clone());
    &[u8]: shape::Bytes, |bytes: &&[u8]| Value::Bytes(bytes.to_vec());
    Fixed: Fixed, |number: &Fixed| Value::Decimal(*number);
    Span: Span, |span: &Span| Value::Int(span.0);
}

/// A value of the program's, as the copy that rustc checks sees it.
pub fn captured<T: Captured>(_: &T) -> T::Shape {
    never_called()
}

/// A value of the program's as a constant.
pub fn literal<T: Captured>(value: &T) -> Expr {
    Expr::constant(value.value())
}

/// A question to the rows of a to-many relation.
pub fn asked<const N: usize>(many: Many, root: Root, path: &[&'static str], body: [Expr; N]) -> Expr {
    let fields: List<Text> = path.iter().map(|name| Text::Static(name)).collect();
    let node = Node::Many(many, Path { root, fields }, body.into_iter().collect());
    Expr { node, ..Expr::bool(true) }
}

/// An expression, beside the copy of it that rustc checks.
pub fn quoted<E: Entity, S>(_: impl FnOnce(&E::Shape) -> S, expr: Expr) -> Quoted<E, S> {
    Quoted { expr, of: PhantomData }
}

/// A field, beside the copy of its path that rustc checks.
pub fn named<E: Entity, S>(_: impl FnOnce(&E::Shape) -> S, path: &'static [&'static str]) -> Named<E, S> {
    Named { path, of: PhantomData }
}
