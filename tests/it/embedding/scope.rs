//! The policy as SQL, in statements that the program itself runs on connections of its own.

use invoices::customer::Customer;
use invoices::invoice::{Invoice, Status};
use invoices::line::Line;
use invoices::user::User;
use mimsy::prelude::*;
use mimsy::store::sqlx::Arguments as _;
use mimsy::store::sqlx::postgres::{PgArguments, PgPool};
use mimsy::store::{own, rusqlite, sqlx};
use mimsy::{Bind, ConnectedApp, Scope};
use mimsy_tests::shop::on_every_database;

/// Run a count with one parameter of its own before those of the scope.
async fn count(url: &str, sql: &str, least: i64, scope: &Scope) -> i64 {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let path = path.split('?').next().unwrap();
        let connection = rusqlite::Connection::open(path).unwrap();
        // Decimals are stored as unscaled integers.
        let mut parameters = vec![rusqlite::types::Value::Integer(least * 100)];
        parameters.extend(own::parameters(scope.binds()).unwrap());
        connection.query_row(sql, rusqlite::params_from_iter(parameters), |row| row.get(0)).unwrap()
    } else {
        let pool = PgPool::connect(url).await.unwrap();
        let mut arguments = PgArguments::default();
        arguments.add(least).unwrap();
        own::add(&mut arguments, scope.binds()).unwrap();
        let counted = sqlx::query_scalar_with(sqlx::AssertSqlSafe(sql), arguments).fetch_one(&pool).await.unwrap();
        pool.close().await;
        counted
    }
}

fn mark(url: &str) -> &'static str {
    if url.starts_with("sqlite") { "?" } else { "$" }
}

async fn user(app: &ConnectedApp, login: &str) -> User {
    let found = app.system("a test").list::<User>().eq("email", login.to_owned()).page().await.unwrap();
    found.rows.into_iter().next().unwrap()
}

#[test]
fn a_statement_of_ones_own_under_the_policy() {
    on_every_database(async |shop| {
        let (app, url) = (shop.app.app(), shop.database.url.as_str());
        for login in ["ada@acme.test", "vic@acme.test", "eve@globex.test"] {
            let actor = user(app, login).await;
            let scope = app.scope::<Invoice>(&actor, "i", 2).await.unwrap();
            let one = mark(url);
            let sql = format!("SELECT count(*) FROM invoices i WHERE i.total >= {one}1 AND {}", scope.sql());
            let expected = app.as_actor(&actor).list::<Invoice>().limit(1000).page().await.unwrap().rows;
            let expected = expected.iter().filter(|invoice| invoice.total >= Decimal::from(100)).count();
            assert!(expected > 0);
            assert_eq!(count(url, &sql, 100, &scope).await, i64::try_from(expected).unwrap(), "{login}: {sql}");

            // A scope that hops to the parent, beside another table of the same statement with a scope of its own.
            let (lines, invoices) = (
                app.scope::<Line>(&actor, "line", 2).await.unwrap(),
                app.as_actor(&actor).list::<Line>().limit(1000).page().await.unwrap().rows.len(),
            );
            let sql = format!(
                "SELECT count(*) FROM lines line JOIN invoices i ON i.id = line.invoice WHERE i.total >= {one}1 AND {}",
                lines.sql()
            );
            assert_eq!(count(url, &sql, 0, &lines).await, i64::try_from(invoices).unwrap(), "{login}: {sql}");
        }
    });
}

#[test]
fn who_may_read_nothing_finds_nothing() {
    on_every_database(async |shop| {
        let (app, url) = (shop.app.app(), shop.database.url.as_str());
        let scope = app.as_nobody().scope::<Customer>("c", 2).await.unwrap();
        let sql = format!("SELECT count(*) FROM customers c WHERE {}1 = 1 AND {}", mark(url), scope.sql());
        assert_eq!(scope.binds(), &[] as &[Bind]);
        // The parameter is an unscaled hundred on SQLite; neither equals one.
        assert_eq!(count(url, &sql, 1, &scope).await, 0);
        let all = app.system("a report").scope::<Invoice>("i", 2).await.unwrap();
        let sql = format!("SELECT count(*) FROM invoices i WHERE i.total >= {}1 AND {}", mark(url), all.sql());
        assert_eq!(count(url, &sql, 0, &all).await, 40);
        assert_eq!(
            app.system("a report").list::<Invoice>().eq("status", Status::Sent).page().await.unwrap().rows.len(),
            10
        );
        for alias in ["", "i; DROP TABLE invoices", "\"i\"", "r1", "r12", "1i"] {
            let refused = app.as_nobody().scope::<Invoice>(alias, 1).await;
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::Internal, "{alias}");
        }
        assert!(app.as_nobody().scope::<Invoice>("row_1", 0).await.is_err());
    });
}
