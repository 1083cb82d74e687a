//! Mimsy inside somebody's own program: the typed API, routes beside ours, one's own authentication, sinks.

mod pool;
mod scope;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use invoices::customer::Customer;
use invoices::invoice::{Invoice, Status};
use invoices::line::Line;
use invoices::org::Org;
use invoices::user::{Role, User};
use mimsy::axum::Router;
use mimsy::axum::body::Body;
use mimsy::axum::extract::State;
use mimsy::axum::http::Request;
use mimsy::axum::routing::get;
use mimsy::prelude::*;
use mimsy::{Change, ConnectedApp, CurrentActor, Sink, Value};
use mimsy_runtime::store::Tx;
use mimsy_schema::Fixed;
use mimsy_tests::shop::{Shop, on_every_database, on_every_database_with};
use serde_json::json;
use tower::ServiceExt;

async fn user(app: &ConnectedApp, login: &str) -> User {
    let found = app.system("a test").list::<User>().eq("email", login.to_owned()).page().await.unwrap();
    found.rows.into_iter().next().unwrap()
}

#[test]
fn the_typed_api_is_under_the_same_policies() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let (ada, eve) =
            (app.as_actor(&user(app, "ada@acme.test").await), app.as_actor(&user(app, "eve@globex.test").await));
        let customer = ada.list::<Customer>().sort("name").limit(1).page().await.unwrap().rows.remove(0);
        let draft = || Draft::<Invoice> {
            org: None,
            number: "INV-800001".to_owned(),
            customer: customer.id.into(),
            status: None,
            total: Decimal::new(1250, 2),
            note: None,
        };
        let invoice = ada.create::<Invoice>(draft()).await.unwrap().row.unwrap();
        assert_eq!((invoice.total, invoice.status, invoice.org), (Decimal::new(1250, 2), Status::Draft, customer.org));
        let twice = ada.create::<Invoice>(draft()).await.unwrap_err();
        assert_eq!((twice.kind(), twice.fields()), (ErrorKind::Duplicate, &["number".to_owned()][..]));
        let foreign = eve.create::<Invoice>(draft()).await.unwrap_err();
        assert_eq!(foreign.violations()[0].code, "REFERENCE_NOT_FOUND");
        let precise = Draft::<Invoice> { number: "INV-800002".to_owned(), total: Decimal::new(1, 3), ..draft() };
        assert_eq!(ada.create::<Invoice>(precise).await.unwrap_err().violations()[0].code, "SCALE");

        let patch = Patch::<Invoice>::default().status(Status::Paid).note(Some("settled".to_owned()));
        let paid = ada.update::<Invoice>(invoice.id, patch).await.unwrap();
        assert_eq!((paid.status, paid.note.as_deref()), (Status::Paid, Some("settled")));
        let refused = ada.update::<Invoice>(invoice.id, Patch::<Invoice>::default().note(None)).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
        assert_eq!(refused.refusal().unwrap().rule.as_deref(), Some("settled"));
        assert_eq!(eve.get::<Invoice>(invoice.id).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ada.delete::<Invoice>(invoice.id).await.unwrap_err().kind(), ErrorKind::Forbidden);
        app.system("the auditors said so").delete::<Invoice>(invoice.id).await.unwrap();
        assert_eq!(ada.get::<Invoice>(invoice.id).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(app.as_nobody().list::<Invoice>().page().await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    });
}

#[test]
fn typed_pages_walk_the_whole_list() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let ada = app.as_actor(&user(app, "ada@acme.test").await);
        let list = || ada.list::<Invoice>().eq("customer.vip", true).sort("-total").limit(4).counted();
        let mut page = list().page().await.unwrap();
        let total = page.count.unwrap().value;
        let mut rows = std::mem::take(&mut page.rows);
        while let Some(next) = page.next {
            page = list().after(next).page().await.unwrap();
            rows.append(&mut page.rows);
        }
        assert_eq!(rows.len() as u64, total);
        assert!(rows.windows(2).all(|pair| pair[0].total >= pair[1].total));
        let first = list().page().await.unwrap().next.unwrap();
        let other = ada.list::<Invoice>().sort("number").after(first).page().await.unwrap_err();
        assert_eq!(other.violations()[0].code, "CURSOR_INVALID");
        let nulls = ada.list::<Invoice>().eq("note", None::<String>).page().await.unwrap().rows;
        assert!(!nulls.is_empty() && nulls.iter().all(|one| one.note.is_none()));
        let kind = ada.list::<Invoice>().eq("total", "ten".to_owned()).page().await.unwrap_err();
        assert_eq!((kind.violations()[0].pointer.as_str(), kind.violations()[0].code.as_ref()), ("/total", "TYPE"));
        let dear = ada.list::<Invoice>().test("total", Test::Gt(Value::Decimal(Fixed::new(500, 0)))).page().await;
        assert!(dear.unwrap().rows.iter().all(|one| one.total > Decimal::from(500)));
        let wrong = ada.list::<Invoice>().sort("totl").page().await.unwrap_err();
        assert!(wrong.violations()[0].detail.contains("did you mean `total`?"), "{wrong}");
    });
}

