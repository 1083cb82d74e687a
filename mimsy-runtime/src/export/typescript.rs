//! TypeScript: the types of an API, and a client for it.
//!
//! Two files: `client.ts` is the same for every schema, and knows how requests are made; `schema.ts` is made of the schema,
//! and is types but for one function. They stand on `fetch` alone. The types are flat interfaces, so that a compiler reads
//! hundreds of them quickly.

mod entity;
mod names;
mod values;

use std::fmt::Write as _;

use mimsy_schema::Schema;

use self::entity::Api;
use super::File;
use super::outline::{Resource, resources};
use crate::http::problem::code;

/// The client, in its own words.
const CLIENT: &str = include_str!("typescript/client.ts");

/// The files of an API that is reached under a prefix.
#[must_use]
pub fn files(schema: &Schema, prefix: &str) -> Vec<File> {
    vec![File { name: "client.ts", text: CLIENT.to_owned() }, File { name: "schema.ts", text: types(schema, prefix) }]
}

const HEAD: &str = "// Made by `export ts` of the entities in the Rust program: change them, not this file.

import * as client from \"./client.js\";

export { ProblemError, etagOf } from \"./client.js\";
";

fn types(schema: &Schema, prefix: &str) -> String {
    let mut text = HEAD.to_owned();
    let api = Api::new(schema);
    for model in schema.models().iter().filter(|model| api.shows(model)) {
        api.model(&mut text, model);
    }
    problems(&mut text);
    connect(&mut text, schema, prefix);
    text
}

/// Every problem that the server answers with, told apart by its code.
fn problems(text: &mut String) {
    text.push_str("\n/** What the server says went wrong. */\nexport type Problem =");
    for code in code::ALL {
        let _ = write!(text, "\n  | client.ProblemDetails<\"{}\", {}>", code.name, code.status.as_u16());
    }
    text.push_str(
        ";\n\n/** Whether a failure is the server's answer, which `problem.code` tells. */\n\
         export const isProblem = (failure: unknown): failure is client.ProblemError<Problem> =>\n  \
         failure instanceof client.ProblemError;\n",
    );
}

/// The interface of the API, and the function that makes one.
fn connect(text: &mut String, schema: &Schema, prefix: &str) {
    let api = Api::new(schema);
    let name = |resource: &Resource<'_>| names::property(&names::camel(&resource.routes.path));
    text.push_str("\n/** The entities, each with what can be done. */\nexport interface Api {\n");
    for resource in resources(schema) {
        let methods: Vec<String> = methods(&resource).iter().map(|method| format!("{method:?}")).collect();
        let (model, methods) = (api.name(resource.model, "Model"), methods.join(" | "));
        let _ = writeln!(text, "  {}: Pick<client.Collection<{model}>, {methods}>;", name(&resource));
    }
    text.push_str("}\n\n/** Reach the API. */\nexport function connect(options: client.Options = {}): Api {\n");
    text.push_str("  const connection = new client.Connection(options);\n  return {\n");
    for resource in resources(schema) {
        let key = resource.model.key.iter().map(|field| format!("{:?}", resource.model.fields()[*field].name.as_str()));
        let key = key.collect::<Vec<_>>().join(", ");
        let place = format!("[{:?}, [{key}]]", resource.routes.path.as_str());
        let _ = writeln!(text, "    {}: new client.Collection(connection, {prefix:?}, {place}),", name(&resource));
    }
    text.push_str("  };\n}\n");
}

/// The methods of a collection that the routes open.
fn methods(resource: &Resource<'_>) -> Vec<&'static str> {
    const METHODS: [(&str, &[&str]); 6] = [
        ("list", &["list", "pages", "each"]),
        ("get", &["get"]),
        ("create", &["create"]),
        ("update", &["update"]),
        ("upsert", &["upsert"]),
        ("delete", &["delete"]),
    ];
    let opened = METHODS.iter().filter(|(action, _)| resource.routes.has(action));
    opened.flat_map(|(_, methods)| methods.iter().copied()).collect()
}
