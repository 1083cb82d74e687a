//! An application on a pool of connections that is the program's own.

use std::time::Duration;

use invoices::customer::Customer;
use invoices::user::User;
use mimsy::axum::Router;
use mimsy::axum::body::Body;
use mimsy::axum::http::Request;
use mimsy::store::sqlx::postgres::PgPoolOptions;
use mimsy::store::{Options, Store, own, sqlx};
use mimsy_tests::cluster::{Engine, engines, fresh};
use tower::ServiceExt as _;

async fn status(router: &Router, path: &str, token: &str) -> u16 {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    answer.status().as_u16()
}

#[test]
fn an_application_shares_the_pool_of_its_program() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let database = fresh(Engine::Postgres);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = PgPoolOptions::new().max_connections(2).acquire_timeout(Duration::from_millis(300));
        let pool = options.connect(&database.url).await.unwrap();
        let store = || Store::postgres(pool.clone(), Options::default());
        let app = invoices::app();
        let seed = app.seeding().cloned().unwrap();
        let app = app.connect_to(store()).await.unwrap();
        assert!(app.is_new());
        app.plant(&seed, Vec::new()).await.unwrap();

        // The program's own statement, in the same pool and under the same policy.
        let ada = app.system("a test").list::<User>().eq("email", "ada@acme.test".to_owned()).page().await.unwrap();
        let ada = &ada.rows[0];
        let shown = app.as_actor(ada).list::<Customer>().counted().page().await.unwrap().count.unwrap().value;
        let scope = app.scope::<Customer>(ada, "c", 1).await.unwrap();
        let mut arguments = sqlx::postgres::PgArguments::default();
        own::add(&mut arguments, scope.binds()).unwrap();
        let sql = format!("SELECT count(*) FROM customers c WHERE {}", scope.sql());
        let counted: i64 = sqlx::query_scalar_with(sqlx::AssertSqlSafe(sql), arguments).fetch_one(&pool).await.unwrap();
        assert_eq!(u64::try_from(counted).unwrap(), shown);

        // When the program has taken all connections, requests are told so; and are served when it gives them back.
        let login = app.find_login("ada@acme.test").await.unwrap();
        let (router, token) = (app.router(), app.token(&login, Duration::from_secs(60)));
        assert_eq!(status(&router, "/api/customers", &token).await, 200);
        let taken = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
        assert_eq!(status(&router, "/api/customers", &token).await, 503);
        assert_eq!(status(&router, "/readyz", &token).await, 503);
        drop(taken);
        assert_eq!(status(&router, "/api/customers", &token).await, 200);
        assert_eq!(status(&router, "/readyz", &token).await, 200);

        // Closing the application leaves the pool open, also to another one.
        app.close().await;
        assert_eq!(status(&router, "/api/customers", &token).await, 503);
        let again = invoices::app().connect_to(store()).await.unwrap();
        assert!(!again.is_new());
        assert_eq!(status(&again.router(), "/api/customers", &token).await, 200);
        pool.close().await;
    });
}
