//! Many rows in one request: `:batchCreate`, `:batchUpdate`, `:batchDelete`.
//!
//! A batch is done as a whole or not at all. With `?atomic=false` each item is a write of its own, in a savepoint, and the
//! answer (207) holds a result an item. Pointers lead into the body of the request, either way.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;

use super::dispatch::Asked;
use super::params::Params;
use super::problem::Problem;
use super::read::ROW;
use super::write::{JSON, Shown, settle, understood};
use super::written::Written;
use super::{body, etag};
use crate::actions::Work;
use crate::error::Error;
use crate::json::batch::{self, Faulty, Items, Most};
use crate::json::{JsonRows, write};

/// Headers that speak of one row.
const MEANINGLESS: &[&str] = &["If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since"];

/// Where the items of a batch are in its body.
#[derive(Clone, Copy)]
struct Places {
    list: &'static str,
    /// What stands between an item and its values.
    inside: &'static str,
}

impl Places {
    /// From a pointer that starts with a position: `/3/total` is `/items/3/patch/total`.
    fn lead(self, pointer: &str) -> String {
        let rest = pointer.trim_start_matches('/');
        let (at, values) = rest.find('/').map_or((rest, ""), |end| rest.split_at(end));
        self.to(at, values)
    }

    fn to(self, at: impl std::fmt::Display, values: &str) -> String {
        let inside = if values.is_empty() { "" } else { self.inside };
        format!("/{}/{at}{inside}{values}", self.list)
    }
}

const ROWS: Places = Places { list: "items", inside: "" };
const PATCHES: Places = Places { list: "items", inside: "/patch" };
const KEYS: Places = Places { list: "ids", inside: "" };

/// New rows.
pub(crate) async fn create(asked: Asked<'_>, body: &mut Body) -> Result<Response, Problem> {
    let Opened { name, atomic, bytes, most } = open(&asked, body).await?;
    let items = batch::creates(asked.model, &bytes, most)?;
    let (actions, who, entity) = (asked.door.actions(), &asked.who, asked.model.id);
    if atomic {
        let work = actions.creating_many(who, entity, batch::whole(items)?)?;
        return rows(&asked, name, &bytes, work, StatusCode::CREATED, ROWS).await;
    }
    let part = |input| {
        let shown = Shown::by(&asked);
        let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
        Ok(actions.creating(who, entity, input, output)?.map(move |created| shown.created(created)))
    };
    each(&asked, name, &bytes, items, part, ROWS).await
}

/// Changed rows.
pub(crate) async fn update(asked: Asked<'_>, body: &mut Body) -> Result<Response, Problem> {
    let Opened { name, atomic, bytes, most } = open(&asked, body).await?;
    let items = batch::edits(asked.model, &bytes, most, etag::versions)?;
    let (actions, who, entity) = (asked.door.actions(), &asked.who, asked.model.id);
    if atomic {
        let work = actions.updating_many(who, entity, batch::whole(items)?)?;
        return rows(&asked, name, &bytes, work, StatusCode::OK, PATCHES).await;
    }
    let part = |edit: crate::actions::Edit| {
        let (shown, key) = (Shown::by(&asked), edit.key.clone());
        let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
        Ok(actions.updating(who, entity, edit, output)?.map(move |got| shown.row(StatusCode::OK, key, got)))
    };
    each(&asked, name, &bytes, items, part, PATCHES).await
}

/// Rows less.
pub(crate) async fn delete(asked: Asked<'_>, body: &mut Body) -> Result<Response, Problem> {
    let Opened { name, atomic, bytes, most } = open(&asked, body).await?;
    let items = batch::keys(asked.model, &bytes, most)?;
    let (actions, who, entity) = (asked.door.actions(), &asked.who, asked.model.id);
    if atomic {
        let work = actions.deleting_many(who, entity, batch::whole(items)?)?;
        let done = settle(&asked, name, &bytes, work, |()| Written::nothing()).await;
        return done.map_err(|problem| problem.pointing(|pointer| KEYS.lead(pointer)));
    }
    let part = |key| Ok(actions.deleting(who, entity, key, Default::default())?.map(|()| Written::nothing()));
    each(&asked, name, &bytes, items, part, KEYS).await
}

/// What every batch needs to know of its request.
struct Opened {
    name: Option<String>,
    atomic: bool,
    bytes: Bytes,
    most: Most,
}

async fn open(asked: &Asked<'_>, body: &mut Body) -> Result<Opened, Problem> {
    let instead = "a batch is about many rows. Send the version that an item expects as its `if_match`.";
    let name = understood(asked, MEANINGLESS, instead)?;
    let atomic = Params::atomic(asked.query()).map_err(Problem::parameters)?;
    body::check_type(&asked.parts.headers, &[JSON])?;
    let bytes = body::read(body, asked.limits.body).await?;
    let config = asked.door.config();
    Ok(Opened { name, atomic, bytes, most: Most { depth: config.depth, items: config.batch } })
}

