//! Pages: how many rows one holds, and the cursor that names where the next one starts.
//!
//! Pure. A cursor carries no authority: whoever presents one sees what the policy shows at that moment.
//!
//! Must not know: SQL, HTTP, where the rows come from.

pub mod binding;
pub mod cursor;

pub use binding::{Binding, binding};
pub use cursor::Cursors;

/// How many rows a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// If nothing is asked for.
    pub default: u32,
    /// At most; a larger number means this one.
    pub max: u32,
    /// Of an included to-many relation, a row.
    pub included: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { default: 50, max: 1000, included: 50 }
    }
}

/// The largest offset. What lies further is walked to by cursors: an offset reads all rows before it.
pub const MAX_OFFSET: u32 = 10_000;

/// The number in `offset=`; `None` where it is no whole number up to [`MAX_OFFSET`].
#[must_use]
pub fn offset(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u32>().ok().filter(|number| digits && *number <= MAX_OFFSET)
}

/// The number in `limit=`, brought down to the maximum; `None` where it is no positive whole number.
#[must_use]
pub fn limit(text: &str, limits: Limits) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Only too many digits can still fail, and too large is coerced.
    match text.parse::<u32>().unwrap_or(u32::MAX) {
        0 => None,
        number => Some(number.min(limits.max)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        for (text, expected) in [
            ("1", Some(1)),
            ("50", Some(50)),
            ("007", Some(7)),
            ("1000", Some(1000)),
            ("1001", Some(1000)),
            ("4294967296", Some(1000)),
            ("99999999999999999999999", Some(1000)),
            ("0", None),
            ("000", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("1e3", None),
            ("NaN", None),
            ("", None),
            (" 1", None),
            ("٣", None),
        ] {
            assert_eq!(limit(text, Limits::default()), expected, "{text:?}");
        }
    }

    #[test]
    fn offsets() {
        for (text, expected) in [
            ("0", Some(0)),
            ("007", Some(7)),
            ("10000", Some(10_000)),
            ("10001", None),
            ("99999999999999999999999", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("", None),
            (" 1", None),
            ("٣", None),
        ] {
            assert_eq!(offset(text), expected, "{text:?}");
        }
    }
}
