//! Statements that read: one row, a page, a count, the rows of an included relation, a referenced row.
//!
//! Each carries the read scope of every entity that it touches.

use std::sync::Arc;

use mimsy_schema::{EntityId, Expr, Join, Kind, Link, Model, Schema, Value};

use super::order::{Edge, OrderKey, keyset, order_by};
use super::writer::Writer;
use super::{Column, Dialect, Statement};
use crate::policy::Known;
use crate::query::{Query, Start, View};

/// The alias of the row that a statement is about.
pub(super) const ROW: &str = "t";

/// The alias of the row between two that are joined many to many.
const BETWEEN: &str = "m";

/// The hidden column that counts the updates of a row.
pub const VERSION: &str = "_version";

/// A count stops here: past it, the answer is "at least".
pub const COUNT_LIMIT: u64 = 10_000;

/// What every reading statement needs to know.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// How SQL is written.
    pub dialect: &'static Dialect,
    /// The rows that are in memory: the actor, and on an update the old row.
    pub known: Known<'a>,
    /// The read scope of an entity, for the actor.
    pub scope: &'a (dyn Fn(EntityId) -> Arc<Expr> + Sync),
}

/// A statement that reads rows of one entity, and where in its result things are.
#[derive(Clone, Debug)]
pub struct Select {
    /// The statement.
    pub statement: Statement,
    /// Which field each of the leading columns holds.
    pub columns: Arc<[usize]>,
    /// How many of them were asked for; the others serve the framework.
    pub shown: usize,
    /// Where the version is.
    pub version: usize,
    /// Where the sort keys are, the row's key last.
    pub order: Vec<usize>,
    /// For a page that starts at a row: where it says whether there are rows on the other side of its start.
    pub edge: Option<usize>,
    /// Where the answers to the checks are.
    pub checks: std::ops::Range<usize>,
    /// For an included relation: where the values are that tell whose row it is.
    pub parent: Vec<usize>,
}

impl Select {
    /// The column that holds a field.
    #[must_use]
    pub fn position(&self, field: usize) -> Option<usize> {
        self.columns.iter().position(|column| *column == field)
    }
}

impl<'a> Reader<'a> {
    /// A page of rows, one more than the limit, so that it shows whether more follow. One that goes backwards comes
    /// from its end to its start.
    #[must_use]
    pub fn list(&self, model: &Model, query: &Query, fields: &[usize], limit: u32) -> Select {
        let mut w = Writer::new(self.dialect);
        let mut order = self.order(&mut w, model, &query.sort);
        let mut needed: Vec<usize> = model.key.clone();
        needed.extend(order.iter().filter_map(|key| key.own));
        needed.extend(query.view.near(model));
        let mut select = self.start(&mut w, model, fields, &needed);
        for key in &order {
            let position = match key.own.and_then(|own| select.position(own)) {
                Some(position) => position,
                None => {
                    w.push(", ").push(&key.sql).returns(key.kind, key.scale);
                    w.columns.len() - 1
                }
            };
            select.order.push(position);
        }
        let turn = |order: &mut Vec<OrderKey>| order.iter_mut().for_each(OrderKey::reverse);
        if matches!(query.start, Start::Before(_)) {
            turn(&mut order);
        }
        let start = match &query.start {
            Start::After(position) | Start::Before(position) if !position.is_empty() => Some(position),
            _ => None,
        };
        if let Some(position) = start {
            turn(&mut order);
            w.push(", EXISTS (SELECT 1");
            self.from(&mut w, model);
            self.filtered(&mut w, model, query);
            w.push(" AND ");
            keyset(&mut w, &order, position, Edge::From);
            select.edge = Some(w.columns.len());
            w.push(")").returns(Kind::Bool, 0);
            turn(&mut order);
        }
        self.from(&mut w, model);
        self.filtered(&mut w, model, query);
        if let Some(position) = start {
            w.push(" AND ");
            keyset(&mut w, &order, position, Edge::Beyond);
        }
        order_by(&mut w, &order);
        w.push(" LIMIT ").bind(Value::Int(i64::from(limit) + 1), Kind::Int);
        if let Start::Offset(offset) = query.start {
            w.push(" OFFSET ").bind(Value::Int(offset.into()), Kind::Int);
        }
        select.statement = w.finish();
        select
    }

