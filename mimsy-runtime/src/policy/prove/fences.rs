//! Tenants: that a fenced entity is fenced whatever its rules say, and that none was forgotten.

use mimsy_schema::{Code, Diagnostics, Model, Schema, Value, schema::FENCE};

use super::worlds;
use crate::policy::{Over, decision, judged};

pub(super) fn prove(schema: &Schema, model: &Model, found: &mut Diagnostics) {
    match model.entity.tenant {
        Some(_) => isolated(schema, model, found),
        None => forgotten(schema, model, found),
    }
}

/// Whatever is allowed is allowed inside of the fence.
fn isolated(schema: &Schema, model: &Model, found: &mut Diagnostics) {
    let Some(fence) = model.rules("read").find(|rule| rule.name == FENCE) else {
        if schema.actor().is_some() {
            let message = "its rows belong to tenants, and no fence stands in its policy";
            found.add(Code::FenceOpen, model.name(), message, "this is a defect of Mimsy: please tell us");
        }
        return;
    };
    for verb in model.spoken() {
        let fence = judged(fence, Over::of(verb), false);
        let decided = decision(model, verb, false);
        let yes = Value::Bool(true);
        let inside = |values: &[Value]| values[0] != yes || values[1] == yes;
        if worlds::always(schema, model, &[&decided, &fence], inside) == Some(false) {
            let message = format!("its policy lets an actor {verb} rows of another tenant");
            found.add(Code::FenceOpen, model.name(), message, "this is a defect of Mimsy: please tell us");
        }
    }
}

/// An entity whose every row belongs to a row of some tenant belongs to that tenant, too.
fn forgotten(schema: &Schema, model: &Model, found: &mut Diagnostics) {
    let actors_tenant = schema.actor().and_then(|actor| actor.entity.tenant.as_ref());
    if actors_tenant.is_none() {
        return;
    }
    let to_tenant = model.references().find_map(|(field, link)| {
        let target = schema.model(link.target);
        let tenant = target.entity.tenant.as_ref().filter(|_| !link.optional)?;
        let name = model.fields()[field].name.as_str();
        // The tenant itself is reached by the reference alone.
        let is_tenant = matches!(&tenant.path[..], [own] if target.entity.key[..] == [own.clone()]);
        let beyond: Vec<&str> = tenant.path.iter().filter(|_| !is_tenant).map(mimsy_schema::Text::as_str).collect();
        Some((name, target, [&[name], &beyond[..]].concat().join(".")))
    });
    let Some((name, target, path)) = to_tenant else { return };
    let message = format!(
        "every row of it belongs to a {}, whose rows are fenced by tenant, and it has no fence of its own: actors of other \
         tenants are kept away by its rules alone",
        target.name(),
    );
    let help = format!("say `#[entity(tenant = {path})]`");
    found.add(Code::NoFence, format!("{}.{name}", model.name()), message, help);
}
