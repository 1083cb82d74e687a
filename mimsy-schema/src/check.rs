//! What must hold of a schema as a whole; one concern a file.

pub(crate) mod expr;
mod indexes;
mod names;
mod policies;
mod relations;
mod routes;
mod rules;
mod tenants;
mod uniques;

use std::collections::HashMap;

use crate::{Diagnostics, Field, Fragment, Kind, Text, name};

/// The fragments, indexed by name.
pub(crate) struct Parts<'a> {
    pub(crate) fragments: &'a [Fragment],
    by_name: HashMap<&'a str, usize>,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(fragments: &'a [Fragment]) -> Self {
        let by_name = fragments.iter().enumerate().map(|(i, one)| (one.entity.name.as_str(), i)).collect();
        Self { fragments, by_name }
    }

    pub(crate) fn index(&self, entity: &str) -> Option<usize> {
        self.by_name.get(entity).copied()
    }

    pub(crate) fn fields(&self, entity: usize) -> &'a [Field] {
        &self.fragments[entity].entity.fields
    }

    pub(crate) fn field(&self, entity: usize, name: &str) -> Option<usize> {
        self.fields(entity).iter().position(|field| field.name == name)
    }

    /// Whether there may be nothing at a field: NULL, or no row.
    pub(crate) fn is_optional(&self, entity: usize, field: usize) -> bool {
        let described = &self.fields(entity)[field];
        let held = described.relation.as_ref().filter(|relation| relation.through.is_empty()).map(|one| &one.fields);
        match held {
            Some(held) if described.kind == Kind::Row && !held.is_empty() => {
                held.iter().filter_map(|name| self.field(entity, name)).any(|field| self.fields(entity)[field].nullable)
            }
            _ => described.nullable || !described.is_column(),
        }
    }

    /// The entity of the actors: the one that the policies name.
    pub(crate) fn actor(&self) -> Option<usize> {
        let named = self.fragments.iter().filter_map(|one| one.policy.as_ref()).find(|policy| !policy.actor.is_empty());
        self.index(&named?.actor)
    }

    /// Follow a path; what it ends at, or why it does not.
    pub(crate) fn walk(&self, from: usize, path: &[Text]) -> Result<(usize, usize), String> {
        self.follow(from, path, "to-one ", crate::assemble::links::is_to_one)
    }

    /// The same through relations of either kind.
    pub(crate) fn reach(&self, from: usize, path: &[Text]) -> Result<(usize, usize), String> {
        self.follow(from, path, "", |field| field.relation.is_some())
    }

    fn follow(
        &self,
        from: usize,
        path: &[Text],
        kind: &str,
        leads: impl Fn(&Field) -> bool,
    ) -> Result<(usize, usize), String> {
        let mut entity = from;
        let mut end = None;
        for (i, step) in path.iter().enumerate() {
            if let Some((_, last)) = end {
                let field: &Field = &self.fields(entity)[last];
                if !leads(field) {
                    let way = path[..i].iter().map(Text::as_str).collect::<Vec<_>>().join(".");
                    return Err(format!("`{way}` is no {kind}relation, so nothing follows it"));
                }
                let target = field.relation.as_ref().and_then(|relation| self.index(relation.targets.first()?));
                entity = target.ok_or_else(|| "the relation leads out of the schema".to_owned())?;
            }
            let field = self.field(entity, step).ok_or_else(|| {
                let names = self.fields(entity).iter().map(|field| field.name.as_str());
                let near = name::nearest(step, names.clone());
                let hint = near.map_or_else(
                    || format!("it has {}", name::listed(names)),
                    |near| format!("did you mean `{near}`?"),
                );
                format!("`{}` has no field `{step}`; {hint}", self.fragments[entity].entity.name)
            })?;
            end = Some((entity, field));
        }
        end.ok_or_else(|| "the path is empty".to_owned())
    }
}

/// Names that an author may not give.
pub(crate) fn reserved(fragments: &[Fragment], found: &mut Diagnostics) {
    names::reserved(fragments, found);
}

/// Names, keys and relations: what must hold before anything can be followed.
pub(crate) fn structure(parts: &Parts<'_>, found: &mut Diagnostics) {
    names::check(parts, found);
    relations::check(parts, found);
}

/// Everything that follows relations.
pub(crate) fn meaning(parts: &Parts<'_>, found: &mut Diagnostics) {
    rules::check(parts, found);
    tenants::check(parts, found);
    uniques::check(parts, found);
    indexes::check(parts, found);
    policies::check(parts, found);
    routes::check(parts, found);
}
