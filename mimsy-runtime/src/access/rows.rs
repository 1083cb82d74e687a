//! What the rows of a list come as: structs, or tuples of a struct and what was included with it.

use std::ops::Deref;
use std::sync::Arc;

use mimsy_schema::{Model, Schema, Value};

use super::{check, model};
use crate::actions::{Found, Included as Relation, Output, Reached, Record};
use crate::entity::{Entity, RowReader};
use crate::error::Error;
use crate::row::BadCell;
use crate::shape::{Nullable, Rel, Rows as Many, Single};

/// A row in memory: one value a field, and what was included with it, in the order in which it was asked for.
#[derive(Default)]
pub struct Loaded {
    values: Vec<Value>,
    included: Vec<Reach>,
}

/// What a relation led to.
#[derive(Default)]
pub enum Reach {
    /// To no row, or to one that may not be read.
    #[default]
    Nothing,
    /// To a row.
    One(Loaded),
    /// To rows, and perhaps to more than those.
    Many(Vec<Loaded>, bool),
}

/// The included rows of a to-many relation; a slice of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Whether there are more than the include's limit.
    pub more: bool,
}

impl<R> Deref for Included<R> {
    type Target = [R];

    fn deref(&self) -> &[R] {
        &self.rows
    }
}

impl<R> IntoIterator for Included<R> {
    type Item = R;
    type IntoIter = std::vec::IntoIter<R>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'i, R> IntoIterator for &'i Included<R> {
    type Item = &'i R;
    type IntoIter = std::slice::Iter<'i, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

/// What a row of a list can come as.
pub trait Row: Sized + Send + 'static {
    /// Take it out of what was loaded.
    ///
    /// # Errors
    /// Where the schema does not hold the entity.
    fn read(schema: &Schema, loaded: Loaded) -> Result<Self, Error>;
}

/// A row that something more can be included with: up to 8 relations.
#[diagnostic::on_unimplemented(
    message = "a list includes at most 8 relations of a row",
    label = "one too many",
    note = "what belongs to an included row is included there: `expr!(|i: &Invoice| i.lines).include(expr!(|l: &Line| l.product))`"
)]
pub trait Wider: Row {
    /// The same with one part more.
    type With<A: Part>: Row;
}

/// What a relation comes as: `Option<R>` where it leads to one row, [`Included<R>`] where it leads to many.
pub trait Part: Sized + Send + 'static {
    /// Take it out of what was loaded.
    ///
    /// # Errors
    /// Where the schema does not hold the entity.
    fn read(schema: &Schema, reach: Reach) -> Result<Self, Error>;
}

impl<R: Row> Part for Option<R> {
    fn read(schema: &Schema, reach: Reach) -> Result<Self, Error> {
        match reach {
            Reach::One(loaded) => R::read(schema, loaded).map(Some),
            Reach::Nothing | Reach::Many(..) => Ok(None),
        }
    }
}

impl<R: Row> Part for Included<R> {
    fn read(schema: &Schema, reach: Reach) -> Result<Self, Error> {
        let Reach::Many(rows, more) = reach else { return Ok(Self { rows: Vec::new(), more: false }) };
        Ok(Self { rows: rows.into_iter().map(|row| R::read(schema, row)).collect::<Result<_, _>>()?, more })
    }
}

impl<E: Entity> Row for E {
    fn read(schema: &Schema, loaded: Loaded) -> Result<Self, Error> {
        Ok(E::read(&mut RowReader::new(model::<E>(schema)?, loaded.values)))
    }
}

impl<E: Entity> Wider for E {
    type With<A: Part> = (E, A);
}

