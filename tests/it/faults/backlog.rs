//! What would wait for too long is refused at once, with a word on when to come back; what waits already is served.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use mimsy::Error;
use mimsy::store::Options;
use mimsy::store::sqlx::{self, Connection as _, PgConnection};
use mimsy_tests::cluster::Engine;
use mimsy_tests::shop::{Shop, on_every_database_with};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How many writes may wait.
const QUEUE: usize = 4;

/// How many come.
const COMING: usize = 20;

/// Somebody who keeps others from writing.
struct Hold {
    go: oneshot::Sender<()>,
    gone: JoinHandle<()>,
}

impl Hold {
    /// A transaction that stays open: of ours where there is one writer, and otherwise somebody else's with a lock.
    async fn on(shop: &Shop) -> Self {
        let (began, has_begun) = oneshot::channel();
        let (go, may_go) = oneshot::channel();
        let gone = if shop.database.engine == Engine::Sqlite {
            let app = shop.app.app().clone();
            tokio::spawn(async move {
                let done: Result<(), Error> = app
                    .system("something slow")
                    .transaction(async |_| {
                        began.send(()).unwrap();
                        may_go.await.unwrap();
                        Ok(())
                    })
                    .await;
                done.unwrap();
            })
        } else {
            let url = shop.database.url.clone();
            tokio::spawn(async move {
                let mut other = PgConnection::connect(&url).await.unwrap();
                let mut transaction = other.begin().await.unwrap();
                let lock = sqlx::query("LOCK TABLE invoices IN SHARE ROW EXCLUSIVE MODE");
                lock.execute(&mut *transaction).await.unwrap();
                began.send(()).unwrap();
                may_go.await.unwrap();
                transaction.rollback().await.unwrap();
            })
        };
        has_begun.await.unwrap();
        Self { go, gone }
    }

    async fn end(self) {
        self.go.send(()).unwrap();
        self.gone.await.unwrap();
    }
}

#[test]
fn a_backlog_of_writes_is_refused_and_not_queued() {
    let app = || invoices::app().store(Options { queue: QUEUE, pool_size: 2, ..Options::default() });
    on_every_database_with(app, async |shop| {
        let body = shop.invoice(0).await;
        let hold = Hold::on(shop).await;
        let mut answers: FuturesUnordered<_> = (0..COMING)
            .map(|number| {
                let mut body = body.clone();
                body["number"] = json!(format!("INV-9{number:05}"));
                shop.post("ada", "/api/invoices", body)
            })
            .collect();
        for _ in 0..COMING - QUEUE {
            let answer = answers.next().await.unwrap();
            assert_eq!((answer.status(), answer.json()["code"].clone()), (503, json!("BUSY")));
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
        if shop.database.engine == Engine::Sqlite {
            assert_eq!(shop.get("ada", "/api/invoices").await.status(), 200, "who reads waits for nobody");
            assert_eq!(shop.app.get("/readyz").send().await.status(), 200);
        }
        hold.end().await;
        let mut created = 0;
        while let Some(answer) = answers.next().await {
            assert_eq!(answer.status(), 201, "who waited is served: {}", answer.json());
            created += 1;
        }
        let there = shop.rows("ada", "/api/invoices?filter[number][gte]=INV-900000&limit=100").await.len();
        assert_eq!(there, created, "who was refused left nothing");
    });
}
