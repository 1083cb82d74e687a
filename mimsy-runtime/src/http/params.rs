//! The query string of a URL as a [`Query`], strictly: what is unknown, repeated, not opened or of the wrong type is a
//! [`Fault`], and all of them are told at once.
//!
//! Pure. Only what [`Routes`](mimsy_schema::Routes) opened can be named, besides the key by `eq` and `in`.
//!
//! Must not know: axum, who asks. To add an operator, see [`operator`].

mod expression;
mod fault;
mod filter;
mod given;
mod include;
pub mod operator;
mod pairs;
mod plain;
mod sort;
mod value;
mod view;

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Cardinality, List, Model, Schema, Text};

use fault::Spot;
pub use fault::{Fault, Faults, MOST_FAULTS};
pub(super) use pairs::without;
pub(super) use plain::Plain;
pub use value::read as read_value;

use crate::page::{self, Cursors, Limits, binding};
use crate::query::{Query, Start, View, Way};
use filter::{Filters, Written};
use given::Given;
use pairs::Pair;

/// How much a query string may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamLimits {
    /// Filters at most.
    pub filters: usize,
    /// Included relations at most.
    pub includes: usize,
    /// To-many relations inside of each other at most, in a filter.
    pub depth: usize,
    /// Included relations inside of each other at most.
    pub nesting: usize,
    /// Rows a page.
    pub page: Limits,
}

impl Default for ParamLimits {
    fn default() -> Self {
        Self { filters: 32, includes: 8, depth: 4, nesting: 4, page: Limits::default() }
    }
}

/// What a query string is read against.
#[derive(Clone, Copy, Debug)]
pub struct Params<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// The entity that is asked for.
    pub model: &'a Model,
    /// How much may be asked for.
    pub limits: ParamLimits,
    /// What opens an `after` or a `before`.
    pub cursors: &'a Cursors,
}

const LIST: &[&str] = &["filter", "where", "sort", "limit", "after", "before", "offset", "count", "include", "fields"];
const VIEW: &[&str] = &["include", "fields"];
const LATER: &[&str] = &["search", "aggregate"];

impl Params<'_> {
    /// The parameters of a list.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn list(&self, text: &str) -> Result<Query, Faults> {
        let limit = self.limits.page.default;
        if text.is_empty() {
            return Ok(Query { limit, ..Query::default() });
        }
        let mut faults = Faults::default();
        let mut query = Query { limit, ..Query::default() };
        let (mut start, mut filters) = (None, Filters::new(self, self.model));
        let pairs = pairs::split(text, &mut faults);
        for pair in &pairs {
            let spot = Spot::parameter(&pair.name);
            match pair.name.as_ref() {
                name if name.starts_with("filter[") => {
                    let given = Given::Parameter { value: &pair.value, raw: pair.raw };
                    filters.add(&Written { spot, name, given }, &mut faults);
                }
                "filter" => filters.bare(spot, &mut faults),
                "where" => query.matching.extend(expression::read(self, pair, &mut faults)),
                "sort" => query.sort = sort::read(self, pair, &mut faults),
                "limit" => match page::limit(&pair.value, self.limits.page) {
                    Some(limit) => query.limit = limit,
                    None => faults.add(&pair.name, "BAD_LIMIT", "must be a whole number from 1"),
                },
                "after" | "before" | "offset" => match &start {
                    None => start = Some(pair),
                    Some(before) => faults.add_with(&pair.name, "CONFLICTING_PARAMETERS", || {
                        format!("`{}` is there, too, and a page starts at one place", before.name)
                    }),
                },
                "count" => match pair.value.as_ref() {
                    "exact" => query.count = true,
                    "none" => {}
                    _ => faults.add(&pair.name, "BAD_VALUE", "must be `none` or `exact`"),
                },
                "include" | "fields" => {}
                _ => unknown(pair, LIST, &mut faults),
            }
        }
        let own = filters.count;
        query.filter = filters.finish();
        query.view = view::read(self, &pairs, own, &mut faults);
        if let Some(pair) = start {
            self.start(pair, &mut query, &mut faults);
        }
        faults.or(query)
    }

    /// Where a page starts: `after=`, `before=` or `offset=`.
    fn start(&self, pair: &Pair<'_>, query: &mut Query, faults: &mut Faults) {
        let way = match pair.name.as_ref() {
            "offset" => {
                match page::offset(&pair.value) {
                    Some(0) => {}
                    Some(offset) => query.start = Start::Offset(offset),
                    None => faults.add_with(&pair.name, "BAD_OFFSET", || {
                        let most = page::MAX_OFFSET;
                        format!("must be a whole number up to {most}; follow `page.next` to rows that lie further")
                    }),
                }
                return;
            }
            "before" => Way::Backwards,
            _ => Way::Forwards,
        };
        // A cursor is bound to the filter and the sort; beside faulty ones there is nothing to open it with.
        if !faults.is_empty() {
            return;
        }
        match self.cursors.open(&pair.value, binding(self.schema, self.model, query).towards(way)) {
            Some(position) if way == Way::Backwards => query.start = Start::Before(position),
            Some(position) => query.start = Start::After(position),
            None => faults.add(&pair.name, "CURSOR_INVALID", CURSOR_INVALID),
        }
    }

    /// The parameters of a single row.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn view(&self, text: &str) -> Result<View, Faults> {
        if text.is_empty() {
            return Ok(View::default());
        }
        let mut faults = Faults::default();
        let pairs = pairs::split(text, &mut faults);
        for pair in pairs.iter().filter(|pair| !VIEW.contains(&pair.name.as_ref())) {
            unknown(pair, VIEW, &mut faults);
        }
        let view = view::read(self, &pairs, 0, &mut faults);
        faults.or(view)
    }

    /// The parameter of a batch: `atomic`, which is `true` unless it says otherwise.
    ///
    /// # Errors
    /// Each other one that is there.
    pub fn atomic(text: &str) -> Result<bool, Faults> {
        let mut faults = Faults::default();
        let mut atomic = true;
        for pair in &pairs::split(text, &mut faults) {
            match (pair.name.as_ref(), pair.value.as_ref()) {
                ("atomic", "true") => {}
                ("atomic", "false") => atomic = false,
                ("atomic", _) => faults.add(&pair.name, "BAD_VALUE", "must be `true` or `false`"),
                _ => unknown(pair, &["atomic"], &mut faults),
            }
        }
        faults.or(atomic)
    }

    /// The parameters of a write: none.
    ///
    /// # Errors
    /// Each one that is there.
    pub fn none(text: &str) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for pair in &pairs::split(text, &mut faults) {
            unknown(pair, &[], &mut faults);
        }
        faults.or(())
    }
}

