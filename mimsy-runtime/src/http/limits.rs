//! Limits of single routes, where they differ from those of the whole door.
//!
//! Resolved against the schema when the application starts, so that a misspelt path is told then, and a request only
//! looks up what holds for it.

use std::sync::Arc;
use std::time::Duration;

use mimsy_schema::{self as schema, EntityId, Model, Schema, name};

use super::config::{ConfigError, HttpConfig};
use super::gate::Gate;
use super::rate::{Limiter, Rate};

/// Limits of one entity's routes, or of one of its actions. What is not said stays as it is for the whole door; what is
/// said of an action goes before what is said of its entity, and a later word before an earlier one. All of it goes before
/// what `#[routes(create(body = …))]` says.
///
/// ```
/// use std::time::Duration;
/// use mimsy_runtime::http::{HttpConfig, Rate, RouteLimits};
///
/// let config = HttpConfig {
///     routes: vec![
///         RouteLimits::of("documents").body(10 << 20).time(Duration::from_secs(60)),
///         RouteLimits::of("documents").action("create").rate(Rate::per_minute(30)).concurrency(4),
///     ],
///     ..HttpConfig::default()
/// };
/// # assert_eq!(config.routes.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteLimits {
    /// The path of the entity, as in the URL.
    pub path: String,
    /// One of its actions, such as `create`; all, where there is none.
    pub action: Option<String>,
    /// A body has at most this many bytes.
    pub body: Option<usize>,
    /// A request takes at most this long.
    pub time: Option<Duration>,
    /// At most so many requests at once.
    pub concurrency: Option<usize>,
    /// At most so many requests of one caller: of the actor or, where there is none, of the address.
    pub rate: Option<Rate>,
}

impl RouteLimits {
    /// Of every action of the entity at a path.
    #[must_use]
    pub fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), action: None, body: None, time: None, concurrency: None, rate: None }
    }

    /// Of one action alone.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// A body has at most this many bytes.
    #[must_use]
    pub fn body(mut self, bytes: usize) -> Self {
        self.body = Some(bytes);
        self
    }

    /// A request takes at most this long.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// At most so many requests at once.
    #[must_use]
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = Some(requests);
        self
    }

    /// At most so many requests of one caller.
    #[must_use]
    pub fn rate(mut self, rate: Rate) -> Self {
        self.rate = Some(rate);
        self
    }
}

/// What holds for an action.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) body: usize,
    pub(crate) time: Duration,
    /// What is counted for it, beside what is counted for the whole door.
    pub(crate) counted: Vec<Arc<Counted>>,
}

/// The counters of one [`RouteLimits`]; those of an entity are shared by its actions.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) gate: Option<Gate>,
    pub(crate) rate: Option<Limiter>,
}

/// The limits of every route.
#[derive(Debug)]
pub(crate) struct LimitTable {
    whole: Limits,
    /// By entity: its actions that have limits of their own.
    of: Vec<Vec<(String, Limits)>>,
}

impl LimitTable {
    pub(crate) fn new(config: &HttpConfig, schema: &Schema) -> Result<Self, ConfigError> {
        let whole = Limits { body: config.body, time: config.time, counted: Vec::new() };
        let mut of = declared(config, schema, &whole);
        // First those of whole entities, so that those of an action go before them.
        let (of_action, of_entity): (Vec<_>, Vec<_>) = config.routes.iter().partition(|one| one.action.is_some());
        for one in of_entity.into_iter().chain(of_action) {
            let model = find(schema, one)?;
            let counted = Arc::new(Counted { gate: one.concurrency.map(Gate::new), rate: one.rate.map(Limiter::new) });
            let actions =
                model.routes.iter().flat_map(|routes| routes.actions.iter()).map(|action| action.name.as_str());
            for action in actions.filter(|action| one.action.as_deref().is_none_or(|wanted| wanted == *action)) {
                let own: &mut Vec<(String, Limits)> = &mut of[model.id.index()];
                let at = own.iter().position(|(name, _)| name == action).unwrap_or_else(|| {
                    own.push((action.to_owned(), whole.clone()));
                    own.len() - 1
                });
                let limits = &mut own[at].1;
                limits.body = one.body.unwrap_or(limits.body);
                limits.time = one.time.unwrap_or(limits.time);
                if counted.gate.is_some() || counted.rate.is_some() {
                    limits.counted.push(Arc::clone(&counted));
                }
            }
        }
        Ok(Self { whole, of })
    }

    /// Whether the requests of single callers are counted.
    pub(crate) fn count_callers(&self) -> bool {
        let mut counted = self.of.iter().flatten().flat_map(|(_, limits)| &limits.counted);
        counted.any(|counted| counted.rate.is_some())
    }

    /// What holds for an action of an entity.
    pub(crate) fn of(&self, entity: EntityId, action: &str) -> &Limits {
        let own = self.of.get(entity.index()).and_then(|own| own.iter().find(|(name, _)| name == action));
        own.map_or(&self.whole, |(_, limits)| limits)
    }
}

