//! The words of an expression.

use std::borrow::Cow;

/// A word, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) word: Word<'t>,
    /// Which character of the whole it starts at, counted from 1.
    pub(super) character: usize,
}

/// What it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word<'t> {
    Name(&'t str),
    Number(&'t str),
    Text(Cow<'t, str>),
    /// An operator, or a parenthesis, a comma, a dot.
    Sign(&'static str),
}

impl Word<'_> {
    /// The word in a message.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Name(text) | Self::Number(text) => mimsy_schema::name::told(text),
            Self::Text(_) => "\"…\"".into(),
            Self::Sign(sign) => (*sign).into(),
        }
    }
}

/// The longest first.
const SIGNS: [&str; 15] = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ",", ".", "+", "-"];

/// Split a text into its words; where it has none, which character that is, and what is wrong there.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, (usize, String)> {
    let (mut tokens, mut rest, mut character) = (Vec::new(), text, 1);
    while let Some(first) = rest.chars().next() {
        let bytes = match first {
            ' ' | '\t' | '\n' | '\r' => first.len_utf8(),
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(rest.len());
                tokens.push(Token { word: Word::Name(&rest[..end]), character });
                end
            }
            '0'..='9' => {
                let end = number(rest);
                tokens.push(Token { word: Word::Number(&rest[..end]), character });
                end
            }
            '"' => {
                let (word, end) = quoted(rest).ok_or_else(|| (character, "this quote is not closed".to_owned()))?;
                tokens.push(Token { word: Word::Text(word), character });
                end
            }
            '\'' => return Err((character, "texts stand in double quotes: `\"…\"`".to_owned())),
            '=' if !rest.starts_with("==") => return Err((character, "write `==` for what is equal".to_owned())),
            other => {
                let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) else {
                    return Err((character, format!("`{other}` has no meaning in an expression")));
                };
                tokens.push(Token { word: Word::Sign(sign), character });
                sign.len()
            }
        };
        character += rest[..bytes].chars().count();
        rest = &rest[bytes..];
    }
    Ok(tokens)
}

/// The length of the number at the start: digits, perhaps a point and digits, perhaps an exponent.
fn number(text: &str) -> usize {
    let digits = |from: usize| from + text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    if text[end..].starts_with('.') && digits(end + 1) > end + 1 {
        end = digits(end + 1);
    }
    let exponent = text[end..].strip_prefix(['e', 'E']).map(|rest| usize::from(rest.starts_with(['+', '-'])));
    match exponent {
        Some(sign) if digits(end + 1 + sign) > end + 1 + sign => digits(end + 1 + sign),
        _ => end,
    }
}

/// The text in quotes at the start, and how long it is with them; a `\` keeps the next character as it is.
fn quoted(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let mut value = Cow::Borrowed("");
    let (mut escaped, mut from) = (false, 1);
    for (at, one) in text.char_indices().skip(1) {
        match one {
            _ if escaped => escaped = false,
            '"' => {
                value += &text[from..at];
                return Some((value, at + 1));
            }
            '\\' => {
                value += &text[from..at];
                (escaped, from) = (true, at + 1);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let text = "a_1.b >= 1.50&&c==\"ö\\\"\\\\\" or !d(-2e3,1.x)";
        let found: Vec<(Word<'_>, usize)> =
            tokens(text).unwrap().into_iter().map(|token| (token.word, token.character)).collect();
        let text = |text: &'static str| Word::Text(text.into());
        let expected = [
            (Word::Name("a_1"), 1),
            (Word::Sign("."), 4),
            (Word::Name("b"), 5),
            (Word::Sign(">="), 7),
            (Word::Number("1.50"), 10),
            (Word::Sign("&&"), 14),
            (Word::Name("c"), 16),
            (Word::Sign("=="), 17),
            (text("ö\"\\"), 19),
            (Word::Name("or"), 27),
            (Word::Sign("!"), 30),
            (Word::Name("d"), 31),
            (Word::Sign("("), 32),
            (Word::Sign("-"), 33),
            (Word::Number("2e3"), 34),
            (Word::Sign(","), 37),
            (Word::Number("1"), 38),
            (Word::Sign("."), 39),
            (Word::Name("x"), 40),
            (Word::Sign(")"), 41),
        ];
        assert_eq!(found, expected);
        for (text, character) in
            [("a = 1", 3), ("'a'", 1), ("a == \"b", 6), ("ä", 1), ("a;b", 2), ("a & b", 3), ("\"\\\"", 1)]
        {
            assert_eq!(tokens(text).map_err(|(character, _)| character), Err(character), "{text}");
        }
    }
}
