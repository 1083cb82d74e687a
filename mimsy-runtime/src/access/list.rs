//! Lists of the typed API: conditions, orders, includes, pages, cursors.

use std::marker::PhantomData;

use futures_util::stream::{self, Stream, TryStreamExt};
use mimsy_schema::{EntityId, Schema};

use super::include::{Including, Planned};
use super::order::Sorting;
use super::plan::{Plan, wrong};
use super::rows::{Loader, Row, Wider};
use super::{Access, Rows, model};
use crate::actions::{Count, DEFAULT_LIMIT, Listed, MAX_LIMIT};
use crate::entity::Entity;
use crate::error::{Error, ErrorKind};
use crate::field::Field;
use crate::page::{self, Binding};
use crate::query::{Position, Query, Start, Test, View, Way};
use crate::quoted::Condition;

/// A page of rows.
#[derive(Debug)]
pub struct Page<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Where the next page starts, if there is one: give it to [`List::after`].
    pub next: Option<Cursor>,
    /// Where the page before ends, if there is one: give it to [`List::before`].
    pub prev: Option<Cursor>,
    /// How many rows there are in all, if it was asked for.
    pub count: Option<Count>,
}

/// Where a page ended or started, in one order under one filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    position: Position,
    bound: u128,
}

/// A list that is being asked for. Its rows come as `R`: as `E`, or as a tuple of `E` and what is included.
///
/// Whatever is asked, an actor's conditions range over the rows that the actor may read: one that may not be read is as one
/// that is not there.
#[must_use = "nothing is asked until `page`, `first`, `one`, `exists`, `count`, `pages` or `stream` is called"]
pub struct List<'a, E, R = E> {
    access: &'a Access,
    plan: Plan,
    offset: u32,
    counted: bool,
    cursor: Option<(Way, Cursor)>,
    of: PhantomData<fn() -> (E, R)>,
}

impl<E, R> Clone for List<'_, E, R> {
    fn clone(&self) -> Self {
        let (plan, cursor) = (self.plan.clone(), self.cursor.clone());
        Self { plan, cursor, of: PhantomData, ..*self }
    }
}

impl<'a, E: Entity> List<'a, E> {
    pub(super) fn new(access: &'a Access) -> Self {
        Self { access, plan: Plan::default(), offset: 0, counted: false, cursor: None, of: PhantomData }
    }
}

impl<'a, E: Entity, R: Row> List<'a, E, R> {
    /// Keep the rows that a condition holds of: `expr!(|invoice: &Invoice| invoice.total > min && invoice.customer.vip)`.
    /// May be said more than once; all of them have to hold.
    pub fn filter(mut self, condition: impl Condition<E>) -> Self {
        self.plan.matching.push(condition.into_expr());
        self
    }

    /// Keep the rows whose field passes a test, where the field is known at run time only. It may be reached through to-one
    /// relations: `customer.name`.
    pub fn test(mut self, field: &str, test: Test) -> Self {
        self.plan.filter.push((field.to_owned(), test));
        self
    }

    /// Keep the rows whose field has this value, where the field is known at run time only.
    pub fn eq(self, field: &str, value: impl Field) -> Self {
        self.test(field, Test::Eq(value.into_value()))
    }

    /// Order by a field: `expr!(|invoice: &Invoice| invoice.total).descending()`; or, where it is known at run time only, as a
    /// text: `-total`, `due_at:nulls_first`. NULL is the largest, unless it is said where it stands. May be said more than
    /// once.
    pub fn sort(mut self, by: impl Sorting<E>) -> Self {
        self.plan.sort.push(by.into_key());
        self
    }

    /// Include what the rows relate to; each row then comes as a tuple with one part more: an `Option` of the row that a
    /// relation leads to (`None` also where it may not be read), [`Included`](super::Included) where it leads to many.
    ///
    /// ```text
    /// let lines = expr!(|invoice: &Invoice| invoice.lines).limit(5).include(expr!(|line: &Line| line.product));
    /// let page = ada.list::<Invoice>().include(expr!(|invoice: &Invoice| invoice.customer)).include(lines).page().await?;
    /// for (invoice, customer, lines) in page.rows {
    ///     for (line, product) in lines { … }
    /// }
    /// ```
    pub fn include<I>(mut self, relation: I) -> List<'a, E, R::With<I::Part>>
    where
        I: Including<E>,
        R: Wider,
    {
        let Planned(path, plan) = relation.planned();
        self.plan.include.push((path, plan));
        let Self { access, plan, offset, counted, cursor, .. } = self;
        List { access, plan, offset, counted, cursor, of: PhantomData }
    }

    /// At most so many rows: 50 if it is not said, and never more than 1000.
    pub fn limit(mut self, limit: u32) -> Self {
        self.plan.limit = limit;
        self
    }

