//! Relations: their targets are here, and their inverses point back.

use super::Parts;
use crate::{Cardinality, Code, Diagnostics, OnDelete, Relation, name};

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
                if relation.cardinality == Cardinality::Many {
                    inverse(parts, index, target_index, relation, &place, found);
                }
            }
            if relation.on_delete == OnDelete::SetNull && !field.nullable {
                let help = "make it an `Option`, or say `on_delete = restrict` or `cascade`";
                let message = "`on_delete = set_null`, but the field cannot be NULL";
                found.add(Code::SetNullOnRequired, &place, message, help);
            }
        }
    }
}

fn inverse(parts: &Parts<'_>, index: usize, target: usize, relation: &Relation, place: &str, found: &mut Diagnostics) {
    let own = &parts.fragments[index].entity.name;
    let other = &parts.fragments[target].entity.name;
    let Some(position) = parts.field(target, &relation.inverse) else {
        let names = parts.fields(target).iter().filter(|field| field.is_column() && field.relation.is_some());
        let help = match name::nearest(&relation.inverse, names.clone().map(|field| field.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its references are {}", name::listed(names.map(|field| field.name.as_str()))),
        };
        found.add(Code::UnknownField, place, format!("`{other}` has no field `{}`", relation.inverse), help);
        return;
    };
    let back = &parts.fields(target)[position];
    let points_here = back.is_column() && back.relation.as_ref().is_some_and(|back| back.targets.contains(own));
    if !points_here {
        let message = format!("`{other}.{}` does not point to `{own}`", relation.inverse);
        found.add(Code::BadInverse, place, message, format!("name the field of `{other}` that is a `Ref<{own}>`"));
    }
}
