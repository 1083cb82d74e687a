//! The types that follow from one entity.

use std::fmt::Write as _;

use mimsy_schema::{Cardinality, Duty, Kind, List, Model, Schema, Text};

use super::names::{TypeNames, comment, pascal, property};
use super::values;
use crate::export::outline::{Branch, Resource, includes, is_input, may_be_left_out, may_change, resources};

/// The names and the schema that types are made of.
pub(super) struct Api<'a> {
    schema: &'a Schema,
    names: TypeNames,
    /// Whether an entity is reached at all, by itself or through others.
    shown: Vec<bool>,
}

impl<'a> Api<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        let mut shown: Vec<bool> = schema.models().iter().map(|model| model.routes.is_some()).collect();
        for resource in resources(schema) {
            show(&includes(schema, resource), &mut shown);
            // Keys of entities without routes still have types.
            for (_, link) in resource.model.references() {
                shown[link.target.index()] = true;
            }
        }
        Self { schema, names: TypeNames::new(schema), shown }
    }

    pub(super) fn shows(&self, model: &Model) -> bool {
        self.shown[model.id.index()]
    }

    pub(super) fn name(&self, model: &Model, part: &str) -> &str {
        self.names.get(model.name(), part)
    }

    /// All types of an entity.
    pub(super) fn model(&self, text: &mut String, model: &'a Model) {
        text.push('\n');
        self.values(text, model);
        self.row(text, model);
        let inputs: Vec<usize> = (0..model.fields().len()).filter(|field| is_input(&model.fields()[*field])).collect();
        let draft = inputs.iter().map(|field| (*field, may_be_left_out(model, *field))).collect::<Vec<_>>();
        self.body(text, model, "Draft", "What a new row is made of.", &draft);
        let patch: Vec<_> =
            inputs.iter().filter(|field| may_change(model, **field)).map(|field| (*field, true)).collect();
        self.body(text, model, "Patch", "What is changed of a row: what is left out stays as it is.", &patch);
        self.filter(text, model);
        self.sort(text, model);
        self.together(text, model);
    }

    /// The key that the server makes, and the enums.
    fn values(&self, text: &mut String, model: &Model) {
        if let Some(key) = model.key.iter().find(|field| model.fields()[**field].duty == Duty::Key) {
            let value = if model.fields()[*key].kind == Kind::Int { ", number" } else { "" };
            let _ = writeln!(text, "export type {} = client.Id<{:?}{value}>;\n", self.name(model, "Id"), model.name());
        }
        for field in model.fields().iter().filter(|field| [Some(field.kind), field.item].contains(&Some(Kind::Enum))) {
            let _ =
                writeln!(text, "export type {} = {};\n", self.name(model, &pascal(&field.name)), values::union(field));
        }
    }

    fn row(&self, text: &mut String, model: &Model) {
        text.push_str(&comment(&model.entity.doc, &model.entity.help, ""));
        let _ = writeln!(text, "export interface {} {{", self.name(model, ""));
        for index in model.columns() {
            let field = &model.fields()[index];
            let of = values::nullable(field, values::of(self.schema, &self.names, model, index));
            let _ = writeln!(text, "{}  {}: {of};", comment(&field.doc, &field.help, "  "), property(&field.name));
        }
        text.push_str("}\n\n");
    }

    fn body(&self, text: &mut String, model: &Model, part: &str, doc: &str, fields: &[(usize, bool)]) {
        let _ = writeln!(text, "/** {doc} */\nexport interface {} {{", self.name(model, part));
        for (index, optional) in fields {
            let field = &model.fields()[*index];
            let of = values::nullable(field, values::of(self.schema, &self.names, model, *index));
            let mark = if *optional { "?" } else { "" };
            let _ =
                writeln!(text, "{}  {}{mark}: {of};", comment(&field.doc, &field.help, "  "), property(&field.name));
        }
        text.push_str("}\n\n");
    }

    fn filter(&self, text: &mut String, model: &Model) {
        let _ = writeln!(text, "export interface {} {{", self.name(model, "Filter"));
        for (name, of) in self.filters(model) {
            let _ = writeln!(text, "  {}?: {of};", property(&name));
        }
        text.push_str("}\n\n");
    }

    /// What can be asked for in a filter, each with its type. The key can be always.
    fn filters(&self, model: &Model) -> Vec<(String, String)> {
        let mut all = Vec::new();
        if let [key] = model.key[..] {
            let of = values::of(self.schema, &self.names, model, key);
            all.push((model.fields()[key].name.to_string(), format!("client.Ask<{of}, \"eq\" | \"in\">")));
        }
        for path in model.routes.iter().flat_map(|routes| routes.filter.iter()) {
            let Some(asked) = self.asked(model, path) else { continue };
            let name = joined(path);
            // The routes may open more of the key than is open anyway.
            all.retain(|(known, _)| *known != name);
            all.push((name, asked));
        }
        all
    }

    fn asked(&self, model: &Model, path: &List<Text>) -> Option<String> {
        let last = *self.schema.walk(model, path).ok()?.last()?;
        let field = last.field();
        if let Some(link) = last.model.link(last.field).filter(|_| field.kind == Kind::Rows) {
            let target = self.schema.model(link.target);
            return Some(format!("client.AskRows<{}>", self.name(target, "Filter")));
        }
        Some(values::asked(field, &values::of(self.schema, &self.names, last.model, last.field)))
    }

    fn sort(&self, text: &mut String, model: &Model) {
        let keys = model.routes.iter().flat_map(|routes| routes.sort.iter());
        let sorted = keys.filter_map(|path| {
            let steps = self.schema.walk(model, path).ok()?;
            let nullable = steps.len() > 1 || steps.last()?.field().nullable;
            let of = if nullable { "SortNull" } else { "Sort" };
            Some(format!("client.{of}<{:?}>", joined(path)))
        });
        let sorted: Vec<String> = sorted.collect();
        let union = if sorted.is_empty() { "never".to_owned() } else { sorted.join(" | ") };
        let _ = writeln!(text, "export type {} = {union};\n", self.name(model, "Sort"));
    }

    /// All of it in one, for the client.
    fn together(&self, text: &mut String, model: &'a Model) {
        let key: Vec<String> = model.key.iter().map(|key| values::of(self.schema, &self.names, model, *key)).collect();
        let key = match &key[..] {
            [one] => one.clone(),
            several => format!("readonly [{}]", several.join(", ")),
        };
        let branches =
            model.routes.as_ref().map(|routes| includes(self.schema, Resource { model, routes })).unwrap_or_default();
        let _ = writeln!(text, "export interface {} {{", self.name(model, "Model"));
        for (property, part) in
            [("row", ""), ("draft", "Draft"), ("patch", "Patch"), ("filter", "Filter"), ("sort", "Sort")]
        {
            let _ = writeln!(text, "  {property}: {};", self.name(model, part));
        }
        let _ = writeln!(text, "  key: {key};\n  include: {};\n}}", self.include(&branches));
    }

    fn include(&self, branches: &[Branch<'_>]) -> String {
        if branches.is_empty() {
            return "{}".to_owned();
        }
        let each = branches.iter().map(|branch| {
            let reaches = match (branch.cardinality, branch.optional) {
                (Cardinality::Many, _) => "Many",
                (Cardinality::One, true) => "Maybe",
                (Cardinality::One, false) => "One",
            };
            let target = self.name(branch.target, "Model");
            let inner = self.include(&branch.branches);
            format!("{}: client.{reaches}<client.Opened<{target}, {inner}>>", property(branch.name))
        });
        format!("{{ {} }}", each.collect::<Vec<_>>().join("; "))
    }
}

fn show(branches: &[Branch<'_>], shown: &mut [bool]) {
    for branch in branches {
        shown[branch.target.id.index()] = true;
        show(&branch.branches, shown);
    }
}

fn joined(path: &[Text]) -> String {
    path.iter().map(Text::as_str).collect::<Vec<_>>().join(".")
}
