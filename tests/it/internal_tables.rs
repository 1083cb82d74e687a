//! The framework's own tables: made once beside the application's, brought from version to version, in nobody's way.

use mimsy::StartError;
use mimsy_runtime::internal::{Internal, NAME, Table, VERSION, column, entity, tables};
use mimsy_runtime::migrate::{NotReady, internal};
use mimsy_runtime::query::Query;
use mimsy_runtime::secret::Secret;
use mimsy_runtime::sql::{Dialect, Statement};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{Kind, Value};
use mimsy_tests::cluster::{Engine, TestDatabase, engines, fresh};

fn on_every_engine(test: impl AsyncFn(&TestDatabase)) {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(test(&fresh(engine)));
    }
}

async fn open(database: &TestDatabase) -> Store {
    Store::connect(&database.url, Options::default()).await.unwrap()
}

async fn prepare(store: &Store, own: &'static Internal) -> Result<(), NotReady> {
    internal::prepare(store, own, &store.catalog().await.unwrap()).await
}

async fn versions(store: &Store, own: &'static Internal) -> Vec<(Value, Value)> {
    let read = store.read(move |tx| {
        Box::pin(async move {
            let select = own.reader(tx.dialect()).list(own.registry(), &Query::default(), &[NAME, VERSION], 100);
            let mut found = Vec::new();
            tx.rows(&select.statement, &mut |row| {
                found.push((row.cell(NAME)?.to_value(), row.cell(VERSION)?.to_value()));
                Ok(())
            })
            .await?;
            Ok::<_, StoreError>(found)
        })
    });
    read.await.unwrap()
}

fn written(name: &str, version: i64) -> (Value, Value) {
    (Value::Text(name.to_owned()), Value::Int(version))
}

/// A table of notes, as an older and as a newer Mimsy might have it.
fn older() -> &'static Internal {
    let notes = entity("Note", "_mimsy_notes", vec![column("id", Kind::Int), column("words", Kind::Text)]);
    Box::leak(Box::new(Internal::new(vec![Table { entity: notes, steps: &[] }])))
}

fn newer() -> &'static Internal {
    let fields = vec![column("id", Kind::Int), column("words", Kind::Text), column("loud", Kind::Bool)];
    let loud = |dialect: &'static Dialect| {
        let fallback = if dialect.check_booleans { "0 CHECK (\"loud\" IN (0, 1))" } else { "FALSE" };
        let boolean = dialect.types.boolean;
        vec![format!("ALTER TABLE \"_mimsy_notes\" ADD COLUMN \"loud\" {boolean} NOT NULL DEFAULT {fallback}")]
    };
    let notes = Table { entity: entity("Note", "_mimsy_notes", fields), steps: Box::leak(Box::new([loud as _])) };
    Box::leak(Box::new(Internal::new(vec![notes])))
}

