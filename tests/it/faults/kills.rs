//! `kill -9` in the middle of writing, again and again: of the server, and of the database's.
//!
//! Every writer knows what was acknowledged to it, and of one request at most it does not know what became of it. After
//! each kill all that was acknowledged is there, that one is there whole or not at all, and asking for it again under its
//! `Idempotency-Key` does it once.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use mimsy_runtime::store::rusqlite::Connection;
use mimsy_tests::cluster::{Engine, Server, engines, fresh};
use serde_json::json;
use uuid::Uuid;

use super::client::{Answer, Client};
use super::served::Served;

const WRITERS: u32 = 6;

/// How long a request that cannot be answered yet is asked again.
const PATIENCE: Duration = Duration::from_secs(30);

/// An invoice, as its writer knows it or as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Invoice {
    id: String,
    note: Option<String>,
    lines: usize,
}

/// By number.
type Invoices = BTreeMap<String, Invoice>;

/// Something to do to the invoice of a number.
#[derive(Clone, Debug)]
enum Deed {
    Create,
    Note(String),
    AddLine,
    Delete,
}

/// A request whose fate may be unknown.
#[derive(Clone, Debug)]
struct Request {
    number: String,
    deed: Deed,
    key: String,
}

struct Writer {
    customer: String,
    next: u32,
    known: Invoices,
    unanswered: Option<Request>,
}

fn random(below: u64) -> u64 {
    Uuid::new_v4().as_u64_pair().1 % below
}

impl Writer {
    fn new(number: u32, customer: &str) -> Self {
        let next = (number + 1) * 100_000;
        Self { customer: customer.to_owned(), next, known: Invoices::new(), unanswered: None }
    }

    /// Write until a request is not answered; tell of each that was.
    fn write(&mut self, client: &mut Client, acknowledged: &Sender<()>) {
        loop {
            let request = self.think();
            match self.send(client, &request) {
                Some(answer) => {
                    self.learn(&request, &answer);
                    let _ = acknowledged.send(());
                }
                None => {
                    self.unanswered = Some(request);
                    return;
                }
            }
        }
    }

    /// Mostly something new, else something about one of the last.
    fn think(&mut self) -> Request {
        let known = self.known.keys().rev().nth(usize::try_from(random(8)).unwrap()).cloned();
        let (number, deed) = match (random(8), known) {
            (0, Some(number)) => (number, Deed::Delete),
            (1 | 2, Some(number)) => (number, Deed::Note(Uuid::new_v4().to_string())),
            (3 | 4, Some(number)) => (number, Deed::AddLine),
            _ => {
                self.next += 1;
                (format!("INV-{}", self.next), Deed::Create)
            }
        };
        Request { number, deed, key: Uuid::new_v4().to_string() }
    }

    /// The answer, if it says that it is done; nothing where nobody can tell.
    fn send(&self, client: &mut Client, Request { number, deed, key }: &Request) -> Option<Answer> {
        let id = self.known.get(number).map_or("", |invoice| invoice.id.as_str());
        let path = format!("/api/invoices/{id}");
        let (method, path, body) = match deed {
            Deed::Create => {
                let body = json!({"number": number, "customer": self.customer, "total": "10.00"});
                ("POST", "/api/invoices", Some(body))
            }
            Deed::Note(note) => ("PATCH", path.as_str(), Some(json!({"note": note}))),
            Deed::AddLine => {
                let body = json!({"invoice": id, "description": "a line", "qty": 1, "price": "1.00"});
                ("POST", "/api/lines", Some(body))
            }
            Deed::Delete => ("DELETE", path.as_str(), None),
        };
        let answer = client.ask(method, path, &[("idempotency-key", key)], body.as_ref()).ok()?;
        match answer.status {
            200 | 201 | 204 => Some(answer),
            // The database is gone, or what was begun before it went is not over there.
            503 => None,
            409 if answer.code() == "IDEMPOTENCY_UNDER_WAY" => None,
            _ => panic!("{method} {path}: {answer:?}"),
        }
    }

