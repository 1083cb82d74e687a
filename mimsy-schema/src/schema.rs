//! The assembled schema: checked, immutable, indexed.

use std::collections::HashMap;
use std::sync::Arc;

use crate::check::{self, Parts};
use crate::{Cardinality, Entity, Expr, Field, Fragment, Kind, List, Policy, PolicyRule, Routes, Text};

/// Which entity of a [`Schema`]; an index, valid for the schema that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityId(pub(crate) u16);

impl EntityId {
    /// The position among the schema's models.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a relation field leads, and over which columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The entity it reaches.
    pub target: EntityId,
    /// One row, or any number.
    pub cardinality: Cardinality,
    /// Whether the row here holds the key of the target, rather than the target holding the key of the row.
    pub holds: bool,
    /// Whether there may be no row: a reference that may be NULL, or an inverse.
    pub optional: bool,
    /// What is joined.
    pub join: Join,
}

/// The columns of a join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// Pairs of a field here and the field of the target that equals it.
    On(Vec<(usize, usize)>),
    /// Over rows of an entity between the two.
    Through {
        /// The entity between.
        entity: EntityId,
        /// Pairs of a field here and the field between that equals it.
        near: Vec<(usize, usize)>,
        /// Pairs of a field between and the field of the target that equals it.
        far: Vec<(usize, usize)>,
        /// The reference between that points here.
        near_field: usize,
        /// The reference between that points to the target.
        far_field: usize,
    },
}

impl Link {
    /// The pairs of a direct join; none for one through an entity between.
    #[must_use]
    pub fn on(&self) -> &[(usize, usize)] {
        match &self.join {
            Join::On(pairs) => pairs,
            Join::Through { .. } => &[],
        }
    }

    /// The fields here that the join reads.
    pub fn near(&self) -> impl Iterator<Item = usize> + '_ {
        let (Join::On(pairs) | Join::Through { near: pairs, .. }) = &self.join;
        pairs.iter().map(|(near, _)| *near)
    }
}

/// An index that was asked for, with its fields found.
#[derive(Clone, Debug, PartialEq)]
pub struct Indexed {
    /// Its fields in order, and whether the greatest comes first.
    pub fields: Vec<(usize, bool)>,
    /// Whether no two of its rows have the same values.
    pub unique: bool,
    /// Which rows it holds.
    pub condition: Option<Expr>,
    /// Whether it holds what is inside of a value.
    pub inverted: bool,
}

/// One entity of a schema, with everything that was said about it and everything that follows.
#[derive(Clone, Debug)]
pub struct Model {
    /// Which one it is.
    pub id: EntityId,
    /// What it is.
    pub entity: Entity,
    /// Who may do what; the tenant's fence is one of its rules.
    pub policy: Option<Policy>,
    /// How it is reached.
    pub routes: Option<Routes>,
    /// The fields that make the key.
    pub key: Vec<usize>,
    /// What is unique besides the key, completed: a direct tenant leads.
    pub uniques: Vec<Vec<usize>>,
    /// The indexes that were asked for, completed: a direct tenant leads.
    pub indexes: Vec<Indexed>,
    /// The field that holds the tenant, if the row carries it itself; the server sets it from the actor.
    pub tenant: Option<usize>,
    pub(crate) names: HashMap<String, usize>,
    pub(crate) links: Vec<Option<Link>>,
}

impl Model {
    /// The entity's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.entity.name
    }

    /// The fields, in their order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.entity.fields
    }

    /// The position of a field by its name.
    #[must_use]
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.field_index(name).map(|i| &self.entity.fields[i])
    }

    /// The positions of the fields that are columns.
    pub fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.entity.fields.iter().enumerate().filter(|(_, field)| field.is_column()).map(|(i, _)| i)
    }

    /// Where a relation field leads.
    #[must_use]
    pub fn link(&self, field: usize) -> Option<&Link> {
        self.links.get(field)?.as_ref()
    }

    /// The references of this entity: the fields whose rows here hold the key of their target, with their links.
    pub fn references(&self) -> impl Iterator<Item = (usize, &Link)> {
        let links = self.links.iter().enumerate();
        links.filter_map(|(field, link)| Some((field, link.as_ref().filter(|link| link.holds)?)))
    }

    /// Whether its routes take rows that are new, changed or to be deleted.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.routes.iter().flat_map(|routes| routes.actions.iter()).any(|action| action.verb() != "read")
    }

    /// Whether its rows can be held still. A table of others may be a view, or none of ours to lock; where they are
    /// written here, both was looked at before the start, or is found out by the first write.
    #[must_use]
    pub fn is_lockable(&self) -> bool {
        !self.entity.external || self.is_written()
    }

    /// Whether these fields together are the key or unique.
    #[must_use]
    pub fn is_unique(&self, fields: &[usize]) -> bool {
        let same = |set: &[usize]| set.len() == fields.len() && set.iter().all(|field| fields.contains(field));
        same(&self.key) || self.uniques.iter().any(|unique| same(unique))
    }

    /// The key, if the database counts it.
    #[must_use]
    pub fn counted(&self) -> Option<usize> {
        self.key.iter().copied().find(|field| self.fields()[*field].is_counted())
    }

    /// The four verbs that each policy is asked about, and those that rules and routes speak of besides.
    #[must_use]
    pub fn spoken(&self) -> Vec<&str> {
        let mut verbs = vec!["read", "create", "update", "delete"];
        let ruled = self.policy.iter().flat_map(|policy| policy.rules.iter()).flat_map(|rule| rule.actions.0.iter());
        let routed = self.routes.iter().flat_map(|routes| routes.actions.iter());
        for verb in ruled.map(Text::as_str).chain(routed.map(crate::Action::verb)) {
            if verb != "*" && !verbs.contains(&verb) {
                verbs.push(verb);
            }
        }
        verbs
    }

    /// The rules that speak of a verb, with their positions in the policy.
    pub fn rules<'a>(&'a self, verb: &'a str) -> impl Iterator<Item = &'a PolicyRule> + 'a {
        self.policy.iter().flat_map(|policy| policy.rules.iter()).filter(move |rule| rule.actions.holds(verb))
    }
}