#[test]
fn a_table_follows_the_versions_of_mimsy_and_never_goes_back() {
    on_every_engine(async |database| {
        let store = open(database).await;
        let (older, newer) = (older(), newer());
        prepare(&store, older).await.unwrap();
        prepare(&store, older).await.unwrap();
        let expected = [written("_mimsy_internal", 1), written("_mimsy_notes", 1)];
        assert_eq!(versions(&store, older).await, expected);
        store
            .script(vec![r#"INSERT INTO "_mimsy_notes" ("id", "words") VALUES (1, 'kept')"#.to_owned()])
            .await
            .unwrap();
        prepare(&store, newer).await.unwrap();
        prepare(&store, newer).await.unwrap();
        let expected = [written("_mimsy_internal", 1), written("_mimsy_notes", 2)];
        assert_eq!(versions(&store, newer).await, expected);
        let kept = Statement { text: r#"UPDATE "_mimsy_notes" SET "loud" = "loud""#.into(), ..nothing() };
        let touched = store.write(move |tx| Box::pin(async move { tx.execute(&kept).await })).await;
        assert_eq!(touched.unwrap(), 1, "its rows came along, with the new column");
        match prepare(&store, older).await {
            Err(NotReady::Newer { table, version: 2, newest: 1 }) => assert_eq!(table, "_mimsy_notes"),
            other => panic!("an older Mimsy must not work on it: {other:?}"),
        }
        store.close().await;
        let straight = fresh(database.engine);
        let store = open(&straight).await;
        prepare(&store, newer).await.unwrap();
        assert_eq!(versions(&store, newer).await, expected, "a new database starts with the newest version");
        store.close().await;
    });
}

fn nothing() -> Statement {
    Statement { text: "".into(), binds: Vec::new(), columns: [].into() }
}

#[test]
fn they_stand_beside_the_applications_tables_and_are_no_difference() {
    on_every_engine(async |database| {
        let connect = || invoices::app().secret(Secret::development()).connect(&database.url);
        let app = connect().await.unwrap();
        assert!(app.is_new());
        assert!(app.schema().models().iter().all(|model| !model.entity.table.starts_with("_mimsy")));
        let store = open(database).await;
        let catalog = store.catalog().await.unwrap();
        for model in tables().schema().models() {
            assert!(catalog.table(&model.entity.table).is_some(), "{} is missing", model.entity.table);
        }
        app.close().await;
        let again = connect().await.unwrap();
        assert!(!again.is_new());
        again.close().await;
        assert_eq!(store.catalog().await.unwrap(), catalog, "a second start changes nothing");
        store.close().await;
    });
}

#[test]
fn a_database_from_before_them_gets_them() {
    on_every_engine(async |database| {
        let connect = || invoices::app().secret(Secret::development()).connect(&database.url);
        connect().await.unwrap().close().await;
        let store = open(database).await;
        let drop = |model: &mimsy_schema::Model| format!("DROP TABLE \"{}\"", model.entity.table);
        store.script(tables().schema().models().iter().map(drop).collect()).await.unwrap();
        let app = connect().await.unwrap();
        assert!(!app.is_new(), "the application's own were there");
        app.close().await;
        let catalog = store.catalog().await.unwrap();
        assert!(catalog.table("_mimsy_internal").is_some());
        store.close().await;
    });
}

#[test]
fn of_processes_that_start_together_one_makes_the_tables() {
    on_every_engine(async |database| {
        let starts = (0..6).map(|_| {
            let app = invoices::app().secret(Secret::development());
            async { app.connect(&database.url).await.map(|app| app.is_new()) }
        });
        let new = futures_util::future::try_join_all(starts).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(new.into_iter().filter(|new| *new).count(), 1);
    });
}

#[test]
fn where_the_user_may_not_create_tables_it_says_what_somebody_else_has_to_run() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = fresh(Engine::Postgres);
        // The application's tables are there, made by their owner.
        invoices::app().secret(Secret::development()).connect(&database.url).await.unwrap().close().await;
        let owner = open(&database).await;
        let drop = |model: &mimsy_schema::Model| format!("DROP TABLE \"{}\"", model.entity.table);
        owner.script(tables().schema().models().iter().map(drop).collect()).await.unwrap();
        let user = format!("limited_{}", uuid::Uuid::now_v7().simple());
        let grant = format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {user}");
        let make = [format!("CREATE ROLE {user} LOGIN"), "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned()];
        owner.script(make.into_iter().chain([grant.clone()]).collect()).await.unwrap();
        let url = database.url.replace("//mimsy@", &format!("//{user}@"));
        let connect = || invoices::app().secret(Secret::development()).connect(&url);
        let Err(StartError::Internal { statements, source }) = connect().await else { panic!("it may not") };
        let text = StartError::Internal { statements: statements.clone(), source }.to_string();
        assert!(text.contains("CREATE TABLE \"_mimsy_internal\"") && text.contains("permission denied"), "{text}");
        owner.script(statements.into_iter().chain([grant]).collect()).await.unwrap();
        connect().await.unwrap_or_else(|error| panic!("the rest is rows: {error}")).close().await;
        connect().await.unwrap().close().await;
        owner.close().await;
    });
}
