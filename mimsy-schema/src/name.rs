//! Names: how a Rust name becomes a table, a path and a column, and which valid name is nearest to a wrong one.
//!
//! The one rule: split into words at each capital, write them in lower case, make the last word plural (table, path).
//! `OrderLine` is the table `order_lines` and the path `order-lines`. Both can be said otherwise on the entity.

use std::borrow::Cow;

/// The words of a Rust identifier in lower case: `OrderLine` and `order_line` give `["order", "line"]`.
#[must_use]
pub fn words(ident: &str) -> Vec<String> {
    let chars: Vec<char> = ident.trim_start_matches("r#").chars().collect();
    let mut words = vec![String::new()];
    for (i, &c) in chars.iter().enumerate() {
        let after_lower = i > 0 && (chars[i - 1].is_lowercase() || chars[i - 1].is_ascii_digit());
        let ends_acronym =
            i > 0 && chars[i - 1].is_uppercase() && chars.get(i + 1).is_some_and(|next| next.is_lowercase());
        if c == '_' {
            words.push(String::new());
            continue;
        }
        if c.is_uppercase() && (after_lower || ends_acronym) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `snake_case`.
#[must_use]
pub fn snake(ident: &str) -> String {
    words(ident).join("_")
}

/// The plural of an English word by four rules: `-y` after a consonant becomes `-ies`; after `s x z ch sh` stands
/// `-es`; anything else takes `-s`. Irregular words are said on the entity.
#[must_use]
pub fn plural(word: &str) -> String {
    let before_y = word.strip_suffix('y');
    match before_y {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) && !stem.is_empty() => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

fn plural_words(ident: &str) -> Vec<String> {
    let mut words = words(ident);
    if let Some(last) = words.last_mut() {
        *last = plural(last);
    }
    words
}

/// The table of an entity: plural `snake_case`.
#[must_use]
pub fn table(ident: &str) -> String {
    plural_words(ident).join("_")
}

/// The path segment of an entity: plural `kebab-case`.
#[must_use]
pub fn path(ident: &str) -> String {
    plural_words(ident).join("-")
}

/// The longest name, in characters, that is told or compared in full; longer ones are no names that anybody meant.
const LONGEST: usize = 64;

/// A name out of a request, as a message tells it: at most 64 characters, and `…` for the rest.
#[must_use]
pub fn told(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

/// The candidate nearest to `wrong`, if one is near enough to be what was meant. None is for a name of more than 64
/// characters: names come from outside, and comparing takes as long as both are.
#[must_use]
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wrong.chars().take(LONGEST + 1).count();
    let limit = match length {
        0..=2 => 1,
        3..=5 => 2,
        6..=LONGEST => 3,
        _ => return None,
    };
    candidates
        .into_iter()
        // As many edits as they differ in length are needed at least.
        .filter(|candidate| candidate.chars().take(length + limit + 1).count().abs_diff(length) <= limit)
        .map(|candidate| (distance(wrong, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits between two names: insert, delete, replace, swap two neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// `"a", "b" and "c"`, for messages.
#[must_use]
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rust_name_becomes_a_table_and_a_path() {
        for (ident, table_name, path_name) in [
            ("Invoice", "invoices", "invoices"),
            ("OrderLine", "order_lines", "order-lines"),
            ("Category", "categories", "categories"),
            ("Day", "days", "days"),
            ("Box", "boxes", "boxes"),
            ("Branch", "branches", "branches"),
            ("HTTPRoute", "http_routes", "http-routes"),
            ("r#Type", "types", "types"),
        ] {
            assert_eq!(table(ident), table_name);
            assert_eq!(path(ident), path_name);
        }
    }

    #[test]
    fn the_nearest_name_is_suggested_only_when_it_is_near() {
        let fields = ["status", "number", "total"];
        assert_eq!(nearest("statsu", fields), Some("status"));
        assert_eq!(nearest("numbr", fields), Some("number"));
        assert_eq!(nearest("customer", fields), None);
        assert_eq!(nearest("x", fields), None);
    }

    #[test]
    fn a_name_that_nobody_meant_is_compared_with_nothing_and_told_in_part() {
        let (longest, longer) = ("é".repeat(64), "é".repeat(65));
        assert_eq!(nearest(&longest, [longer.as_str()]), Some(longer.as_str()));
        assert_eq!(nearest(&longer, [longer.as_str()]), None);
        assert_eq!(nearest("statusabcd", ["status"]), None, "four edits");
        assert_eq!(nearest("statusabc", ["status"]), Some("status"));
        assert_eq!((told(&longest), told(&longer)), (longest.as_str().into(), format!("{longest}…").into()));
    }
}
