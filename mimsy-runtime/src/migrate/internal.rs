//! The framework's own tables: made beside the application's, and brought to their newest version.

use mimsy_schema::{Model, Value};

use super::{NotReady, compare, expected};
use crate::internal::{Internal, NAME, VERSION};
use crate::query::Query;
use crate::sql::{Dialect, ddl, lock, write};
use crate::store::catalog::Table;
use crate::store::{Catalog, Store, StoreError, Tx};

/// The lock that processes take which start at the same time.
pub(super) const LOCK: i64 = 0x6d69_6d73_795f_6462;

/// Which version each table has, as far as that was written down.
type Versions = Vec<(String, i64)>;

/// What is left to do.
#[derive(Debug, Default, PartialEq)]
struct Plan {
    /// Definitions, in their order.
    statements: Vec<String>,
    /// The versions that hold afterwards, where they change; and whether the table was written down before.
    versions: Vec<(String, i64, bool)>,
}

/// Make the tables that are missing in a database that holds `actual`, and bring older ones to their newest version.
///
/// # Errors
/// [`NotReady::Newer`] where a later version of Mimsy was here; [`NotReady::Internal`], with what is left to do, where the
/// database refuses it; what the store says.
pub async fn prepare(store: &Store, internal: &'static Internal, actual: &Catalog) -> Result<(), NotReady> {
    let is_there = actual.table(&internal.registry().entity.table).is_some();
    let known = if is_there { store.read(move |tx| Box::pin(versions(tx, internal))).await? } else { Versions::new() };
    let found = plan(internal, store.dialect(), actual, &known)?;
    if found == Plan::default() {
        return Ok(());
    }
    let statements = found.statements;
    // Again under the lock: another process may be at it.
    let done = store.write(move |tx| {
        Box::pin(async move {
            wait(tx).await?;
            let actual = tx.catalog().await?;
            let is_there = actual.table(&internal.registry().entity.table).is_some();
            let known = if is_there { versions(tx, internal).await? } else { Versions::new() };
            let plan = plan(internal, tx.dialect(), &actual, &known)?;
            carry_out(tx, internal, plan).await.map_err(NotReady::Store)
        })
    });
    match done.await {
        Err(NotReady::Store(source @ StoreError::Other(_))) => Err(NotReady::Internal { statements, source }),
        done => done,
    }
}

/// Let one process at a time make tables.
pub(super) async fn wait(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match lock::wait(tx.dialect(), LOCK) {
        Some(statement) => tx.rows(&statement, &mut |_| Ok(())).await,
        None => Ok(()),
    }
}

async fn versions(tx: &mut Tx<'_>, internal: &Internal) -> Result<Versions, StoreError> {
    let reader = internal.reader(tx.dialect());
    let select = reader.list(internal.registry(), &Query::default(), &[NAME, VERSION], 1000);
    let mut found = Versions::new();
    tx.rows(&select.statement, &mut |row| {
        if let (Value::Text(name), Value::Int(version)) = (row.cell(NAME)?.to_value(), row.cell(VERSION)?.to_value()) {
            found.push((name, version));
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

async fn carry_out(tx: &mut Tx<'_>, internal: &Internal, plan: Plan) -> Result<(), StoreError> {
    for statement in &plan.statements {
        tx.define(statement).await?;
    }
    let (dialect, registry) = (tx.dialect(), internal.registry());
    for (name, version, is_known) in plan.versions {
        let (name, version) = (Value::Text(name), Value::Int(version));
        let statement = match is_known {
            true => write::update(dialect, registry, std::slice::from_ref(&name), &[(VERSION, version)]),
            false => write::insert(dialect, registry, &[(NAME, name), (VERSION, version)]),
        };
        tx.execute(&statement).await?;
    }
    Ok(())
}

/// What is left to do in a database that holds `actual`.
fn plan(
    internal: &Internal,
    dialect: &'static Dialect,
    actual: &Catalog,
    known: &[(String, i64)],
) -> Result<Plan, NotReady> {
    let mut plan = Plan::default();
    for model in internal.schema().models() {
        let (name, newest) = (model.entity.table.to_string(), internal.version(model));
        let version = known.iter().find(|(one, _)| *one == name).map(|(_, version)| *version);
        match version {
            Some(version) if version == newest => {}
            Some(version) if version > newest => return Err(NotReady::Newer { table: name, version, newest }),
            Some(version) => {
                let done = usize::try_from(version - 1).unwrap_or(0);
                plan.statements.extend(internal.steps(model)[done..].iter().flat_map(|step| step(dialect)));
                plan.versions.push((name, newest, true));
            }
            None => {
                match actual.table(&name) {
                    // Somebody who may made it by hand, from the statements that we told.
                    Some(table) => by_hand(internal, model, dialect, table)?,
                    None => plan.statements.extend(ddl::create_some(internal.schema(), &[model], dialect)),
                }
                plan.versions.push((name, newest, false));
            }
        }
    }
    Ok(plan)
}

fn by_hand(internal: &Internal, model: &Model, dialect: &Dialect, actual: &Table) -> Result<(), NotReady> {
    let mut found = Vec::new();
    compare(&expected::table(internal.schema(), model, dialect), actual, &mut found);
    if found.is_empty() { Ok(()) } else { Err(NotReady::Differs(found)) }
}