/// A checked set of entities.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(crate) models: Vec<Model>,
    pub(crate) by_name: HashMap<String, EntityId>,
    pub(crate) by_path: HashMap<String, EntityId>,
    pub(crate) actor: Option<EntityId>,
    pub(crate) hash: u128,
    pub(crate) model_hash: u128,
    /// What it was assembled from: what checks an expression reads.
    pub(crate) parts: Arc<[Fragment]>,
}

impl Schema {
    /// All entities, in the order in which they were given.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// One entity.
    #[must_use]
    pub fn model(&self, id: EntityId) -> &Model {
        &self.models[id.index()]
    }

    /// An entity by its name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Model> {
        self.by_name.get(name).map(|id| self.model(*id))
    }

    /// A routed entity by its path segment.
    #[must_use]
    pub fn by_path(&self, path: &str) -> Option<&Model> {
        self.by_path.get(path).map(|id| self.model(*id))
    }

    /// The entity of the actors, if any policy speaks of one.
    #[must_use]
    pub fn actor(&self) -> Option<&Model> {
        self.actor.map(|id| self.model(id))
    }

    /// The hash of everything: FNV-1a over the canonical JSON, expressions and policies included.
    #[must_use]
    pub fn hash(&self) -> u128 {
        self.hash
    }

    /// The hash of what the database sees: the same as the `const` [`model_hash`](crate::model_hash()).
    #[must_use]
    pub fn model_hash(&self) -> u128 {
        self.model_hash
    }

    /// Follow a path of field names from an entity: the models and positions on the way.
    ///
    /// # Errors
    /// The position in `names` of the first that is not a field, or that is followed by another and is not a to-one
    /// relation.
    pub fn walk<'a, N: AsRef<str>>(&'a self, from: &'a Model, names: &[N]) -> Result<Vec<Step<'a>>, usize> {
        self.follow(from, names, |link| link.cardinality == Cardinality::One)
    }

    /// The same through relations of either kind: the way of an include.
    ///
    /// # Errors
    /// As [`Schema::walk`].
    pub fn reach<'a, N: AsRef<str>>(&'a self, from: &'a Model, names: &[N]) -> Result<Vec<Step<'a>>, usize> {
        self.follow(from, names, |_| true)
    }

    fn follow<'a, N: AsRef<str>>(
        &'a self,
        from: &'a Model,
        names: &[N],
        leads: impl Fn(&Link) -> bool,
    ) -> Result<Vec<Step<'a>>, usize> {
        let mut steps: Vec<Step<'a>> = Vec::with_capacity(names.len());
        let mut model = from;
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                let last = &steps[i - 1];
                let link = last.model.link(last.field).filter(|link| leads(link));
                model = self.model(link.ok_or(i)?.target);
            }
            let field = model.field_index(name.as_ref()).ok_or(i)?;
            steps.push(Step { model, field });
        }
        Ok(steps)
    }

    /// A condition on the rows of an entity that somebody asks for: checked and completed as the body of a rule is, but
    /// without an actor to speak of.
    ///
    /// # Errors
    /// Why it has no meaning.
    pub fn condition(&self, entity: EntityId, expr: &Expr) -> Result<Expr, String> {
        let parts = Parts::new(&self.parts);
        let checked = check::expr::check(&check::expr::Scope::of(&parts, entity.index(), None), expr)?;
        match checked.kind {
            Some(Kind::Bool) | None => Ok(checked.expr),
            Some(kind) => Err(format!("a condition is yes or no, and this is of the type {}", kind.name())),
        }
    }

    /// The fragments again: what [`assemble`](fn@crate::assemble) would give the same schema for.
    #[must_use]
    pub fn fragments(&self) -> Vec<Fragment> {
        let owned = |model: &Model| {
            // The fence is derived; the fragments hold what was said.
            let policy =
                model.policy.as_ref().map(|policy| Policy { actor: policy.actor.clone(), rules: said(&policy.rules) });
            Fragment { entity: model.entity.clone(), policy, routes: model.routes.clone() }
        };
        self.models.iter().map(owned).collect()
    }
}

fn said(rules: &List<PolicyRule>) -> List<PolicyRule> {
    rules.iter().filter(|rule| rule.name != FENCE).cloned().collect()
}

/// The name of the rule that fences a tenant in.
pub const FENCE: &str = "tenant";

/// One hop of a path.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The entity that the hop starts at.
    pub model: &'a Model,
    /// Its field.
    pub field: usize,
}

impl<'a> Step<'a> {
    /// The field itself.
    #[must_use]
    pub fn field(&self) -> &'a Field {
        &self.model.entity.fields[self.field]
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { actor: Text::EMPTY, rules: List::EMPTY }
    }
}

impl Default for Routes {
    fn default() -> Self {
        Self {
            path: Text::EMPTY,
            actions: List::EMPTY,
            filter: List::EMPTY,
            sort: List::EMPTY,
            include: List::EMPTY,
            limits: List::EMPTY,
        }
    }
}
