//! Rust source as the paths that it names: just enough of a scanner to see who knows whom.
//!
//! Comments and literals are dropped, `use` trees are unfolded, and `self`, `super` and `crate` are resolved. No types, no
//! macros, no shadowing: a path that looks like a crate's is taken for one.

use std::fmt;

/// A path as it is named at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its segments; the first is `crate`, the name of a crate, or something local.
    pub(crate) path: Vec<String>,
    /// Whether it begins with `::`.
    pub(crate) absolute: bool,
    /// Whether `#` stands before it: the interpolation of a template.
    pub(crate) interpolated: bool,
    /// Whether `!` follows: the call of a macro.
    pub(crate) bang: bool,
    /// The line, from 1.
    pub(crate) line: usize,
}

impl Named {
    /// Whether it is `prefix`, or lies in it.
    pub(crate) fn is_in(&self, prefix: &str) -> bool {
        let mut own = self.path.iter();
        prefix.split("::").all(|segment| own.next().is_some_and(|one| one == segment))
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.absolute { "::" } else { "" }, self.path.join("::"))
    }
}

/// The text without comments and without what stands in literals; lines stay lines.
pub(crate) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut code = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let word = i > 0 && (at(i - 1).is_alphanumeric() || at(i - 1) == '_');
        let end = match (at(i), at(i + 1)) {
            ('/', '/') => find(&chars, i, |j| at(j) == '\n'),
            ('/', '*') => block_comment(&chars, i),
            ('"', _) => string(&chars, i),
            ('r', '"' | '#') if !word || at(i - 1) == 'b' || at(i - 1) == 'c' => raw_string(&chars, i).unwrap_or(i),
            // A lifetime has no second quote behind its first letter.
            ('\'', '\\') => find(&chars, i + 3, |j| at(j) == '\'') + 1,
            ('\'', _) if at(i + 2) == '\'' => i + 3,
            _ => i,
        };
        if end == i {
            code.push(at(i));
            i += 1;
            continue;
        }
        code.extend(chars[i..end.min(chars.len())].iter().filter(|one| **one == '\n'));
        code.push(' ');
        i = end;
    }
    code
}

fn find(chars: &[char], from: usize, stop: impl Fn(usize) -> bool) -> usize {
    (from..chars.len()).find(|j| stop(*j)).unwrap_or(chars.len())
}

fn block_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut i) = (0, from);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

fn string(chars: &[char], from: usize) -> usize {
    let mut i = from + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// `r#"…"#`; `None` for a raw identifier.
fn raw_string(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from + 1..].iter().take_while(|one| **one == '#').count();
    let open = from + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes =
        |j: usize| chars[j] == '"' && chars[j + 1..].iter().take(hashes).filter(|one| **one == '#').count() == hashes;
    Some(find(chars, open + 1, closes) + 1 + hashes)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Colons,
    Mark(char),
}

fn tokens(code: &str) -> Vec<(Token, usize)> {
    let mut tokens = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word: usize =
                rest.chars().take_while(|one| one.is_alphanumeric() || *one == '_').map(char::len_utf8).sum();
            let (token, length) = match first {
                _ if word > 0 => (Some(Token::Word(rest[..word].to_owned())), word),
                _ if rest.starts_with("::") => (Some(Token::Colons), 2),
                _ if first.is_whitespace() => (None, first.len_utf8()),
                _ => (Some(Token::Mark(first)), first.len_utf8()),
            };
            tokens.extend(token.map(|token| (token, line + 1)));
            rest = &rest[length..];
        }
    }
    tokens
}

/// Every path of a file, single names included. `module` is the file's own, as in `["crate", "http", "params"]`.
pub(crate) fn paths(code: &str, module: &[&str]) -> Vec<Named> {
    let mut walk = Walk { tokens: tokens(code), next: 0, found: Vec::new() };
    let mut module: Vec<String> = module.iter().map(|one| (*one).to_owned()).collect();
    // The depth of braces, and at which depth each inline module was opened.
    let (mut depth, mut inline) = (0_usize, Vec::new());
    while let Some((token, _)) = walk.tokens.get(walk.next).cloned() {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                    module.pop();
                }
            }
            Token::Word(word) if word == "mod" && walk.is(2, &Token::Mark('{')) => {
                if let Some((Token::Word(name), _)) = walk.tokens.get(walk.next + 1) {
                    module.push(name.clone());
                    inline.push(depth);
                    walk.next += 1;
                }
            }
            Token::Word(_) => {
                walk.path(&[], &module, Lead::Plain);
                continue;
            }
            // `::a` is absolute, and the rest of `<T as Field>::a` is nothing to know.
            Token::Colons => {
                let before = walk.next.checked_sub(1).map(|before| &walk.tokens[before].0);
                let rest = matches!(before, Some(Token::Mark('>')));
                walk.next += 1;
                if matches!(walk.tokens.get(walk.next), Some((Token::Word(_), _))) {
                    let known = walk.found.len();
                    walk.path(&[], &module, Lead::Absolute);
                    walk.found.truncate(if rest { known } else { walk.found.len() });
                }
                continue;
            }
            Token::Mark(_) => {}
        }
        walk.next += 1;
    }
    walk.found
}

