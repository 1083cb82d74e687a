//! Tables that Mimsy does not own, on every database: a schema made by hand, read and written over HTTP, and what a start
//! says of one that does not fit.

use mimsy::StartError;
use mimsy::prelude::*;
use mimsy::test::{self, TestApp};
use mimsy_runtime::secret::Secret;
use mimsy_runtime::store::{Options, Store};
use mimsy_tests::cluster::{self, Engine};
use mimsy_tests::shop::errors;
use serde_json::json;

/// Of each type that both databases keep.
#[entity(table = "legacy_suppliers", external)]
#[routes(
    list(filter(name, rating, notes), sort(name, rating), include(notes)),
    get,
    create,
    update,
    delete,
    batch_create,
    batch_update
)]
#[policy(all = public)]
pub(crate) struct Supplier {
    #[field(increment)]
    pub id: i32,
    #[field(len = 1..=40, column = "title", unique)]
    pub name: String,
    pub active: bool,
    pub rating: Option<i16>,
    #[field(scale = 3)]
    pub credit: Decimal,
    pub since: Timestamp,
    pub founded: Option<Date>,
    pub opens: Option<Time>,
    pub share: Option<f64>,
    pub extra: Option<serde_json::Value>,
    #[field(inverse = supplier)]
    pub notes: Many<Note>,
}

/// Numbered by the database alone, and kept by its own foreign key.
#[entity(table = "legacy_deliveries", external)]
#[routes(list(filter(supplier.name), include(supplier)), get, create, delete)]
#[policy(all = public)]
pub(crate) struct Delivery {
    #[field(increment)]
    pub id: i64,
    pub supplier: Ref<Supplier, i32>,
}

/// Counted by a view that nobody can lock.
#[entity(table = "legacy_totals", external)]
#[routes(list(filter(deliveries)), get)]
#[policy(all = public)]
pub(crate) struct Total {
    #[field(id)]
    pub supplier: i32,
    pub deliveries: i64,
}

/// Our own, about theirs.
#[entity]
#[routes(list(filter(text, supplier.name, supplier.rating), sort(text), include(supplier)), get, create, update, delete)]
pub(crate) struct Note {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub supplier: Ref<Supplier, i32>,
    pub total: Option<Ref<Total, i32>>,
    pub delivery: Option<Ref<Delivery, i64>>,
    pub text: String,
}

#[policy(read = public, update = public, delete = public)]
impl Note {
    /// Suppliers that deliver.
    #[can(create)]
    fn delivering(note: &Note) -> bool {
        note.supplier.active && (note.total.is_none() || note.total.is_some_and(|total| total.deliveries > 0))
    }
}

mimsy::schema! { pub(crate) Legacy: Supplier, Delivery, Total, Note }

const VIEW: &str = "CREATE VIEW legacy_totals AS SELECT s.id AS supplier, count(d.id) AS deliveries FROM legacy_suppliers s \
                    LEFT JOIN legacy_deliveries d ON d.supplier = s.id GROUP BY s.id";

fn tables(engine: Engine) -> Vec<String> {
    let tables = match engine {
        Engine::Sqlite => [
            "CREATE TABLE legacy_suppliers (id INTEGER PRIMARY KEY, title VARCHAR(40) NOT NULL UNIQUE, active BOOLEAN NOT \
             NULL, rating SMALLINT, credit BIGINT NOT NULL, since INTEGER NOT NULL, founded INTEGER, opens INTEGER, share \
             DOUBLE, extra TEXT, memo TEXT, kind TEXT NOT NULL DEFAULT 'x')",
            "CREATE TABLE legacy_deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, supplier INTEGER NOT NULL REFERENCES \
             legacy_suppliers (id) ON DELETE CASCADE)",
        ],
        Engine::Postgres => [
            "CREATE TABLE legacy_suppliers (id SERIAL PRIMARY KEY, title VARCHAR(40) NOT NULL UNIQUE, active BOOLEAN NOT \
             NULL, rating SMALLINT, credit NUMERIC(12,3) NOT NULL, since TIMESTAMPTZ NOT NULL, founded DATE, opens TIME, \
             share DOUBLE PRECISION, extra JSONB, memo TEXT, kind TEXT NOT NULL DEFAULT 'x')",
            "CREATE TABLE legacy_deliveries (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, supplier INTEGER NOT NULL \
             REFERENCES legacy_suppliers (id) ON DELETE CASCADE)",
        ],
    };
    tables.iter().copied().chain([VIEW]).map(str::to_owned).collect()
}

async fn script(url: &str, statements: Vec<String>) {
    let store = Store::connect(url, Options::default()).await.unwrap();
    store.script(statements).await.unwrap();
    store.close().await;
}

