//! Changing rows: update and delete, and what every write shares. Everything is judged inside the transaction of the write.

use std::collections::HashSet;

use mimsy_schema::{EntityId, Expr, Model, Root, Value};

use super::change::Change;
use super::dependants::release;
use super::draft;
use super::judge::{judge, refusal, require};
use super::output::{Found, Output};
use super::session::{Session, is_never};
use super::work::Work;
use super::{Actions, Expected, Got, Input};
use crate::error::{Error, ErrorKind, Refusal};
use crate::policy::{self, Known};
use crate::row::{BadCell, Cell, Row};
use crate::sql::{Select, write};
use crate::store::{StoreError, Tx};
use crate::violation::Violation;
use crate::who::Who;

impl Actions {
    /// Change a row.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `Invalid`, `Duplicate`, in this order.
    pub async fn update<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        key: Vec<Value>,
        input: Input,
        expected: Expected,
        output: O,
    ) -> Result<Got<O>, Error> {
        self.run(self.updating(who, entity, key, input, expected, output)?).await
    }

    /// The same, ready to run.
    ///
    /// # Errors
    /// `NotFound` where no row could be read.
    pub fn updating<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        key: Vec<Value>,
        input: Input,
        expected: Expected,
        mut output: O,
    ) -> Result<Work<Got<O>>, Error> {
        let session = self.session(who);
        session.admit(session.model(entity), "update")?;
        if is_never(&session.scope(entity)) {
            return Err(Error::new(ErrorKind::NotFound));
        }
        let actions = self.clone();
        Ok(Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let model = session.model(entity);
                let (old, version) = old_row(tx, &session, model, &key, "update").await?;
                expected.check(version)?;
                let (mut changed, mut violations) = draft::changes(&session, model, &old, input);
                violations.extend(session.checked.validator.validate(model, &mut changed));
                changed.retain(|(field, value)| old[*field] != *value);
                let mut new = old.clone();
                for (field, value) in &changed {
                    new[*field] = value.clone();
                }
                let written = |field| changed.iter().any(|(one, _)| *one == field);
                references(tx, &session, model, &new, written, None, &mut violations).await?;
                if !violations.is_empty() {
                    return Err(Error::invalid(violations));
                }
                let touched = !changed.is_empty();
                if touched {
                    draft::touch(&session, model, &mut changed);
                }
                for (field, value) in &changed {
                    new[*field] = value.clone();
                }
                let known = Known { old: Some((model, &old)), new: Some((model, &new)), ..session.known() };
                own_role(&session, model, &old, &new)?;
                // Before the write, so that a caller who may not write never learns of a duplicate.
                let decided = require(tx, &session, model, "update", &known).await?;
                if touched {
                    let statement = write::update(tx.dialect(), model, &key, &changed);
                    tx.execute(&statement).await.map_err(|error| refused_write(model, error))?;
                    if !decided {
                        require(tx, &session, model, "update", &known).await?;
                    }
                }
                let readable = judge(tx, &session, model, &session.scope(entity), &known).await?;
                if readable != Value::Bool(true) {
                    let reason = "The change would move the row out of your sight.".to_owned();
                    return Err(Error::forbidden(Refusal { rule: None, reason }));
                }
                let version = version + i64::from(touched);
                give(model, &new, version, &mut output)?;
                if touched {
                    let who = session.who.clone();
                    actions
                        .emit(
                            tx,
                            Change { schema: session.shared(), entity, key, before: Some(old), after: Some(new), who },
                        )
                        .await?;
                }
                Ok(Got { output, version })
            })
        }))
    }

    /// Delete a row.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`; `Restricted` where other rows still point to it.
    pub async fn delete(&self, who: &Who, entity: EntityId, key: Vec<Value>, expected: Expected) -> Result<(), Error> {
        self.run(self.deleting(who, entity, key, expected)?).await
    }

    /// The same, ready to run.
    ///
    /// # Errors
    /// `NotFound` where no row could be read.
    pub fn deleting(
        &self,
        who: &Who,
        entity: EntityId,
        key: Vec<Value>,
        expected: Expected,
    ) -> Result<Work<()>, Error> {
        let session = self.session(who);
        session.admit(session.model(entity), "delete")?;
        if is_never(&session.scope(entity)) {
            return Err(Error::new(ErrorKind::NotFound));
        }
        let actions = self.clone();
        let work = Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let model = session.model(entity);
                let (old, version) = old_row(tx, &session, model, &key, "delete").await?;
                expected.check(version)?;
                let mut gone = HashSet::new();
                release(&actions, tx, &session, model, &old, &mut gone).await?;
                tx.execute(&write::delete(tx.dialect(), model, &key)).await?;
                let who = session.who.clone();
                actions
                    .emit(tx, Change { schema: session.shared(), entity, key, before: Some(old), after: None, who })
                    .await
            })
        });
        Ok(work.deleting())
    }
}

/// Read the row under its read scope, locked where the database locks rows, and require what of the verb can be decided
/// before the new row is known. Answers its values, one a field, and its version.
async fn old_row(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    key: &[Value],
    verb: &str,
) -> Result<(Vec<Value>, i64), Error> {
    let fields: Vec<usize> = model.columns().collect();
    let scope = |entity| session.scope(entity);
    let decision = policy::optimistic(&session.decision(model, verb), Root::New);
    let decision = policy::residual(&decision.rooted(Root::Old, Root::Row), &session.known());
    let select =
        session.reader(tx.dialect(), &scope).row(model, key, &fields, &session.scope(model.id), &[&decision], true);
    let mut found: Option<(Vec<Value>, i64, bool)> = None;
    tx.rows(&select.statement, &mut |row| {
        let (values, version) = whole(model, &select, row)?;
        let allowed = row.cell(select.checks.start)? == Cell::Bool(true);
        found = Some((values, version, allowed));
        Ok(())
    })
    .await?;
    let (values, version, allowed) = found.ok_or_else(|| Error::new(ErrorKind::NotFound))?;
    if allowed {
        return Ok((values, version));
    }
    let rows = Some((model, values.as_slice()));
    // Nothing has changed yet: the old row stands for the new one.
    let known = Known { old: rows, new: rows, ..session.known() };
    Err(refusal(tx, session, model, verb, &known).await?)
}