/// What stands before a path.
#[derive(Clone, Copy, PartialEq)]
enum Lead {
    Plain,
    /// `::`
    Absolute,
    /// `#`
    Hash,
}

struct Walk {
    tokens: Vec<(Token, usize)>,
    next: usize,
    found: Vec<Named>,
}

impl Walk {
    fn is(&self, ahead: usize, token: &Token) -> bool {
        self.tokens.get(self.next + ahead).is_some_and(|(one, _)| one == token)
    }

    /// Read a path, or a tree of them behind `::{`.
    fn path(&mut self, prefix: &[String], module: &[String], mut lead: Lead) {
        let before = self.next.checked_sub(1).map(|before| &self.tokens[before].0);
        if before == Some(&Token::Mark('#')) {
            lead = Lead::Hash;
        }
        let line = self.tokens[self.next].1;
        let mut path = prefix.to_vec();
        while let Some((Token::Word(word), _)) = self.tokens.get(self.next).cloned() {
            path.push(word);
            self.next += 1;
            let Some((Token::Colons, _)) = self.tokens.get(self.next) else { break };
            match self.tokens.get(self.next + 1).cloned() {
                Some((Token::Word(_), _)) => self.next += 1,
                Some((Token::Mark('{'), _)) => {
                    self.next += 2;
                    return self.tree(&path, module, lead);
                }
                _ => {
                    self.next += 1;
                    break;
                }
            }
        }
        let bang = self.is(0, &Token::Mark('!')) && !self.is(1, &Token::Mark('='));
        let path = if lead == Lead::Absolute { path } else { resolve(path, module) };
        self.found.push(Named { path, absolute: lead == Lead::Absolute, interpolated: lead == Lead::Hash, bang, line });
    }

    fn tree(&mut self, prefix: &[String], module: &[String], lead: Lead) {
        while let Some((token, _)) = self.tokens.get(self.next).cloned() {
            match token {
                Token::Word(word) if word == "as" => self.next += 2,
                Token::Word(_) => self.path(prefix, module, lead),
                Token::Mark('}') => {
                    self.next += 1;
                    return;
                }
                _ => self.next += 1,
            }
        }
    }
}

/// From where it stands to where it leads: `super::x` and `self::x` become `crate::…::x`.
fn resolve(path: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|one| *one == "super").count();
    let from_self = path.first().is_some_and(|one| one == "self") && path.len() > 1;
    if ups == 0 && !from_self {
        return path;
    }
    let kept = module.len().saturating_sub(ups).max(1);
    let skip = path.iter().take_while(|one| *one == "super" || *one == "self").count();
    module[..kept].iter().chain(&path[skip..]).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{code, paths};

    fn named(text: &str) -> Vec<String> {
        paths(&code(text), &["crate", "http", "params"]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn comments_and_literals_name_nothing() {
        let text = "// a::b\n/* c::d /* e::f */ g::h */ let x = \"i::j \\\" k::l\"; r#\"m::n \" o\"#; b'\\''; 'q'; fn z<'a>() {}";
        let words = named(text);
        assert_eq!(words, ["let", "x", "b", "fn", "z", "a"]);
        assert_eq!(paths(&code("/*\n\n*/ a"), &["crate"])[0].line, 3);
    }

    #[test]
    fn trees_are_unfolded_and_relative_paths_resolved() {
        assert_eq!(
            named("use crate::{store::{Tx, StoreError as E}, sql};"),
            ["use", "crate::store::Tx", "crate::store::StoreError", "crate::sql"],
        );
        assert_eq!(named("super::problem::Problem"), ["crate::http::problem::Problem"]);
        assert_eq!(named("mod a { super::b::c; } super::b::c"), ["crate::http::params::b::c", "crate::http::b::c"]);
        assert_eq!(named("self::pairs::x"), ["crate::http::params::pairs::x"]);
        assert_eq!(named("<T as a::Field>::read(::std::fs::read)"), ["T", "as", "a::Field", "::std::fs::read"]);
        assert_eq!(named("Vec::<sqlx::Row>::new()"), ["Vec", "sqlx::Row"]);
    }

    #[test]
    fn templates_show_what_they_interpolate() {
        let found = paths("#rt::Some(#rt::assert!(x), ::mimsy::__rt, y != z); #rt::{A as _, b::C}", &["crate"]);
        let told: Vec<_> = found.iter().map(|one| (one.to_string(), one.interpolated, one.bang)).collect();
        let of = |name: &str, interpolated, bang| (name.to_owned(), interpolated, bang);
        assert_eq!(
            told,
            [
                of("rt::Some", true, false),
                of("rt::assert", true, true),
                of("x", false, false),
                of("::mimsy::__rt", false, false),
                of("y", false, false),
                of("z", false, false),
                of("rt::A", true, false),
                of("rt::b::C", true, false),
            ],
        );
    }
}