    /// How many rows a query leaves, as one integer; stops after [`COUNT_LIMIT`] + 1.
    #[must_use]
    pub fn count(&self, model: &Model, query: &Query) -> Statement {
        let mut w = Writer::new(self.dialect);
        w.push("SELECT count(*) FROM (SELECT 1").returns(Kind::Int, 0);
        self.from(&mut w, model);
        self.filtered(&mut w, model, query);
        w.push(" LIMIT ").bind(Value::Int(COUNT_LIMIT.cast_signed() + 1), Kind::Int).push(") AS counted");
        w.finish()
    }

    /// `1` if a query leaves any row, wherever its page starts.
    #[must_use]
    pub fn any(&self, model: &Model, query: &Query) -> Statement {
        let mut w = Writer::new(self.dialect);
        w.push("SELECT 1").returns(Kind::Int, 0);
        self.from(&mut w, model);
        self.filtered(&mut w, model, query);
        w.push(" LIMIT 1");
        w.finish()
    }

    /// One row by its key, if `scope` holds. Each check becomes a further column: TRUE, FALSE or NULL.
    #[must_use]
    pub fn row(
        &self,
        model: &Model,
        key: &[Value],
        fields: &[usize],
        scope: &Expr,
        checks: &[&Expr],
        lock: bool,
    ) -> Select {
        self.rows(model, &[key], fields, scope, checks, lock)
    }

    /// Rows by their keys, those of which `scope` holds. Each check becomes a further column: TRUE, FALSE or NULL.
    #[must_use]
    pub fn rows(
        &self,
        model: &Model,
        keys: &[&[Value]],
        fields: &[usize],
        scope: &Expr,
        checks: &[&Expr],
        lock: bool,
    ) -> Select {
        let mut w = Writer::new(self.dialect);
        let mut select = self.start(&mut w, model, fields, &model.key);
        let first = w.columns.len();
        // What a write is judged by has to hold still until it is committed.
        w.share = lock;
        for check in checks {
            w.push(", ");
            w.scoped(check, model, ROW, self);
            w.returns(Kind::Bool, 0);
        }
        w.share = false;
        select.checks = first..w.columns.len();
        self.from(&mut w, model);
        w.push(" WHERE ");
        w.keyed(model, keys);
        w.push(" AND ");
        w.scoped(scope, model, ROW, self);
        if lock {
            self.lock_each(&mut w, model, keys.len(), " FOR UPDATE OF ");
        }
        select.statement = w.finish();
        select
    }

    /// The rows of `target` whose fields `far` have one of the values in `keys`, under their read scope.
    #[must_use]
    pub fn to_one<K: AsRef<[Value]>>(
        &self,
        target: &Model,
        far: &[usize],
        keys: &[K],
        fields: &[usize],
        view: &View,
    ) -> Select {
        let mut w = Writer::new(self.dialect);
        let needed: Vec<usize> = far.iter().copied().chain(view.near(target)).collect();
        let mut select = self.start(&mut w, target, fields, &needed);
        select.parent = far.iter().filter_map(|field| select.position(*field)).collect();
        self.from(&mut w, target);
        w.push(" WHERE ").among((target, ROW), far, keys);
        w.push(" AND ").scoped(&(self.scope)(target.id), target, ROW, self);
        select.statement = w.finish();
        select
    }

