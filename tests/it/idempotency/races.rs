//! The same request twice at once, and one whose caller hung up.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use mimsy::prelude::*;
use mimsy::test::TestAnswer;
use mimsy::{Change, Sink};
use mimsy_runtime::store::Tx;
use mimsy_tests::cluster::{self, engines};
use mimsy_tests::shop::{Shop, on_every_database};
use serde_json::Value as Json;

use super::{create, having, is_replay, told};

/// Repeat a request until it is not under way any more.
async fn at_last(shop: &Shop, key: &str, body: &Json) -> TestAnswer {
    for _ in 0..10_000 {
        let answer = create(shop, key, body).await;
        if answer.status() != 409 {
            return answer;
        }
        assert_eq!(answer.json()["code"], "IDEMPOTENCY_UNDER_WAY");
        assert!(answer.header("retry-after").is_some());
        tokio::task::yield_now().await;
    }
    panic!("it never ends");
}

#[test]
fn many_at_once_make_one_row() {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let first = Shop::open(invoices::app(), cluster::fresh(engine)).await;
            let (key, body) = ("a", first.invoice(700_201).await);
            // As another process on the same database would.
            let second = mimsy::test::start_on(invoices::app(), &first.database.url).await;
            let token = first.token("ada");
            let elsewhere = || {
                let request = second.post("/api/invoices", body.clone()).bearer(token);
                request.header("idempotency-key", key).send()
            };
            let mut all = Vec::new();
            for _ in 0..8 {
                let here = join_all((0..4).map(|_| create(&first, key, &body)));
                let (here, there) = tokio::join!(here, join_all((0..4).map(|_| elsewhere())));
                all.extend(here.into_iter().chain(there));
            }
            let done: Vec<&TestAnswer> = all.iter().filter(|answer| answer.status() == 201).collect();
            assert_eq!(done.iter().filter(|answer| !is_replay(answer)).count(), 1);
            for answer in &all {
                match answer.status() {
                    201 => assert_eq!(told(answer), told(done[0])),
                    409 => {
                        assert_eq!(answer.json()["code"], "IDEMPOTENCY_UNDER_WAY");
                        assert_eq!(answer.header("retry-after"), Some("1"));
                    }
                    other => panic!("{other}: {}", answer.json()),
                }
            }
            assert_eq!(having(&first, &body["number"]).await, 1);
            second.app().close().await;
            first.app.app().close().await;
        });
    }
}

/// Holds every write until it is told to go on.
struct Gate {
    entered: Sender<()>,
    go: Mutex<Receiver<()>>,
}

impl Sink for Gate {
    fn change<'a>(&'a self, change: &'a Change, _: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>> {
        if change.model().name() == "Invoice" && change.after.as_ref().is_some_and(|row| change.names(row)) {
            self.entered.send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
        }
        Box::pin(async { Ok(()) })
    }
}

trait Names {
    fn names(&self, row: &[mimsy::Value]) -> bool;
}

impl Names for Change {
    /// Whether it is the invoice of the test, and none of the demonstration.
    fn names(&self, row: &[mimsy::Value]) -> bool {
        let number = self.model().field_index("number").unwrap();
        row[number] == mimsy::Value::Text("INV-700202".to_owned())
    }
}

#[test]
fn one_under_way_is_told_to_wait() {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        runtime.block_on(async {
            let ((entered, is_in), (let_go, go)) = (channel(), channel());
            let app = invoices::app().sink(Gate { entered, go: Mutex::new(go) });
            let shop = Shop::open(app, cluster::fresh(engine)).await;
            let body = shop.invoice(700_202).await;
            let first = create(&shop, "a", &body);
            let second = async {
                tokio::task::spawn_blocking(move || is_in.recv().unwrap()).await.unwrap();
                let answer = create(&shop, "a", &body).await;
                let_go.send(()).unwrap();
                answer
            };
            let (first, second) = tokio::join!(first, second);
            assert_eq!((first.status(), is_replay(&first)), (201, false));
            assert_eq!((second.status(), second.header("retry-after")), (409, Some("1")));
            assert_eq!(second.json()["code"], "IDEMPOTENCY_UNDER_WAY");
            assert!(is_replay(&create(&shop, "a", &body).await));
            shop.app.app().close().await;
        });
    }
}

#[test]
fn a_caller_who_hung_up_gets_the_answer_the_next_time() {
    on_every_database(async |shop| {
        // Hang up at every point of the way: after so many polls.
        for (at, polls) in (0..13).map(|n| 1u32 << n).enumerate() {
            let (key, body) = (format!("cut-{at}"), shop.invoice(700_300 + u32::try_from(at).unwrap()).await);
            let mut cut = Box::pin(create(shop, &key, &body));
            for _ in 0..polls {
                if cut.as_mut().now_or_never().is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(cut);
            let answer = at_last(shop, &key, &body).await;
            assert_eq!(answer.status(), 201, "{}", answer.json());
            assert_eq!(having(shop, &body["number"]).await, 1);
            assert_eq!(told(&at_last(shop, &key, &body).await), told(&answer));
        }
    });
}
