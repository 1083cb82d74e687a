//! Relations: their targets are here, references have the columns of the key, and inverses point back.

use super::Parts;
use crate::assemble::links;
use crate::{Cardinality, Code, Diagnostics, Field, OnDelete, Relation, name};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for (index, fragment) in parts.fragments.iter().enumerate() {
        for field in &fragment.entity.fields {
            let Some(relation) = &field.relation else { continue };
            let place = format!("{}.{}", fragment.entity.name, field.name);
            for target in &relation.targets {
                let Some(target_index) = parts.index(target) else {
                    let names = parts.fragments.iter().map(|one| one.entity.name.as_str());
                    let near = name::nearest(target, names).map(|near| format!(" (or did you mean `{near}`?)"));
                    let help = format!("add `{target}` to `schema!`{}", near.unwrap_or_default());
                    found.add(Code::UnknownEntity, &place, format!("the schema does not hold `{target}`"), help);
                    continue;
                };
                let relation = Checked { parts, index, target: target_index, field, relation, place: &place };
                relation.check(found);
            }
        }
    }
}

/// One relation to one target.
struct Checked<'a, 'b> {
    parts: &'b Parts<'a>,
    index: usize,
    target: usize,
    field: &'b Field,
    relation: &'b Relation,
    place: &'b str,
}

impl Checked<'_, '_> {
    fn check(&self, found: &mut Diagnostics) {
        if !self.relation.through.is_empty() {
            self.through(found);
        } else if !self.relation.fields.is_empty() {
            self.reference(found);
        } else {
            self.inverse(found);
        }
    }

    /// As many fields as the target's key has, each a column of the same kind.
    fn reference(&self, found: &mut Diagnostics) {
        let (parts, relation) = (self.parts, self.relation);
        let target = &parts.fragments[self.target].entity;
        let key = name::listed(target.key.iter().map(crate::Text::as_str));
        if relation.fields.len() != target.key.len() {
            let message =
                format!("the key of `{}` is {key}, and `by` names {}", target.name, counted(relation.fields.len()));
            let help = "name the fields here that hold it, in the same order: `#[field(by(…))]`";
            found.add(Code::BadReference, self.place, message, help);
            return;
        }
        let mut nullable = Vec::new();
        for (near, far) in relation.fields.iter().zip(target.key.iter()) {
            let (Some(own), Some(other)) = (parts.field(self.index, near), parts.field(self.target, far)) else {
                let names = parts.fields(self.index).iter().filter(|field| field.is_column());
                let hint = match name::nearest(near, names.clone().map(|field| field.name.as_str())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it has {}", name::listed(names.map(|field| field.name.as_str()))),
                };
                let own = &parts.fragments[self.index].entity.name;
                found.add(Code::UnknownField, self.place, format!("`{own}` has no field `{near}`"), hint);
                return;
            };
            let (own, other) = (&parts.fields(self.index)[own], &parts.fields(self.target)[other]);
            let alike = own.kind == other.kind && own.scale == other.scale && own.bits == other.bits;
            if !alike || own.values != other.values {
                let message = format!(
                    "`{near}` is of the kind {}, and `{}.{far}` of the kind {}",
                    own.kind.name(),
                    target.name,
                    other.kind.name()
                );
                found.add(Code::BadReference, self.place, message, "give both fields one type");
            }
            nullable.push(own.nullable);
        }
        if relation.on_delete == OnDelete::SetNull && !nullable.contains(&true) {
            let help = "make it an `Option`, or say `on_delete = restrict` or `cascade`";
            let message = "`on_delete = set_null`, but the field cannot be NULL";
            found.add(Code::SetNullOnRequired, self.place, message, help);
        }
    }

    /// The target has a reference of this name that points here; a unique one, where only one row is meant.
    fn inverse(&self, found: &mut Diagnostics) {
        let (parts, relation) = (self.parts, self.relation);
        let own = &parts.fragments[self.index].entity.name;
        let other = &parts.fragments[self.target].entity.name;
        let Some(position) = parts.field(self.target, &relation.inverse) else {
            let names = parts.fields(self.target).iter();
            let names = names.filter(|field| field.relation.as_ref().is_some_and(|back| !back.fields.is_empty()));
            let help = match name::nearest(&relation.inverse, names.clone().map(|field| field.name.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its references are {}", name::listed(names.map(|field| field.name.as_str()))),
            };
            let message = format!("`{other}` has no field `{}`", relation.inverse);
            found.add(Code::UnknownField, self.place, message, help);
            return;
        };
        let back = &parts.fields(self.target)[position];
        let is_reference =
            back.relation.as_ref().is_some_and(|back| !back.fields.is_empty() && back.targets.contains(own));
        if !is_reference {
            let message = format!("`{other}.{}` does not point to `{own}`", relation.inverse);
            let help = format!("name the field of `{other}` that is a `Ref<{own}>`");
            found.add(Code::BadInverse, self.place, message, help);
        } else if relation.cardinality == Cardinality::One
            && !parts.fragments[self.target].entity.points_once(&back.name)
        {
            let message = format!("several rows of `{other}` can point to one `{own}`");
            let help = format!("say `#[field(unique)]` on `{other}.{}`, or make this a `Many<{other}>`", back.name);
            found.add(Code::BadInverse, self.place, message, help);
        }
    }

    fn through(&self, found: &mut Diagnostics) {
        if let Err(message) = links::between(self.parts, self.index, self.target, self.relation) {
            let (own, other) =
                (&self.parts.fragments[self.index].entity.name, &self.parts.fragments[self.target].entity.name);
            let help = format!("`through` names an entity with a `Ref<{own}>` and a `Ref<{other}>`");
            found.add(Code::BadInverse, self.place, message, help);
        } else if self.field.relation.as_ref().is_some_and(|relation| relation.cardinality == Cardinality::One) {
            found.add(Code::BadInverse, self.place, "`through` reaches many rows", "make it a `Many<…>`");
        }
    }
}

fn counted(fields: usize) -> String {
    match fields {
        1 => "one field".to_owned(),
        more => format!("{more} fields"),
    }
}
