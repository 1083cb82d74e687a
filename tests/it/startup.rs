//! Starting: what is wrong is said before anything is served, and nothing is altered.

use mimsy::{HttpConfig, RouteLimits, StartError};
use mimsy_runtime::secret::Secret;
use mimsy_runtime::store::{Options, Store};
use mimsy_tests::cluster;

async fn script(url: &str, statements: &[&str]) {
    let store = Store::connect(url, Options::default()).await.unwrap();
    store.script(statements.iter().map(|one| (*one).to_owned()).collect()).await.unwrap();
    store.close().await;
}

#[test]
fn a_database_that_differs_is_refused_with_every_difference() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for engine in cluster::engines() {
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let connect = || invoices::app().secret(Secret::development()).connect(&database.url);
            let first = connect().await.unwrap();
            assert!(first.is_new());
            first.close().await;
            let again = connect().await.unwrap();
            assert!(!again.is_new(), "the tables are as the schema says");
            again.close().await;
            script(
                &database.url,
                &[
                    "ALTER TABLE customers RENAME COLUMN vip TO important",
                    "ALTER TABLE products ADD COLUMN colour TEXT",
                    "DROP INDEX uq_invoices_org_number",
                    "DROP TABLE lines",
                ],
            )
            .await;
            let Err(StartError::Differs(found)) = connect().await else { panic!("it differs") };
            assert_eq!(
                found,
                [
                    "`customers` has no column `vip`",
                    "`customers` has a column `important` that the schema does not know",
                    "`products` has a column `colour` that the schema does not know",
                    "`invoices` has no unique index on (org, number)",
                    "the table `lines` is missing",
                ]
            );
            let text = StartError::Differs(found).to_string();
            assert!(
                text.contains("nothing was changed") && text.contains("  - the table `lines` is missing"),
                "{text}"
            );
        });
    }
}

#[test]
fn an_address_that_cannot_be_used_is_said_without_its_password() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (url, part) in [
        ("mysql://root:hunter2@localhost/shop", "mysql"),
        ("sqlite::memory:", "memory"),
        ("postgres://ada:hunter2@127.0.0.1:1/none", "database"),
        ("sqlite:///no/such/folder/shop.db", "folder"),
    ] {
        let options = Options { busy_timeout: std::time::Duration::from_millis(200), ..Options::default() };
        let connected = invoices::app().secret(Secret::development()).store(options).connect(url);
        let Err(error) = runtime.block_on(connected) else { panic!("{url} cannot be used") };
        let text = error.to_string();
        assert!(text.contains(part), "{url}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn limits_of_a_path_that_is_not_there_are_told_before_the_database_is_opened() {
    let routes = vec![RouteLimits::of("invoice").body(10)];
    let app = || {
        invoices::app()
            .secret(Secret::development())
            .http(HttpConfig { routes: routes.clone(), ..HttpConfig::default() })
    };
    assert!(matches!(app().check(), Err(StartError::Http(_))));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Err(error) = runtime.block_on(app().connect("sqlite:///no/such/folder/shop.db")) else {
        panic!("no such path")
    };
    let text = error.to_string();
    assert!(text.contains("`invoice`, which no entity has; did you mean `invoices`?"), "{text}");
}

#[test]
fn a_short_secret_is_refused() {
    let error = Secret::new(b"short").unwrap_err().to_string();
    assert!(error.contains("32"), "{error}");
}
