//! Reading: a page, one row. The read scope is part of every statement.

use futures_util::future::BoxFuture;
use mimsy_schema::{EntityId, Model, Value};

use super::include::include;
use super::output::{Found, Output};
use super::session::{Session, is_never};
use super::{Actions, Count, Got, Listed};
use crate::error::{Error, ErrorKind};
use crate::query::{Query, View};
use crate::row::{BadCell, Cell, Row};
use crate::sql::{COUNT_LIMIT, Dialect, Select};
use crate::store::{StoreError, Tx};
use crate::who::Who;

/// The page size that is used when none is asked for.
pub const DEFAULT_LIMIT: u32 = 50;

/// The largest page.
pub const MAX_LIMIT: u32 = 1000;

impl Actions {
    /// List a page of an entity's rows: those that `who` may read and the filter leaves.
    ///
    /// # Errors
    /// `Unauthenticated` and `Forbidden` where no row could be read; what the store says.
    pub async fn list<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        query: Query,
        output: O,
    ) -> Result<Listed<O>, Error> {
        let session = self.session(who);
        let model = session.model(entity);
        session.admit(model, "read")?;
        if is_never(&session.scope(entity)) {
            return Err(session.closed(model, "read"));
        }
        let several = query.count || !query.view.include.is_empty();
        self.reading(several, move |tx| Box::pin(list(tx, session, entity, query, output))).await
    }

    /// Get one row.
    ///
    /// # Errors
    /// `NotFound` where there is no such row or it may not be read; what the store says.
    pub async fn get<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        key: Vec<Value>,
        view: View,
        output: O,
    ) -> Result<Got<O>, Error> {
        let session = self.session(who);
        session.admit(session.model(entity), "read")?;
        if is_never(&session.scope(entity)) {
            return Err(Error::new(ErrorKind::NotFound));
        }
        let several = !view.include.is_empty();
        self.reading(several, move |tx| Box::pin(get(tx, session, entity, key, view, output))).await
    }

    /// Read, over one state where it takes several statements; a single one needs no transaction.
    pub(super) async fn reading<T, F>(&self, several: bool, work: F) -> Result<T, Error>
    where
        F: for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        match &self.1 {
            Some(unit) => unit.transaction.read(work).await,
            None if several => self.store().snapshot(work).await,
            None => self.store().read(work).await,
        }
    }
}

async fn list<O: Output>(
    tx: &mut Tx<'_>,
    session: Session,
    entity: EntityId,
    query: Query,
    mut output: O,
) -> Result<Listed<O>, Error> {
    let model = session.model(entity);
    let limit = match query.limit {
        0 => DEFAULT_LIMIT,
        asked => asked.min(MAX_LIMIT),
    };
    let fields = shown(model, &query.view);
    let scope = |entity| session.scope(entity);
    let reader = session.reader(tx.dialect(), &scope);
    let select = reader.list(model, &query, &fields, limit);
    let counting = query.count.then(|| reader.count(model, &query));
    let mut page = Page::new(model, &select, limit);
    if query.view.include.is_empty() {
        tx.rows(&select.statement, &mut |row| {
            if page.take(row)? {
                output.row(&page.found(row, &[])?)?;
            }
            Ok(())
        })
        .await?;
    } else {
        let mut rows = Vec::new();
        tx.rows(&select.statement, &mut |row| {
            if page.take(row)? {
                rows.push(owned(row, select.statement.columns.len())?);
            }
            Ok(())
        })
        .await?;
        let included = include(tx, &session, model, &select, &rows, &query.view.include).await?;
        for (row, included) in rows.iter().zip(&included) {
            output.row(&page.found(row, included).map_err(StoreError::from)?).map_err(StoreError::from)?;
        }
    }
    let count = match counting {
        Some(statement) => Some(count(tx, &statement).await?),
        None => None,
    };
    let (rows, next) = page.end();
    Ok(Listed { output, rows, next, count })
}

async fn count(tx: &mut Tx<'_>, statement: &crate::sql::Statement) -> Result<Count, Error> {
    let mut counted = 0;
    tx.rows(statement, &mut |row| {
        if let Cell::Int(number) = row.cell(0)? {
            counted = u64::try_from(number).unwrap_or(0);
        }
        Ok(())
    })
    .await?;
    Ok(Count { value: counted.min(COUNT_LIMIT), at_least: counted > COUNT_LIMIT })
}

