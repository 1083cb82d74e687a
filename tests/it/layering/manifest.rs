//! What the manifests say: which crate stands on which, and that none may be unsafe.

use super::tree::{name, read, root, walk};

/// What a crate may depend on, apart from its tests; a crate that is not listed is nobody's foundation.
const FOUNDATIONS: &[(&str, &[&str])] = &[
    ("mimsy-schema", &["serde", "serde_json", "uuid"]),
    ("mimsy-macros", &["darling", "mimsy-schema", "proc-macro2", "quote", "regex", "syn"]),
    ("mimsy-cli", &["clap", "indicatif", "mimsy-runtime", "tokio", "tracing", "tracing-subscriber", "uuid"]),
    // axum: re-exported, so that a program's own routes are of the version that `router()` speaks.
    ("mimsy", &["axum", "mimsy-cli", "mimsy-macros", "mimsy-runtime"]),
];

/// The lines of a section, up to the next one.
fn section<'a>(manifest: &'a str, section: &str) -> impl Iterator<Item = &'a str> {
    let header = format!("[{section}]");
    let lines = manifest.lines().skip_while(move |line| line.trim() != header).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn names<'a>(manifest: &'a str, of: &str) -> Vec<&'a str> {
    section(manifest, of).filter_map(|line| line.split(['=', '.']).next()).map(str::trim).collect()
}

#[test]
fn a_crate_stands_on_what_lies_below_it() {
    for (krate, foundations) in FOUNDATIONS {
        let manifest = read(&root().join(krate).join("Cargo.toml"));
        for name in names(&manifest, "dependencies") {
            assert!(foundations.contains(&name), "{krate} must not depend on {name}");
        }
    }
    // Its tests neither: a macro that is tested against the runtime soon knows it.
    for (krate, stranger) in [("mimsy-macros", "mimsy-runtime"), ("mimsy-runtime", "mimsy-macros")] {
        let manifest = read(&root().join(krate).join("Cargo.toml"));
        for of in ["dependencies", "dev-dependencies", "build-dependencies"] {
            assert!(!names(&manifest, of).contains(&stranger), "{krate} must not know {stranger}");
        }
    }
}

#[test]
fn no_crate_may_be_unsafe() {
    const FORBIDDEN: &str = "unsafe_code = \"forbid\"";
    let mut manifests = Vec::new();
    walk(&root(), "toml", &mut manifests);
    manifests.retain(|path| path.ends_with("Cargo.toml"));
    assert!(manifests.len() > 10, "only {} manifests were found", manifests.len());
    for path in manifests {
        let manifest = read(&path);
        let says = |of: &str, line: &str| section(&manifest, of).any(|one| one == line);
        let forbids = says("lints", "workspace = true") || says("lints.rust", FORBIDDEN);
        assert!(forbids || says("workspace.lints.rust", FORBIDDEN), "{} does not forbid unsafe code", name(&path));
    }
}

#[test]
fn a_section_ends_where_the_next_begins() {
    let manifest = "[dependencies]\n# why\na = \"1\"\nb.workspace = true\n\n[dev-dependencies]\nc = { path = \".\" }\n";
    assert_eq!(names(manifest, "dependencies"), ["a", "b"]);
    assert_eq!(names(manifest, "dev-dependencies"), ["c"]);
    assert!(names(manifest, "build-dependencies").is_empty());
}
