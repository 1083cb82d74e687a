//! The load generator: many keep-alive connections, each sending its next request when its last is answered.
//!
//! A process of its own on a core of its own, so that what it costs is not the server's. Raw HTTP/1.1 over TCP, since a
//! client library would cost more than the server.

pub(crate) mod connection;
pub(crate) mod requests;
pub(crate) mod timing;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use self::connection::Connection;
use self::requests::Requests;
use self::timing::Timings;
use crate::arguments::LoadOptions;
use crate::{Outcome, machine, process};

/// What a load came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measurement {
    /// Answered requests a second.
    pub(crate) rate: f64,
    /// Answers that were no success.
    pub(crate) errors: u64,
    /// The first of them.
    pub(crate) first_error: Option<String>,
    /// Half of the answers came within this many microseconds.
    pub(crate) p50: f64,
    /// 99 % did.
    pub(crate) p99: f64,
    /// The server's CPU time a request, in microseconds.
    pub(crate) cpu: f64,
    /// How much of its core the server used: below 1, the load generator was the limit.
    pub(crate) server_share: f64,
    /// The server's resident memory in MB, mapped files included.
    pub(crate) resident: f64,
    /// Without mapped files.
    pub(crate) anonymous: f64,
    /// Cores that were busy with neither the server nor the load: noise.
    pub(crate) foreign: f64,
    /// Bytes of an answer's body.
    pub(crate) body: usize,
}

/// Run a load and print what it came to.
pub(crate) fn run(options: LoadOptions) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measurement = runtime.block_on(measure(options))?;
    println!("{}", serde_json::to_string(&measurement)?);
    Ok(())
}

async fn measure(options: LoadOptions) -> Outcome<Measurement> {
    let requests = Requests::prepare(&options).await?;
    let begin = Instant::now() + Duration::from_secs_f64(options.warm_up);
    let end = begin + Duration::from_secs_f64(options.seconds);
    let mut clients = JoinSet::new();
    for client in 0..options.connections {
        let connection = Connection::open(options.address).await?;
        clients.spawn(drive(connection, requests.walk(client), begin, end));
    }
    let clock = Clock::new(options.server);
    sleep_until(begin).await;
    let before = clock.read()?;
    sleep_until(end).await;
    let after = clock.read()?;
    let all = async {
        let mut all = Timings::default();
        while let Some(one) = clients.join_next().await {
            all.add(one??);
        }
        Outcome::Ok(all)
    };
    let timings = timeout(Duration::from_secs(10), all)
        .await
        .map_err(|_| "the server left requests without an answer for 10 s")??;
    let server = after.server - before.server;
    let served = timings.len();
    let server_name = options.server.to_string();
    Ok(Measurement {
        rate: served / options.seconds,
        errors: timings.errors,
        p50: timings.percentile(0.5),
        p99: timings.percentile(0.99),
        cpu: server * 1e6 / served.max(1.0),
        server_share: server / options.seconds,
        resident: process::resident_mb(&server_name)?,
        anonymous: process::anonymous_mb(&server_name)?,
        foreign: ((after.machine - before.machine) - server - (after.own - before.own)) / options.seconds,
        body: timings.body,
        first_error: timings.first_error,
    })
}

/// One connection: ask, wait for the answer, ask again. Only what is answered between `begin` and `end` counts.
async fn drive(
    mut connection: Connection,
    mut walk: impl Iterator<Item = std::sync::Arc<[u8]>>,
    begin: Instant,
    end: Instant,
) -> Outcome<Timings> {
    let mut timings = Timings::default();
    let mut asked = Instant::now();
    while asked < end {
        let Some(request) = walk.next() else { break };
        let answer = connection.ask(&request).await?;
        let answered = Instant::now();
        if answered >= begin && answered < end {
            timings.record(answered - asked, &answer);
        }
        asked = answered;
    }
    Ok(timings)
}

/// Reads the CPU times of everybody involved.
struct Clock {
    server: String,
}

struct CpuTimes {
    server: f64,
    own: f64,
    machine: f64,
}

impl Clock {
    fn new(server: u32) -> Self {
        Self { server: server.to_string() }
    }

    fn read(&self) -> Outcome<CpuTimes> {
        Ok(CpuTimes {
            server: process::cpu_seconds(&self.server)?,
            own: process::cpu_seconds("self")?,
            machine: machine::busy_seconds()?,
        })
    }
}
