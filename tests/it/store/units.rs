//! Units of work: what is acknowledged stays, what fails leaves nothing, what is written is read.

use std::sync::Arc;

use mimsy_runtime::sql::Statement;
use mimsy_runtime::store::{Options, Store, StoreError, Tx};
use mimsy_schema::{Kind, Value};

use super::{execute, ids, insert, int, notes, on_every_engine, rows, statement, text};

/// An error of the caller's own, as actions have one.
#[derive(Debug)]
enum Failure {
    Refused,
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn count(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let mut count = 0;
    let all = Statement { text: "SELECT id FROM notes".into(), binds: vec![], columns: [].into() };
    tx.rows(&all, &mut |_| {
        count += 1;
        Ok(())
    })
    .await?;
    Ok(count)
}

#[test]
fn a_write_is_seen_by_the_next_read_on_every_thread() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        for id in 0..50 {
            execute(&store, insert(store.dialect(), id)).await.unwrap();
            let readers = (0..4).map(|_| {
                let store = store.clone();
                tokio::spawn(async move { ids(&store).await.len() })
            });
            for reader in readers.collect::<Vec<_>>() {
                assert_eq!(reader.await.unwrap(), usize::try_from(id).unwrap() + 1);
            }
        }
    });
}

#[test]
fn a_unit_that_fails_leaves_nothing() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let one = insert(store.dialect(), 1);
        let refused: Result<(), Failure> = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(&one).await?;
                    assert_eq!(count(tx).await?, 1, "a unit reads what it wrote");
                    Err(Failure::Refused)
                })
            })
            .await;
        assert!(matches!(refused, Err(Failure::Refused)), "{refused:?}");

        let two = insert(store.dialect(), 2);
        let panicked: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(&two).await?;
                    panic!("this test wants a panic")
                })
            })
            .await;
        assert!(matches!(panicked, Err(StoreError::Panicked)), "{panicked:?}");

        execute(&store, insert(store.dialect(), 3)).await.unwrap();
        let twice = insert(store.dialect(), 3);
        let duplicate: Result<u64, Failure> =
            store.write(move |tx| Box::pin(async move { Ok(tx.execute(&twice).await?) })).await;
        assert!(matches!(duplicate, Err(Failure::Store(StoreError::Unique { .. }))), "{duplicate:?}");
        assert_eq!(ids(&store).await, [3]);
    });
}

#[test]
fn a_unit_that_swallows_the_error_of_a_statement_is_not_committed() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
        let (fine, twice, after) = (insert(store.dialect(), 2), insert(store.dialect(), 1), insert(store.dialect(), 3));
        let outcome: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(&fine).await?;
                    assert!(tx.execute(&twice).await.is_err());
                    let after = tx.execute(&after).await;
                    assert!(matches!(after, Err(StoreError::Unique { .. })), "{after:?}");
                    Ok(())
                })
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::Unique { .. })), "{outcome:?}");
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn a_snapshot_keeps_its_state_and_a_read_does_not() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
        let beside = store.clone();
        let in_snapshot: Result<(usize, usize), StoreError> = store
            .snapshot(move |tx| {
                Box::pin(async move {
                    let before = count(tx).await?;
                    execute(&beside, insert(beside.dialect(), 2)).await?;
                    Ok((before, count(tx).await?))
                })
            })
            .await;
        assert_eq!(in_snapshot.unwrap(), (1, 1));

        let beside = store.clone();
        let in_read: Result<(usize, usize), StoreError> = store
            .read(move |tx| {
                Box::pin(async move {
                    let before = count(tx).await?;
                    execute(&beside, insert(beside.dialect(), 3)).await?;
                    Ok((before, count(tx).await?))
                })
            })
            .await;
        assert_eq!(in_read.unwrap(), (2, 3), "also shows that the snapshot has let go of its state");
    });
}

