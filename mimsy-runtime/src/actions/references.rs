//! Every reference that is set has to lead to a row that the actor may point to. A missing row and one that may not be
//! read are told alike.

use std::collections::HashSet;

use mimsy_schema::{EntityId, Expr, Model, Value};

use super::item::Item;
use super::session::Session;
use crate::error::Error;
use crate::sql::BINDS;
use crate::store::Tx;
use crate::violation::Violation;
use crate::who::Who;

/// A reference of an item that leads nowhere yet.
pub(super) struct Pointer {
    item: usize,
    /// The field that its caller gave.
    told: usize,
    target: EntityId,
    key: Vec<Value>,
}

/// Look at the references that are written; each that leads nowhere becomes a violation. Answers those that lead to an
/// earlier row of the same list, which is to be looked at again when that one is stored.
pub(super) async fn references(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    items: &mut [Item],
) -> Result<Vec<Pointer>, Error> {
    // The system may point anywhere, and the database's own foreign keys know what is there.
    if matches!(session.who, Who::System(_)) {
        return Ok(Vec::new());
    }
    let missing = missing(tx, session, set(model, items), None).await?;
    let (later, nowhere): (Vec<Pointer>, Vec<Pointer>) = missing.into_iter().partition(|pointer| {
        let earlier = items[..pointer.item].iter().filter(|item| item.old.is_none());
        pointer.target == model.id && earlier.into_iter().any(|item| item.key == pointer.key)
    });
    tell(session, model, items, nowhere);
    Ok(later)
}

/// Look again at references to rows that are stored by now.
pub(super) async fn again(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    items: &mut [Item],
    later: Vec<Pointer>,
) -> Result<(), Error> {
    if !later.is_empty() {
        let missing = missing(tx, session, later, None).await?;
        tell(session, model, items, missing);
    }
    Ok(())
}

/// The references that lead to no row at all: what the database refused.
pub(super) async fn dangling(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    items: &[Item],
) -> Result<Vec<(usize, Error)>, Error> {
    let found = missing(tx, session, set(model, items), Some(Expr::bool(true))).await?;
    let error = |pointer: Pointer| (pointer.item, Error::invalid(vec![violation(session, model, &pointer)]));
    Ok(found.into_iter().map(error).collect())
}

/// The references that are to be looked at.
fn set(model: &Model, items: &[Item]) -> Vec<Pointer> {
    let mut found = Vec::new();
    for (field, link) in model.references() {
        // Of several fields, the caller gave the last; the tenant's may be the server's.
        let told = link.near().filter(|near| Some(*near) != model.tenant).last().unwrap_or(field);
        let place = format!("/{}", model.fields()[told].name);
        for (at, item) in items.iter().enumerate() {
            // Untouched, or set by the server from the actor: nothing to look at.
            let written = link.near().any(|near| item.written.iter().any(|(one, _)| *one == near));
            let key: Vec<Value> = link.near().map(|near| item.new[near].clone()).collect();
            let wrong = item.violations.iter().any(|one| one.pointer == place);
            if written && item.own_tenant != Some(field) && !key.iter().any(Value::is_null) && !wrong {
                found.push(Pointer { item: at, told, target: link.target, key });
            }
        }
    }
    found
}

/// Those that lead nowhere: one question for each entity that is pointed to.
async fn missing(
    tx: &mut Tx<'_>,
    session: &Session,
    pointers: Vec<Pointer>,
    allowed: Option<Expr>,
) -> Result<Vec<Pointer>, Error> {
    let mut targets: Vec<EntityId> = Vec::new();
    for pointer in &pointers {
        if !targets.contains(&pointer.target) {
            targets.push(pointer.target);
        }
    }
    let mut there: HashSet<(EntityId, Vec<Value>)> = HashSet::new();
    for id in targets {
        let target = session.model(id);
        let mut keys: Vec<&[Value]> = Vec::new();
        let mut known = HashSet::new();
        keys.extend(pointers.iter().filter(|one| one.target == id && known.insert(&one.key)).map(|one| &*one.key));
        let scope = |entity| session.scope(entity);
        let reader = session.reader(tx.dialect(), &scope);
        let allowed = allowed.clone().map_or_else(|| session.reference_scope(id), std::sync::Arc::new);
        for keys in keys.chunks(BINDS / target.key.len().max(1)) {
            tx.rows(&reader.references(target, keys, &allowed), &mut |row| {
                let key = (0..target.key.len()).map(|at| Ok(row.cell(at)?.to_value())).collect::<Result<_, _>>()?;
                there.insert((id, key));
                Ok(())
            })
            .await?;
        }
    }
    let mut pointers = pointers;
    pointers.retain_mut(|pointer| {
        let place = (pointer.target, std::mem::take(&mut pointer.key));
        let found = there.contains(&place);
        pointer.key = place.1;
        !found
    });
    Ok(pointers)
}

fn tell(session: &Session, model: &Model, items: &mut [Item], pointers: Vec<Pointer>) {
    for pointer in pointers {
        let one = violation(session, model, &pointer);
        let violations = &mut items[pointer.item].violations;
        // Two references may be held by one field.
        if !violations.iter().any(|known| known.pointer == one.pointer) {
            violations.push(one);
        }
    }
}

fn violation(session: &Session, model: &Model, pointer: &Pointer) -> Violation {
    let detail = format!("there is no such {}", session.model(pointer.target).name());
    Violation::field(&model.fields()[pointer.told].name, "REFERENCE_NOT_FOUND", detail)
}
