//! From a JSON text (RFC 8259) to its canonical form, in one pass.

use super::DEEPEST;
use crate::finite::is_number;
use crate::name::told;
use crate::{Finite, Flaw};

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: String,
    depth: usize,
    /// Whether an integer past 64 bits is the nearest double.
    lenient: bool,
}

/// Where a member stands in the canonical text: its start, the end of its key, its end.
type Member = (usize, usize, usize);

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, lenient: bool) -> Self {
        Self { text, at: 0, out: String::with_capacity(text.len()), depth: 0, lenient }
    }

    pub(super) fn read(mut self) -> Result<String, Flaw> {
        self.space();
        self.value()?;
        self.space();
        if self.at < self.text.len() { Err(malformed()) } else { Ok(self.out) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Take a byte, if it is the next.
    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<(), Flaw> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let rest = &self.text[self.at..];
                let word = ["null", "true", "false"].into_iter().find(|word| rest.starts_with(word));
                let word = word.ok_or_else(malformed)?;
                self.at += word.len();
                self.out.push_str(word);
                Ok(())
            }
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<(), Flaw>) -> Result<(), Flaw> {
        if self.depth == DEEPEST {
            return Err(Flaw::new("DEPTH", format!("nests deeper than {DEEPEST} levels")));
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        inner(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self) -> Result<(), Flaw> {
        self.out.push('[');
        let mut count = 0usize;
        while !self.take(b']') {
            if count > 0 {
                self.comma()?;
            }
            self.value().map_err(|flaw| within(&count.to_string(), flaw))?;
            self.space();
            count += 1;
        }
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self) -> Result<(), Flaw> {
        self.out.push('{');
        let (first, mut members) = (self.out.len(), Vec::new());
        while !self.take(b'}') {
            if !members.is_empty() {
                self.comma()?;
            }
            let start = self.out.len();
            if self.peek() != Some(b'"') {
                return Err(malformed());
            }
            self.string()?;
            let key = self.out.len();
            self.space();
            if !self.take(b':') {
                return Err(malformed());
            }
            self.out.push(':');
            self.space();
            if let Err(flaw) = self.value() {
                return Err(within(&plain(&self.out[start..key]), flaw));
            }
            members.push((start, key, self.out.len()));
            self.space();
        }
        self.sort(first, members)?;
        self.out.push('}');
        Ok(())
    }

    /// Bring the members of an object, which stand from `first` on, into their order.
    fn sort(&mut self, first: usize, mut members: Vec<Member>) -> Result<(), Flaw> {
        let key = |member: &Member| &self.out[member.0..member.1];
        if members.is_sorted_by(|a, b| key(a) < key(b)) {
            return Ok(());
        }
        members.sort_by(|a, b| key(a).cmp(key(b)));
        if let Some(pair) = members.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])) {
            let key = plain(key(&pair[0]));
            let detail = format!("the key `{}` occurs twice; which value is meant?", told(&key));
            return Err(within(&key, Flaw::new("DUPLICATE_KEY", detail)));
        }
        let sorted: Vec<&str> = members.iter().map(|member| &self.out[member.0..member.2]).collect();
        let sorted = sorted.join(",");
        self.out.truncate(first);
        self.out.push_str(&sorted);
        Ok(())
    }

    fn comma(&mut self) -> Result<(), Flaw> {
        if !self.take(b',') {
            return Err(malformed());
        }
        self.out.push(',');
        self.space();
        Ok(())
    }

    fn string(&mut self) -> Result<(), Flaw> {
        self.at += 1;
        self.out.push('"');
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or_else(malformed)?;
            self.out.push_str(&rest[..end]);
            self.at += end + 1;
            match rest.as_bytes()[end] {
                b'"' => break,
                b'\\' => {
                    let escaped = self.escape()?;
                    push(&mut self.out, escaped);
                }
                _ => return Err(malformed()),
            }
        }
        self.out.push('"');
        Ok(())
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, Flaw> {
        let byte = self.peek().ok_or_else(malformed)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => match self.unit()? {
                0 => return Err(Flaw::new("NUL", "a text cannot hold the character U+0000")),
                high @ 0xd800..=0xdbff if self.take(b'\\') && self.take(b'u') => {
                    let low = self.unit()?;
                    char::decode_utf16([high, low]).next().and_then(Result::ok).ok_or_else(lone)?
                }
                unit => char::from_u32(u32::from(unit)).ok_or_else(lone)?,
            },
            _ => return Err(malformed()),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, Flaw> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        self.at += 4;
        digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or_else(malformed)
    }

    fn number(&mut self) -> Result<(), Flaw> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let token = &rest[..end];
        self.at += end;
        if !is_number(token) {
            return Err(malformed());
        }
        let is_whole = !token.contains(['.', 'e', 'E']);
        if is_whole && (token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok()) {
            self.out.push_str(if token == "-0" { "0" } else { token });
            return Ok(());
        }
        if is_whole && !self.lenient {
            return Err(Flaw::new("RANGE", "is an integer past 64 bits, which few readers keep; send it as a text"));
        }
        let too_large = || Flaw::new("RANGE", "is larger than a floating-point number can be");
        self.out.push_str(&Finite::parse(token).ok_or_else(too_large)?.to_string());
        Ok(())
    }
}

fn malformed() -> Flaw {
    Flaw::new("FORMAT", "is no JSON")
}

fn lone() -> Flaw {
    Flaw::new("TYPE", "a text cannot hold a lone surrogate such as \\ud800")
}

/// What is wrong inside of a member or an item.
fn within(key: &str, flaw: Flaw) -> Flaw {
    let pointer = format!("/{}{}", told(key).replace('~', "~0").replace('/', "~1"), flaw.pointer);
    Flaw { pointer, ..flaw }
}

/// Append a character of a text, with an escape only where JSON demands one.
fn push(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => out.push(c),
    }
}

/// A text in quotes, with as few escapes as possible.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| push(&mut out, c));
    out.push('"');
    out
}

/// A canonical text without its quotes and escapes.
pub(super) fn plain(quoted: &str) -> String {
    let mut reader = Reader::new(quoted, false);
    let (mut out, inner) = (String::new(), quoted.trim_start_matches('"').len());
    reader.at = quoted.len() - inner;
    while let Some(byte) = reader.peek().filter(|byte| *byte != b'"') {
        if byte == b'\\' {
            reader.at += 1;
            out.extend(reader.escape().ok());
        } else {
            let c = quoted[reader.at..].chars().next().unwrap_or_default();
            out.push(c);
            reader.at += c.len_utf8();
        }
    }
    out
}
