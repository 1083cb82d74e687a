//! What the value of a field must obey.

use crate::Text;
use crate::expr::Leaf;

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
        }
    }
}
