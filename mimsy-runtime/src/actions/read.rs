//! Reading: a page, one row. The read scope is part of every statement.

use futures_util::future::BoxFuture;
use mimsy_schema::{EntityId, Model, Value};

use super::include::include;
use super::output::{Found, Output};
use super::session::{Session, is_never};
use super::{Actions, Count, Got, Listed};
use crate::error::{Error, ErrorKind};
use crate::query::{Position, Query, Start, View};
use crate::row::{BadCell, Cell, Row};
use crate::sql::{COUNT_LIMIT, Dialect, Select, Statement};
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

    /// Count the rows of an entity: those that `who` may read and the filter leaves.
    ///
    /// # Errors
    /// As [`Actions::list`].
    pub async fn count(&self, who: &Who, entity: EntityId, query: Query) -> Result<Count, Error> {
        let session = self.session(who);
        let model = session.model(entity);
        session.admit(model, "read")?;
        if is_never(&session.scope(entity)) {
            return Err(session.closed(model, "read"));
        }
        let work = async move |tx: &mut Tx<'_>| {
            let scope = |entity| session.scope(entity);
            let statement = session.reader(tx.dialect(), &scope).count(session.model(entity), &query);
            count(tx, &statement).await
        };
        self.reading(false, move |tx| Box::pin(async move { work(tx).await })).await
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
    let any_row = (query.start != Start::First).then(|| reader.any(model, &query));
    let mut page = Page::new(model, &select, limit, &query.start);
    let backwards = matches!(query.start, Start::Before(_));
    if query.view.include.is_empty() && !backwards {
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
        if backwards {
            rows.reverse();
        }
        let brought = include(tx, &session, model, &select, &rows, &query.view.include).await?;
        for (row, brought) in rows.iter().zip(&brought) {
            output.row(&page.found(row, &brought.included).map_err(StoreError::from)?).map_err(StoreError::from)?;
        }
    }
    let count = match counting {
        Some(statement) => Some(count(tx, &statement).await?),
        None => None,
    };
    let rows = page.rows;
    let any = match any_row {
        // An empty page has no row to tell by; the rows there are stand on the other side of it.
        Some(statement) if rows == 0 => any(tx, &statement).await?,
        _ => false,
    };
    let (next, prev) = page.ends(any);
    Ok(Listed { output, rows, next, prev, count })
}

async fn any(tx: &mut Tx<'_>, statement: &Statement) -> Result<bool, Error> {
    let mut any = false;
    tx.rows(statement, &mut |_| {
        any = true;
        Ok(())
    })
    .await?;
    Ok(any)
}

async fn count(tx: &mut Tx<'_>, statement: &Statement) -> Result<Count, Error> {
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
    let page = Page::new(model, &select, 1, &Start::First);
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
        let brought = include(tx, &session, model, &select, &rows, &view.include).await?;
        for (row, brought) in rows.iter().zip(&brought) {
            let found = page.found(row, &brought.included).map_err(StoreError::from)?;
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
    let readable = session.readable(model.id);
    if *view == View::default() && !readable.moves {
        let mut select = readable.row.get_or_init(|| render(&key, &shown(model, view))).clone();
        for (bind, part) in select.statement.binds.iter_mut().zip(key) {
            bind.value = part;
        }
        return select;
    }
    let mut fields = shown(model, view);
    let asked = fields.len();
    for near in view.near(model) {
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
    start: &'a Start,
    rows: usize,
    /// The positions of the row that came first and, of a full page, of the one that came last.
    first: Option<Position>,
    last: Option<Position>,
    /// Whether there are rows behind those that came, and on the other side of where they started.
    more: bool,
    edge: bool,
}

impl<'a> Page<'a> {
    fn new(model: &'a Model, select: &'a Select, limit: u32, start: &'a Start) -> Self {
        let limit = limit as usize;
        Self { model, select, limit, start, rows: 0, first: None, last: None, more: false, edge: false }
    }

    /// Whether the row belongs to the page: the one after the limit only says that more follow.
    fn take(&mut self, row: &dyn Row) -> Result<bool, BadCell> {
        if self.rows == self.limit {
            self.more = true;
            return Ok(false);
        }
        self.rows += 1;
        if self.rows == 1 && *self.start != Start::First {
            self.first = Some(self.position(row)?);
            self.edge = match self.select.edge {
                Some(at) => row.cell(at)? == Cell::Bool(true),
                None => false,
            };
        }
        if self.rows == self.limit {
            self.last = Some(self.position(row)?);
        }
        Ok(true)
    }

    fn position(&self, row: &dyn Row) -> Result<Position, BadCell> {
        self.select.order.iter().map(|at| Ok(row.cell(*at)?.to_value())).collect()
    }

    fn found<'r>(&'r self, row: &'r dyn Row, included: &'r [super::Included]) -> Result<Found<'r>, BadCell> {
        let version = match row.cell(self.select.version)? {
            Cell::Int(version) => version,
            _ => 0,
        };
        Ok(Found { model: self.model, fields: &self.select.columns[..self.select.shown], row, version, included })
    }

    /// Where the next page starts, and where the one before it ends. `any`: an empty page, and rows elsewhere.
    fn ends(self, any: bool) -> (Option<Position>, Option<Position>) {
        let onwards = self.last.filter(|_| self.more);
        let back = match self.start {
            // What lies on the other side of an empty page is everything there is, read from that end.
            _ if any => Some(Position::new()),
            Start::Offset(0) | Start::First => None,
            Start::Offset(_) => self.first,
            Start::After(_) | Start::Before(_) => self.first.filter(|_| self.edge),
        };
        if matches!(self.start, Start::Before(_)) { (back, onwards) } else { (onwards, back) }
    }
}
