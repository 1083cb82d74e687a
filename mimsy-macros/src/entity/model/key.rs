//! Which fields are the key.

use syn::Ident;
use syn::ext::IdentExt;

use super::Field;
use crate::attr::Names;
use crate::errors::Errors;

/// The key: what `key(…)` names, the field that says so, or else the one named `id`.
pub(super) fn read(entity: &Ident, named: Option<Names>, fields: &mut [Field], errors: &mut Errors) -> Vec<usize> {
    let marked: Vec<usize> = (0..fields.len()).filter(|&n| fields[n].key).collect();
    let key = match named {
        Some(named) => {
            for &other in &marked {
                let message = "the key is named by `#[entity(key(…))]` already: take `id` away";
                errors.at(fields[other].keys.span("id"), message);
            }
            parts(&named.read(errors), fields, errors)
        }
        None => {
            for &second in marked.iter().skip(1) {
                let first = &fields[marked[0]].name;
                let both = format!("{first}, {}", fields[second].name);
                let message = format!(
                    "`{entity}` has one key, and it is `{first}` already: take `id` away from one of them, or say \
                     `#[entity(key({both}))]` if both are its parts"
                );
                errors.at(fields[second].keys.span("id"), message);
            }
            let key = marked.first().copied().or_else(|| fields.iter().position(|field| field.name == "id"));
            if key.is_none() {
                errors.at(
                    entity.span(),
                    format!(
                        "`{entity}` has no key: add `pub id: Id<Self>`, or put `#[field(id)]` on the field that is it"
                    ),
                );
            }
            key.into_iter().collect()
        }
    };
    for &part in &key {
        fields[part].key = true;
    }
    key
}

/// At most this many parts: as many as a tuple that is a key has.
const MOST_PARTS: usize = 4;

fn parts(names: &[Ident], fields: &[Field], errors: &mut Errors) -> Vec<usize> {
    let mut key = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let word = name.unraw().to_string();
        let Some(part) = fields.iter().position(|field| field.name == word) else {
            errors.at(name.span(), super::unknown(&word, fields));
            continue;
        };
        if key.contains(&part) {
            errors.at(name.span(), format!("`{word}` is a part of the key already"));
        } else if at == MOST_PARTS {
            errors.at(name.span(), format!("a key has at most {MOST_PARTS} parts"));
        } else if at < MOST_PARTS {
            key.push(part);
        }
    }
    key
}
