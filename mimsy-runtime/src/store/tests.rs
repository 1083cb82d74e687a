//! What only SQLite has: the queue and its one writer, the readers' slots, the file. What every database has is tested
//! in the workspace's integration tests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use mimsy_schema::{Fixed, Kind, Timestamp, Value};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::address::Address;
use super::{Options, Store, StoreError};
use crate::row::BadCell;
use crate::sql::{Bind, Column, Statement};

struct Fixture {
    store: Store,
    // Dropped after the store.
    folder: TempDir,
}

async fn open(options: Options) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(folder.path().join("test.db").to_str().unwrap(), options).await.unwrap();
    store.script(vec!["CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT".to_owned()]).await.unwrap();
    Fixture { store, folder }
}

impl Fixture {
    fn beside(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.folder.path().join("test.db")).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection
    }
}

fn plain(text: &str) -> Statement {
    Statement { text: text.into(), binds: Vec::new(), columns: [].into() }
}

fn insert(id: i64) -> Statement {
    plain(&format!("INSERT INTO notes VALUES ({id})"))
}

async fn write(store: &Store, statement: Statement) -> Result<u64, StoreError> {
    store.write(move |tx| Box::pin(async move { tx.execute(&statement).await })).await
}

async fn cells(store: &Store, text: &str, kind: Kind) -> Result<Vec<Value>, StoreError> {
    let statement = Statement { columns: [Column { kind, scale: 2 }].into(), ..plain(text) };
    store
        .read(move |tx| {
            Box::pin(async move {
                let mut cells = Vec::new();
                tx.rows(&statement, &mut |row| {
                    cells.push(row.cell(0)?.to_value());
                    Ok(())
                })
                .await?;
                Ok(cells)
            })
        })
        .await
}

async fn ids(store: &Store) -> Vec<Value> {
    cells(store, "SELECT id FROM notes ORDER BY id", Kind::Int).await.unwrap()
}

/// A unit that keeps the writer until it is told to go on; answers when it has begun.
fn hold(store: &Store) -> (mpsc::Sender<()>, oneshot::Receiver<()>, tokio::task::JoinHandle<Result<(), StoreError>>) {
    let (go, wait) = mpsc::channel::<()>();
    let (began, has_begun) = oneshot::channel();
    let store = store.clone();
    let unit = tokio::spawn(async move {
        store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(&insert(1)).await?;
                    let _ = began.send(());
                    let _ = wait.recv();
                    Ok(())
                })
            })
            .await
    });
    (go, has_begun, unit)
}

/// A write that is queued by the time this returns, though the writer is held.
async fn queued(store: &Store, statement: Statement) -> tokio::task::JoinHandle<Result<u64, StoreError>> {
    let store = store.clone();
    let (polled, was_polled) = oneshot::channel();
    let unit = tokio::spawn(async move {
        let mut write = Box::pin(write(&store, statement));
        // The first poll queues it; the next one registers the real waker.
        let early = write.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let _ = polled.send(());
        match early {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => write.await,
        }
    });
    was_polled.await.unwrap();
    unit
}

#[tokio::test]
async fn writes_past_the_queue_are_busy_and_those_in_it_are_done() {
    let fixture = open(Options { queue: 2, ..Options::default() }).await;
    let (go, has_begun, held) = hold(&fixture.store);
    has_begun.await.unwrap();
    let (second, third) = (queued(&fixture.store, insert(2)).await, queued(&fixture.store, insert(3)).await);
    let past = write(&fixture.store, insert(4)).await;
    assert!(matches!(past, Err(StoreError::Busy)), "{past:?}");
    assert_eq!(ids(&fixture.store).await, [], "nothing is seen before the commit");
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    assert_eq!(ids(&fixture.store).await, [1, 2, 3].map(Value::Int));
}

/// A batch that no slow machine cuts short.
fn unhurried() -> Options {
    Options { batch_time: Duration::from_secs(3600), ..Options::default() }
}

