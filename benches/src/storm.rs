//! Many connections at once: nine reads to a write, for a minute. Nothing may fail; what is measured is how long answers
//! take, and what the server's memory comes to.
//!
//! Each connection asks again when it is answered; then all of them are always under way, and how long an answer takes
//! follows from how many the server gives (by Little's law, their quotient). With a rate they ask at fixed times instead,
//! and an answer takes as long as it is late: also the wait of a request that could not be sent yet.
//!
//! Nothing is pinned: server and load share the machine, as they would in a bad hour.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep_until, timeout};

use crate::arguments::{LoadOptions, RunOptions, StormOptions};
use crate::load::connection::Connection;
use crate::load::requests::Requests;
use crate::load::timing::Timings;
use crate::suite::bench::Bench;
use crate::workload::Workload;
use crate::{Outcome, machine, process};

/// How long an answer is waited for when all is over.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a connection came to.
#[derive(Default)]
struct Came {
    reads: Timings,
    writes: Timings,
}

/// The server's memory in MB.
#[derive(Clone, Copy, Default)]
struct Memory {
    resident: f64,
    anonymous: f64,
}

/// Seed, serve, load, and print the table.
pub(crate) fn run(options: &StormOptions) -> Outcome<()> {
    mimsy::raise_file_limit();
    let like = RunOptions {
        quick: false,
        rounds: 1,
        seconds: options.seconds,
        connections: options.connections,
        subjects: Vec::new(),
        workloads: Vec::new(),
    };
    let bench = Bench::new(&like)?.unpinned();
    eprintln!("{}", machine::description());
    bench.seed(&[options.subject])?;
    let server = bench.start(options.subject)?;
    let load = LoadOptions {
        workload: Workload::Mixed,
        address: server.ready.address,
        token: server.ready.token.clone(),
        query: server.ready.query.clone(),
        connections: options.connections,
        seconds: options.seconds,
        warm_up: 1.0,
        server: server.id(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let every = options.rate.map(|rate| Duration::from_secs_f64(options.connections as f64 / rate));
    let (came, most, last) = runtime.block_on(storm(&load, every))?;
    print(options, &came, most, last);
    match came.reads.first_error.or(came.writes.first_error) {
        None => Ok(()),
        Some(error) => Err(format!("{} errors; the first: {error}", came.reads.errors + came.writes.errors).into()),
    }
}

/// Load; what all connections came to, the most memory, and the memory at the end.
async fn storm(options: &LoadOptions, every: Option<Duration>) -> Outcome<(Came, Memory, Memory)> {
    let requests = Requests::prepare(options).await?;
    let mut connections = Vec::new();
    for _ in 0..options.connections {
        connections.push(Connection::open(options.address).await?);
    }
    let start = Instant::now();
    let begin = start + Duration::from_secs_f64(options.warm_up);
    let end = begin + Duration::from_secs_f64(options.seconds);
    let mut clients = JoinSet::new();
    for (client, connection) in connections.into_iter().enumerate() {
        // At a rate they take turns.
        let share = client as f64 / options.connections as f64;
        let pace = every.map(|every| (start + every.mul_f64(share), every));
        clients.spawn(drive(connection, requests.walk(client), pace, begin, end));
    }
    let server = options.server.to_string();
    let memory = || -> Outcome<Memory> {
        Ok(Memory { resident: process::resident_mb(&server)?, anonymous: process::anonymous_mb(&server)? })
    };
    let mut most = Memory::default();
    let mut ticks = interval(Duration::from_secs(1));
    while Instant::now() < end {
        tokio::select! {
            _ = ticks.tick() => {
                let now = memory()?;
                most.resident = most.resident.max(now.resident);
                most.anonymous = most.anonymous.max(now.anonymous);
            }
            () = sleep_until(end) => {}
        }
    }
    let all = async {
        let mut all = Came::default();
        while let Some(one) = clients.join_next().await {
            let one = one??;
            all.reads.add(one.reads);
            all.writes.add(one.writes);
        }
        Outcome::Ok(all)
    };
    let patience = PATIENCE.as_secs();
    let all = timeout(PATIENCE, all)
        .await
        .map_err(|_| format!("requests were left without an answer for {patience} s"))??;
    Ok((all, most, memory()?))
}

/// One connection: ask, wait for the answer, ask again; at a pace, the first time and every so often. Only what is answered
/// between `begin` and `end` counts.
async fn drive(
    mut connection: Connection,
    mut walk: impl Iterator<Item = std::sync::Arc<[u8]>>,
    mut pace: Option<(Instant, Duration)>,
    begin: Instant,
    end: Instant,
) -> Outcome<Came> {
    let mut came = Came::default();
    let mut asked = Instant::now();
    while asked < end {
        if let Some((due, every)) = &mut pace {
            sleep_until(*due).await;
            asked = *due;
            *due += *every;
        }
        let Some(request) = walk.next() else { break };
        let answer = connection.ask(&request).await?;
        let answered = Instant::now();
        if answered >= begin && answered < end {
            let of_kind = if request.starts_with(b"POST") { &mut came.writes } else { &mut came.reads };
            of_kind.record(answered - asked, &answer);
        }
        asked = answered;
    }
    Ok(came)
}

fn print(options: &StormOptions, came: &Came, most: Memory, last: Memory) {
    let rate = options.rate.map(|rate| format!(", {rate:.0} asked a second")).unwrap_or_default();
    println!(
        "| {}, {} connections, {} s{rate} | requests a second | p50 ms | p99 ms | p99.9 ms | slowest ms | errors |",
        options.subject.name(),
        options.connections,
        options.seconds
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, timings) in [("reads", &came.reads), ("writes", &came.writes)] {
        let at = |share| timings.percentile(share) / 1e3;
        println!(
            "| {name} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {} |",
            timings.len() / options.seconds,
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0),
            timings.errors,
        );
    }
    println!(
        "\nThe server's memory: {:.0} MB at most ({:.0} without mapped files), {:.0} MB ({:.0}) at the end.",
        most.resident, most.anonymous, last.resident, last.anonymous
    );
}