    fn learn(&mut self, request: &Request, answer: &Answer) {
        let id = answer.json["data"]["id"].as_str().unwrap_or_default();
        match after(self.known.get(&request.number), &request.deed, id) {
            Some(invoice) => self.known.insert(request.number.clone(), invoice),
            None => self.known.remove(&request.number),
        };
    }

    /// Compare what is shown with what is known, and ask again for what was not answered.
    fn check(&mut self, client: &mut Client, shown: &Invoices) {
        let unanswered = self.unanswered.take();
        let asked = unanswered.as_ref().map(|request| request.number.as_str());
        let own = |number: &str| number[4..5] == self.next.to_string()[..1];
        let numbers = self.known.keys().chain(shown.keys().filter(|number| own(number)));
        for number in numbers.filter(|number| Some(number.as_str()) != asked) {
            assert_eq!(shown.get(number), self.known.get(number), "{number}");
        }
        let Some(request) = unanswered else { return };
        let (is, was) = (shown.get(&request.number), self.known.get(&request.number));
        let id = is.or(was).map_or("", |invoice| invoice.id.as_str());
        let done = after(was, &request.deed, id);
        assert!(is == was || is == done.as_ref(), "{request:?} was done by half: {was:?} became {is:?}");
        let since = Instant::now();
        let answer = loop {
            match self.send(client, &request) {
                Some(answer) => break answer,
                None => assert!(since.elapsed() < PATIENCE, "{request:?} is not answered"),
            }
        };
        if is != was {
            assert_eq!(answer.header("idempotency-replayed"), Some("true"), "{request:?} was done: {answer:?}");
        }
        self.learn(&request, &answer);
    }
}

/// What a deed makes of an invoice.
fn after(invoice: Option<&Invoice>, deed: &Deed, id: &str) -> Option<Invoice> {
    match (deed, invoice) {
        (Deed::Create, _) => Some(Invoice { id: id.to_owned(), note: None, lines: 0 }),
        (Deed::Note(note), Some(known)) => Some(Invoice { note: Some(note.clone()), ..known.clone() }),
        (Deed::AddLine, Some(known)) => Some(Invoice { lines: known.lines + 1, ..known.clone() }),
        (Deed::Note(_) | Deed::AddLine | Deed::Delete, _) => None,
    }
}

/// All invoices that the writers made, as the server shows them.
fn shown(client: &mut Client) -> Invoices {
    let mut invoices = Invoices::new();
    let first =
        "/api/invoices?include=lines&fields=id,number,note,lines&sort=number&filter[number][gte]=INV-100000&limit=100";
    let mut path = first.to_owned();
    loop {
        let page = client.get(&path);
        assert_eq!(page.status, 200, "{page:?}");
        for row in page.json["data"].as_array().unwrap() {
            let text = |name: &str| row[name].as_str().map(str::to_owned);
            let lines = row["lines"]["data"].as_array().unwrap().len();
            let invoice = Invoice { id: text("id").unwrap(), note: text("note"), lines };
            let twice = invoices.insert(text("number").unwrap(), invoice);
            assert_eq!(twice, None, "a number is there once");
        }
        match page.json["page"]["next"].as_str() {
            Some(next) => path = format!("{first}&after={next}"),
            None => return invoices,
        }
    }
}

/// Something that happens to the server, and what it takes to be there again.
trait Fault {
    fn strike(&mut self, server: &mut Served);
    fn mend(&mut self, server: &mut Served);
    fn check(&mut self) {}
}