fn on_every_database(test: impl AsyncFn(&TestApp, &str)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            script(&database.url, tables(engine)).await;
            let app = test::start_on(App::new(Legacy), &database.url).await;
            test(&app, &database.url).await;
            app.app().close().await;
        });
    }
}

fn supplier(name: &str, rating: i64) -> serde_json::Value {
    json!({
        "name": name, "active": rating > 0, "rating": rating, "credit": "12.345", "since": "2020-02-29T12:00:00.000000Z",
        "founded": "1999-12-31", "opens": "08:30:00.000000", "share": 0.25, "extra": {"a": [1]},
    })
}

#[test]
fn rows_of_others_are_read_and_written() {
    on_every_database(async |app, _| {
        let post = async |path: &str, body| app.post(path, body).send().await;
        let ann = post("/api/suppliers", supplier("Ann", 3)).await;
        assert_eq!((ann.status(), ann.header("etag"), ann.header("location")), (201, None, Some("/api/suppliers/1")));
        let mut whole = supplier("Ann", 3);
        whole["id"] = json!(1);
        assert_eq!(ann.json()["data"], whole);
        let many = json!({"items": [supplier("Bob", 1), supplier("Cid", 0)]});
        assert_eq!(post("/api/suppliers:batchCreate", many).await.status(), 201);
        assert_eq!(errors(&post("/api/suppliers", supplier("Ann", 1)).await), ["/name DUPLICATE"]);

        let got = app.get("/api/suppliers/1").send().await;
        assert_eq!((got.status(), got.header("etag"), &got.json()["data"]), (200, None, &whole));
        let changed = app.patch("/api/suppliers/1", json!({"rating": null, "share": 1.5})).send().await;
        assert_eq!((changed.status(), changed.header("etag")), (200, None));
        let got = app.get("/api/suppliers/1").send().await.json();
        assert_eq!((&got["data"]["rating"], &got["data"]["share"]), (&json!(null), &json!(1.5)));
        let names = async |query: &str| {
            let rows = app.get(&format!("/api/suppliers?{query}")).send().await.json();
            rows["data"].as_array().unwrap().iter().map(|row| row["name"].to_string()).collect::<Vec<_>>().join(",")
        };
        assert_eq!(names("sort=-name").await, "\"Cid\",\"Bob\",\"Ann\"");
        assert_eq!(names("filter[rating][gte]=1").await, "\"Bob\"");
        assert_eq!(app.delete("/api/suppliers/3").send().await.status(), 204);
        assert_eq!(app.get("/api/suppliers/3").send().await.status(), 404);
    });
}

#[test]
fn what_has_no_version_is_compared_with_none() {
    on_every_database(async |app, _| {
        assert_eq!(app.post("/api/suppliers", supplier("Ann", 3)).send().await.status(), 201);
        for request in [
            app.get("/api/suppliers/1"),
            app.patch("/api/suppliers/1", json!({"rating": 4})),
            app.delete("/api/suppliers/1"),
        ] {
            let refused = request.header("if-match", "*").send().await;
            assert_eq!((refused.status(), &refused.json()["code"]), (400, &json!("BAD_HEADER")));
        }
        let batch = json!({"items": [{"id": 1, "if_match": "\"1\"", "patch": {"rating": 4}}]});
        let refused = app.post("/api/suppliers:batchUpdate", batch).send().await;
        assert_eq!(refused.status(), 422);
        assert_eq!(errors(&refused), ["/items/0/if_match UNKNOWN"]);
        assert_eq!(app.get("/api/suppliers/1").send().await.json()["data"]["rating"], 3);
    });
}

