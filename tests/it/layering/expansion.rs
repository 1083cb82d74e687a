//! What expansions may say: `__rt`, and words of the author's own.
//!
//! A template is the body of a `quote!`. A name in it that is neither interpolated nor behind `#rt::` means whatever the
//! author's module says it means, so a prelude name or a macro there is a defect: `Option` may be theirs.

use super::source::{self, Named};
use super::tree::files;

const MACROS: &[&str] = &["quote!", "quote_spanned!", "parse_quote!", "parse_quote_spanned!"];

/// Names that an author may have taken.
const PRELUDE: &[&str] = &[
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Send",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "Vec",
];

/// Attributes of rustc's tools: they are looked up nowhere.
const TOOLS: &[&str] = &["clippy", "diagnostic"];

/// The bodies of the templates in a code without literals, each with its first line.
fn templates(code: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices('!') {
        let Some(name) = MACROS.iter().find(|name| code[..=at].ends_with(*name)) else { continue };
        let before = code[..=at - (name.len() - 1)].chars().rev().nth(1);
        if before.is_some_and(|one| one.is_alphanumeric() || one == '_') {
            continue;
        }
        let body = code[at + 1..].trim_start();
        let mut depth = 0;
        let end = body.char_indices().find_map(|(i, one)| {
            depth += match one {
                '(' | '[' | '{' => 1,
                ')' | ']' | '}' => -1,
                _ => 0,
            };
            (depth == 0).then_some(i)
        });
        let body = &body[1..end.unwrap_or(body.len())];
        // The span before `=>` is ours, and runs while compiling.
        let span = if name.contains("spanned") { body.find("=>").map_or(0, |arrow| arrow + 2) } else { 0 };
        found.push((&body[span..], code[..=at].lines().count() + body[..span].matches('\n').count()));
    }
    found
}

/// Why a name must not stand in a template.
fn fault(named: &Named) -> Option<&'static str> {
    if named.interpolated {
        return None;
    }
    if named.absolute {
        // A mistake is told without the runtime: it may be what is missing.
        let known = named.is_in("mimsy::__rt") || named.is_in("core::compile_error");
        return (!known).then_some("an expansion names no crate but through `__rt`");
    }
    let first = named.path.first()?;
    let is_crate = named.path.len() > 1 && first.starts_with(char::is_lowercase) && !TOOLS.contains(&first.as_str());
    if is_crate {
        return Some("an expansion names no crate but through `__rt`");
    }
    if named.bang {
        return Some("a macro of the author's may have this name: call it behind `#rt::`");
    }
    (named.path.len() == 1 && PRELUDE.contains(&first.as_str())).then_some("a type of the author's may have this name")
}

fn faults(name: &str, code: &str) -> (usize, Vec<String>) {
    let templates = templates(code);
    let mut found = Vec::new();
    for (body, line) in &templates {
        for named in source::paths(body, &["crate"]) {
            found.extend(fault(&named).map(|why| format!("{name}:{}: `{named}`: {why}", line + named.line - 1)));
        }
    }
    (templates.len(), found)
}

#[test]
fn an_expansion_names_the_runtime_and_the_authors_words_alone() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for file in files("mimsy-macros/src").iter().filter(|file| !file.is_test()) {
        let (templates, found) = faults(&file.name, &file.code);
        seen += templates;
        wrong.extend(found);
    }
    assert!(seen > 50, "only {seen} templates were read");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_foreign_name_in_a_template_is_found() {
    let found = |text: &str| faults("x.rs", &source::code(text)).1.len();
    assert_eq!(found("let a = quote!(#rt::Some(#x)); Some(a)"), 0);
    assert_eq!(found("quote! { const A: Option<u8> = ::core::option::Option::None; }"), 2);
    assert_eq!(found("quote_spanned!(one.span()=> std::fs::read(assert!(true)))"), 2);
    assert_eq!(found("quote!(mimsy_runtime::entity::Entity)"), 1);
    assert_eq!(found("quote!(::mimsy::__rt); format!(\"Some\")"), 0);
    assert_eq!(found("quote!(::mimsy::Entity)"), 1);
    assert_eq!(faults("x.rs", "\n\nquote!(\nVec)").1, ["x.rs:4: `Vec`: a type of the author's may have this name"]);
}
