//! A command of the program's own: what is owed to each organisation.

use clap::Args;
use mimsy::ConnectedApp;
use mimsy::prelude::*;

use crate::invoice::{Invoice, Status};
use crate::org::Org;

/// Print what is owed to each organisation: the sum of its sent invoices.
#[derive(Args)]
pub struct Owed {
    /// Only the organisation of this name.
    #[arg(long)]
    org: Option<String>,
}

/// Run the command.
pub async fn owed(app: ConnectedApp, args: Owed) -> Result<(), Error> {
    let access = app.system("print what is owed");
    let mut orgs = access.list::<Org>().sort("name");
    if let Some(name) = args.org {
        orgs = orgs.eq("name", name);
    }
    for org in orgs.page().await?.rows {
        let mut sum = Decimal::ZERO;
        let mut after = None;
        loop {
            let sent = access.list::<Invoice>().eq("org", Ref::from(&org)).eq("status", Status::Sent).limit(1000);
            let page = match after {
                Some(cursor) => sent.after(cursor).page().await?,
                None => sent.page().await?,
            };
            sum += page.rows.iter().map(|invoice| invoice.total).sum::<Decimal>();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        println!("{:20} {sum}", org.name);
    }
    Ok(())
}