#[test]
fn writers_at_once_fail_alone_and_what_is_acknowledged_is_there_after_reopening() {
    on_every_engine(async |store, database| {
        notes(&store).await;
        execute(&store, insert(store.dialect(), 7)).await.unwrap();
        let start = Arc::new(tokio::sync::Barrier::new(200));
        let writers = (100..300).map(|id| {
            let (store, start) = (store.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                let statement = insert(store.dialect(), if id % 10 == 0 { 7 } else { id });
                let outcome: Result<u64, StoreError> = store
                    .write(move |tx| {
                        Box::pin(async move {
                            let touched = tx.execute(&statement).await?;
                            assert!(id % 10 != 5, "this test wants a panic");
                            Ok(touched)
                        })
                    })
                    .await;
                match id % 10 {
                    0 => assert!(matches!(outcome, Err(StoreError::Unique { .. })), "{outcome:?}"),
                    5 => assert!(matches!(outcome, Err(StoreError::Panicked)), "{outcome:?}"),
                    _ => assert_eq!(outcome.unwrap(), 1),
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let expected: Vec<i64> = std::iter::once(7).chain((100..300).filter(|id| id % 5 != 0)).collect();
        assert_eq!(ids(&store).await, expected);
        drop(store);
        let reopened = Store::connect(&database.url, Options::default()).await.unwrap();
        assert_eq!(ids(&reopened).await, expected);
    });
}

#[test]
fn a_script_is_applied_whole_or_not_at_all() {
    on_every_engine(async |store, _| {
        let broken = vec!["CREATE TABLE half (id INTEGER)".to_owned(), "CREATE TABLE oops (".to_owned()];
        assert!(matches!(store.script(broken).await, Err(StoreError::Other(_))));
        store.script(vec!["CREATE TABLE half (id INTEGER)".to_owned()]).await.unwrap();
    });
}

#[test]
fn a_closed_store_says_so() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        store.ping().await.unwrap();
        store.close().await;
        assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
        let write = execute(&store, insert(store.dialect(), 1)).await;
        assert!(matches!(write, Err(StoreError::Unavailable(_))), "{write:?}");
    });
}

#[test]
fn violated_constraints_are_told_apart() {
    on_every_engine(async |store, _| {
        let dialect = store.dialect();
        let (int_type, text_type, suffix) = (dialect.types.int, dialect.types.text, dialect.table_suffix);
        store
            .script(vec![
                format!("CREATE TABLE orgs (id {int_type} PRIMARY KEY){suffix}"),
                format!(
                    "CREATE TABLE users (id {int_type} PRIMARY KEY, org {int_type} NOT NULL REFERENCES orgs (id) ON \
                     DELETE RESTRICT, email {text_type} NOT NULL, age {int_type} CONSTRAINT grown CHECK (age >= 18), \
                     UNIQUE (org, email)){suffix}"
                ),
                format!("CREATE TABLE tags (name {text_type} NOT NULL){suffix}"),
                "CREATE UNIQUE INDEX tags_by_lower ON tags (lower(name))".to_owned(),
            ])
            .await
            .unwrap();
        let run = async |text: &str| execute(&store, statement(dialect, text, vec![], &[])).await;
        run("INSERT INTO orgs VALUES (1)").await.unwrap();
        run("INSERT INTO users VALUES (1, 1, 'ada@acme.test', 40)").await.unwrap();

        let error = run("INSERT INTO users VALUES (2, 1, 'ada@acme.test', 40)").await.unwrap_err();
        let StoreError::Unique { table, columns, .. } = &error else { panic!("{error:?}") };
        assert_eq!((table.as_deref(), &columns[..]), (Some("users"), &["org".to_owned(), "email".to_owned()][..]));
        assert!(!format!("{error} {error:?}").contains("ada@"), "{error:?}");

        let error = run("INSERT INTO users VALUES (1, 1, 'eve@acme.test', 40)").await.unwrap_err();
        let StoreError::Unique { columns, .. } = &error else { panic!("{error:?}") };
        assert_eq!(columns, &["id"]);

        run("INSERT INTO tags VALUES ('urgent')").await.unwrap();
        let error = run("INSERT INTO tags VALUES ('URGENT')").await.unwrap_err();
        let StoreError::Unique { index, .. } = &error else { panic!("{error:?}") };
        assert_eq!(index.as_deref(), Some("tags_by_lower"));

        let error = run("INSERT INTO users VALUES (2, 9, 'eve@acme.test', 40)").await.unwrap_err();
        assert!(matches!(error, StoreError::ForeignKey), "{error:?}");
        let error = run("DELETE FROM orgs").await.unwrap_err();
        assert!(matches!(error, StoreError::ForeignKey), "{error:?}");

        let error = run("INSERT INTO users VALUES (2, 1, 'eve@acme.test', 4)").await.unwrap_err();
        assert!(matches!(&error, StoreError::Check { constraint: Some(name), .. } if name == "grown"), "{error:?}");
        let error = run("INSERT INTO users VALUES (2, 1, NULL, 40)").await.unwrap_err();
        assert!(matches!(&error, StoreError::Check { columns, .. } if columns == &["email"]), "{error:?}");

        let found = rows(&store, statement(dialect, "SELECT id FROM users", vec![], &[Kind::Int])).await.unwrap();
        assert_eq!(found, [[Value::Int(1)]]);
    });
}

#[test]
fn a_write_answers_how_many_rows_it_touched() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        for id in 0..5 {
            execute(&store, insert(store.dialect(), id)).await.unwrap();
        }
        let update = |above| {
            let binds = vec![text("new"), int(above)];
            statement(store.dialect(), "UPDATE notes SET body = ?1 WHERE id > ?2", binds, &[])
        };
        assert_eq!(execute(&store, update(2)).await.unwrap(), 2);
        assert_eq!(execute(&store, update(9)).await.unwrap(), 0);
        let returning =
            statement(store.dialect(), "DELETE FROM notes WHERE id < ?1 RETURNING id", vec![int(2)], &[Kind::Int]);
        let deleted: Result<usize, StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    let mut deleted = 0;
                    tx.rows(&returning, &mut |_| {
                        deleted += 1;
                        Ok(())
                    })
                    .await?;
                    Ok(deleted)
                })
            })
            .await;
        assert_eq!(deleted.unwrap(), 2);
        assert_eq!(ids(&store).await, [2, 3, 4]);
    });
}

