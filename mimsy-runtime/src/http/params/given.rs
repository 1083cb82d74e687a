//! What a filter is given.

use std::borrow::Cow;

use super::pairs::decode;

/// The value or the values of a filter.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// The value of a parameter, decoded and raw.
    Parameter { value: &'a str, raw: &'a str },
    /// What stands between the commas behind an argument of an include.
    Items(&'a [String]),
}

impl Given<'_> {
    /// The only value.
    pub(super) fn one(&self) -> Result<&str, String> {
        match self {
            Self::Parameter { value, .. } => Ok(value),
            Self::Items([one]) => Ok(one),
            Self::Items(_) => Err("must be one value; one that holds a comma stands in quotes: `\"a, b\"`".to_owned()),
        }
    }

    /// The values of a comma-separated list. An encoded comma, `%2C`, belongs to its value; nothing at all is no value.
    pub(super) fn several(&self) -> Result<Vec<Cow<'_, str>>, String> {
        match self {
            Self::Parameter { raw: "", .. } => Ok(Vec::new()),
            Self::Items([one]) if one.is_empty() => Ok(Vec::new()),
            Self::Items(items) => Ok(items.iter().map(|one| Cow::Borrowed(one.as_str())).collect()),
            Self::Parameter { raw, .. } => {
                let utf8 = || "must be UTF-8, percent-encoded".to_owned();
                raw.split(',').map(|one| decode(one).ok_or_else(utf8)).collect()
            }
        }
    }
}
