//! What SQLite keeps only as text: the CHECKs of a CREATE TABLE, the expressions and the condition of a CREATE INDEX.
//!
//! Reads just enough of SQL for that: quotes, comments, parentheses and words.

/// A piece of SQL text.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Word,
    Quoted,
    Open,
    Close,
    Comma,
    Other,
}

/// The expressions of a table's CHECKs, in their order.
pub(super) fn checks(sql: &str) -> Vec<String> {
    let tokens = tokens(sql);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        // A column may be named check, but then no parenthesis follows.
        if is_word(token, "CHECK")
            && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Open)
            && let Some(inner) = group(sql, &tokens, at + 1)
        {
            found.push(inner.trim().to_owned());
        }
    }
    found
}

/// Whether a table gives no key twice.
pub(super) fn counts(sql: &str) -> bool {
    tokens(sql).iter().any(|token| is_word(token, "AUTOINCREMENT"))
}

/// What a CREATE INDEX lists between its parentheses.
pub(super) fn index_columns(sql: &str) -> Vec<String> {
    let tokens = tokens(sql);
    let Some(open) = tokens.iter().position(|token| token.kind == Kind::Open) else { return Vec::new() };
    let mut depth = 0;
    let mut start = tokens[open].end;
    let mut found = Vec::new();
    for token in &tokens[open..] {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && token.kind == Kind::Comma) {
            found.push(sql[start..token.start].trim().to_owned());
            start = token.end;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// The condition of a partial index.
pub(super) fn predicate(sql: &str) -> Option<String> {
    let mut depth = 0;
    for token in tokens(sql) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ if depth == 0 && is_word(&token, "WHERE") => return Some(sql[token.end..].trim().to_owned()),
            _ => {}
        }
    }
    None
}

fn is_word(token: &Token<'_>, word: &str) -> bool {
    token.kind == Kind::Word && token.text.eq_ignore_ascii_case(word)
}

/// The text inside the parenthesis that opens at a token.
fn group<'a>(sql: &'a str, tokens: &[Token<'_>], open: usize) -> Option<&'a str> {
    let mut depth = 0;
    for token in &tokens[open..] {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&sql[tokens[open].end..token.start]);
        }
    }
    None
}

fn tokens(sql: &str) -> Vec<Token<'_>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &sql[at..];
        let start = at;
        let kind = match bytes[at] {
            b'-' if rest.starts_with("--") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            quote @ (b'\'' | b'"' | b'`' | b'[') => {
                let closing = if quote == b'[' { b']' } else { quote };
                at += 1;
                // A doubled quote stands for itself; it reads as the end of one text and the start of the next.
                at += bytes[at..].iter().position(|byte| *byte == closing).map_or(bytes.len() - at, |end| end + 1);
                Kind::Quoted
            }
            b'(' | b')' | b',' => {
                at += 1;
                match bytes[start] {
                    b'(' => Kind::Open,
                    b')' => Kind::Close,
                    _ => Kind::Comma,
                }
            }
            byte if is_part_of_word(byte) => {
                at += bytes[at..].iter().take_while(|byte| is_part_of_word(**byte)).count();
                Kind::Word
            }
            _ => {
                at += 1;
                if bytes[start].is_ascii_whitespace() {
                    continue;
                }
                Kind::Other
            }
        };
        found.push(Token { kind, text: &sql[start..at], start, end: at });
    }
    found
}

/// All bytes of a character past ASCII belong to words, so a token never ends inside of one.
fn is_part_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{checks, counts, index_columns, predicate};

    #[test]
    fn checks_are_found_behind_quotes_comments_and_parentheses() {
        let sql = "CREATE TABLE t (\n  a INTEGER CHECK (a IN (0, 1)), -- CHECK (no)\n  /* CHECK (no) */ \"check\" TEXT \
                   DEFAULT 'CHECK (no)', b TEXT, CONSTRAINT long check( length(b) <= 3 AND b <> ')''(' )) STRICT";
        assert_eq!(checks(sql), ["a IN (0, 1)", "length(b) <= 3 AND b <> ')''('"]);
        assert_eq!(checks("CREATE TABLE t (check_in TEXT, b TEXT)"), [""; 0]);
    }

    #[test]
    fn a_table_tells_that_it_counts() {
        assert!(counts("CREATE TABLE t (id integer primary key autoincrement)"));
        assert!(!counts("CREATE TABLE t (id INTEGER PRIMARY KEY, \"AUTOINCREMENT\" TEXT DEFAULT 'AUTOINCREMENT')"));
    }

    #[test]
    fn an_index_tells_its_expressions_and_its_condition() {
        let sql = "CREATE UNIQUE INDEX \"i(x)\" ON t (org, lower(substr(email, 1, 2)), \"a,b\") WHERE gone IS NULL";
        assert_eq!(index_columns(sql), ["org", "lower(substr(email, 1, 2))", "\"a,b\""]);
        assert_eq!(predicate(sql).as_deref(), Some("gone IS NULL"));
        assert_eq!(predicate("CREATE INDEX where_x ON t (\"where\")"), None);
    }
}
