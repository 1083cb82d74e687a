//! The conditions of a query as SQL. Every hop to another entity carries that entity's read scope, so that an atom
//! through an unreadable or absent row is false.

use mimsy_schema::{Expr, Join, Kind, Link, Model, Value};

use super::expr::Scope;
use super::select::Reader;
use super::writer::Writer;
use crate::policy::Known;
use crate::query::{Condition, Quantifier, Sort, Test};

/// What is tested.
struct Place<'a> {
    /// The alias and the name of a column; `None`: the number of rows.
    column: Option<(&'a str, &'a str)>,
    kind: Kind,
    nullable: bool,
}

/// The row at the end of a path's hops, and the field there.
#[derive(Clone, Copy)]
struct End<'a> {
    model: &'a Model,
    alias: &'a str,
    field: usize,
}

impl Writer {
    /// One condition on the row `alias` of `model`.
    pub(crate) fn condition(&mut self, condition: &Condition, model: &Model, alias: &str, reader: &Reader<'_>) {
        match condition {
            Condition::Field { path, test } => self.atom(path, model, alias, reader, &|w, end| {
                let field = &end.model.fields()[end.field];
                let column = Some((end.alias, field.column.as_str()));
                w.test(test, &Place { column, kind: field.kind, nullable: field.nullable });
            }),
            Condition::Rows { path, quantifier, filter } => self.atom(path, model, alias, reader, &|w, end| {
                w.rows(quantifier, filter, end, reader);
            }),
        }
    }

