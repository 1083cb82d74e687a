//! The invoices example as a process of its own, for the tests that do something to it.
//!
//! `shop <address of the database>` plants the demo data where there is no table yet, says `listening <address> <token>`
//! with a token of Ada's, and serves until its standard input ends, or it is killed.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use mimsy::store::Options;
use mimsy::test;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("usage: shop <address of the database>")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        // So that tests of outages need not wait for long.
        let options = Options { busy_timeout: Duration::from_secs(1), ..Options::default() };
        let shop = test::start_on(invoices::app().store(options), &url).await;
        let token = shop.token("ada@acme.test").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut told = std::io::stdout();
        writeln!(told, "listening {} {token}", listener.local_addr()?)?;
        told.flush()?;
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            drop(ended);
        });
        shop.app()
            .serve(listener, async {
                let _ = end.await;
            })
            .await;
        shop.app().close().await;
        Ok(())
    })
}
