//! Questions to the rows of a to-many relation: EXISTS, and aggregates in scalar subqueries.

use mimsy_schema::schema::Step;
use mimsy_schema::{Expr, Join, Link, Many, Model, Path, Value};

use super::Scope;
use super::arithmetic::constant;
use crate::sql::writer::Writer;

/// The rows that are asked.
struct Rows<'a, 's> {
    path: &'s Path,
    hops: &'s [Step<'a>],
    link: &'a Link,
    target: &'a Model,
    alias: String,
    /// The row between and its alias, where there is one.
    between: Option<&'a Model>,
    middle: Option<String>,
}

impl Writer {
    pub(super) fn many(&mut self, many: Many, path: &Path, body: &[Expr], scope: &Scope<'_>) -> &mut Self {
        let start = scope.start(path.root).map(|(model, _)| model);
        let steps = start.and_then(|start| scope.schema.walk(start, &path.fields).ok()).unwrap_or_default();
        let Some((last, hops)) = steps.split_last() else { return self.push("NULL") };
        let Some(link) = last.model.link(last.field) else { return self.push("NULL") };
        let (target, alias) = (scope.schema.model(link.target), self.alias());
        let mut inner = Scope {
            schema: scope.schema,
            model: scope.model,
            alias: scope.alias,
            old: scope.old,
            known: scope.known,
            each: scope.each.clone(),
            guard: scope.guard,
        };
        inner.each.push((target, alias.clone()));
        let between = match &link.join {
            Join::On(_) => None,
            Join::Through { entity, .. } => Some(scope.schema.model(*entity)),
        };
        let middle = between.map(|_| self.alias());
        let rows = Rows { path, hops, link, target, alias, between, middle };
        match (many, body) {
            (Many::Exists, [body]) => self.exists(&rows, scope, |w| {
                w.expr(body, &inner);
            }),
            (Many::Any, [body]) => {
                self.push("(CASE WHEN ").exists(&rows, scope, |w| {
                    w.expr(body, &inner);
                });
                self.push(" THEN TRUE WHEN ").exists(&rows, scope, |w| {
                    w.push("(").expr(body, &inner).push(") IS NULL");
                });
                self.push(" THEN NULL ELSE FALSE END)")
            }
            (Many::Count, _) => {
                self.push("(SELECT count(*) FROM ");
                self.each(&rows, scope, |w| {
                    w.push("1");
                });
                self.push(" AS counted)")
            }
            (Many::Min | Many::Max, [body]) => {
                self.push(if many == Many::Min { "(SELECT min(v) FROM " } else { "(SELECT max(v) FROM " });
                self.each(&rows, scope, |w| {
                    w.expr(body, &inner);
                });
                self.push(" AS asked)")
            }
            (Many::Sum, [body, zero]) => self.sum(&rows, body, &constant(zero), scope, &inner),
            // `assemble` says `all` and `none` in other words.
            _ => self.push("NULL"),
        }
    }

    fn exists(&mut self, rows: &Rows<'_, '_>, scope: &Scope<'_>, body: impl FnOnce(&mut Self)) -> &mut Self {
        self.push("EXISTS (SELECT 1").reach(rows, scope).push(" AND ");
        body(self);
        self.shared(rows).push(")")
    }

    /// `(SELECT … AS v FROM target WHERE …)`: a value of each row that the relation reaches.
    fn each(&mut self, rows: &Rows<'_, '_>, scope: &Scope<'_>, value: impl FnOnce(&mut Self)) -> &mut Self {
        let keys = if rows.middle.is_some() { rows.target.key.as_slice() } else { &[] };
        // One row may be reached over several rows between. What is locked is no part of a DISTINCT.
        if !keys.is_empty() {
            self.push("(SELECT DISTINCT ");
            self.list(0..keys.len(), ", ", |w, at| {
                w.push(&format!("k{at}"));
            });
            self.push(", v FROM ");
        }
        self.push("(SELECT ");
        for (at, key) in keys.iter().enumerate() {
            self.column(&rows.alias, &rows.target.fields()[*key].column).push(&format!(" AS k{at}, "));
        }
        value(self);
        self.push(" AS v").reach(rows, scope).shared(rows).push(")");
        if keys.is_empty() { self } else { self.push(" AS reached)") }
    }

    fn reach(&mut self, rows: &Rows<'_, '_>, scope: &Scope<'_>) -> &mut Self {
        let Rows { path, hops, link, target, alias, .. } = rows;
        self.push(" FROM ").ident(&target.entity.table).push(" ").push(alias);
        let (side, name, pairs) = match &link.join {
            Join::On(pairs) => (*target, alias.clone(), pairs),
            Join::Through { entity, near, far, .. } => {
                let (between, middle) = (scope.schema.model(*entity), rows.middle.clone().unwrap_or_default());
                self.push(" JOIN ").ident(&between.entity.table).push(" ").push(&middle).push(" ON ");
                self.joined((between, &middle), (target, alias), far).guard(scope, between, &middle);
                (between, middle, near)
            }
        };
        self.push(" WHERE ");
        self.list(pairs, " AND ", |w, (near, far)| {
            w.column(&name, &side.fields()[*far].column).push(" = ").reached(path.root, hops, *near, scope);
        });
        self.guard(scope, target, alias)
    }

    /// Hold the rows still, where a write is judged by them.
    fn shared(&mut self, rows: &Rows<'_, '_>) -> &mut Self {
        if self.share && self.dialect.row_locks {
            let between = rows.between.zip(rows.middle.as_deref());
            let both = [Some((rows.target, rows.alias.as_str())), between].into_iter().flatten();
            let held: Vec<&str> = both.filter(|(model, _)| model.is_lockable()).map(|(_, alias)| alias).collect();
            if !held.is_empty() {
                self.push(" FOR SHARE OF ").push(&held.join(", "));
            }
        }
        self
    }

    /// The sum, exact or NULL. SQLite's own fails past 64 bits, so high and low halves are added apart.
    fn sum(
        &mut self,
        rows: &Rows<'_, '_>,
        body: &Expr,
        zero: &Value,
        scope: &Scope<'_>,
        inner: &Scope<'_>,
    ) -> &mut Self {
        let name = self.alias();
        self.in_range_open(&name);
        if self.dialect.exact.is_some() {
            self.push("(SELECT coalesce(sum(v), 0)");
        } else {
            self.push("(SELECT CASE WHEN h BETWEEN -2147483648 AND 2147483647 THEN (h << 32) + l END FROM (SELECT ");
            self.push("coalesce(sum(v >> 32), 0) + (coalesce(sum(v & 4294967295), 0) >> 32) AS h, ");
            self.push("coalesce(sum(v & 4294967295), 0) & 4294967295 AS l");
        }
        self.push(" FROM ");
        self.each(rows, scope, |w| {
            w.expr(body, inner);
        });
        self.push(" AS asked");
        self.push(if self.dialect.exact.is_some() { ")" } else { ") AS halves)" });
        self.in_range_close(&name, zero)
    }
}
