//! The numbers as text: Prometheus' exposition format, version 0.0.4.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use mimsy_schema::Schema;

use super::{BOUNDS, METHODS, Metrics, Numbers, RefusedBy, STATUSES, process};
use crate::http::route::Shape;

/// The type of the text.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is read at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gauges {
    /// Requests under way.
    pub(crate) under_way: usize,
    /// Reads of the store so far.
    pub(crate) reads: u64,
    /// Writes of the store so far.
    pub(crate) writes: u64,
    /// Writes that wait or run.
    pub(crate) writing: usize,
    /// Whether writes succeed.
    pub(crate) writable: bool,
    /// Connections to the database, and how many of them do nothing.
    pub(crate) pool: Option<(u32, u32)>,
}

/// A metric's head.
fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// A metric of one number.
pub(super) fn one(out: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    head(out, name, kind, help);
    let _ = writeln!(out, "{name} {value}");
}

fn read(number: &AtomicU64) -> u64 {
    number.load(Ordering::Relaxed)
}

impl Metrics {
    /// All of it.
    pub(crate) fn text(&self, schema: &Schema, prefix: &str, gauges: Gauges) -> String {
        let mut out = String::with_capacity(16 << 10);
        let used = self.used(schema, prefix);
        head(&mut out, "mimsy_http_requests_total", "counter", "Requests answered.");
        for (labels, numbers) in &used {
            for (at, number) in numbers.statuses.iter().enumerate().filter(|(_, number)| read(number) > 0) {
                let status = STATUSES.get(at).map_or_else(|| "other".to_owned(), u16::to_string);
                let _ = writeln!(out, "mimsy_http_requests_total{{{labels},status=\"{status}\"}} {}", read(number));
            }
        }
        let name = "mimsy_http_request_duration_seconds";
        head(&mut out, name, "histogram", "How long requests took, from the head to the whole answer at hand.");
        for (labels, numbers) in &used {
            let mut sum = 0;
            for (at, number) in numbers.buckets.iter().enumerate() {
                sum += read(number);
                match BOUNDS.get(at) {
                    Some(bound) => {
                        let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{}\"}} {sum}", *bound as f64 / 1e6);
                    }
                    None => {
                        let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {sum}");
                    }
                }
            }
            let _ = writeln!(out, "{name}_sum{{{labels}}} {}", read(&numbers.nanoseconds) as f64 / 1e9);
            let _ = writeln!(out, "{name}_count{{{labels}}} {sum}");
        }
        one(&mut out, "mimsy_http_requests_in_flight", "gauge", "Requests under way.", gauges.under_way);
        let name = "mimsy_http_requests_refused_total";
        head(&mut out, name, "counter", "Requests refused before anything was done for them.");
        for (by, reason) in [(RefusedBy::Rate, "rate"), (RefusedBy::Concurrency, "concurrency")] {
            let _ = writeln!(out, "{name}{{reason=\"{reason}\"}} {}", read(&self.refused[by as usize]));
        }
        let served = &*self.sockets;
        for (name, kind, help, number) in [
            ("mimsy_http_connections", "gauge", "Connections that are open.", &served.open),
            ("mimsy_http_connections_accepted_total", "counter", "Connections taken.", &served.accepted),
            (
                "mimsy_http_connections_refused_total",
                "counter",
                "Connections for which there was no room.",
                &served.refused,
            ),
        ] {
            one(&mut out, name, kind, help, read(number));
        }
        one(&mut out, "mimsy_store_reads_total", "counter", "Units of reading.", gauges.reads);
        one(&mut out, "mimsy_store_writes_total", "counter", "Units of writing.", gauges.writes);
        one(&mut out, "mimsy_store_writes_pending", "gauge", "Units of writing that wait or run.", gauges.writing);
        let help = "0 where the last write failed for want of room, or since the database only reads.";
        one(&mut out, "mimsy_store_writable", "gauge", help, u8::from(gauges.writable));
        if let Some((open, idle)) = gauges.pool {
            one(&mut out, "mimsy_store_connections", "gauge", "Connections to the database.", open);
            one(&mut out, "mimsy_store_connections_idle", "gauge", "Those of them that do nothing.", idle);
        }
        head(&mut out, "mimsy_build_info", "gauge", "The version, and the hash of the schema.");
        let (version, hash) = (env!("CARGO_PKG_VERSION"), schema.hash());
        let _ = writeln!(out, "mimsy_build_info{{version=\"{version}\",schema=\"{hash:032x}\"}} 1");
        process::write(&mut out);
        out
    }

    /// The routes and methods that were asked for, as labels.
    fn used<'m>(&'m self, schema: &Schema, prefix: &str) -> Vec<(String, &'m Numbers)> {
        let routes = schema.models().iter().flat_map(|model| {
            let path = model.routes.as_ref().map_or("", |routes| routes.path.as_str());
            Shape::ALL.map(|shape| format!("{prefix}{}", shape.template(path)))
        });
        let routes = std::iter::once("unmatched".to_owned()).chain(routes);
        let labelled = routes.flat_map(|route| METHODS.map(|method| format!("method=\"{method}\",route=\"{route}\"")));
        labelled.zip(&self.numbers).filter_map(|(labels, numbers)| Some((labels, &**numbers.get()?))).collect()
    }
}
