//! The rows that a write is about, as they are: under the read scope, and locked where the database locks rows.

use std::collections::HashMap;

use mimsy_schema::{Model, Root, Value};

use super::Expected;
use super::item::{Old, Pair, key_of};
use super::judge::refusals;
use super::session::Session;
use crate::error::{Error, ErrorKind};
use crate::policy::{self, Over};
use crate::row::{BadCell, Cell, Row};
use crate::sql::{BINDS, Select};
use crate::store::Tx;

/// Find rows by their keys, and require what of the verb can be decided before the new rows are known: for each key the
/// row or, in this order, that there is none, the refusal, or that it has another version than expected.
pub(super) async fn find(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    over: Over,
    wanted: &[(Vec<Value>, Expected)],
) -> Result<Vec<Result<Old, Error>>, Error> {
    let fields: Vec<usize> = model.columns().collect();
    let scope = |entity| session.scope(entity);
    let readable = session.scope(model.id);
    let decision = policy::optimistic(&session.decision_over(model, verb, over), Root::New);
    let decision = policy::residual(&decision.rooted(Root::Old, Root::Row), &session.known());
    let reader = session.reader(tx.dialect(), &scope);
    let mut found: HashMap<Vec<Value>, (Old, bool)> = HashMap::with_capacity(wanted.len());
    let keys: Vec<&[Value]> = wanted.iter().map(|(key, _)| key.as_slice()).collect();
    for keys in keys.chunks(BINDS / model.key.len().max(1)) {
        let select = reader.rows(model, keys, &fields, &readable, &[&decision], true);
        tx.rows(&select.statement, &mut |row| {
            let old = whole(model, &select, row)?;
            let allowed = row.cell(select.checks.start)? == Cell::Bool(true);
            found.insert(key_of(model, &old.0), (old, allowed));
            Ok(())
        })
        .await?;
    }
    // Nothing has changed yet: the old row stands for the new one.
    let there = |at: usize| Some((at, found.get(&wanted[at].0).filter(|(_, allowed)| !allowed)?));
    let denied = (0..wanted.len()).filter_map(there).map(|(at, ((row, _), _))| (at, Pair::unchanged(row))).collect();
    let mut refused: HashMap<usize, Error> =
        refusals(tx, session, model, verb, over, denied).await?.into_iter().collect();
    let outcome = |(at, (key, expected)): (usize, &(Vec<Value>, Expected))| {
        let Some((old, _)) = found.remove(key) else { return Err(Error::new(ErrorKind::NotFound)) };
        match refused.remove(&at) {
            Some(refusal) => Err(refusal),
            None => expected.check(old.1).map(|()| old),
        }
    };
    Ok(wanted.iter().enumerate().map(outcome).collect())
}

/// A row with all its columns, one value a field, and its version.
pub(super) fn whole(model: &Model, select: &Select, row: &dyn Row) -> Result<Old, BadCell> {
    let mut values = vec![Value::Null; model.fields().len()];
    for (at, field) in select.columns.iter().enumerate() {
        values[*field] = row.cell(at)?.to_value();
    }
    let version = if let Cell::Int(version) = row.cell(select.version)? { version } else { 0 };
    Ok((values, version))
}