#[test]
fn the_system_names_the_tenant_and_the_database_knows_what_is_there() {
    on_every_database(async |shop| {
        let system = shop.app.app().system("a test");
        let draft = Draft::<User> { org: None, name: "X".to_owned(), email: "x@x.test".to_owned(), role: Role::Viewer };
        let missing = system.create::<User>(draft).await.unwrap_err();
        assert_eq!(
            (missing.violations()[0].pointer.as_str(), missing.violations()[0].code.as_ref()),
            ("/org", "REQUIRED")
        );
        let dangling = Draft::<Line> {
            invoice: Id::<Invoice>::new().into(),
            product: None,
            description: "x".to_owned(),
            qty: 1,
            price: Decimal::ONE,
        };
        let refused = system.create::<Line>(dangling).await.unwrap_err();
        assert_eq!(refused.violations()[0].code, "REFERENCE_NOT_FOUND");
        let many = |name: &str| Draft::<Org> { name: name.to_owned() };
        let refused = system.create_many::<Org>(vec![many("One"), many("")]).await.unwrap_err();
        assert_eq!(refused.violations()[0].pointer, "/1/name");
        let orgs = system.list::<Org>().counted().page().await.unwrap();
        assert_eq!(orgs.count.unwrap().value, 2, "all or none");
    });
}

/// A route of the program's own: how many invoices its caller may see.
async fn mine(State(app): State<ConnectedApp>, caller: CurrentActor) -> String {
    match app.as_caller(&caller).list::<Invoice>().counted().page().await {
        Ok(page) => page.count.map_or(0, |count| count.value).to_string(),
        Err(error) => error.to_string(),
    }
}

async fn send(router: &Router, path: &str, token: Option<&str>) -> (u16, String) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = router
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap_or_else(|never: Infallible| match never {});
    let status = answer.status().as_u16();
    let body = mimsy::axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn routes_of_ones_own_stand_beside_ours() {
    on_every_database(async |shop| {
        let app = shop.app.app().clone();
        let own = Router::new().route("/mine", get(mine)).layer(app.layer()).with_state(app.clone());
        let router = app.router().merge(own);
        assert_eq!(send(&router, "/mine", Some(shop.token("ada"))).await, (200, "20".to_owned()));
        assert_eq!(send(&router, "/mine", None).await, (200, "authentication is required".to_owned()));
        assert_eq!(send(&router, "/mine", Some("nonsense")).await.0, 401);
        assert_eq!(send(&router, "/api/invoices", Some(shop.token("eve"))).await.0, 200);
        assert_eq!(send(&router, "/healthz", None).await.0, 200);
        assert_eq!(send(&router, "/readyz", None).await.0, 200);
        assert_eq!(send(&router, "/elsewhere", None).await.0, 404);
    });
}

#[test]
fn an_application_tells_in_its_own_way_who_calls() {
    let app = || {
        invoices::app().actor(|parts| {
            let key = parts.headers.get("x-user").and_then(|value| value.to_str().ok()).map(str::to_owned);
            async move { key.map(|key| key.parse::<Id<User>>().map_err(|_| "x-user is no key")).transpose() }
        })
    };
    on_every_database_with(app, async |shop| {
        let ada = user(shop.app.app(), "ada@acme.test").await;
        let asked = |key: &str| shop.app.get("/api/orgs").header("x-user", key).send();
        let answer = asked(&ada.id.to_string()).await;
        assert_eq!((answer.status(), answer.json()["data"][0]["name"].clone()), (200, json!("Acme")));
        let refused = asked("ada").await;
        assert_eq!((refused.status(), refused.json()["detail"].clone()), (401, json!("x-user is no key")));
        assert_eq!(asked(&Id::<User>::new().to_string()).await.status(), 401);
        assert_eq!(shop.get("ada", "/api/orgs").await.status(), 401, "our tokens are not asked any more");
    });
}

/// Remembers the changes of invoices, and refuses some.
#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<Vec<Change>>>);

impl Sink for Ledger {
    fn change<'a>(&'a self, change: &'a Change, _: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let forbidden = Value::Text("INV-666666".to_owned());
            if change.after.as_ref().is_some_and(|row| row.contains(&forbidden)) {
                return Err(Error::new(ErrorKind::Busy));
            }
            self.0.lock().unwrap().push(change.clone());
            Ok(())
        })
    }
}

#[test]
fn a_sink_hears_of_every_change_inside_its_transaction() {
    let ledger = Ledger::default();
    let heard = ledger.clone();
    on_every_database_with(
        move || invoices::app().sink(ledger.clone()),
        async |shop: &Shop| {
            heard.0.lock().unwrap().clear();
            let created = shop.post("ada", "/api/invoices", shop.invoice(810_001).await).await;
            let path = created.header("location").unwrap().to_owned();
            assert_eq!(shop.patch("ada", &path, json!({"note": "x"})).await.status(), 200);
            assert_eq!(shop.patch("ada", &path, json!({})).await.status(), 200, "no change, so nothing to hear");
            assert_eq!(shop.delete("ada", &path).await.status(), 204);
            let refused = shop.post("ada", "/api/invoices", shop.invoice(666_666).await).await;
            assert_eq!(refused.status(), 503);
            assert!(
                shop.rows("ada", "/api/invoices?filter[number]=INV-666666").await.is_empty(),
                "rolled back with it"
            );
            let changes = heard.0.lock().unwrap();
            let kinds: Vec<(bool, bool)> =
                changes.iter().map(|one| (one.before.is_some(), one.after.is_some())).collect();
            assert_eq!(kinds, [(false, true), (true, true), (true, false)]);
            assert!(changes.iter().all(|one| one.key == changes[0].key));
            assert_eq!(changes[0].after, changes[1].before);
        },
    );
}