    /// Start after the page that gave this cursor. Filter and order have to be the same as they were.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.cursor = Some((Way::Forwards, cursor));
        self
    }

    /// End before the page that gave this cursor. Filter and order have to be the same as they were.
    pub fn before(mut self, cursor: Cursor) -> Self {
        self.cursor = Some((Way::Backwards, cursor));
        self
    }

    /// Skip so many rows. All of them are read on the way: to go far, follow cursors.
    pub fn offset(mut self, rows: u32) -> Self {
        self.offset = rows;
        self
    }

    /// Let the page also count all rows that the filter leaves.
    pub fn counted(mut self) -> Self {
        self.counted = true;
        self
    }

    /// Ask for a page.
    ///
    /// # Errors
    /// `Invalid` where a field is not there, or a value does not fit; `Forbidden` where nothing may be read; `TooMuch` where
    /// more is included than an answer holds.
    pub async fn page(self) -> Result<Page<R>, Error> {
        let schema = self.access.actions.schema();
        let (entity, query, bound) = self.query(&schema)?;
        let loader = Loader::new(schema, self.plan.ways());
        let Listed { output, next, prev, count, .. } =
            self.access.actions.list(&self.access.caller().await?, entity, query, loader).await?;
        Ok(Page {
            rows: output.read()?,
            next: next.map(|position| Cursor { position, bound: bound.towards(Way::Forwards) }),
            prev: prev.map(|position| Cursor { position, bound: bound.towards(Way::Backwards) }),
            count,
        })
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`List::page`].
    pub async fn first(self) -> Result<Option<R>, Error> {
        Ok(self.limit(1).page().await?.rows.pop())
    }

    /// The one row that there is.
    ///
    /// # Errors
    /// `NotFound` where there is none, `Several` where there are more; else as [`List::page`].
    pub async fn one(self) -> Result<R, Error> {
        let mut rows = self.limit(2).page().await?.rows;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => Ok(row),
            (Some(_), false) => Err(Error::new(ErrorKind::Several)),
            (None, _) => Err(Error::new(ErrorKind::NotFound)),
        }
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// As [`List::page`].
    pub async fn exists(self) -> Result<bool, Error> {
        let (access, schema) = (self.access, self.access.actions.schema());
        let (entity, query, _) = self.limit(1).query(&schema)?;
        let view = View { fields: Some(Vec::new()), include: Vec::new() };
        let query = Query { view, count: false, ..query };
        let listed = access.actions.list(&access.caller().await?, entity, query, Rows::default()).await?;
        Ok(listed.rows > 0)
    }

    /// How many rows there are: exact up to 10,000.
    ///
    /// # Errors
    /// As [`List::page`].
    pub async fn count(self) -> Result<Count, Error> {
        let schema = self.access.actions.schema();
        let (entity, query, _) = self.query(&schema)?;
        self.access.actions.count(&self.access.caller().await?, entity, query).await
    }

    /// One page after the other, each asked for when the one before is through. What is there, unchanged, from the first page
    /// to the last comes exactly once.
    #[must_use]
    pub fn pages(self) -> Pages<'a, E, R> {
        Pages(Some(self))
    }

    /// One row after the other, read page by page: of 1000, if no limit is said.
    pub fn stream(mut self) -> impl Stream<Item = Result<R, Error>> + Send + 'a {
        if self.plan.limit == 0 {
            self.plan.limit = MAX_LIMIT;
        }
        let pages = stream::try_unfold(self.pages(), |mut pages| async move {
            let page = pages.next().await?;
            Ok::<_, Error>(page.map(|page: Page<R>| (stream::iter(page.rows.into_iter().map(Ok)), pages)))
        });
        pages.try_flatten()
    }

    /// The query, what it is about, and what its cursors are bound to.
    fn query(&self, schema: &Schema) -> Result<(EntityId, Query, Binding), Error> {
        let model = model::<E>(schema)?;
        let mut query = self.plan.query(schema, model)?;
        if query.limit == 0 {
            query.limit = DEFAULT_LIMIT;
        }
        query.count = self.counted;
        query.start = if self.offset == 0 { Start::First } else { Start::Offset(self.offset) };
        let bound = page::binding(schema, model, &query);
        if let Some((way, cursor)) = &self.cursor {
            let name = if *way == Way::Forwards { "after" } else { "before" };
            if cursor.bound != bound.towards(*way) {
                let detail = "the cursor belongs to a list with another filter or order, or leads the other way";
                return Err(wrong(name, "CURSOR_INVALID", detail.to_owned()));
            }
            if query.start != Start::First {
                let detail = "a list starts at a cursor or at an offset, and not at both".to_owned();
                return Err(wrong(name, "CONFLICTING_PARAMETERS", detail));
            }
            let position = cursor.position.clone();
            query.start = match way {
                Way::Forwards => Start::After(position),
                Way::Backwards => Start::Before(position),
            };
        }
        Ok((model.id, query, bound))
    }
}

/// The pages of a list, one after the other.
///
/// ```text
/// let mut pages = ada.list::<Invoice>().limit(100).pages();
/// while let Some(page) = pages.next().await? { … }
/// ```
pub struct Pages<'a, E, R = E>(Option<List<'a, E, R>>);

impl<E: Entity, R: Row> Pages<'_, E, R> {
    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// As [`List::page`]. The same page can be asked for again.
    pub async fn next(&mut self) -> Result<Option<Page<R>>, Error> {
        let Some(list) = &self.0 else { return Ok(None) };
        let page = list.clone().page().await?;
        let onwards = |next| List { cursor: Some((Way::Forwards, next)), offset: 0, ..list.clone() };
        self.0 = page.next.clone().map(onwards);
        Ok(Some(page))
    }
}
