//! Mimsy without a fence: the same item, open to everybody.

mod item;
mod org;

use mimsy::Secret;
use mimsy::prelude::*;
use mimsy::store::rusqlite;
use tokio::net::TcpListener;

use self::item::Item;
use self::org::Org;
use super::{announce_with, url};
use crate::Outcome;
use crate::sample::{ORGS, ROWS, Sample};

mimsy::schema! { pub Bazaar: Org, Item }

/// How many rows are planted in one transaction.
const BATCH: u64 = 5000;

async fn connect(place: &str) -> Outcome<mimsy::ConnectedApp> {
    let secret = Secret::new(b"a secret of the measured application")?;
    Ok(App::new(Bazaar).secret(secret).connect(&url(place)).await?)
}

pub(super) async fn serve(listener: TcpListener, place: &str) -> Outcome<()> {
    let app = connect(place).await?;
    let acme = app.system("what lists ask for").list::<Org>().eq("name", ORGS[0].to_owned()).page().await?;
    let acme = acme.rows.first().ok_or("there is no organisation")?.id;
    announce_with(&listener, None, Some(format!("filter[org]={acme}")))?;
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
    for first in (0..ROWS).step_by(usize::try_from(BATCH)?) {
        let drafts = (first..ROWS.min(first + BATCH)).map(|number| {
            let org = orgs[usize::from(!number.is_multiple_of(2))];
            Item::draft(org, Sample::new(number))
        });
        access.create_many::<Item>(drafts.collect()).await?;
    }
    app.close().await;
    // The index that a tenant's fence has: so both subjects do the same, but for the policy and the token.
    rusqlite::Connection::open(place)?.execute_batch("CREATE INDEX items_org_id ON items (org, id)")?;
    Ok(())
}