    /// What holds of the end of a path; through a row that is not there or may not be read, nothing does.
    fn atom(
        &mut self,
        path: &[usize],
        model: &Model,
        alias: &str,
        reader: &Reader<'_>,
        test: &dyn Fn(&mut Self, End<'_>),
    ) {
        let [field, rest @ ..] = path else { return };
        if rest.is_empty() {
            return test(self, End { model, alias, field: *field });
        }
        let Some(link) = model.link(*field) else { return };
        let target = reader.schema.model(link.target);
        let inner = self.alias();
        self.push("EXISTS (SELECT 1");
        self.reaching(model, link, alias, &inner, reader);
        self.push(" AND ");
        self.atom(rest, target, &inner, reader, test);
        self.push(")");
    }

    /// The rows that a relation reaches, all of whose conditions are asked of the same row.
    fn rows(&mut self, quantifier: &Quantifier, filter: &[Condition], end: End<'_>, reader: &Reader<'_>) {
        let Some(link) = end.model.link(end.field) else { return };
        let (target, inner) = (reader.schema.model(link.target), self.alias());
        let all = |w: &mut Self| {
            w.list(filter, " AND ", |w, condition| w.condition(condition, target, &inner, reader));
        };
        match quantifier {
            Quantifier::Every if filter.is_empty() => {
                self.push("TRUE");
            }
            Quantifier::Some | Quantifier::None | Quantifier::Every => {
                self.push(if *quantifier == Quantifier::Some { "EXISTS (SELECT 1" } else { "NOT EXISTS (SELECT 1" });
                self.reaching(end.model, link, end.alias, &inner, reader);
                match quantifier {
                    // A row of which it is unknown is one of which it does not hold.
                    Quantifier::Every => {
                        self.push(" AND (");
                        all(self);
                        self.push(") IS NOT TRUE");
                    }
                    _ if filter.is_empty() => {}
                    _ => {
                        self.push(" AND ");
                        all(self);
                    }
                }
                self.push(")");
            }
            // Without a number to compare with, nothing would have to be counted, and there would be no row to say so.
            Quantifier::Count(Test::In(none)) if none.is_empty() => {
                self.push("FALSE");
            }
            Quantifier::Count(Test::Nin(none)) if none.is_empty() => {
                self.push("TRUE");
            }
            Quantifier::Count(test) => {
                self.push("(SELECT ");
                self.test(test, &Place { column: None, kind: Kind::Int, nullable: false });
                match link.join {
                    Join::On(_) => self.push(" FROM (SELECT 1"),
                    // One row may be reached over several rows between.
                    Join::Through { .. } => {
                        self.push(" FROM (SELECT DISTINCT ").columns_of((target, &inner), &target.key)
                    }
                };
                self.reaching(end.model, link, end.alias, &inner, reader);
                if !filter.is_empty() {
                    self.push(" AND ");
                    all(self);
                }
                // Whatever is asked is settled by one row more than the largest number in it.
                let enough = largest(test).saturating_add(1).max(1);
                self.push(" LIMIT ").bind(Value::Int(enough), Kind::Int).push(") AS counted)");
            }
        }
    }

    /// ` FROM target inner WHERE …`: the rows that a relation of the row `alias` reaches, under the read scopes of all
    /// entities on the way.
    pub(crate) fn reaching(&mut self, model: &Model, link: &Link, alias: &str, inner: &str, reader: &Reader<'_>) {
        let target = reader.schema.model(link.target);
        self.push(" FROM ").ident(&target.entity.table).push(" ").push(inner);
        match &link.join {
            Join::On(on) => {
                self.push(" WHERE ").joined((model, alias), (target, inner), on);
            }
            Join::Through { entity, near, far, .. } => {
                let (between, middle) = (reader.schema.model(*entity), self.alias());
                self.push(" JOIN ").ident(&between.entity.table).push(" ").push(&middle).push(" ON ");
                self.joined((between, &middle), (target, inner), far);
                self.push(" WHERE ").joined((model, alias), (between, &middle), near);
                self.push(" AND ");
                self.scoped(&(reader.scope)(*entity), between, &middle, reader);
            }
        }
        self.push(" AND ");
        self.scoped(&(reader.scope)(link.target), target, inner, reader);
    }

    /// `far.a = near.b AND …`, for the pairs of a join.
    pub(crate) fn joined(&mut self, near: (&Model, &str), far: (&Model, &str), on: &[(usize, usize)]) -> &mut Self {
        self.list(on, " AND ", |w, (a, b)| {
            w.column(far.1, &far.0.fields()[*b].column).push(" = ").column(near.1, &near.0.fields()[*a].column);
        })
    }

    /// A read scope on the row `alias`.
    pub(crate) fn scoped(&mut self, scope: &Expr, model: &Model, alias: &str, reader: &Reader<'_>) -> &mut Self {
        let known = reader.known;
        self.expr(
            scope,
            &Scope { schema: reader.schema, model, alias, known, old: alias, each: Vec::new(), guard: None },
        )
    }

    /// An expression of a user's on the row `alias`: at every hop stands the read scope of the entity that it leads to, so
    /// that a row that may not be read is as one that is not there. The user speaks of rows, and not of who asks.
    pub(crate) fn guarded(&mut self, expr: &Expr, model: &Model, alias: &str, reader: &Reader<'_>) -> &mut Self {
        let known = Known { now: reader.known.now, ..Known::default() };
        let scope =
            Scope { schema: reader.schema, model, alias, known, old: alias, each: Vec::new(), guard: Some(reader) };
        self.expr(expr, &scope)
    }

    /// What has to hold of a row that a user's expression reaches.
    pub(crate) fn guard(&mut self, scope: &Scope<'_>, model: &Model, alias: &str) -> &mut Self {
        let Some(reader) = scope.guard else { return self };
        self.push(" AND ").scoped(&(reader.scope)(model.id), model, alias, reader)
    }

    /// A sort key as a value: a column, or a scalar subquery under the scopes of the entities on the way.
    pub(crate) fn sort_key(&mut self, sort: &Sort, model: &Model, alias: &str, reader: &Reader<'_>) {
        self.key_path(&sort.path, model, alias, reader);
    }

    fn key_path(&mut self, path: &[usize], model: &Model, alias: &str, reader: &Reader<'_>) {
        let [field, rest @ ..] = path else { return };
        if rest.is_empty() {
            self.column(alias, &model.fields()[*field].column);
            return;
        }
        let Some(link) = model.link(*field) else { return };
        // The value is selected from the target's own row.
        let inner = self.alias();
        self.push("(SELECT ");
        self.key_path(rest, reader.schema.model(link.target), &inner, reader);
        self.reaching(model, link, alias, &inner, reader);
        self.push(")");
    }

    fn test(&mut self, test: &Test, place: &Place<'_>) {
        let kind = place.kind;
        match test {
            Test::Eq(value) => self.compare(place, " = ", value),
            Test::Lt(value) => self.compare(place, " < ", value),
            Test::Lte(value) => self.compare(place, " <= ", value),
            Test::Gt(value) => self.compare(place, " > ", value),
            Test::Gte(value) => self.compare(place, " >= ", value),
            Test::Ne(value) => self.or_null(place, |w| w.compare(place, " <> ", value)),
            Test::In(values) if values.is_empty() => {
                self.push("FALSE");
            }
            Test::In(values) => self.one_of(place, " IN (", values),
            Test::Nin(values) if values.is_empty() => {
                self.push("TRUE");
            }
            Test::Nin(values) => self.or_null(place, |w| w.one_of(place, " NOT IN (", values)),
            Test::Between(low, high) => {
                self.push("(").compare(place, " >= ", low);
                self.push(" AND ").compare(place, " <= ", high);
                self.push(")");
            }
            Test::IsNull(yes) => {
                self.push("(").place(place).push(if *yes { " IS NULL)" } else { " IS NOT NULL)" });
            }
            Test::Has(item) => {
                self.has(item, |w| {
                    w.place(place);
                });
            }
            Test::Contains(text) => {
                let position = self.dialect.position;
                self.push("(").push(position).push("(").place(place).push(", ");
                self.bind(Value::Text(text.clone()), kind).push(") > 0)");
            }
            Test::Icontains(text) => {
                let position = self.dialect.position;
                self.push("(").push(position).push("(lower(").place(place).push("), ");
                self.bind(Value::Text(text.to_ascii_lowercase()), kind).push(") > 0)");
            }
            Test::StartsWith(text) => self.starts_with(place, text),
            Test::EndsWith(text) => {
                let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                self.push("(length(").place(place).push(") >= ").bind(Value::Int(length), Kind::Int);
                self.push(" AND substr(").place(place).push(", CAST(length(").place(place).push(") - ");
                self.bind(Value::Int(length), Kind::Int).push(" + 1 AS INTEGER)) = ");
                self.bind(Value::Text(text.clone()), kind).push(")");
            }
        }
    }

    fn place(&mut self, place: &Place<'_>) -> &mut Self {
        match place.column {
            Some((alias, column)) => self.column(alias, column),
            None => self.push("count(*)"),
        }
    }

    fn compare(&mut self, place: &Place<'_>, operator: &str, value: &Value) {
        self.push("(").place(place).push(operator).bind(value.clone(), place.kind).push(")");
    }

    fn one_of(&mut self, place: &Place<'_>, operator: &str, values: &[Value]) {
        self.push("(").place(place).push(operator);
        self.list(values, ", ", |w, value| {
            w.bind(value.clone(), place.kind);
        });
        self.push("))");
    }

    /// A NULL is not equal to anything, so `ne` and `nin` hold of it.
    fn or_null(&mut self, place: &Place<'_>, condition: impl FnOnce(&mut Self)) {
        if !place.nullable {
            return condition(self);
        }
        self.push("(").place(place).push(" IS NULL OR ");
        condition(self);
        self.push(")");
    }

    /// A range of the text's prefix, so that an index serves it: no function wraps the column.
    fn starts_with(&mut self, place: &Place<'_>, prefix: &str) {
        self.push("(").place(place).push(" >= ").bind(Value::Text(prefix.to_owned()), place.kind);
        if let Some(after) = successor(prefix) {
            self.push(" AND ").place(place).push(" < ").bind(Value::Text(after), place.kind);
        }
        self.push(")");
    }
}

/// The largest number that a test about one names.
fn largest(test: &Test) -> i64 {
    let number = |value: &Value| if let Value::Int(number) = value { *number } else { 0 };
    match test {
        Test::Eq(value) | Test::Ne(value) | Test::Lt(value) | Test::Lte(value) | Test::Gt(value) | Test::Gte(value) => {
            number(value)
        }
        Test::In(values) | Test::Nin(values) => values.iter().map(number).max().unwrap_or(0),
        Test::Between(low, high) => number(low).max(number(high)),
        _ => 0,
    }
}

/// The least text that is greater than every text with this prefix; `None` where there is none. UTF-8 sorts by code
/// point, so the last code point that has a successor is raised.
pub(super) fn successor(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            char::MAX => None,
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}
