//! What a read shows: every write that was acknowledged before it, and what other processes wrote a moment ago.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use mimsy_runtime::store::{Store, StoreError};
use mimsy_schema::{Kind, Value};

use super::{execute, ids, insert, int, notes, on_every_engine, rows, statement};

/// How many numbers are counted up at once, and how far.
const WRITERS: i64 = 4;
const ROUNDS: i64 = 150;

async fn number(store: &Store, id: i64) -> i64 {
    let select = statement(store.dialect(), "SELECT n FROM numbers WHERE id = ?1", vec![int(id)], &[Kind::Int]);
    match rows(store, select).await.unwrap()[0][0] {
        Value::Int(number) => number,
        ref other => panic!("a number is {other:?}"),
    }
}

async fn count_up(store: &Store, id: i64, in_transaction: bool) {
    let text = "UPDATE numbers SET n = n + 1 WHERE id = ?1";
    let statement = statement(store.dialect(), text, vec![int(id)], &[]);
    if in_transaction {
        let done: Result<u64, StoreError> = store
            .transaction(Duration::from_secs(60), async |transaction| {
                let statement = statement.clone();
                transaction.write(move |tx| Box::pin(async move { tx.execute(&statement).await })).await
            })
            .await;
        done.unwrap();
    } else {
        execute(store, statement).await.unwrap();
    }
}

#[test]
fn every_read_shows_every_write_that_was_acknowledged_before_it() {
    on_every_engine(async |store, _| {
        let (int_type, suffix) = (store.dialect().types.int, store.dialect().table_suffix);
        let mut script =
            vec![format!("CREATE TABLE numbers (id {int_type} PRIMARY KEY, n {int_type} NOT NULL){suffix}")];
        script.extend((0..WRITERS).map(|id| format!("INSERT INTO numbers VALUES ({id}, 0)")));
        store.script(script).await.unwrap();
        let acknowledged: Arc<Vec<AtomicI64>> = Arc::new((0..WRITERS).map(|_| AtomicI64::new(0)).collect());
        let writing = Arc::new(AtomicBool::new(true));
        let readers: Vec<_> = (0..8)
            .map(|reader| {
                let (store, acknowledged, writing) = (store.clone(), Arc::clone(&acknowledged), Arc::clone(&writing));
                tokio::spawn(async move {
                    let mut id = reader;
                    let mut reads = 0_u64;
                    while writing.load(Ordering::Relaxed) {
                        id = (id + 1) % WRITERS;
                        let known = acknowledged[usize::try_from(id).unwrap()].load(Ordering::Acquire);
                        let shown = number(&store, id).await;
                        assert!(shown >= known, "{known} was acknowledged, and {shown} is shown");
                        reads += 1;
                        tokio::task::yield_now().await;
                    }
                    reads
                })
            })
            .collect();
        let writers = (0..WRITERS).map(|id| {
            let (store, acknowledged) = (store.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                for round in 1..=ROUNDS {
                    count_up(&store, id, round % 5 == 0).await;
                    acknowledged[usize::try_from(id).unwrap()].store(round, Ordering::Release);
                    assert!(number(&store, id).await >= round, "a writer reads its own write");
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        writing.store(false, Ordering::Relaxed);
        for reader in readers {
            assert!(reader.await.unwrap() > 0);
        }
        for id in 0..WRITERS {
            assert_eq!(number(&store, id).await, ROUNDS);
        }
    });
}

/// Another process on the same database.
struct Process {
    child: Child,
    lines: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_process"))
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the other process");
        let (lines, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, lines, answers }
    }

    fn ask(&mut self, line: &str) -> String {
        writeln!(self.lines, "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long a state is held at most, with room for a machine that does something else.
const MOMENT: Duration = Duration::from_secs(5);

#[test]
fn what_another_process_wrote_is_shown_after_a_moment() {
    on_every_engine(async |store, database| {
        notes(&store).await;
        let mut other = Process::start(&database.url);
        for id in 0..20 {
            // A state is held from here on, also on the other side.
            assert_eq!(ids(&store).await.len(), usize::try_from(id * 2).unwrap());
            assert_eq!(other.ask(&format!("read {}", id + 1000)), format!("missing {}", id + 1000));
            assert_eq!(other.ask(&format!("write {id}")), format!("done {id}"));
            let since = Instant::now();
            // Reading all the time, so that nobody but the reader itself can let go.
            while !ids(&store).await.contains(&id) {
                assert!(since.elapsed() < MOMENT, "{id} was not shown after {MOMENT:?}");
            }
            execute(&store, insert(store.dialect(), id + 1000)).await.unwrap();
            let since = Instant::now();
            while other.ask(&format!("read {}", id + 1000)) != format!("found {}", id + 1000) {
                assert!(since.elapsed() < MOMENT, "{id} was not shown to the other after {MOMENT:?}");
            }
        }
    });
}

#[test]
fn also_within_one_unit_of_reading() {
    on_every_engine(async |store, database| {
        notes(&store).await;
        let mut other = Process::start(&database.url);
        let all = statement(store.dialect(), "SELECT id FROM notes", vec![], &[]);
        let shown: Result<(), StoreError> = store
            .read(move |tx| {
                Box::pin(async move {
                    let mut count = 0;
                    tx.rows(&all, &mut |_| panic!("nothing is there yet")).await?;
                    assert_eq!(other.ask("write 1"), "done 1");
                    let since = Instant::now();
                    while count == 0 {
                        let one = &mut count;
                        tx.rows(&all, &mut |_| {
                            *one += 1;
                            Ok(())
                        })
                        .await?;
                        assert!(since.elapsed() < MOMENT, "1 was not shown after {MOMENT:?}");
                    }
                    Ok(())
                })
            })
            .await;
        shown.unwrap();
    });
}

#[test]
fn processes_that_write_at_once_lose_nothing() {
    on_every_engine(async |store, database| {
        notes(&store).await;
        let url = database.url.clone();
        let other = std::thread::spawn(move || {
            let mut other = Process::start(&url);
            for id in 1000..1100 {
                assert_eq!(other.ask(&format!("write {id}")), format!("done {id}"));
            }
        });
        for id in 0..100 {
            execute(&store, insert(store.dialect(), id)).await.unwrap();
            assert!(ids(&store).await.contains(&id));
        }
        other.join().unwrap();
        let since = Instant::now();
        while ids(&store).await.len() < 200 {
            assert!(since.elapsed() < MOMENT, "not everything is shown after {MOMENT:?}");
        }
    });
}
