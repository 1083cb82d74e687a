//! What can be proved of the policies of a schema, without any row: rules that do nothing, tenants that are not kept apart.
//!
//! Each finding is a diagnostic at its rule. They are advice, since a schema with them works as it says; `check` prints
//! them, and `check --strict` fails on them.

mod fences;
mod rules;
mod worlds;

use mimsy_schema::{Diagnostics, Model, OnDelete, Schema};

use super::decision;

/// Everything that is found.
#[must_use]
pub fn prove(schema: &Schema) -> Diagnostics {
    let mut found = Diagnostics::default();
    for model in schema.models().iter().filter(|model| model.policy.is_some()) {
        rules::prove(schema, model, &mut found);
        fences::prove(schema, model, &mut found);
    }
    for model in schema.models() {
        cascades(schema, model, &mut found);
    }
    found
}

/// A delete asks the rules of the rows that go with it; where no rule could ever allow that, it is refused.
fn cascades(schema: &Schema, model: &Model, found: &mut Diagnostics) {
    for (field, link) in model.references() {
        let described = &model.fields()[field];
        let cascades = described.relation.as_ref().is_some_and(|relation| relation.on_delete == OnDelete::Cascade);
        let target = schema.model(link.target);
        let deletable = |model: &Model| {
            let decided = decision(model, "delete", false);
            worlds::always(schema, model, &[&decided], |values| values[0] != mimsy_schema::Value::Bool(true))
                != Some(true)
        };
        if !cascades || !deletable(target) || deletable(model) {
            continue;
        }
        let place = format!("{}.{}", model.name(), described.name);
        let message = format!(
            "a {} takes its rows of `{}` along when it is deleted, and no rule lets anybody delete those: it can never be \
             deleted while it has some",
            target.name(),
            model.name(),
        );
        let help = "add a `#[can(delete)]` rule here, or say `on_delete = restrict`";
        found.add(mimsy_schema::Code::CascadeClosed, place, message, help);
    }
}

#[cfg(test)]
mod tests;