#[test]
fn relations_lead_from_ours_to_theirs_and_back() {
    on_every_database(async |app, url| {
        let post = async |path: &str, body| app.post(path, body).send().await;
        for body in [supplier("Ann", 3), supplier("Bob", 2), supplier("Cid", 0)] {
            assert_eq!(post("/api/suppliers", body).await.status(), 201);
        }
        let delivery = post("/api/deliveries", json!({"supplier": 1})).await;
        assert_eq!((delivery.status(), &delivery.json()["data"]), (201, &json!({"id": 1, "supplier": 1})));
        assert_eq!(app.get("/api/totals/1").send().await.json()["data"], json!({"supplier": 1, "deliveries": 1}));

        // Rules see their rows, also those of a view, which nothing can lock.
        let note = |supplier: i64, total: Option<i64>| json!({"supplier": supplier, "total": total, "text": "n"});
        for (body, status) in [
            (note(1, Some(1)), 201),
            (note(2, Some(2)), 403),
            (note(2, None), 201),
            (note(3, None), 403),
            (note(9, None), 422),
            (note(1, Some(9)), 422),
        ] {
            assert_eq!(post("/api/notes", body.clone()).await.status(), status, "{body}");
        }
        let notes = app.get("/api/notes?filter[supplier.name]=Ann&include=supplier").send().await.json();
        assert_eq!(notes["data"].as_array().map(Vec::len), Some(1), "{notes}");
        assert_eq!(notes["data"][0]["supplier"]["name"], "Ann");
        let found = app.get("/api/suppliers?filter[notes][some][text]=n&include=notes").send().await.json();
        assert_eq!(found["data"].as_array().unwrap().len(), 2);
        assert_eq!(found["data"][0]["notes"]["data"].as_array().map(Vec::len), Some(1), "{found}");
        let deliveries = app.get("/api/deliveries?filter[supplier.name]=Ann").send().await.json();
        assert_eq!(deliveries["data"].as_array().unwrap().len(), 1);

        // Ours goes as we say, theirs as their foreign key says.
        let held = json!({"supplier": 2, "delivery": 1, "text": "held"});
        assert_eq!(post("/api/notes", held).await.status(), 201);
        assert_eq!(app.delete("/api/deliveries/1").send().await.status(), 409);
        assert_eq!(app.delete("/api/suppliers/2").send().await.status(), 204);
        let left = app.get("/api/notes").send().await.json();
        assert_eq!(left["data"].as_array().unwrap().len(), 1);
        assert_eq!(app.delete("/api/suppliers/1").send().await.status(), 204);
        assert_eq!(app.get("/api/notes").send().await.json()["data"], json!([]));
        assert_eq!(app.get("/api/deliveries").send().await.json()["data"], json!([]));

        let again = App::new(Legacy).secret(Secret::development()).connect(url).await.unwrap();
        assert!(!again.is_new());
        again.close().await;
    });
}

#[test]
fn a_table_that_does_not_fit_is_told_whole_and_nothing_is_made() {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let connect = || App::new(Legacy).secret(Secret::development()).connect(&database.url);
            let told = async || match connect().await {
                Err(StartError::Unfit(found)) => found,
                Err(other) => panic!("{other}"),
                Ok(_) => panic!("it does not fit"),
            };
            assert_eq!(
                told().await,
                [
                    "there is no table and no view `legacy_suppliers`, which `Supplier` reads",
                    "there is no table and no view `legacy_deliveries`, which `Delivery` reads",
                    "there is no table and no view `legacy_totals`, which `Total` reads",
                ]
            );
            let suppliers = tables(engine)[0]
                .replace("title VARCHAR(40) NOT NULL UNIQUE", "titel VARCHAR(40) NOT NULL, must TEXT NOT NULL")
                .replace("active BOOLEAN NOT NULL", "active TEXT")
                .replace("share DOUBLE PRECISION", "share TEXT")
                .replace("share DOUBLE", "share TEXT");
            let view = "CREATE VIEW legacy_deliveries AS SELECT id, id AS supplier FROM legacy_suppliers".to_owned();
            script(&database.url, vec![suppliers, view, VIEW.to_owned()]).await;
            let (boolean, double) = match engine {
                Engine::Sqlite => ("INTEGER, 0 or 1", "REAL"),
                Engine::Postgres => ("BOOLEAN", "DOUBLE PRECISION"),
            };
            let mut expected = vec![
                "`legacy_suppliers` has no column `title` for `Supplier::name`; is it `#[field(column = \"titel\")]`?".to_owned(),
                format!("`legacy_suppliers.active` is TEXT, and `Supplier::active` (bool) is kept as {boolean}"),
                "`legacy_suppliers.active` may be NULL: make `Supplier::active` an `Option`".to_owned(),
                format!("`legacy_suppliers.share` is TEXT, and `Supplier::share` (float) is kept as {double}"),
            ];
            let lacking = |column: &str| {
                format!(
                    "`legacy_suppliers.{column}` is never NULL and has no default, so no row can be created without it: give \
                     `Supplier` a field for it, or take `create` and `upsert` away from its routes"
                )
            };
            expected.extend([lacking("titel"), lacking("must")]);
            expected.push("nothing makes (title) unique in `legacy_suppliers`, which are unique by `Supplier`".to_owned());
            if engine == Engine::Postgres {
                expected.push("`legacy_deliveries.id` is INTEGER, and `Delivery::id` (int) is kept as BIGINT".to_owned());
            }
            expected.extend(["create", "delete"].map(|action| {
                format!(
                    "`legacy_deliveries` is a view, which is only read: take `{action}` away from the routes of `Delivery`"
                )
            }));
            assert_eq!(told().await, expected);
            let store = Store::connect(&database.url, Options::default()).await.unwrap();
            assert!(store.catalog().await.unwrap().table("notes").is_none(), "nothing was made");
            store.close().await;
        });
    }
}