#[test]
fn a_savepoint_that_fails_leaves_the_rest_of_its_unit() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        execute(&store, insert(dialect, 7)).await.unwrap();
        let outcomes: Result<Vec<Result<u64, Failure>>, Failure> = store
            .write(move |tx| {
                Box::pin(async move {
                    let mut outcomes = Vec::new();
                    for id in [1, 7, 2, 3, 4] {
                        let statement = insert(dialect, id);
                        // Borrows what is around it, as the items of a batch do.
                        let item = tx.savepoint(|tx| {
                            let statement = &statement;
                            Box::pin(async move {
                                let touched = tx.execute(statement).await?;
                                if id == 3 { Err(Failure::Refused) } else { Ok(touched) }
                            })
                        });
                        outcomes.push(item.await);
                    }
                    assert_eq!(count(tx).await?, 4, "a unit reads what its parts wrote");
                    Ok(outcomes)
                })
            })
            .await;
        let outcomes = outcomes.unwrap();
        assert!(matches!(&outcomes[1], Err(Failure::Store(StoreError::Unique { .. }))), "{outcomes:?}");
        assert!(matches!(&outcomes[3], Err(Failure::Refused)), "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Ok(1))).count(), 3);
        assert_eq!(ids(&store).await, [1, 2, 4, 7]);
    });
}

