//! Mimsy as its users write it, guarded: a tenant, an actor with a role, an item that both rules protect.

mod item;
mod org;
mod user;

use std::time::Duration;

use mimsy::Secret;
use mimsy::prelude::*;
use tokio::net::TcpListener;

use self::item::Item;
use self::org::Org;
use self::user::{Role, User};
use super::{announce, url};
use crate::Outcome;
use crate::sample::{EMAIL, ORGS, ROWS, Sample};

mimsy::schema! { pub Warehouse: Org, User, Item }

/// How many rows are planted in one transaction.
const BATCH: u64 = 5000;

async fn connect(place: &str) -> Outcome<mimsy::ConnectedApp> {
    let secret = Secret::new(b"a secret of the measured application")?;
    Ok(App::new(Warehouse).secret(secret).connect(&url(place)).await?)
}

pub(super) async fn serve(listener: TcpListener, place: &str) -> Outcome<()> {
    let app = connect(place).await?;
    let caller = app.find_login(EMAIL).await?;
    announce(&listener, Some(app.token(&caller, Duration::from_secs(3600))))?;
    app.serve(listener, std::future::pending()).await;
    Ok(())
}

pub(super) async fn seed(place: &str) -> Outcome<()> {
    let app = connect(place).await?;
    let access = app.system("plant the rows to measure");
    let mut orgs = Vec::new();
    for name in ORGS {
        orgs.push(access.create::<Org>(Draft::<Org> { name: name.to_owned() }).await?.key);
    }
    let caller = Draft::<User> { org: Some(orgs[0].into()), email: EMAIL.to_owned(), role: Role::Billing };
    access.create::<User>(caller).await?;
    for first in (0..ROWS).step_by(usize::try_from(BATCH)?) {
        let drafts = (first..ROWS.min(first + BATCH)).map(|number| {
            let org = orgs[usize::from(!number.is_multiple_of(2))];
            Item::draft(org, Sample::new(number))
        });
        access.create_many::<Item>(drafts.collect()).await?;
    }
    app.close().await;
    Ok(())
}
