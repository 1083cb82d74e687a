//! Who may know whom: the tables of ARCHITECTURE.md, held against the sources.
//!
//! A change that fails here is seldom wrong to want something; it wants it in the wrong place. Where an edge is right
//! after all, give it a line in the table, with the reason.

mod expansion;
mod manifest;
mod source;
pub(crate) mod tree;

use tree::{SourceFile, files};

/// A module of the runtime.
struct Module {
    name: &'static str,
    /// The modules of the runtime that it may name, besides itself.
    knows: &'static [&'static str],
    /// Those of the [guarded crates](GUARDED) that it may name.
    crates: &'static [&'static str],
}

const fn module(name: &'static str, knows: &'static [&'static str], crates: &'static [&'static str]) -> Module {
    Module { name, knows, crates }
}

/// The runtime, from the doors down.
const RUNTIME: &[Module] = &[
    // Puts the layers together, so it knows them all but the pure ones below `actions`.
    module(
        "app",
        &[
            "access", "actions", "check", "entity", "error", "field", "hook", "http", "key", "migrate", "query", "row",
            "secret", "store", "token", "validate", "who",
        ],
        &["tokio"],
    ),
    // The test kit is a client of the router.
    module("test", &["access", "app", "entity", "error", "field", "http", "key", "secret", "token"], &["tower"]),
    // Doors: they ask `actions`, and neither `store` nor `sql` nor `policy`.
    module(
        "http",
        &["actions", "digest", "error", "json", "page", "query", "row", "secret", "token", "violation", "who"],
        &["axum", "hyper", "hyper_util", "tokio", "tower"],
    ),
    // What other programs need to know of a door: its operators and its problems.
    module("export", &["http"], &[]),
    module(
        "access",
        &["actions", "entity", "error", "field", "key", "page", "query", "quoted", "row", "shape", "violation", "who"],
        &[],
    ),
    // `Input` is what a body becomes; `Output` is what rows are written to.
    module("json", &["actions", "check", "entity", "hook", "row", "violation"], &[]),
    // The only road to data. `migrate` beside it prepares tables, and touches no row but the framework's own versions.
    module(
        "actions",
        &[
            "digest",
            "error",
            "grants",
            "hook",
            "internal",
            "policy",
            "query",
            "row",
            "sql",
            "store",
            // What an API key is, and how it is kept.
            "token",
            "validate",
            "violation",
            "who",
        ],
        &[],
    ),
    module("migrate", &["internal", "query", "sql", "store"], &[]),
    module("store", &["row", "sql"], &["rusqlite", "sqlx", "tokio"]),
    // What a row holds of an actor is part of who asks.
    module("who", &["actions", "grants"], &[]),
    // A store's failure is one of the kinds of ours.
    module("error", &["store", "violation"], &[]),
    // Pure.
    module("grants", &["violation"], &[]),
    module("internal", &["policy", "sql"], &[]),
    module("sql", &["policy", "query"], &[]),
    module("policy", &[], &[]),
    module("page", &["query"], &["chacha20poly1305", "hmac", "sha2"]),
    // Asks the program's own checks, which see rows as structs.
    module("validate", &["check", "entity", "violation"], &["garde", "regex", "url"]),
    module("query", &[], &[]),
    module("row", &[], &[]),
    module("violation", &[], &[]),
    module("digest", &[], &["sha2"]),
    module("secret", &[], &["hkdf", "sha2"]),
    module("token", &["digest"], &["hmac", "ring", "sha2"]),
    // What expansions name, and the types that an author writes.
    module("__rt", &["check", "entity", "field", "hook", "key", "quoted", "shape"], &[]),
    module("check", &["entity", "field", "violation"], &["garde", "validator"]),
    module("entity", &["check", "field", "hook", "key"], &[]),
    // Rows as structs, and errors of actions.
    module("hook", &["access", "actions", "entity", "error", "violation", "who"], &[]),
    module("field", &["shape"], &[]),
    module("key", &["entity", "field", "shape"], &[]),
    module("shape", &["entity", "field", "key"], &[]),
    module("quoted", &["entity", "field", "shape"], &[]),
];

/// Crates that shape whatever touches them, so only the modules that say so may.
const GUARDED: &[&str] = &[
    "axum",
    "chacha20poly1305",
    "garde",
    "hkdf",
    "hmac",
    "hyper",
    "hyper_util",
    "regex",
    "ring",
    "rusqlite",
    "sha2",
    "sqlx",
    "tokio",
    "tower",
    "url",
    "validator",
];

/// What decides and never does: no async, no clock, no environment, no IO.
const PURE: &[(&str, &[&str])] = &[
    ("mimsy-schema", &[]),
    (
        "mimsy-runtime",
        &[
            "check",
            "digest",
            "entity",
            "export",
            "field",
            "grants",
            "http::params",
            "internal",
            "json",
            "page",
            "policy",
            "query",
            "quoted",
            "row",
            "shape",
            "sql",
            "token",
            "validate",
            "violation",
        ],
    ),
];

/// The one clock of a pure crate: `Timestamp::now` is defined there, and only impure modules call it.
const CLOCK: &str = "mimsy-schema/src/timestamp.rs";

#[test]
fn a_module_of_the_runtime_knows_only_what_the_table_says() {
    let mut wrong = Vec::new();
    for file in files("mimsy-runtime/src").iter().filter(|file| !file.is_test()) {
        // The root declares the modules and re-exports.
        let Some(own) = file.module.get(1) else { continue };
        match RUNTIME.iter().find(|module| module.name == own) {
            Some(module) => wrong.extend(strangers(module, file)),
            None => wrong.push(format!("{}: the module `{own}` has no line in the table of this test", file.name)),
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn strangers(module: &Module, file: &SourceFile) -> Vec<String> {
    let stranger = |named: &source::Named| match named.path.as_slice() {
        [root, other, ..] if root == "crate" => other != module.name && !module.knows.contains(&other.as_str()),
        [root, _, ..] => GUARDED.contains(&root.as_str()) && !module.crates.contains(&root.as_str()),
        _ => false,
    };
    let tell =
        |named: source::Named| format!("{}:{}: `{}` must not know `{named}`", file.name, named.line, module.name);
    file.paths().into_iter().filter(stranger).map(tell).collect()
}

#[test]
fn the_table_speaks_of_modules_and_crates_that_are_there() {
    let files = files("mimsy-runtime/src");
    for module in RUNTIME {
        assert!(files.iter().any(|file| file.module.get(1).is_some_and(|own| own == module.name)), "{}", module.name);
        for known in module.knows {
            assert!(RUNTIME.iter().any(|other| other.name == *known), "{} knows {known}", module.name);
        }
        for known in module.crates {
            assert!(GUARDED.contains(known), "{} knows {known}", module.name);
        }
    }
}

#[test]
fn what_is_pure_has_no_async_no_clock_no_environment_and_no_io() {
    let mut wrong = Vec::new();
    for (krate, modules) in PURE {
        let mut seen = 0;
        for file in files(&format!("{krate}/src")).iter().filter(|file| !file.is_test()) {
            if !modules.is_empty() && !modules.iter().any(|module| file.is_in(module)) {
                continue;
            }
            seen += 1;
            let impure = file.paths().into_iter().filter(|named| is_impure(named) && file.name != CLOCK);
            wrong.extend(impure.map(|named| format!("{}:{}: `{named}` in a pure module", file.name, named.line)));
        }
        assert!(seen >= modules.len().max(10), "only {seen} files of {krate} were read");
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn is_impure(named: &source::Named) -> bool {
    const EFFECTS: &[&str] = &[
        "async",
        "await",
        "tokio",
        "futures_util",
        "getrandom",
        "std::env",
        "std::fs",
        "std::io",
        "std::net",
        "std::process",
        "std::thread",
        "std::time",
    ];
    let clock =
        named.path.len() > 1 && named.path.last().is_some_and(|last| last == "now" || last.starts_with("now_v"));
    let span = named.is_in("std::time::Duration");
    clock || (!span && EFFECTS.iter().any(|effect| named.is_in(effect)))
}

#[test]
fn the_facade_holds_no_logic() {
    for file in files("mimsy/src") {
        let logic =
            |named: &source::Named| matches!(named.to_string().as_str(), "fn" | "impl" | "struct" | "enum" | "trait");
        let found = file.paths().into_iter().find(logic);
        assert!(
            found.is_none(),
            "{}:{}: the facade re-exports, and nothing else",
            file.name,
            found.map_or(0, |one| one.line)
        );
    }
}

#[test]
fn files_are_named_by_their_noun() {
    const DRAWERS: &[&str] = &["mod", "utils", "util", "helpers", "helper", "common", "manager", "misc"];
    for krate in ["mimsy", "mimsy-cli", "mimsy-macros", "mimsy-runtime", "mimsy-schema"] {
        for file in files(&format!("{krate}/src")) {
            let stem = file.name.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
            assert!(!DRAWERS.contains(&stem), "{}: name the file by what it owns", file.name);
        }
    }
}

#[test]
fn a_stranger_is_found() {
    let http = RUNTIME.iter().find(|module| module.name == "http").expect("a door");
    let found = |text: &str| strangers(http, &SourceFile::of("mimsy-runtime/src/http/read.rs", text));
    assert_eq!(
        found("use crate::store::Tx;"),
        ["mimsy-runtime/src/http/read.rs:1: `http` must not know `crate::store::Tx`"]
    );
    assert_eq!(found("use crate::{actions, sql::{self, Select}};").len(), 2);
    assert_eq!(
        found("fn a() {\n super::super::store::open() }"),
        ["mimsy-runtime/src/http/read.rs:2: `http` must not know `crate::store::open`"]
    );
    assert_eq!(found("fn a(row: sqlx::Row) {}").len(), 1);
    assert_eq!(found("// crate::store\nuse crate::actions::Found; const A: &str = \"crate::sql\";"), [""; 0]);
}

#[test]
fn an_impurity_is_found() {
    let found = |text: &str| {
        let file = SourceFile::of("mimsy-runtime/src/sql/select.rs", text);
        file.paths().iter().filter(|named| is_impure(named)).count()
    };
    assert_eq!(found("async fn a() {}"), 1);
    assert_eq!(found("fn a() { b().await; std::env::var(C); Timestamp::now(); Uuid::now_v7() }"), 4);
    assert_eq!(found("use std::{fs::File, time::{Duration, Instant}};"), 2);
    assert_eq!(found("fn a(now: i64) -> i64 { now } // async, std::fs::read"), 0);
}