#[tokio::test]
async fn queued_writes_share_one_commit() {
    let fixture = open(unhurried()).await;
    let beside = fixture.beside();
    let commits = || beside.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
    let (go, has_begun, held) = hold(&fixture.store);
    has_begun.await.unwrap();
    let units = [
        queued(&fixture.store, insert(2)).await,
        queued(&fixture.store, insert(1)).await,
        queued(&fixture.store, insert(3)).await,
    ];
    let before = commits();
    go.send(()).unwrap();
    held.await.unwrap().unwrap();
    // The first acknowledgement comes after the one commit of all, so all rows are there with it.
    assert_eq!(ids(&fixture.store).await, [1, 2, 3].map(Value::Int));
    assert_ne!(commits(), before);
    let [second, twice, third] = units;
    second.await.unwrap().unwrap();
    let twice = twice.await.unwrap();
    assert!(matches!(&twice, Err(StoreError::Unique { columns, .. }) if columns == &["id"]), "{twice:?}");
    third.await.unwrap().unwrap();
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_takes_no_more() {
    let fixture = open(Options::default()).await;
    let (go, has_begun, held) = hold(&fixture.store);
    has_begun.await.unwrap();
    let second = queued(&fixture.store, insert(2)).await;
    let mut close = Box::pin(fixture.store.close());
    assert!(close.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let late = write(&fixture.store, insert(3)).await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    go.send(()).unwrap();
    close.await;
    held.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    let count: i64 = fixture.beside().query_row("SELECT COUNT(*) FROM notes", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
}

#[tokio::test]
async fn a_caller_that_hangs_up_in_the_queue_is_skipped_and_later_is_not() {
    let fixture = open(Options::default()).await;
    let (go, has_begun, held) = hold(&fixture.store);
    has_begun.await.unwrap();
    let waiting = queued(&fixture.store, insert(2)).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    held.abort();
    assert!(held.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    write(&fixture.store, insert(3)).await.unwrap();
    assert_eq!(ids(&fixture.store).await, [1, 3].map(Value::Int), "1 had begun, 2 had not");
}

#[tokio::test]
async fn a_unit_that_waits_for_something_else_is_refused_not_waited_for() {
    let fixture = open(Options::default()).await;
    let outcome: Result<(), StoreError> = fixture
        .store
        .write(|tx| {
            Box::pin(async move {
                tx.execute(&insert(1)).await?;
                std::future::pending().await
            })
        })
        .await;
    assert!(matches!(outcome, Err(StoreError::Other(_))), "{outcome:?}");
    assert_eq!(ids(&fixture.store).await, []);
}

#[tokio::test]
async fn a_lock_of_another_process_is_busy_and_then_gone() {
    let fixture = open(Options { busy_timeout: Duration::from_millis(20), ..Options::default() }).await;
    let beside = fixture.beside();
    beside.execute_batch("BEGIN IMMEDIATE; INSERT INTO notes VALUES (1)").unwrap();
    let outcome = write(&fixture.store, insert(2)).await;
    assert!(matches!(outcome, Err(StoreError::Busy)), "{outcome:?}");
    beside.execute_batch("COMMIT").unwrap();
    write(&fixture.store, insert(3)).await.unwrap();
    assert_eq!(ids(&fixture.store).await, [1, 3].map(Value::Int), "and the other's commit is seen");
}

#[tokio::test]
async fn a_transaction_that_sqlite_rolls_back_fails_all_its_units() {
    let fixture = open(unhurried()).await;
    let (go, has_begun, held) = hold(&fixture.store);
    has_begun.await.unwrap();
    // OR ROLLBACK ends the transaction of the whole batch, as a full disk does.
    let breaking = queued(&fixture.store, plain("INSERT OR ROLLBACK INTO notes VALUES (1)")).await;
    go.send(()).unwrap();
    let held = held.await.unwrap();
    assert!(matches!(held, Err(StoreError::Unavailable(_))), "never acknowledged: {held:?}");
    assert!(breaking.await.unwrap().is_err());
    assert_eq!(ids(&fixture.store).await, []);
    write(&fixture.store, insert(5)).await.unwrap();
    assert_eq!(ids(&fixture.store).await, [Value::Int(5)]);
}

#[tokio::test]
async fn a_read_cannot_write_and_may_read_inside_itself() {
    let fixture = open(Options::default()).await;
    let outcome: Result<u64, StoreError> =
        fixture.store.read(|tx| Box::pin(async move { tx.execute(&insert(1)).await })).await;
    assert!(outcome.is_err());
    let inner = fixture.store.clone();
    let nested: Result<Vec<Value>, StoreError> =
        fixture.store.read(move |_| Box::pin(async move { Ok(ids(&inner).await) })).await;
    assert_eq!(nested.unwrap(), []);
}

#[tokio::test]
async fn an_idle_thread_lets_go_of_its_state() {
    let fixture = open(Options::default()).await;
    write(&fixture.store, insert(1)).await.unwrap();
    assert_eq!(ids(&fixture.store).await.len(), 1);
    // It waits until nobody reads from the log any more, and gives up after the five seconds of its time-out.
    let busy: i64 = fixture.beside().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0, "the last read of an idle thread still holds its state");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_log_ends_though_somebody_always_reads() {
    let fixture = open(Options { synchronous_full: false, ..Options::default() }).await;
    fixture.store.script(vec!["CREATE TABLE large (body BLOB) STRICT".to_owned()]).await.unwrap();
    let writing = Arc::new(AtomicBool::new(true));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (store, writing) = (fixture.store.clone(), Arc::clone(&writing));
            tokio::spawn(async move {
                while writing.load(Ordering::Relaxed) {
                    ids(&store).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let (mut written, mut largest) = (0, 0);
    let log = fixture.folder.path().join("test.db-wal");
    while written < 96 * MEGABYTE {
        write(&fixture.store, plain("INSERT INTO large VALUES (zeroblob(262144))")).await.unwrap();
        written += MEGABYTE / 4;
        largest = largest.max(std::fs::metadata(&log).unwrap().len());
    }
    writing.store(false, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    assert!(largest < 32 * MEGABYTE, "the log grew to {} MB", largest / MEGABYTE);
}

/// Bytes.
const MEGABYTE: u64 = 1 << 20;

#[tokio::test]
async fn what_the_schema_does_not_allow_is_a_bad_cell() {
    let fixture = open(Options::default()).await;
    let too_late = Timestamp::MAX.as_micros() + 1;
    for (expression, kind, found) in [
        ("2", Kind::Bool, "an integer that is neither 0 nor 1"),
        ("'1'", Kind::Bool, "text"),
        ("1.5", Kind::Int, "a floating-point number"),
        ("1e20", Kind::Decimal, "a floating-point number"),
        ("CAST(x'ff' AS TEXT)", Kind::Text, "text that is not UTF-8"),
        ("x'00'", Kind::Enum, "a blob"),
        ("x'00112233445566778899aabbccddee'", Kind::Uuid, "a blob that is not 16 bytes long"),
        ("'2026-01-01'", Kind::Timestamp, "text"),
        ("1", Kind::Float, "an integer"),
        ("9e999", Kind::Float, "an infinity"),
        ("'AA=='", Kind::Bytes, "text"),
        ("2932897", Kind::Date, "a day outside the years 0001 to 9999"),
        ("1e10", Kind::Date, "a floating-point number"),
        ("-1", Kind::Time, "no time of a day"),
        ("86400000000", Kind::Time, "no time of a day"),
        (&*too_late.to_string(), Kind::Timestamp, "a moment outside the years 0001 to 9999"),
    ] {
        let error = cells(&fixture.store, &format!("SELECT {expression}"), kind).await.unwrap_err();
        let StoreError::BadCell(BadCell { index: 0, expected, found: told }) = &error else {
            panic!("{expression}: {error:?}")
        };
        assert_eq!((*expected, told.as_str()), (kind.name(), found), "{expression}");
    }
}

#[tokio::test]
async fn binds_are_counted_and_too_large_a_decimal_is_refused() {
    let fixture = open(Options::default()).await;
    for (text, binds) in [
        ("INSERT INTO notes VALUES (?1)", vec![]),
        ("INSERT INTO notes VALUES (1)", vec![Bind { value: Value::Int(1), kind: Kind::Int }]),
        (
            "INSERT INTO notes VALUES (?1)",
            vec![Bind { value: Value::Decimal(Fixed::new(i128::from(i64::MAX) + 1, 2)), kind: Kind::Decimal }],
        ),
    ] {
        let outcome = write(&fixture.store, Statement { binds, ..plain(text) }).await;
        assert!(matches!(outcome, Err(StoreError::Other(_))), "{text}: {outcome:?}");
    }
    assert_eq!(ids(&fixture.store).await, []);
}

#[tokio::test]
async fn the_last_handle_closes_the_file() {
    let fixture = open(Options::default()).await;
    write(&fixture.store, insert(1)).await.unwrap();
    assert_eq!(ids(&fixture.store).await.len(), 1);
    let log = fixture.folder.path().join("test.db-wal");
    let clone = fixture.store.clone();
    drop(fixture.store);
    assert!(log.exists(), "a clone still holds it");
    drop(clone);
    assert!(!log.exists(), "SQLite removes the log when the last connection closes");
}

#[tokio::test]
async fn a_connection_is_opened_as_promised() {
    let fixture = open(Options::default()).await;
    let (mut told, asked) = (Vec::new(), ["journal_mode", "synchronous", "foreign_keys", "busy_timeout", "mmap_size"]);
    for name in asked {
        let statement = Statement {
            columns: [Column { kind: if name == "journal_mode" { Kind::Text } else { Kind::Int }, scale: 0 }].into(),
            ..plain(&format!("PRAGMA {name}"))
        };
        let value: Result<Vec<Value>, StoreError> = fixture
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let mut values = Vec::new();
                    tx.rows(&statement, &mut |row| {
                        values.push(row.cell(0)?.to_value());
                        Ok(())
                    })
                    .await?;
                    Ok(values)
                })
            })
            .await;
        told.extend(value.unwrap());
    }
    let expected =
        [Value::Text("wal".to_owned()), Value::Int(2), Value::Int(1), Value::Int(5000), Value::Int(32 << 20)];
    assert_eq!(told, expected);
}

#[test]
fn addresses_are_told_apart() {
    let file = |path: &str, create| Address::Sqlite { path: path.into(), create };
    for (text, expected) in [
        ("sqlite://shop.db", file("shop.db", true)),
        ("sqlite:///var/shop.db", file("/var/shop.db", true)),
        ("sqlite:shop.db", file("shop.db", true)),
        ("SQLite://a%20b.db?mode=rwc", file("a b.db", true)),
        ("sqlite://shop.db?mode=rw", file("shop.db", false)),
        ("shop.db", file("shop.db", true)),
        ("./data/a%20b.db", file("./data/a%20b.db", true)),
        ("postgres://a:b@c/d", Address::Postgres("postgres://a:b@c/d".to_owned())),
        ("postgresql:///d", Address::Postgres("postgresql:///d".to_owned())),
    ] {
        assert_eq!(Address::parse(text).unwrap(), expected, "{text}");
    }
    for (text, says) in [
        ("", "names no file"),
        ("sqlite://", "names no file"),
        (":memory:", "needs a file"),
        ("sqlite::memory:", "needs a file"),
        ("sqlite://x?mode=memory", "needs a file"),
        ("file::memory:?cache=shared", "needs a file"),
        ("sqlite://x?cache=hunter2", "the parameter `cache`"),
        ("mysql://u:hunter2@h/d", "the scheme `mysql://`"),
        ("pg://u:hunter2@h/d", "did you mean `postgres://`?"),
    ] {
        let error = Address::parse(text).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("hunter2"), "{text}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_told_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, and long enough to be taken for the header of one: ".repeat(20)).unwrap();
    let connect = async |url: String| Store::connect(&url, Options::default()).await.err().unwrap();
    let error = connect(folder.path().join("no/such/shop.db").display().to_string()).await;
    assert!(matches!(&error, StoreError::Address(text) if text.contains("does not exist")), "{error:?}");
    let error = connect(format!("sqlite://{}?mode=rw", folder.path().join("shop.db").display())).await;
    assert!(matches!(&error, StoreError::Address(text) if text.contains("mode=rw")), "{error:?}");
    let error = connect(text.display().to_string()).await;
    assert!(matches!(&error, StoreError::Unavailable(_)), "{error:?}");
    let error = connect("postgres://u:hunter2@[::1/d".to_owned()).await;
    assert!(matches!(&error, StoreError::Address(_)) && !format!("{error:?}").contains("hunter2"), "{error:?}");
}
