//! What the value of a field must obey.

use crate::expr::Leaf;
use crate::{List, Text};

/// A rule of one field. A value that breaks it is a violation with the rule's [`code`](Rule::code).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Rule {
    /// The number of a text's Unicode code points, of bytes, or of a list's items; both ends inclusive.
    Len {
        /// At least.
        min: Option<u64>,
        /// At most.
        max: Option<u64>,
    },
    /// At least this, inclusive.
    Min(Leaf),
    /// At most this, inclusive.
    Max(Leaf),
    /// A regular expression that must match somewhere in the text (anchor it with `^` and `$`).
    Pattern(Text),
    /// An e-mail address.
    Email,
    /// An absolute URL of one of these schemes, valid by the URL Standard of WHATWG as it stands, and without a password.
    Url {
        /// In lower case, without the colon.
        schemes: List<Text>,
    },
    /// An IP address.
    Ip {
        /// 4 or 6; either, unless it is said.
        version: Option<u8>,
    },
    /// One of these.
    OneOf(List<Leaf>),
    /// Something in it: a character of a text, a byte, an item of a list.
    NonEmpty,
}

impl Rule {
    /// The stable code of its violations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Len { .. } => "LEN",
            Self::Min(_) => "MIN",
            Self::Max(_) => "MAX",
            Self::Pattern(_) => "PATTERN",
            Self::Email => "EMAIL",
            Self::Url { .. } => "URL",
            Self::Ip { .. } => "IP",
            Self::OneOf(_) => "ONE_OF",
            Self::NonEmpty => "NON_EMPTY",
        }
    }
}

/// What RFC 3986 (3.1) calls a scheme, in lower case.
#[must_use]
pub fn is_scheme(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    text.bytes().next().is_some_and(|first| first.is_ascii_lowercase()) && text.bytes().all(rest)
}
