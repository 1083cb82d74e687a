//! Relations that hold nothing: [`Many`] and [`One`].

use std::fmt;
use std::marker::PhantomData;

use mimsy_schema::{Kind, Text, Value};

use crate::entity::Entity;
use crate::field::{Field, FieldType};
use crate::shape;

/// A relation to many rows: the rows of `E` that point here. Holds nothing; list `E` with a filter to read them, or
/// include them over HTTP.
pub struct Many<E> {
    entity: PhantomData<fn() -> E>,
}

impl<E> Clone for Many<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Many<E> {}

impl<E> fmt::Debug for Many<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Many")
    }
}

impl<E: Entity> Field for Many<E> {
    type Shape = shape::Rows<E>;
    type Present = Self;
    const TYPE: FieldType = FieldType { targets: &[Text::Static(E::NAME)], ..FieldType::plain(Kind::Rows) };

    fn into_value(self) -> Value {
        Value::Null
    }

    fn from_value(_: Value) -> Self {
        Self { entity: PhantomData }
    }
}

/// A relation to at most one row: the row of `E` that points here. Holds nothing; list `E` with a filter to read it, or
/// include it over HTTP.
pub struct One<E> {
    entity: PhantomData<fn() -> E>,
}

impl<E> Clone for One<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for One<E> {}

impl<E> fmt::Debug for One<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("One")
    }
}

impl<E: Entity> Field for One<E> {
    type Shape = shape::Single<E>;
    type Present = Self;
    const TYPE: FieldType =
        FieldType { targets: &[Text::Static(E::NAME)], nullable: true, ..FieldType::plain(Kind::Row) };

    fn into_value(self) -> Value {
        Value::Null
    }

    fn from_value(_: Value) -> Self {
        Self { entity: PhantomData }
    }
}
