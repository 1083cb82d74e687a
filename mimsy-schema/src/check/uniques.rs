//! Uniques: they name columns, and a conflict never tells one tenant about another.

use super::Parts;
use crate::{Code, Diagnostics};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for (index, fragment) in parts.fragments.iter().enumerate() {
        let entity = &fragment.entity;
        for unique in &entity.uniques {
            let place = format!("{}.{}", entity.name, unique.fields.last().map_or("", |field| field));
            for name in &unique.fields {
                match parts.walk(index, std::slice::from_ref(name)) {
                    Err(message) => {
                        found.add(Code::UnknownField, &place, message, "name a field of the entity");
                    }
                    Ok((_, field)) if !parts.fields(index)[field].is_column() => {
                        let message = format!("`{name}` has no column, so it cannot be unique");
                        found.add(Code::UnknownField, &place, message, "name a stored field");
                    }
                    Ok((_, field)) if !parts.fields(index)[field].kind.has_equality() => {
                        let kind = parts.fields(index)[field].kind.name();
                        let message = format!("`{name}` is a {kind}, which has no equality, so it cannot be unique");
                        found.add(Code::UnknownField, &place, message, "name a field of another type");
                    }
                    Ok(_) => {}
                }
            }
            // A direct tenant leads every unique by itself, and the tenant's own names are in one space by intent. Behind
            // a parent, the parent has to be named.
            let Some(tenant) = entity.tenant.as_ref().filter(|tenant| tenant.path.len() > 1) else { continue };
            if !unique.fields.contains(&tenant.path[0]) {
                let message = "it is unique across tenants, so a conflict tells one tenant about another";
                let help = format!("say `unique(within = {})`", tenant.path[0]);
                found.add(Code::UniqueCrossesScope, &place, message, help);
            }
        }
    }
}
