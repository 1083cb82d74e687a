//! Mimsy without a fence: the same item, open to everybody.

mod item;
mod org;

use std::path::Path;

use mimsy::Secret;
use mimsy::prelude::*;
use tokio::net::TcpListener;

use self::item::Item;
use self::org::Org;
use super::announce;
use crate::Outcome;
use crate::sample::{ORGS, ROWS, Sample};

mimsy::schema! { pub Bazaar: Org, Item }

/// How many rows are planted in one transaction.
const BATCH: u64 = 5000;

async fn connect(file: &Path) -> Outcome<mimsy::ConnectedApp> {
    let secret = Secret::new(b"a secret of the measured application")?;
    Ok(App::new(Bazaar).secret(secret).connect(&format!("sqlite://{}", file.display())).await?)
}

pub(super) async fn serve(listener: TcpListener, file: &Path) -> Outcome<()> {
    let app = connect(file).await?;
    announce(&listener, None)?;
    app.serve(listener, std::future::pending()).await;
    Ok(())
}

pub(super) async fn seed(file: &Path) -> Outcome<()> {
    let app = connect(file).await?;
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
    Ok(())
}
