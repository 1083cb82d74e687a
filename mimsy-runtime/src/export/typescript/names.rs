//! Names in TypeScript.

use std::collections::HashMap;

use mimsy_schema::Schema;

/// `order-lines` as `orderLines`.
pub(super) fn camel(path: &str) -> String {
    let mut words = path.split(['-', '_']);
    let first = words.next().unwrap_or_default().to_owned();
    first + &words.map(capital).collect::<String>()
}

/// `due_at` as `DueAt`.
pub(super) fn pascal(name: &str) -> String {
    name.split(['-', '_']).map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A name as a property: in quotes where it is no identifier.
pub(super) fn property(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match starts && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        true => name.to_owned(),
        false => format!("{name:?}"),
    }
}

/// A doc comment, and what is explained to people, indented.
pub(super) fn comment(doc: &str, help: &str, indent: &str) -> String {
    if doc.is_empty() && help.is_empty() {
        return String::new();
    }
    let between = if doc.is_empty() || help.is_empty() { "" } else { "\n\n" };
    let text = [doc, between, help].concat();
    let lines: Vec<String> = text.lines().map(|line| line.replace("*/", "*\u{200b}/")).collect();
    match &lines[..] {
        [one] => format!("{indent}/** {one} */\n"),
        lines => {
            let body = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n");
            format!("{indent}/**\n{}{indent} */\n", body.collect::<String>())
        }
    }
}

/// The names of types: what is made of two entities never has one name.
pub(super) struct TypeNames(HashMap<(String, String), String>);

impl TypeNames {
    /// The names for all that an entity can need.
    pub(super) fn new(schema: &Schema) -> Self {
        let mut given = HashMap::new();
        let mut taken: Vec<String> = ["Problem", "Api", "ProblemError"].map(str::to_owned).to_vec();
        // Entities first: what follows from them makes way.
        let parts = ["", "Id", "Draft", "Patch", "Filter", "Sort", "Model"].map(str::to_owned);
        for part in parts {
            for model in schema.models() {
                let name = free(format!("{}{part}", model.name()), &mut taken);
                given.insert((model.name().to_owned(), part.clone()), name);
            }
        }
        for model in schema.models() {
            for field in model.fields().iter().filter(|field| !field.values.is_empty()) {
                let part = pascal(&field.name);
                let name = free(format!("{}{part}", model.name()), &mut taken);
                given.insert((model.name().to_owned(), part), name);
            }
        }
        Self(given)
    }

    /// The name of what follows from an entity.
    pub(super) fn get(&self, entity: &str, part: &str) -> &str {
        self.0.get(&(entity.to_owned(), part.to_owned())).map_or("never", String::as_str)
    }
}

fn free(mut name: String, taken: &mut Vec<String>) -> String {
    while taken.contains(&name) {
        name.push('_');
    }
    taken.push(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_languages() {
        assert_eq!(camel("order-lines"), "orderLines");
        assert_eq!(pascal("due_at"), "DueAt");
        assert_eq!(property("orders"), "orders");
        assert_eq!(property("customer.name"), "\"customer.name\"");
        assert_eq!(property("2d"), "\"2d\"");
    }

    #[test]
    fn comments_end_where_they_end() {
        assert_eq!(comment("", "", "  "), "");
        assert_eq!(comment("Money.", "", ""), "/** Money. */\n");
        assert_eq!(comment("", "In euros.", ""), "/** In euros. */\n");
        assert_eq!(comment("Money.", "In euros.", ""), "/**\n * Money.\n *\n * In euros.\n */\n");
        assert_eq!(comment("a\n\nb */ c", "", "  "), "  /**\n   * a\n   *\n   * b *\u{200b}/ c\n   */\n");
    }
}