/// The limits that stand beside the routes in the schema, but for those that the configuration says anew.
fn declared(config: &HttpConfig, schema: &Schema, whole: &Limits) -> Vec<Vec<(String, Limits)>> {
    let of_model = |model: &Model| {
        let Some(routes) = &model.routes else { return Vec::new() };
        let of_action = |declared: &schema::RouteLimits| {
            let action = declared.action.as_str();
            let anew = |says: fn(&RouteLimits) -> bool| {
                let speaks = |one: &&RouteLimits| one.action.as_deref().is_none_or(|wanted| wanted == action);
                config.routes.iter().filter(|one| one.path == routes.path.as_str()).filter(speaks).any(says)
            };
            let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            let rate = |number: u64| Rate::per_minute(u32::try_from(number).unwrap_or(u32::MAX));
            let counted = Counted {
                gate: declared
                    .concurrency
                    .filter(|_| !anew(|one| one.concurrency.is_some()))
                    .map(number)
                    .map(Gate::new),
                rate: declared.rate.filter(|_| !anew(|one| one.rate.is_some())).map(rate).map(Limiter::new),
            };
            let counts = counted.gate.is_some() || counted.rate.is_some();
            let limits = Limits {
                body: declared.body.map_or(whole.body, number),
                time: declared.time.map_or(whole.time, Duration::from_secs),
                counted: counts.then(|| Arc::new(counted)).into_iter().collect(),
            };
            (action.to_owned(), limits)
        };
        routes.limits.iter().map(of_action).collect()
    };
    schema.models().iter().map(of_model).collect()
}

/// The entity that limits speak of.
fn find<'s>(schema: &'s Schema, limits: &RouteLimits) -> Result<&'s Model, ConfigError> {
    let path = limits.path.as_str();
    let Some(model) = schema.by_path(path) else {
        let known = schema.models().iter().filter_map(|model| Some(model.routes.as_ref()?.path.as_str()));
        return Err(unknown(
            format!("`HttpConfig::routes` limits the path `{path}`, which no entity has"),
            path,
            known,
        ));
    };
    if let (Some(action), Some(routes)) = (&limits.action, &model.routes)
        && !routes.has(action)
    {
        let known = routes.actions.iter().map(|action| action.name.as_str());
        let what = format!("`HttpConfig::routes` limits `{action}` of `{path}`, which has no such action");
        return Err(unknown(what, action, known));
    }
    Ok(model)
}

fn unknown<'a>(what: String, wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> ConfigError {
    ConfigError(match name::nearest(wrong, known.clone()) {
        Some(near) => format!("{what}; did you mean `{near}`?"),
        None => format!("{what}; there is {}", name::listed(known)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::sample;

    fn table(routes: Vec<RouteLimits>) -> Result<LimitTable, ConfigError> {
        LimitTable::new(&HttpConfig { routes, ..HttpConfig::default() }, &sample::schema())
    }

    #[test]
    fn an_action_goes_before_its_entity_and_later_before_earlier() {
        let seconds = Duration::from_secs;
        let table = table(vec![
            RouteLimits::of("notes").action("create").body(7),
            RouteLimits::of("notes").body(5).time(seconds(1)).concurrency(3),
            RouteLimits::of("notes").time(seconds(2)),
        ])
        .unwrap();
        let schema = sample::schema();
        let of = |path: &str, action| table.of(schema.by_path(path).unwrap().id, action);
        let told = |limits: &Limits| (limits.body, limits.time, limits.counted.len());
        assert_eq!(told(of("notes", "create")), (7, seconds(2), 1));
        assert_eq!(told(of("notes", "list")), (5, seconds(2), 1));
        assert_eq!(told(of("tags", "list")), (1 << 20, seconds(30), 0));
        let shared = Arc::ptr_eq(&of("notes", "create").counted[0], &of("notes", "list").counted[0]);
        assert!(shared, "three at once of all actions together");
    }

    #[test]
    fn the_configuration_goes_before_the_routes() {
        let mut fragments = sample::fragments();
        let limits = schema::RouteLimits {
            action: "create".into(),
            body: Some(7),
            time: Some(60),
            rate: Some(5),
            concurrency: Some(2),
        };
        let notes = fragments.iter_mut().filter_map(|one| one.routes.as_mut()).find(|routes| routes.path == "notes");
        notes.unwrap().limits = vec![limits].into();
        let schema = mimsy_schema::assemble(fragments).unwrap();
        let seconds = Duration::from_secs;
        for (routes, body, time, gate, rate) in [
            (vec![], 7, 60, true, true),
            (vec![RouteLimits::of("notes").body(9)], 9, 60, true, true),
            (vec![RouteLimits::of("notes").action("create").time(seconds(1)).concurrency(3)], 7, 1, true, true),
            (vec![RouteLimits::of("tags").body(9), RouteLimits::of("notes").action("list").body(9)], 7, 60, true, true),
        ] {
            let table = LimitTable::new(&HttpConfig { routes, ..HttpConfig::default() }, &schema).unwrap();
            let limits = table.of(schema.by_path("notes").unwrap().id, "create");
            assert_eq!((limits.body, limits.time), (body, seconds(time)));
            assert_eq!(limits.counted.iter().filter(|one| one.gate.is_some()).count(), usize::from(gate), "one gate");
            assert_eq!(limits.counted.iter().any(|one| one.rate.is_some()), rate);
            assert!(table.count_callers());
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        for (limits, said) in [
            (RouteLimits::of("note"), "`note`, which no entity has; did you mean `notes`?"),
            (
                RouteLimits::of("notes").action("creat"),
                "`creat` of `notes`, which has no such action; did you mean `create`?",
            ),
            (RouteLimits::of("tags").action("explode"), "which has no such action; there is `list`"),
        ] {
            let error = table(vec![limits]).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