macro_rules! tuples {
    ($($part:ident)*) => {
        impl<E: Entity, $($part: Part),*> Row for (E, $($part),*) {
            fn read(schema: &Schema, loaded: Loaded) -> Result<Self, Error> {
                let mut included = loaded.included.into_iter();
                let row = E::read(&mut RowReader::new(model::<E>(schema)?, loaded.values));
                Ok((row, $($part::read(schema, included.next().unwrap_or_default())?),*))
            }
        }
    };
}
macro_rules! wider {
    ($($part:ident)*) => {
        impl<E: Entity, $($part: Part),*> Wider for (E, $($part),*) {
            type With<Z: Part> = (E, $($part,)* Z);
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);
wider!(A);
wider!(A B);
wider!(A B C);
wider!(A B C D);
wider!(A B C D F);
wider!(A B C D F G);
wider!(A B C D F G H);

/// A relation that can be included, by its shape.
#[diagnostic::on_unimplemented(
    message = "`include(…)` names a relation, and this is `{Self}`",
    label = "not a relation",
    note = "name a field of type `Ref<…>`, `Option<Ref<…>>`, `One<…>` or `Many<…>`; other fields are always part of the row"
)]
pub trait Leads {
    /// The entity that it leads to.
    type Target: Entity;
    /// What its rows come as.
    type Part<R: Row>: Part;
}

#[diagnostic::do_not_recommend]
impl<E: Entity, K: 'static> Leads for Rel<E, K> {
    type Target = E;
    type Part<R: Row> = Option<R>;
}

#[diagnostic::do_not_recommend]
impl<E: Entity, K: 'static> Leads for Nullable<Rel<E, K>> {
    type Target = E;
    type Part<R: Row> = Option<R>;
}

#[diagnostic::do_not_recommend]
impl<E: Entity> Leads for Single<E> {
    type Target = E;
    type Part<R: Row> = Option<R>;
}

#[diagnostic::do_not_recommend]
impl<E: Entity> Leads for Many<E> {
    type Target = E;
    type Part<R: Row> = Included<R>;
}

/// How to read an include: how many relations it goes through to where it leads, and what is included there.
#[derive(Clone, Default)]
pub(super) struct Way {
    pub(super) steps: usize,
    pub(super) then: Vec<Self>,
}

/// Takes the rows of a list, with what they include.
pub(super) struct Loader {
    schema: Arc<Schema>,
    ways: Vec<Way>,
    rows: Vec<Loaded>,
}

impl Loader {
    pub(super) fn new(schema: Arc<Schema>, ways: Vec<Way>) -> Self {
        Self { schema, ways, rows: Vec::new() }
    }

    pub(super) fn read<R: Row>(self) -> Result<Vec<R>, Error> {
        let Self { schema, rows, .. } = self;
        rows.into_iter().map(|row| R::read(&schema, row)).collect()
    }
}

impl Output for Loader {
    fn row(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        let cells = found.fields.iter().enumerate().map(|(at, field)| Ok((*field, found.row.cell(at)?.to_value())));
        let values = values(found.model, cells)?;
        let included = all(&self.schema, found.included, &self.ways)?;
        self.rows.push(Loaded { values, included });
        Ok(())
    }
}

fn values(model: &Model, cells: impl Iterator<Item = Result<(usize, Value), BadCell>>) -> Result<Vec<Value>, BadCell> {
    let mut values = vec![Value::Null; model.fields().len()];
    for (at, cell) in cells.enumerate() {
        let (field, value) = cell?;
        check(model, field, at, &value)?;
        values[field] = value;
    }
    Ok(values)
}

fn all(schema: &Schema, included: &[Relation], ways: &[Way]) -> Result<Vec<Reach>, BadCell> {
    included.iter().zip(ways).map(|(one, way)| reach(schema, one, way, way.steps)).collect()
}

/// What stands at the end of some steps, the first of which is `included`.
fn reach(schema: &Schema, included: &Relation, way: &Way, steps: usize) -> Result<Reach, BadCell> {
    let loaded = |record: &Record| {
        let cells = record.fields.iter().zip(&record.values).map(|(field, value)| Ok((*field, value.clone())));
        let values = values(schema.model(record.entity), cells)?;
        Ok(Loaded { values, included: all(schema, &record.included, &way.then)? })
    };
    Ok(match &included.reached {
        Reached::Nothing | Reached::Masked => Reach::Nothing,
        Reached::One(row) if steps > 1 => match row.included.first() {
            Some(next) => reach(schema, next, way, steps - 1)?,
            None => Reach::Nothing,
        },
        Reached::One(row) => Reach::One(loaded(row)?),
        Reached::Many { records, more, .. } => {
            Reach::Many(records.iter().map(|row| loaded(row)).collect::<Result<_, _>>()?, *more)
        }
    })
}
