//! The requests that are sent: made beforehand, drawn at random.
//!
//! Keys and cursors are the server's own: the whole list is walked once, a hundred rows at a time, as a client would.

use std::sync::Arc;

use super::connection::Connection;
use crate::Outcome;
use crate::arguments::LoadOptions;
use crate::sample::{ROWS, Sample};
use crate::workload::Workload;

/// How many requests are prepared.
const PREPARED: usize = 4096;

/// The most pages that are walked.
const PAGES: usize = 2000;

pub(crate) struct Requests {
    prepared: Arc<[Arc<[u8]>]>,
}

/// What a walk over the list finds.
#[derive(Default)]
struct Walked {
    keys: Vec<String>,
    cursors: Vec<String>,
    org: String,
}

impl Requests {
    pub(crate) async fn prepare(options: &LoadOptions) -> Outcome<Self> {
        let mut connection = Connection::open(options.address).await?;
        let writer = RequestWriter {
            host: options.address.to_string(),
            token: options.token.clone(),
            query: options.query.clone(),
        };
        let walked = walk(&mut connection, &writer).await?;
        let enough = match options.workload {
            Workload::Get | Workload::Create => !walked.keys.is_empty(),
            Workload::List20 | Workload::List100 | Workload::Mixed => !walked.cursors.is_empty(),
        };
        if !enough {
            return Err("the list holds too few rows to measure".into());
        }
        let some = |values: &[String]| -> Vec<String> {
            (0..PREPARED).map(|at| values[at * values.len() / PREPARED].clone()).collect()
        };
        let all = |workload| -> Vec<Arc<[u8]>> {
            match workload {
                Workload::Get => {
                    some(&walked.keys).iter().map(|key| writer.get(&format!("/api/items/{key}"))).collect()
                }
                Workload::List20 => some(&walked.cursors).iter().map(|cursor| writer.page(20, Some(cursor))).collect(),
                Workload::List100 => {
                    some(&walked.cursors).iter().map(|cursor| writer.page(100, Some(cursor))).collect()
                }
                Workload::Create | Workload::Mixed => (0..PREPARED as u64)
                    .map(|number| writer.post("/api/items", &Sample::new(ROWS + number).body(&walked.org)))
                    .collect(),
            }
        };
        let mut prepared = all(options.workload);
        if options.workload == Workload::Mixed {
            // They are drawn at random, so that the order does not matter.
            let (get, list) = (all(Workload::Get), all(Workload::List20));
            for (at, request) in prepared.iter_mut().enumerate().filter(|(at, _)| at % 10 > 0) {
                *request = if at % 10 < 7 { get[at].clone() } else { list[at].clone() };
            }
        }
        Ok(Self { prepared: prepared.into() })
    }

    /// An endless walk over the prepared requests, another for each client.
    pub(crate) fn walk(&self, client: usize) -> impl Iterator<Item = Arc<[u8]>> + use<> {
        let prepared = self.prepared.clone();
        let mut state = (client as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        std::iter::repeat_with(move || {
            // xorshift64
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            prepared[(state >> 32) as usize % prepared.len()].clone()
        })
    }
}

async fn walk(connection: &mut Connection, writer: &RequestWriter) -> Outcome<Walked> {
    let mut walked = Walked::default();
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES {
        let answer = connection.ask(&writer.page(100, cursor.as_deref())).await?;
        if !answer.is_success() {
            return Err(format!("the list cannot be walked: {}", answer.shown()).into());
        }
        let page: serde_json::Value = serde_json::from_slice(answer.body)?;
        let rows = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        walked.keys.extend(rows.iter().map(|row| text(row, "id")));
        if let Some(row) = rows.first() {
            walked.org = text(row, "org");
        }
        cursor = page["page"]["next"].as_str().map(str::to_owned);
        match &cursor {
            Some(next) => walked.cursors.push(next.clone()),
            None => break,
        }
    }
    // The page behind the last cursor may be short.
    walked.cursors.pop();
    Ok(walked)
}

/// Writes requests in full.
struct RequestWriter {
    host: String,
    token: Option<String>,
    /// Added to the query of lists.
    query: Option<String>,
}

impl RequestWriter {
    fn get(&self, target: &str) -> Arc<[u8]> {
        format!("GET {target} HTTP/1.1\r\n{}\r\n", self.head()).into_bytes().into()
    }

    fn page(&self, limit: usize, after: Option<&str>) -> Arc<[u8]> {
        let after = after.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let query = self.query.as_ref().map(|query| format!("&{query}")).unwrap_or_default();
        self.get(&format!("/api/items?limit={limit}{query}{after}"))
    }

    fn post(&self, target: &str, body: &str) -> Arc<[u8]> {
        let length = body.len();
        let head = self.head();
        format!(
            "POST {target} HTTP/1.1\r\n{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
        .into()
    }

    fn head(&self) -> String {
        let token = self.token.as_ref().map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        format!("host: {}\r\naccept: application/json\r\n{token}", self.host)
    }
}
