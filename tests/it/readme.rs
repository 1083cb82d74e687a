//! What the README shows is what there is.

use std::path::Path;

use crate::layering::tree::{read, root, walk};

/// The fenced blocks in a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("\n```{language}\n");
    let parts = text.split(fence.as_str()).skip(1);
    parts.map(|part| part.split_once("\n```").map_or(part, |(block, _)| block)).collect()
}

fn readme() -> String {
    read(&root().join("README.md"))
}

#[test]
fn its_first_program_is_the_quickstart_and_has_at_most_thirty_lines() {
    let quickstart = read(&root().join("examples/quickstart/src/main.rs"));
    assert_eq!(blocks(&readme(), "rust").first().copied(), Some(quickstart.trim_end()));
    assert!(quickstart.lines().count() <= 30, "the quickstart has {} lines", quickstart.lines().count());
}

#[test]
fn its_rules_are_those_of_the_invoices() {
    let invoice = read(&root().join("examples/invoices/src/invoice.rs"));
    let readme = readme();
    let shown = blocks(&readme, "rust")[1];
    assert!(shown.starts_with("#[policy"), "{shown}");
    assert!(invoice.contains(shown), "the README shows a policy that the example no longer has:\n{shown}");
}

#[test]
fn its_mistakes_are_what_the_compiler_says() {
    let mut files = Vec::new();
    walk(&root().join("ui-tests"), "stderr", &mut files);
    let said: Vec<String> = files.iter().map(|path| read(path)).collect();
    let readme = readme();
    let shown = blocks(&readme, "text");
    assert_eq!(shown.len(), 3);
    for mistake in shown {
        let is_said = said.iter().any(|one| one.contains(mistake));
        assert!(is_said, "no UI test has this message any more; copy the new one into the README:\n{mistake}");
    }
}

#[test]
fn the_pages_lead_to_files_that_are_there() {
    for page in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(&root().join(page));
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        let local: Vec<&str> = links.filter(|link| !link.contains("://") && !link.starts_with('#')).collect();
        assert!(!local.is_empty() || page == "CONTRIBUTING.md", "{page} leads nowhere");
        for link in local {
            assert!(root().join(Path::new(link)).exists(), "{page} leads to {link}, which is not there");
        }
        // In these two, a path in backticks is a promise too.
        if page == "README.md" {
            continue;
        }
        for quoted in text.split('`').skip(1).step_by(2).filter(|one| one.contains('/') && one.ends_with(".rs")) {
            assert!(root().join(quoted).exists(), "{page} names `{quoted}`, which is not there");
        }
    }
}

#[test]
fn a_block_ends_at_its_fence() {
    let text = "a\n```rust\nfn b() {}\n```\nc\n```text\nd\n```\n```rust\ne\n```\n";
    assert_eq!(blocks(text, "rust"), ["fn b() {}", "e"]);
    assert_eq!(blocks(text, "text"), ["d"]);
}