/// Let writers write, strike, mend and check; so many times.
fn strike(times: usize, url: &str, fault: &mut impl Fault) {
    let mut server = Served::start(url);
    let customer = server.client().get("/api/customers?limit=1").json["data"][0]["id"].clone();
    let customer = customer.as_str().unwrap();
    let mut writers: Vec<Writer> = (0..WRITERS).map(|number| Writer::new(number, customer)).collect();
    for _ in 0..times {
        std::thread::scope(|scope| {
            let (acknowledged, acknowledgements) = channel();
            for writer in &mut writers {
                let (mut client, acknowledged) = (server.client(), acknowledged.clone());
                scope.spawn(move || writer.write(&mut client, &acknowledged));
            }
            drop(acknowledged);
            wait(&acknowledgements);
            fault.strike(&mut server);
        });
        fault.mend(&mut server);
        let mut client = server.client();
        well(&mut client);
        let shown = shown(&mut client);
        for writer in &mut writers {
            writer.check(&mut client, &shown);
        }
        fault.check();
    }
    let known: usize = writers.iter().map(|writer| writer.known.len()).sum();
    assert_eq!(shown(&mut server.client()).len(), known);
}

/// For some acknowledgements, and then for a moment: until somewhere in the middle of other requests.
fn wait(acknowledgements: &Receiver<()>) {
    for _ in 0..20 + random(100) {
        acknowledgements.recv().unwrap();
    }
    let until = Instant::now() + Duration::from_micros(random(5000));
    while acknowledgements.recv_timeout(until.saturating_duration_since(Instant::now()))
        != Err(RecvTimeoutError::Timeout)
    {}
}

/// Until the server says that it is ready.
fn well(client: &mut Client) {
    let since = Instant::now();
    while client.get("/readyz").status != 200 {
        assert!(since.elapsed() < PATIENCE, "it does not get well");
    }
}

/// The server is killed, and started again on the same database.
struct KilledServer<'d> {
    url: &'d str,
    engine: Engine,
}

impl Fault for KilledServer<'_> {
    fn strike(&mut self, server: &mut Served) {
        server.kill();
    }

    fn mend(&mut self, server: &mut Served) {
        *server = Served::start(self.url);
    }

    fn check(&mut self) {
        if self.engine == Engine::Sqlite {
            let file = Connection::open(self.url.trim_start_matches("sqlite://")).unwrap();
            let said: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(said, "ok");
            let mut orphans = file.prepare("PRAGMA foreign_key_check").unwrap();
            assert!(!orphans.exists([]).unwrap(), "a row points to one that is not there");
        }
    }
}

#[test]
fn what_was_acknowledged_outlives_the_server() {
    for (engine, times) in [(Engine::Sqlite, 25), (Engine::Postgres, 10)] {
        if engines().contains(&engine) {
            let database = fresh(engine);
            strike(times, &database.url, &mut KilledServer { url: &database.url, engine });
        }
    }
}

/// The database's server is killed and started again; ours goes on.
struct KilledDatabase<'s>(&'s Server);

impl Fault for KilledDatabase<'_> {
    fn strike(&mut self, _: &mut Served) {
        self.0.kill().unwrap();
    }

    fn mend(&mut self, server: &mut Served) {
        let mut client = server.client();
        let since = Instant::now();
        let ready = loop {
            // Its processes take a moment to notice, and answer until then.
            let ready = client.get("/readyz");
            if ready.status != 200 {
                break ready;
            }
            assert!(since.elapsed() < PATIENCE, "nobody notices");
        };
        assert_eq!((ready.status, ready.code()), (503, "UNAVAILABLE"), "{ready:?}");
        assert!(ready.header("retry-after").is_some());
        assert_eq!(client.get("/healthz").status, 200);
        let list = client.get("/api/invoices");
        assert_eq!((list.status, list.code()), (503, "UNAVAILABLE"), "{list:?}");
        assert!(list.header("retry-after").is_some());
        self.0.resume().unwrap();
    }
}

#[test]
fn what_was_acknowledged_outlives_the_server_of_the_database() {
    if engines().contains(&Engine::Postgres) {
        let server = Server::start().unwrap();
        let database = server.database();
        strike(4, &database.url, &mut KilledDatabase(&server));
    }
}