async fn get<O: Output>(
    tx: &mut Tx<'_>,
    session: Session,
    entity: EntityId,
    key: Vec<Value>,
    view: View,
    mut output: O,
) -> Result<Got<O>, Error> {
    let model = session.model(entity);
    let select = one(&session, tx.dialect(), model, key, &view);
    let page = Page::new(model, &select, 1);
    let mut version = None;
    if view.include.is_empty() {
        tx.rows(&select.statement, &mut |row| {
            let found = page.found(row, &[])?;
            version = Some(found.version);
            output.row(&found)
        })
        .await?;
    } else {
        let mut rows = Vec::new();
        tx.rows(&select.statement, &mut |row| {
            rows.push(owned(row, select.statement.columns.len())?);
            Ok(())
        })
        .await?;
        let included = include(tx, &session, model, &select, &rows, &view.include).await?;
        for (row, included) in rows.iter().zip(&included) {
            let found = page.found(row, included).map_err(StoreError::from)?;
            version = Some(found.version);
            output.row(&found).map_err(StoreError::from)?;
        }
    }
    let version = version.ok_or_else(|| Error::new(ErrorKind::NotFound))?;
    Ok(Got { output, version })
}

/// The statement that gets one row. The one for all columns is rendered once for an actor.
fn one(session: &Session, dialect: &'static Dialect, model: &Model, key: Vec<Value>, view: &View) -> Select {
    let scope = |entity| session.scope(entity);
    let render = |key: &[Value], fields: &[usize]| {
        session.reader(dialect, &scope).row(model, key, fields, &session.scope(model.id), &[], false)
    };
    if *view == View::default() {
        let readable = session.readable(model.id);
        let mut select = readable.row.get_or_init(|| render(&key, &shown(model, view))).clone();
        for (bind, part) in select.statement.binds.iter_mut().zip(key) {
            bind.value = part;
        }
        return select;
    }
    let mut fields = shown(model, view);
    let asked = fields.len();
    for near in view.include.iter().filter_map(|include| model.link(include.field)).flat_map(mimsy_schema::Link::near) {
        if !fields.contains(&near) {
            fields.push(near);
        }
    }
    let mut select = render(&key, &fields);
    select.shown = asked;
    select
}

/// The columns that a view asks for; all of them, if it does not say.
pub(super) fn shown(model: &Model, view: &View) -> Vec<usize> {
    view.fields.clone().unwrap_or_else(|| model.columns().collect())
}

/// All cells of a row, owned.
pub(super) fn owned(row: &dyn Row, columns: usize) -> Result<Vec<Value>, BadCell> {
    (0..columns).map(|i| Ok(row.cell(i)?.to_value())).collect()
}

/// A page as it comes out of its statement.
struct Page<'a> {
    model: &'a Model,
    select: &'a Select,
    limit: usize,
    rows: usize,
    last: Option<Vec<Value>>,
    more: bool,
}

impl<'a> Page<'a> {
    fn new(model: &'a Model, select: &'a Select, limit: u32) -> Self {
        Self { model, select, limit: limit as usize, rows: 0, last: None, more: false }
    }

    /// Whether the row belongs to the page: the one after the limit only says that more follow.
    fn take(&mut self, row: &dyn Row) -> Result<bool, BadCell> {
        if self.rows == self.limit {
            self.more = true;
            return Ok(false);
        }
        self.rows += 1;
        if self.rows == self.limit {
            let keys = self.select.order.iter().map(|at| Ok(row.cell(*at)?.to_value()));
            self.last = Some(keys.collect::<Result<_, BadCell>>()?);
        }
        Ok(true)
    }

    fn found<'r>(&'r self, row: &'r dyn Row, included: &'r [super::Included]) -> Result<Found<'r>, BadCell> {
        let version = match row.cell(self.select.version)? {
            Cell::Int(version) => version,
            _ => 0,
        };
        Ok(Found { model: self.model, fields: &self.select.columns[..self.select.shown], row, version, included })
    }

    /// How many rows there were, and where the next page starts.
    fn end(self) -> (usize, Option<Vec<Value>>) {
        (self.rows, self.last.filter(|_| self.more))
    }
}
