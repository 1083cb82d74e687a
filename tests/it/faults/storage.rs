//! Nothing can be written: the disk is full, the file or the server is read-only.
//!
//! Full and read-only file systems are mounted in a namespace of the server's own, which the system may not allow; then
//! that is said, and the tests are left out.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mimsy_runtime::store::rusqlite::Connection;
use mimsy_tests::cluster::{self, Engine, engines};
use mimsy_tests::shop::Shop;
use serde_json::{Value as Json, json};

use super::client::{Answer, Client};
use super::served::Served;

const PATIENCE: Duration = Duration::from_secs(30);

/// A command in a namespace of mounts of its own, where it may mount.
fn apart(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "--", "sh", "-ec", script]);
    command
}

/// Whether the system lets us mount in a namespace.
fn may_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut command = apart("mount -t tmpfs -o size=1m none \"$0\"");
    command.arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let may = command.status().is_ok_and(|status| status.success());
    if !may {
        let _ =
            writeln!(std::io::stderr(), "\n=== no mounts by `unshare`: full and read-only disks are NOT tested ===\n");
    }
    may
}

/// The shop, served from a folder that the script prepares; `$0` is the server, `$1` the folder.
fn served(script: &str, folder: &Path) -> Result<Served, String> {
    let mut command = apart(&format!("{script}\nexec \"$0\" \"sqlite://$1/shop.db\""));
    command.arg(env!("CARGO_BIN_EXE_shop")).arg(folder);
    Served::run(command)
}

fn create(client: &mut Client, customer: &Json, number: u32) -> Answer {
    let note = "x".repeat(900);
    let body = json!({"number": format!("INV-{number:06}"), "customer": customer, "total": "1.00", "note": note});
    client.ask("POST", "/api/invoices", &[], Some(&body)).unwrap()
}

fn has(client: &mut Client, number: u32) -> bool {
    let answer = client.get(&format!("/api/invoices?filter[number]=INV-{number:06}&fields=number"));
    assert_eq!(answer.status, 200, "{answer:?}");
    !answer.json["data"].as_array().unwrap().is_empty()
}

#[test]
fn a_full_disk_stops_writes_alone_and_until_there_is_room() {
    if !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = served("mount -t tmpfs -o size=8m none \"$1\"", folder.path()).unwrap();
    let inside = PathBuf::from(format!("/proc/{}/root{}", server.id(), folder.path().display()));
    let mut client = server.client();
    let customer = client.get("/api/customers?limit=1").json["data"][0]["id"].clone();
    assert_eq!(client.get("/readyz").json, json!({"status": "ready"}));

    let filler = inside.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    // Until nothing more fits, in small steps.
    while file.write_all(&[0; 4096]).is_ok() {}
    drop(file);
    let (mut number, mut refused) = (100_000, 0);
    let mut there = Vec::new();
    while refused < 5 {
        number += 1;
        let answer = create(&mut client, &customer, number);
        match answer.status {
            // There is room in the log.
            201 => there.push(number),
            _ => {
                refused += 1;
                assert_eq!((answer.status, answer.code()), (507, "STORAGE_FULL"), "{answer:?}");
                assert!(answer.header("retry-after").is_some());
                assert!(!has(&mut client, number), "nothing of it was done");
                assert_eq!(client.get("/readyz").json, json!({"status": "ready", "writes": "STORAGE_FULL"}));
            }
        }
    }
    for number in &there {
        assert!(has(&mut client, *number), "{number} was acknowledged");
    }
    std::fs::remove_file(filler).unwrap();
    assert_eq!(create(&mut client, &customer, number).status, 201, "there is room again");
    assert!(has(&mut client, number));
    assert_eq!(client.get("/readyz").json, json!({"status": "ready"}));
    let file = Connection::open(inside.join("shop.db")).unwrap();
    let said: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
}

#[test]
fn a_file_that_cannot_be_written_is_told_at_the_start() {
    if !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/shop.db", folder.path().display());
    drop(Served::start(&url));
    // Killed, it has left its log behind: it cannot be read either without being written.
    let said = served("mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"", folder.path()).err().unwrap();
    assert!(said.contains("cannot be written: let this program write to it, and to its folder"), "{said}");
    drop(Served::start(&url));

    let empty = tempfile::tempdir().unwrap();
    let said = served("mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"", empty.path()).err().unwrap();
    assert!(said.contains("cannot be created: may this program write to its folder?"), "{said}");
}

#[test]
fn a_server_that_only_reads_stops_writes_alone_and_until_it_writes() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let server = cluster::Server::start().unwrap();
    let database = server.database();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let shop = Shop::open(invoices::app(), database).await;
        let ready = async || shop.app.get("/readyz").send().await.json();
        let create = async |number| shop.post("ada", "/api/invoices", shop.invoice(number).await).await;
        assert_eq!(create(100_001).await.status(), 201);
        for (number, only_reads) in [(100_002, "on"), (100_003, "off"), (100_004, "on"), (100_005, "off")] {
            server.set("default_transaction_read_only", only_reads).unwrap();
            let since = Instant::now();
            // The sessions that are open hear of it a moment later.
            let answer = loop {
                let answer = create(number).await;
                if (answer.status() == 503) == (only_reads == "on") {
                    break answer;
                }
                if answer.status() == 201 {
                    let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
                    shop.delete("ada", &format!("/api/invoices/{id}")).await;
                }
                assert!(since.elapsed() < PATIENCE, "{}", answer.json());
            };
            let there = shop.rows("ada", &format!("/api/invoices?filter[number]=INV-{number}")).await.len();
            if only_reads == "on" {
                assert_eq!(answer.json()["code"], "READ_ONLY");
                assert!(answer.header("retry-after").is_some());
                assert_eq!(there, 0);
                assert_eq!(ready().await, json!({"status": "ready", "writes": "READ_ONLY"}));
            } else {
                assert_eq!((answer.status(), there), (201, 1));
                assert_eq!(ready().await, json!({"status": "ready"}));
            }
        }
        shop.app.app().close().await;
    });
}
