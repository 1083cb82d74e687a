//! What one action decides with: the schema as it is now, who asks, and the scopes that follow.

use std::sync::{Arc, OnceLock};

use mimsy_schema::hash::Fnv;
use mimsy_schema::{EntityId, Expr, Model, Node, Op, Schema, Timestamp, Value};

use super::later::Later;
use crate::error::{Error, ErrorKind, Refusal};
use crate::grants;
use crate::hook::{Hook, Hooked};
use crate::policy::{self, Known, Over};
use crate::sql::{Dialect, Reader, Select};
use crate::validate::Validator;
use crate::who::Who;

/// A schema with what was compiled from it; swapped as one.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) schema: Arc<Schema>,
    pub(crate) validator: Validator,
    pub(crate) hooks: Hooked,
    nobody: Scopes,
    system: Scopes,
}

/// What one actor may read, by entity; made when it is first asked for, and kept as long as the actor's row is.
#[derive(Debug)]
pub struct Scopes(Box<[OnceLock<Scope>]>);

/// What one actor may read of one entity.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The condition on a row.
    pub(crate) condition: Arc<Expr>,
    /// A hash of it: part of an ETag.
    pub(crate) hash: u128,
    /// Whether it changes by itself as time goes by.
    pub(crate) moves: bool,
    /// The statement that gets one row with all its columns. Its first binds are the key.
    pub(crate) row: OnceLock<Select>,
}

impl Scopes {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self((0..schema.models().len()).map(|_| OnceLock::new()).collect())
    }
}

impl Checked {
    pub(crate) fn new(schema: Schema, validator: Validator, hooks: Hooked) -> Self {
        let (nobody, system) = (Scopes::new(&schema), Scopes::new(&schema));
        Self { schema: Arc::new(schema), validator, hooks, nobody, system }
    }
}

/// What one action decides with.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) checked: Arc<Checked>,
    pub(crate) who: Who,
    /// The moment of the action: `now()` is the same in all of it.
    pub(crate) now: Timestamp,
    /// What is told when it is committed; `None` where nobody would hear it.
    pub(crate) later: Option<Later>,
}

impl Session {
    pub(crate) fn schema(&self) -> &Schema {
        &self.checked.schema
    }

    pub(crate) fn shared(&self) -> Arc<Schema> {
        Arc::clone(&self.checked.schema)
    }

    pub(crate) fn model(&self, entity: EntityId) -> &Model {
        self.checked.schema.model(entity)
    }

    /// Whether hooks follow the commits of an entity.
    pub(crate) fn is_followed(&self, model: &Model) -> bool {
        self.later.is_some() && self.checked.hooks.of(model).iter().any(Hook::follows_commits)
    }

    pub(crate) fn is_nobody(&self) -> bool {
        matches!(self.who, Who::Nobody)
    }

    /// The rows in memory: the actor.
    pub(crate) fn known(&self) -> Known<'_> {
        let actor = self.schema().actor().zip(self.who.values());
        Known { actor, ..Known::default() }
    }

    /// What may be read of an entity.
    pub(crate) fn readable(&self, entity: EntityId) -> &Scope {
        let scopes = match &self.who {
            Who::System(_) => &self.checked.system,
            Who::Nobody => &self.checked.nobody,
            Who::Actor(row) => &row.scopes,
        };
        scopes.0[entity.index()].get_or_init(|| {
            let decision = self.decision(self.model(entity), "read");
            let condition = policy::settled(&policy::residual(&decision, &self.known()));
            let hash = Fnv::START.text(&format!("{condition:?}")).finish();
            let moves = condition.any(&mut |node| matches!(node, Node::Op(Op::Now, _)));
            Scope { condition: Arc::new(condition), hash, moves, row: OnceLock::new() }
        })
    }

    /// The rows of an entity that may be read, as a condition.
    pub(crate) fn scope(&self, entity: EntityId) -> Arc<Expr> {
        Arc::clone(&self.readable(entity).condition)
    }

    /// The rows of an entity that may be pointed to: those of the action `reference`, by default those that may be read.
    pub(crate) fn reference_scope(&self, entity: EntityId) -> Arc<Expr> {
        let model = self.model(entity);
        let own = model.policy.as_ref().is_some_and(|policy| mimsy_schema::routes::covers(policy, "reference"));
        if matches!(self.who, Who::System(_)) || (!own && !self.who.is_narrowed()) {
            return self.scope(entity);
        }
        // A key may be allowed to point to rows that it cannot read.
        let decision = match self.who.covers(model, "reference") {
            true => self.ruled(model, if own { "reference" } else { "read" }, Over::Row),
            false => Expr::bool(false),
        };
        Arc::new(policy::settled(&policy::residual(&decision, &self.known())))
    }

    /// The decision of a verb, before anything is known; the system may do everything, an API key no more than it was
    /// made for. Whatever asks whether something is allowed asks here, so no door is wider than another.
    pub(crate) fn decision(&self, model: &Model, verb: &str) -> Expr {
        self.decision_over(model, verb, Over::of(verb))
    }

    /// The same for a verb that is judged on rows as well as on changes.
    pub(crate) fn decision_over(&self, model: &Model, verb: &str, over: Over) -> Expr {
        if self.who.covers(model, verb) { self.ruled(model, verb, over) } else { Expr::bool(false) }
    }

    /// What the rules of a verb say.
    fn ruled(&self, model: &Model, verb: &str, over: Over) -> Expr {
        match self.who {
            Who::System(_) => Expr::bool(true),
            Who::Nobody => policy::decision_over(model, verb, over, true),
            Who::Actor(_) => policy::decision_over(model, verb, over, false),
        }
    }

    /// Refuse nobody where no rule could ever hold for nobody: they have to say who they are.
    pub(crate) fn admit(&self, model: &Model, verb: &str) -> Result<(), Error> {
        if self.is_nobody() && !policy::open_to_nobody(model, verb) {
            return Err(Error::new(ErrorKind::Unauthenticated));
        }
        Ok(())
    }

    /// The refusal where no rule allows, or the caller's API key was not made for it.
    pub(crate) fn closed(&self, model: &Model, verb: &str) -> Error {
        let reason = match self.who.covers(model, verb) {
            true => format!("No rule lets you {verb} this {}.", model.name()),
            false => format!("Your API key was not made for `{}:{verb}`.", grants::name(model)),
        };
        Error::forbidden(Refusal { rule: None, reason })
    }

    /// What the SQL renderer reads of this session.
    pub(crate) fn reader<'a>(
        &'a self,
        dialect: &'static Dialect,
        scope: &'a (dyn Fn(EntityId) -> Arc<Expr> + Sync),
    ) -> Reader<'a> {
        Reader { schema: self.schema(), dialect, known: Known { now: Some(self.now), ..self.known() }, scope }
    }
}

/// Whether a condition can never hold.
pub(crate) fn is_never(expr: &Expr) -> bool {
    policy::constant(expr) == Some(Value::Bool(false))
}