#[test]
fn savepoints_nest_and_go_with_their_unit() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        let nested = async |keep_outer: bool, first: i64| {
            let outcome: Result<(), Failure> = store
                .write(move |tx| {
                    Box::pin(async move {
                        let outer: Result<(), Failure> = tx
                            .savepoint(|tx| {
                                Box::pin(async move {
                                    tx.execute(&insert(dialect, first)).await?;
                                    let inner: Result<u64, Failure> = tx
                                        .savepoint(|tx| {
                                            Box::pin(async move {
                                                tx.execute(&insert(dialect, first + 1)).await?;
                                                // What fails in the database undoes its own part alone.
                                                Ok(tx.execute(&insert(dialect, first)).await?)
                                            })
                                        })
                                        .await;
                                    assert!(matches!(inner, Err(Failure::Store(StoreError::Unique { .. }))));
                                    let kept: Result<u64, Failure> = tx
                                        .savepoint(|tx| {
                                            Box::pin(async move { Ok(tx.execute(&insert(dialect, first + 2)).await?) })
                                        })
                                        .await;
                                    kept?;
                                    if keep_outer { Ok(()) } else { Err(Failure::Refused) }
                                })
                            })
                            .await;
                        assert_eq!(outer.is_ok(), keep_outer);
                        tx.execute(&insert(dialect, first + 3)).await?;
                        Ok(())
                    })
                })
                .await;
            outcome.unwrap();
        };
        nested(true, 10).await;
        nested(false, 20).await;
        assert_eq!(ids(&store).await, [10, 12, 13, 23]);

        let failed: Result<(), Failure> = store
            .write(move |tx| {
                Box::pin(async move {
                    let kept: Result<u64, Failure> =
                        tx.savepoint(|tx| Box::pin(async move { Ok(tx.execute(&insert(dialect, 30)).await?) })).await;
                    kept?;
                    Err(Failure::Refused)
                })
            })
            .await;
        assert!(matches!(failed, Err(Failure::Refused)));
        assert_eq!(ids(&store).await, [10, 12, 13, 23], "what a part kept goes with its unit");
    });
}

#[test]
fn a_savepoint_that_swallows_an_error_is_undone_and_a_doomed_unit_takes_none() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        execute(&store, insert(dialect, 1)).await.unwrap();
        let outcome: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    let part: Result<(), StoreError> = tx
                        .savepoint(|tx| {
                            Box::pin(async move {
                                tx.execute(&insert(dialect, 2)).await?;
                                assert!(tx.execute(&insert(dialect, 1)).await.is_err());
                                Ok(())
                            })
                        })
                        .await;
                    assert!(matches!(part, Err(StoreError::Unique { .. })), "{part:?}");
                    tx.execute(&insert(dialect, 3)).await.map(|_| ())
                })
            })
            .await;
        outcome.unwrap();
        assert_eq!(ids(&store).await, [1, 3]);

        let doomed: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    assert!(tx.execute(&insert(dialect, 1)).await.is_err());
                    let part: Result<(), StoreError> = tx.savepoint(|_| Box::pin(async { Ok(()) })).await;
                    assert!(matches!(part, Err(StoreError::Unique { .. })), "{part:?}");
                    Ok(())
                })
            })
            .await;
        assert!(matches!(doomed, Err(StoreError::Unique { .. })), "{doomed:?}");
        let reading: Result<(), StoreError> =
            store.read(|tx| Box::pin(async move { tx.savepoint(|_| Box::pin(async { Ok(()) })).await })).await;
        assert!(matches!(reading, Err(StoreError::Other(_))), "{reading:?}");
    });
}

#[test]
fn a_savepoint_that_is_left_halfway_dooms_its_unit() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        let left: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    let (began, has_begun) = tokio::sync::oneshot::channel();
                    let part = tx.savepoint(|tx| {
                        Box::pin(async move {
                            tx.execute(&insert(dialect, 1)).await?;
                            let _ = began.send(());
                            std::future::pending::<Result<(), StoreError>>().await
                        })
                    });
                    tokio::select! {
                        biased;
                        through = part => panic!("{through:?}"),
                        _ = has_begun => {}
                    }
                    tx.execute(&insert(dialect, 2)).await.map(|_| ())
                })
            })
            .await;
        assert!(matches!(left, Err(StoreError::Other(_))), "{left:?}");

        let panicked: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.savepoint(|tx| {
                        Box::pin(async move {
                            tx.execute(&insert(dialect, 3)).await?;
                            panic!("this test wants a panic")
                        })
                    })
                    .await
                })
            })
            .await;
        assert!(matches!(panicked, Err(StoreError::Panicked)), "{panicked:?}");
        assert_eq!(ids(&store).await, [0; 0]);
    });
}