    /// The rows that a to-many relation reaches from rows with `parents` in the fields that it joins, under the read scopes on
    /// the way: for each parent the first that `query` leaves, one more than its limit; in all at most `most`.
    #[must_use]
    pub fn to_many(&self, link: &Link, parents: &[Vec<Value>], fields: &[usize], query: &Query, most: usize) -> Select {
        let target = self.schema.model(link.target);
        let mut w = Writer::new(self.dialect);
        let order = self.order(&mut w, target, &query.sort);
        let far = match &link.join {
            Join::On(on) => on.iter().map(|(_, far)| *far).collect(),
            Join::Through { .. } => Vec::new(),
        };
        let needed: Vec<usize> = far.iter().copied().chain(query.view.near(target)).collect();
        let mut select = self.start(&mut w, target, fields, &needed);
        let (side, alias, near): (&Model, _, Vec<usize>) = match &link.join {
            Join::On(_) => {
                select.parent = far.iter().filter_map(|field| select.position(*field)).collect();
                (target, ROW, far)
            }
            Join::Through { entity, near, .. } => {
                let between = self.schema.model(*entity);
                for (at, (_, field)) in near.iter().enumerate() {
                    let field = &between.fields()[*field];
                    w.push(", ").column(BETWEEN, &field.column).push(" AS ").push(&format!("_p{at}"));
                    select.parent.push(w.columns.len());
                    w.returns(field.kind, field.scale);
                }
                (between, BETWEEN, near.iter().map(|(_, field)| *field).collect())
            }
        };
        // The window numbers the rows of each parent; the outer statement keeps the first of them.
        let inner = std::mem::take(&mut w.text);
        w.push("SELECT * FROM (").push(&inner).push(", row_number() OVER (PARTITION BY ");
        w.columns_of((side, alias), &near);
        order_by(&mut w, &order);
        w.push(") AS _n");
        self.from(&mut w, target);
        match &link.join {
            Join::On(_) => w.push(" WHERE ").among((side, alias), &near, parents),
            Join::Through { entity, far, .. } => {
                // A row may be reached over several rows between, and is one all the same.
                let mut joined = near.clone();
                joined.extend(far.iter().map(|(field, _)| *field).filter(|field| !near.contains(field)));
                w.push(" JOIN (SELECT DISTINCT ")
                    .columns_of((side, BETWEEN), &joined)
                    .push(" FROM ")
                    .ident(&side.entity.table)
                    .push(" ")
                    .push(BETWEEN)
                    .push(" WHERE ");
                w.among((side, BETWEEN), &near, parents);
                w.push(" AND ").scoped(&(self.scope)(*entity), side, BETWEEN, self);
                w.push(") ").push(BETWEEN).push(" ON ").joined((side, BETWEEN), (target, ROW), far).push(" WHERE TRUE")
            }
        };
        w.push(" AND ").scoped(&(self.scope)(target.id), target, ROW, self);
        self.narrowed(&mut w, target, query);
        w.push(") AS n WHERE _n <= ")
            .bind(Value::Int(i64::from(query.limit) + 1), Kind::Int)
            .push(" ORDER BY _n LIMIT ");
        w.bind(Value::Int(i64::try_from(most).unwrap_or(i64::MAX)), Kind::Int);
        select.statement = w.finish();
        select
    }

    /// The keys of those among the referenced rows that are there, and of which `scope` holds.
    #[must_use]
    pub fn references(&self, target: &Model, keys: &[&[Value]], scope: &Expr) -> Statement {
        let mut w = Writer::new(self.dialect);
        w.push("SELECT ").columns_of((target, ROW), &target.key);
        for field in &target.key {
            let field = &target.fields()[*field];
            w.returns(field.kind, field.scale);
        }
        self.from(&mut w, target);
        w.push(" WHERE ");
        w.keyed(target, keys);
        w.push(" AND ");
        w.scoped(scope, target, ROW, self);
        // They have to be there still when the rows that point to them are written.
        self.lock_each(&mut w, target, keys.len(), " FOR KEY SHARE OF ");
        w.finish()
    }

    /// The value of an expression on rows in memory, and on what lies beyond their relations; locked against changes, for
    /// what a write is judged by.
    #[must_use]
    pub fn value(&self, model: &Model, expr: &Expr, kind: Kind, lock: bool) -> Statement {
        let mut w = Writer::new(self.dialect);
        w.share = lock;
        w.push("SELECT ").returns(kind, 0);
        w.scoped(expr, model, ROW, self);
        w.finish()
    }

    /// The rows of `child` whose reference over `link` points to one of the rows `targets`, with all their columns, locked.
    #[must_use]
    pub fn pointing(&self, child: &Model, link: &Link, targets: &[&[Value]]) -> Select {
        let mut w = Writer::new(self.dialect);
        let columns: Vec<usize> = child.columns().collect();
        let mut select = self.start(&mut w, child, &columns, &[]);
        self.from(&mut w, child);
        w.push(" WHERE ");
        let near: Vec<usize> = link.near().collect();
        let far = |target: &&[Value]| link.on().iter().map(|(_, far)| target[*far].clone()).collect();
        w.among((child, ROW), &near, &targets.iter().map(far).collect::<Vec<Vec<Value>>>());
        self.lock_each(&mut w, child, targets.len(), " FOR UPDATE OF ");
        select.statement = w.finish();
        select
    }

