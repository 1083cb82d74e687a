//! The text of an include, in pieces: what stands between commas, outside of parentheses and quotes.

/// A path, and what stands in the parentheses behind its relations.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Item<'t> {
    pub(super) names: Vec<&'t str>,
    /// Which character of the whole it starts at, counted from 1.
    pub(super) character: usize,
    /// Each with the number of names before it.
    pub(super) arguments: Vec<(usize, Vec<Piece<'t>>)>,
}

/// What stands between two commas in parentheses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) character: usize,
}

/// Where a text is no list of includes.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    pub(super) character: usize,
    pub(super) detail: &'static str,
}

const FORM: &str = "name relations, separated by commas, as in `customer,lines.product`";

/// Split a text into its items.
pub(super) fn items(text: &str) -> Result<Vec<Item<'_>>, Wrong> {
    let (mut items, mut item) = (Vec::new(), Item { character: 1, ..Item::default() });
    // Where the name starts that is being read; where the parenthesis and the quote are that are open.
    let (mut name, mut open, mut quote) = (Some(0), None, None);
    let mut escaped = false;
    for (character, (byte, one)) in (1..).zip(text.char_indices()) {
        let wrong = |detail| Wrong { character, detail };
        match one {
            _ if escaped => escaped = false,
            '\\' if quote.is_some() => escaped = true,
            '"' if open.is_some() => quote = if quote.is_some() { None } else { Some(character) },
            _ if quote.is_some() => {}
            ')' => {
                let Some((from, first)) = open.take() else { return Err(wrong("there is no `(` to this `)`")) };
                item.arguments.push((item.names.len(), pieces(&text[from..byte], first)));
            }
            '(' if open.is_some() => {
                return Err(wrong(
                    "there is no parenthesis inside of another; a value that holds one stands in quotes",
                ));
            }
            _ if open.is_some() => {}
            ',' | '.' | '(' => {
                match name.take().map(|start| &text[start..byte]) {
                    Some("") => return Err(wrong(FORM)),
                    Some(name) => item.names.push(name),
                    None if one == '(' => return Err(wrong("a relation has arguments once")),
                    None => {}
                }
                match one {
                    '(' => open = Some((byte + 1, character + 1)),
                    '.' => name = Some(byte + 1),
                    _ => {
                        name = Some(byte + 1);
                        items.push(std::mem::take(&mut item));
                        item.character = character + 1;
                    }
                }
            }
            _ if name.is_none() => return Err(wrong("behind a `)` stands a comma, a dot, or nothing")),
            _ => {}
        }
    }
    match (quote, open, name.map(|start| &text[start..])) {
        (Some(character), ..) => Err(Wrong { character, detail: "this quote is not closed" }),
        (None, Some((_, first)), _) => Err(Wrong { character: first - 1, detail: "this `(` is not closed" }),
        (None, None, Some("")) => Err(Wrong { character: text.chars().count() + 1, detail: FORM }),
        (None, None, last) => {
            item.names.extend(last);
            items.push(item);
            Ok(items)
        }
    }
}

/// Split at commas outside of quotes.
fn pieces(text: &str, first: usize) -> Vec<Piece<'_>> {
    let (mut pieces, mut start) = (Vec::new(), (0, first));
    let (mut quoted, mut escaped) = (false, false);
    for (character, (byte, one)) in (first..).zip(text.char_indices()) {
        match one {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                pieces.push(Piece { text: &text[start.0..byte], character: start.1 });
                start = (byte + 1, character + 1);
            }
            _ => {}
        }
    }
    pieces.push(Piece { text: &text[start.0..], character: start.1 });
    pieces
}

/// A value as it is meant: one in quotes without them, where `\` keeps the next character as it is.
pub(super) fn value(text: &str) -> Result<String, String> {
    let Some(quoted) = text.strip_prefix('"') else {
        return match text.contains('"') {
            true => Err("a value that holds a quote stands in quotes, with a `\\` before it".to_owned()),
            false => Ok(text.to_owned()),
        };
    };
    let mut value = String::with_capacity(quoted.len());
    let mut rest = quoted.chars();
    loop {
        match rest.next() {
            Some('"') if rest.as_str().is_empty() => return Ok(value),
            Some('"') | None => return Err("behind a quoted value stands a comma, or nothing".to_owned()),
            Some('\\') => value.extend(rest.next()),
            Some(other) => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, character: usize) -> Piece<'_> {
        Piece { text, character }
    }

    #[test]
    fn texts_in_pieces() {
        let item = |names: &[&'static str], character, arguments| Item { names: names.to_vec(), character, arguments };
        for (text, expected) in [
            ("a", vec![item(&["a"], 1, vec![])]),
            ("a,b.c", vec![item(&["a"], 1, vec![]), item(&["b", "c"], 3, vec![])]),
            ("a(x:1,y)", vec![item(&["a"], 1, vec![(1, vec![piece("x:1", 3), piece("y", 7)])])]),
            ("a(),b", vec![item(&["a"], 1, vec![(1, vec![piece("", 3)])]), item(&["b"], 5, vec![])]),
            ("a(b).c.d(e)", vec![item(&["a", "c", "d"], 1, vec![(1, vec![piece("b", 3)]), (3, vec![piece("e", 10)])])]),
            (
                "ä(\"ö,)(\\\",\"),b(c)",
                vec![
                    item(&["ä"], 1, vec![(1, vec![piece("\"ö,)(\\\",\"", 3)])]),
                    item(&["b"], 14, vec![(1, vec![piece("c", 16)])]),
                ],
            ),
        ] {
            assert_eq!(items(text), Ok(expected), "{text}");
        }
        for (text, character) in [
            ("", 1),
            ("a,", 3),
            (",a", 1),
            ("a,,b", 3),
            ("a..b", 3),
            (".", 1),
            ("a(", 2),
            ("a(b", 2),
            ("a)", 2),
            ("a(b(c))", 4),
            ("a(b)c", 5),
            ("a(b)(c)", 5),
            ("a(b).", 6),
            ("a(b).,c", 6),
            ("a(b))", 5),
            ("(b)", 1),
            ("a.(b)", 3),
            ("a(\"b)", 3),
            ("a(\"b\\\")", 3),
        ] {
            assert_eq!(items(text).map_err(|wrong| wrong.character), Err(character), "{text}");
        }
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("", ""),
            ("a b", "a b"),
            ("\"\"", ""),
            ("\"a, (b)\"", "a, (b)"),
            ("\"\\\"\\\\x\"", "\"\\x"),
            ("a\\b", "a\\b"),
        ] {
            assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["\"", "\"a", "\"a\"b", "a\"", "\"a\\\""] {
            assert!(value(text).is_err(), "{text}");
        }
    }
}