/// All rows in one answer.
async fn rows(
    asked: &Asked<'_>,
    name: Option<String>,
    body: &[u8],
    work: Work<Vec<crate::actions::Written>>,
    status: StatusCode,
    places: Places,
) -> Result<Response, Problem> {
    let work = work.given(JsonRows::new(asked.schema.clone(), b"{\"data\":[", ROW));
    let entity = asked.model.id;
    let finish = move |(output, rows): (JsonRows, Vec<crate::actions::Written>)| {
        let mut body = output.into_bytes();
        body.extend_from_slice(b"]}");
        let shows = rows.into_iter().filter(|one| one.row.is_some()).map(|one| (entity, one.key)).collect();
        Written { status, body, shows, ..Written::nothing() }
    };
    let done = settle(asked, name, body, work, finish).await;
    done.map_err(|problem| problem.pointing(|pointer| places.lead(pointer)))
}

/// Each item for itself, in one transaction.
async fn each<T>(
    asked: &Asked<'_>,
    name: Option<String>,
    body: &[u8],
    items: Items<T>,
    part: impl Fn(T) -> Result<Work<Written>, Error>,
    places: Places,
) -> Result<Response, Problem> {
    let (mut works, mut faulty) = (Vec::with_capacity(items.len()), Vec::new());
    for (at, item) in items.into_iter().enumerate() {
        match item {
            Ok(item) => works.push((at, part(item)?)),
            Err(Faulty { violations, more }) => faulty.push((at, Err(Problem::invalid(&violations, more)))),
        }
    }
    let (positions, works): (Vec<usize>, Vec<_>) = works.into_iter().unzip();
    let work = asked.door.actions().each(&asked.who, asked.model.id, works);
    let prefix = asked.door.config().prefix.clone();
    let finish = move |done: Vec<Result<Written, Error>>| {
        let done = positions.into_iter().zip(done).map(|(at, one)| {
            (at, one.map_err(|error| Problem::from(error).pointing(|pointer| places.to(at, pointer))))
        });
        let mut results: Vec<(usize, Result<Written, Problem>)> = done.chain(faulty).collect();
        results.sort_by_key(|(at, _)| *at);
        told(results.into_iter().map(|(_, result)| result), &prefix)
    };
    settle(asked, name, body, work, finish).await
}

/// `{"results":[{"status":201,"location":"…","etag":"…","data":{…}},{"status":422,"problem":{…}}]}`.
fn told(results: impl Iterator<Item = Result<Written, Problem>>, prefix: &str) -> Written {
    let (mut bytes, mut shows) = (b"{\"results\":[".to_vec(), Vec::new());
    for (at, result) in results.enumerate() {
        bytes.extend_from_slice(if at > 0 { b",{\"status\":" } else { b"{\"status\":" });
        let status = result.as_ref().map_or_else(Problem::status, |written| written.status);
        write::digits(&mut bytes, u64::from(status.as_u16()), 1);
        match result {
            Ok(written) => {
                for (name, value) in [("location", written.location), ("etag", written.tag)] {
                    if let Some(value) = value.as_ref().and_then(|value| value.to_str().ok()) {
                        write::name(&mut bytes, &mut b','.clone(), name);
                        write::text(&mut bytes, value);
                    }
                }
                // The members of its body, which is an object, stand beside those of the result.
                if let [b'{', members @ .., b'}'] = written.body.as_slice() {
                    bytes.push(b',');
                    bytes.extend_from_slice(members);
                }
                shows.extend(written.shows);
            }
            Err(problem) => {
                write::name(&mut bytes, &mut b','.clone(), "problem");
                bytes.extend_from_slice(&problem.document(prefix, None));
            }
        }
        bytes.push(b'}');
    }
    bytes.extend_from_slice(b"]}");
    Written { status: StatusCode::MULTI_STATUS, body: bytes, shows, ..Written::nothing() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_into_the_body() {
        for (places, pointer, expected) in [
            (ROWS, "/3/total", "/items/3/total"),
            (ROWS, "/3", "/items/3"),
            (PATCHES, "/3/total", "/items/3/patch/total"),
            (PATCHES, "/12/tags/0", "/items/12/patch/tags/0"),
            (PATCHES, "/3", "/items/3"),
            (KEYS, "/0", "/ids/0"),
        ] {
            assert_eq!(places.lead(pointer), expected);
        }
    }
}