/// One message, whatever is wrong with a cursor.
const CURSOR_INVALID: &str = "the cursor does not belong to this query; start again without it, keep path, filter and \
                              sort the same from page to page, and give `page.next` to `after`, `page.prev` to `before`";

fn unknown(pair: &Pair<'_>, known: &[&str], faults: &mut Faults) {
    let name = pair.name.as_ref();
    faults.add_with(name, "UNKNOWN_PARAMETER", || {
        if let Some(field) = name.strip_prefix("filter.").filter(|_| known.contains(&"filter")) {
            format!("filters are written `filter[{}]=…`", told(field))
        } else if LATER.contains(&name) {
            format!("`{name}` is not there yet")
        } else if let Some(near) = nearest(name, known.iter().copied()) {
            format!("there is no parameter `{name}`; did you mean `{near}`?")
        } else if known.is_empty() {
            "a write takes no parameters".to_owned()
        } else {
            format!("there is no parameter `{}`; there are {}", told(name), listed(known.iter().copied()))
        }
    });
}

/// What a list of opened paths holds.
struct Opened<'a> {
    schema: &'a Schema,
    model: &'a Model,
    paths: &'a [List<Text>],
    /// What they are opened to, in words.
    purpose: &'static str,
}

/// The purpose whose paths go through to-many relations, too.
const INCLUDES: &str = "includes";

impl Opened<'_> {
    fn holds(&self, names: &[&str]) -> bool {
        self.paths.iter().any(|path| path.len() == names.len() && path.iter().zip(names).all(|(a, b)| a == b))
    }

    /// Why a name is refused: not there, or there and not opened.
    fn refuse(&self, spot: Spot<'_>, name: &str, faults: &mut Faults) {
        let names: Vec<&str> = name.split('.').collect();
        let walked = match self.purpose {
            INCLUDES => self.schema.reach(self.model, &names),
            _ => self.schema.walk(self.model, &names),
        };
        let is_there = walked.is_ok();
        let code = if is_there { "FIELD_NOT_OPEN" } else { "UNKNOWN_FIELD" };
        spot.fault(faults, code, || {
            let opened = self.names();
            let all = || opened.iter().map(String::as_str);
            let (entity, name, purpose) = (self.model.name(), told(name), self.purpose);
            let open = || format!("open to {purpose}: {}", listed(all()));
            let after = walked.err().filter(|at| self.purpose != INCLUDES && self.is_to_many(&names[..*at]));
            match nearest(&name, all()) {
                _ if is_there => format!("`{name}` of {entity} is not open to {purpose}; {}", open()),
                _ if after.is_some() => {
                    let (rows, field) = names.split_at(after.unwrap_or_default());
                    let (rows, field) = (rows.join("."), field.join("."));
                    format!(
                        "`{rows}` is a to-many relation; a filter on its rows is `filter[{rows}][some][{}]`",
                        told(&field)
                    )
                }
                Some(near) => format!("{entity} has no field `{name}`; did you mean `{near}`?"),
                None => format!("{entity} has no field `{name}`; {}", open()),
            }
        });
    }

    /// Whether a path ends at a to-many relation.
    fn is_to_many(&self, names: &[&str]) -> bool {
        let steps = self.schema.walk(self.model, names).unwrap_or_default();
        let link = steps.last().and_then(|last| last.model.link(last.field));
        link.is_some_and(|link| link.cardinality == Cardinality::Many)
    }

    /// The paths as they are written; of includes also what lies on their way.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(self.paths.len());
        for path in self.paths {
            let path: Vec<&str> = path.iter().map(Text::as_str).collect();
            let from = if self.purpose == INCLUDES { 1 } else { path.len() };
            for end in from..=path.len() {
                let name = path[..end].join(".");
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

/// The names of a comma-separated list; an empty list or an empty name is a fault.
fn names<'a>(pair: &'a Pair<'_>, faults: &mut Faults) -> Vec<&'a str> {
    if pair.value.split(',').any(str::is_empty) {
        faults.add(&pair.name, "BAD_VALUE", "must be names, separated by commas");
        return Vec::new();
    }
    pair.value.split(',').collect()
}

#[cfg(test)]
mod tests;
