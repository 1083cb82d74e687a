//! Several actions of the typed API in one transaction, under the same policies as alone.

use std::future::pending;
use std::time::Duration;

use invoices::customer::Customer;
use invoices::invoice::Invoice;
use invoices::user::{Role, User};
use mimsy::ConnectedApp;
use mimsy::prelude::*;
use mimsy_tests::shop::on_every_database;

async fn user(app: &ConnectedApp, login: &str) -> User {
    let found = app.system("a test").list::<User>().eq("email", login.to_owned()).page().await.unwrap();
    found.rows.into_iter().next().unwrap()
}

async fn customer(access: &Access) -> Id<Customer> {
    access.list::<Customer>().sort("name").limit(1).page().await.unwrap().rows[0].id
}

fn draft(customer: Id<Customer>, number: &str) -> Draft<Invoice> {
    Draft::<Invoice> {
        org: None,
        number: number.to_owned(),
        customer: customer.into(),
        status: None,
        total: Decimal::new(1250, 2),
        note: None,
    }
}

async fn numbered(access: &Access, number: &str) -> usize {
    access.list::<Invoice>().eq("number", number.to_owned()).page().await.unwrap().rows.len()
}

/// What a program's own work fails with.
#[derive(Debug)]
enum Failure {
    Bank,
    Mimsy(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Mimsy(error)
    }
}

#[test]
fn all_actions_are_kept_or_none() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let ada = app.as_actor(&user(app, "ada@acme.test").await);
        let customer = customer(&ada).await;
        let created: Result<_, Error> = ada
            .transaction(async |tx| {
                let invoice = tx.create::<Invoice>(draft(customer, "INV-810001")).await?.row.unwrap();
                assert_eq!(numbered(&tx, "INV-810001").await, 1, "it reads what it wrote");
                assert_eq!(numbered(&ada, "INV-810001").await, 0, "and others do not");
                let twice = tx.create::<Invoice>(draft(customer, "INV-810001")).await.unwrap_err();
                assert_eq!(twice.kind(), ErrorKind::Duplicate, "an action that fails leaves the transaction");
                tx.create::<Invoice>(draft(customer, "INV-810002")).await?;
                tx.update::<Invoice>(invoice.id, Patch::<Invoice>::default().note(Some("both".to_owned()))).await
            })
            .await;
        assert_eq!(created.unwrap().note.as_deref(), Some("both"));
        assert_eq!((numbered(&ada, "INV-810001").await, numbered(&ada, "INV-810002").await), (1, 1));

        let refused: Result<(), Failure> = ada
            .transaction(async |tx| {
                tx.create::<Invoice>(draft(customer, "INV-810003")).await?;
                Err(Failure::Bank)
            })
            .await;
        assert!(matches!(refused, Err(Failure::Bank)));
        let timed_out: Result<(), Failure> = ada
            .transaction_within(Duration::from_millis(100), async |tx| {
                tx.create::<Invoice>(draft(customer, "INV-810003")).await?;
                pending().await
            })
            .await;
        let Err(Failure::Mimsy(timed_out)) = timed_out else { panic!("{timed_out:?}") };
        assert_eq!(timed_out.kind(), ErrorKind::TimedOut);
        assert_eq!(numbered(&ada, "INV-810003").await, 0);
        ada.create::<Invoice>(draft(customer, "INV-810003")).await.unwrap();
    });
}

#[test]
fn a_role_that_a_transaction_changed_takes_effect_with_its_commit() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let ada = user(app, "ada@acme.test").await;
        let as_ada = app.as_actor(&ada);
        let root = app.as_actor(&user(app, "root@acme.test").await);
        // Ada's row is in the cache from now on.
        let first = draft(customer(&as_ada).await, "INV-820001");
        as_ada.create::<Invoice>(first).await.unwrap();
        let changed: Result<User, Error> = root
            .transaction(async |tx| {
                let changed = tx.update::<User>(ada.id, Patch::<User>::default().role(Role::Viewer)).await?;
                assert_eq!(changed.role, Role::Viewer);
                Ok(changed)
            })
            .await;
        changed.unwrap();
        let refused = as_ada.create::<Invoice>(draft(customer(&as_ada).await, "INV-820002")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
    });
}

#[test]
fn a_role_that_was_rolled_back_has_not_changed() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let root = user(app, "root@acme.test").await;
        let other = user(app, "ada@acme.test").await;
        let as_root = app.as_actor(&root);
        let outcome: Result<(), Error> = app
            .system("a test")
            .transaction(async |tx| {
                tx.update::<User>(other.id, Patch::<User>::default().role(Role::Viewer)).await?;
                Err(Error::new(ErrorKind::Internal))
            })
            .await;
        assert!(outcome.is_err());
        // Rolled back: nothing has changed for anybody.
        assert_eq!(as_root.get::<User>(other.id).await.unwrap().role, other.role);
        let as_other = app.as_actor(&other);
        as_other.create::<Invoice>(draft(customer(&as_other).await, "INV-830001")).await.unwrap();
    });
}

#[test]
fn a_transaction_does_not_nest_and_says_so() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let outcome: Result<(), Error> = app
            .system("a test")
            .transaction(async |tx| {
                let inner: Result<(), Error> = tx.transaction(async |_| Ok(())).await;
                inner
            })
            .await;
        let error = outcome.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("inside of a transaction"), "{cause}");
    });
}