    /// `SELECT` with the fields that were asked for, those that are needed besides, and the version.
    pub(super) fn start(&self, w: &mut Writer, model: &Model, fields: &[usize], needed: &[usize]) -> Select {
        let shown: Vec<usize> = fields.iter().copied().filter(|field| model.fields()[*field].is_column()).collect();
        let mut columns = shown.clone();
        for field in needed {
            if !columns.contains(field) && model.fields()[*field].is_column() {
                columns.push(*field);
            }
        }
        w.push("SELECT ");
        w.list(&columns, ", ", |w, column| {
            let field = &model.fields()[*column];
            w.column(ROW, &field.column);
            w.columns.push(Column { kind: field.kind, scale: field.scale });
        });
        match model.entity.external {
            // No version is 0; see `etag`.
            true => w.push(", 0"),
            false => w.push(", ").column(ROW, VERSION),
        }
        .returns(Kind::Int, 0);
        Select {
            statement: Writer::new(self.dialect).finish(),
            shown: shown.len(),
            version: columns.len(),
            columns: columns.into(),
            order: Vec::new(),
            edge: None,
            checks: 0..0,
            parent: Vec::new(),
        }
    }

    /// Lock rows, where the database locks them; several in the order of their keys, so that no two writes wait for each
    /// other.
    fn lock_each(&self, w: &mut Writer, model: &Model, several: usize, how: &str) {
        if !self.dialect.row_locks || !model.is_lockable() {
            return;
        }
        if several > 1 {
            w.push(" ORDER BY ").columns_of((model, ROW), &model.key);
        }
        w.push(how).push(ROW);
    }

    pub(super) fn from(&self, w: &mut Writer, model: &Model) {
        w.push(" FROM ").ident(&model.entity.table).push(" ").push(ROW);
    }

    pub(super) fn filtered(&self, w: &mut Writer, model: &Model, query: &Query) {
        w.push(" WHERE ");
        w.scoped(&(self.scope)(model.id), model, ROW, self);
        self.narrowed(w, model, query);
    }

    /// What a query asks of a row besides.
    fn narrowed(&self, w: &mut Writer, model: &Model, query: &Query) {
        for condition in &query.filter {
            w.push(" AND ");
            w.condition(condition, model, ROW, self);
        }
        for expr in &query.matching {
            w.push(" AND ");
            w.guarded(expr, model, ROW, self);
        }
    }
}

impl Writer {
    /// `alias.a, alias.b`.
    pub(super) fn columns_of(&mut self, (model, alias): (&Model, &str), fields: &[usize]) -> &mut Self {
        self.list(fields, ", ", |w, field| {
            w.column(alias, &model.fields()[*field].column);
        })
    }

    /// Whether the row has one of these keys.
    pub(super) fn keyed<K: AsRef<[Value]>>(&mut self, model: &Model, keys: &[K]) -> &mut Self {
        self.among((model, ROW), &model.key, keys)
    }

    /// Whether the fields of a row have one of these sets of values.
    fn among<K: AsRef<[Value]>>(&mut self, (model, alias): (&Model, &str), fields: &[usize], sets: &[K]) -> &mut Self {
        if let [single] = sets {
            return self.list(fields.iter().zip(single.as_ref()), " AND ", |w, (field, value)| {
                let field = &model.fields()[*field];
                w.column(alias, &field.column).push(" = ").bind(value.clone(), field.kind);
            });
        }
        let several = fields.len() > 1;
        let (open, close) = if several { ("(", ")") } else { ("", "") };
        self.push(open).columns_of((model, alias), fields).push(close);
        self.push(if several { " IN (VALUES " } else { " IN (" });
        self.list(sets, ", ", |w, set| {
            w.push(open);
            w.list(fields.iter().zip(set.as_ref()), ", ", |w, (field, value)| {
                w.bind(value.clone(), model.fields()[*field].kind);
            });
            w.push(close);
        });
        self.push(")")
    }
}

/// The condition of a rule on a row, for callers that build their own statements; its parameters are numbered from
/// `first`.
#[must_use]
pub fn predicate(reader: &Reader<'_>, model: &Model, alias: &str, expr: &Expr, first: usize) -> Statement {
    let mut w = Writer::numbered(reader.dialect, first);
    w.scoped(expr, model, alias, reader);
    w.finish()
}