/// A row with all its columns, one value a field, and its version.
pub(super) fn whole(model: &Model, select: &Select, row: &dyn Row) -> Result<(Vec<Value>, i64), BadCell> {
    let mut values = vec![Value::Null; model.fields().len()];
    for (at, field) in select.columns.iter().enumerate() {
        values[*field] = row.cell(at)?.to_value();
    }
    let version = if let Cell::Int(version) = row.cell(select.version)? { version } else { 0 };
    Ok((values, version))
}

/// Every reference that is set has to lead to a row that the actor may point to. A missing row and one that may not be
/// read are told alike.
pub(super) async fn references(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    row: &[Value],
    written: impl Fn(usize) -> bool,
    own_tenant: Option<usize>,
    violations: &mut Vec<Violation>,
) -> Result<(), Error> {
    // The system may point anywhere, and the database's own foreign keys know what is there.
    if matches!(session.who, Who::System(_)) {
        return Ok(());
    }
    for (field, link) in model.references() {
        // Untouched, or set by the server from the actor: nothing to look at.
        let key: Vec<Value> = link.near().map(|near| row[near].clone()).collect();
        if !link.near().any(&written) || own_tenant == Some(field) || key.iter().any(Value::is_null) {
            continue;
        }
        // Of several fields, the caller gave the last; the tenant's may be the server's.
        let told = link.near().filter(|near| Some(*near) != model.tenant).last().unwrap_or(field);
        let name = &model.fields()[told].name;
        if violations.iter().any(|one| one.pointer == format!("/{name}")) {
            continue;
        }
        let target = session.model(link.target);
        let scope = |entity| session.scope(entity);
        let allowed = session.reference_scope(link.target);
        let statement = session.reader(tx.dialect(), &scope).reference(target, &key, &allowed);
        let mut there = false;
        tx.rows(&statement, &mut |_| {
            there = true;
            Ok(())
        })
        .await?;
        if !there {
            let detail = format!("there is no such {}", target.name());
            violations.push(Violation::field(name, "REFERENCE_NOT_FOUND", detail));
        }
    }
    Ok(())
}

/// An actor's own role is not theirs to change, unless a rule speaks of it.
fn own_role(session: &Session, model: &Model, old: &[Value], new: &[Value]) -> Result<(), Error> {
    let Who::Actor(actor) = &session.who else { return Ok(()) };
    let is_actor = session.schema().actor().is_some_and(|one| one.id == model.id);
    let Some(role) = model.fields().iter().position(|field| field.role).filter(|_| is_actor) else { return Ok(()) };
    let own = model.key.iter().zip(&actor.key).all(|(field, own)| old[*field] == *own);
    if !own || old[role] == new[role] {
        return Ok(());
    }
    let name = &model.fields()[role].name;
    let spoken_of = model
        .rules("update")
        .any(|rule| [Root::Row, Root::Old, Root::New].iter().any(|root| names(&rule.body, *root, name)));
    if spoken_of {
        return Ok(());
    }
    let reason = "Nobody changes their own role.".to_owned();
    Err(Error::forbidden(Refusal { rule: Some("own_role".to_owned()), reason }))
}

fn names(expr: &Expr, root: Root, field: &str) -> bool {
    expr.any(&mut |node| match node {
        mimsy_schema::Node::Path(path) => path.root == root && path.fields.first().is_some_and(|first| first == field),
        _ => false,
    })
}

/// Hand a row in memory to an output.
pub(super) fn give<O: Output>(model: &Model, values: &[Value], version: i64, output: &mut O) -> Result<(), Error> {
    let fields: Vec<usize> = model.columns().collect();
    let row: Vec<Value> = fields.iter().map(|field| values[*field].clone()).collect();
    let found = Found { model, fields: &fields, row: &row, version, included: &[] };
    output.row(&found).map_err(|error| StoreError::from(error).into())
}

/// What a database's refusal of an INSERT or UPDATE means.
pub(super) fn refused_write(model: &Model, error: StoreError) -> Error {
    match error {
        StoreError::Unique { index, columns, .. } => Error::duplicate(duplicate_fields(model, index, &columns)),
        StoreError::ForeignKey => Error::dangling(),
        other => other.into(),
    }
}

/// The fields of the unique that was violated, without the tenant's, which the caller never gave.
fn duplicate_fields(model: &Model, index: Option<String>, columns: &[String]) -> Vec<String> {
    let column = |field: &usize| model.fields()[*field].column.as_str();
    let hit = model.uniques.iter().find(|unique| {
        let own: Vec<&str> = unique.iter().map(column).collect();
        own == columns || index.as_deref() == Some(&crate::sql::ddl::constraint("uq", &model.entity.table, &own))
    });
    let fields = hit.unwrap_or(&model.key).iter().filter(|field| Some(**field) != model.tenant);
    fields.map(|field| model.fields()[*field].name.to_string()).collect()
}
