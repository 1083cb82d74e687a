//! Floating-point numbers that are numbers: no NaN, no infinity, and one zero.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A finite `f64`; −0 is 0. So it has an order and a hash, which `f64` has not.
///
/// Written as the shortest text that reads back as the same number, which is JSON. What a 64-bit integer holds exactly is
/// written without an exponent, as Postgres writes it in JSON.
///
/// ```
/// use mimsy_schema::Finite;
/// assert_eq!(Finite::new(0.1).unwrap().to_string(), "0.1");
/// assert_eq!(Finite::new(f64::NAN), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finite(f64);

impl Finite {
    /// A number; `None` for NaN and the infinities.
    #[must_use]
    pub const fn new(number: f64) -> Option<Self> {
        match (number.is_finite(), number == 0.0) {
            (false, _) => None,
            (true, true) => Some(Self(0.0)),
            (true, false) => Some(Self(number)),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Read a number as JSON writes it (RFC 8259, section 6): the nearest one; `None` past the largest.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if is_number(text) { Self::new(text.parse().ok()?) } else { None }
    }
}

/// Whether a text is a number as JSON writes it (RFC 8259, section 6).
pub(crate) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = plain.split_once(['e', 'E']).map_or((plain, None), |(n, e)| (n, Some(e)));
    let (whole, part) = number.split_once('.').map_or((number, None), |(w, p)| (w, Some(p)));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && part.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

impl Eq for Finite {}

impl PartialOrd for Finite {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Finite {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for Finite {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// Up to here, the standard library writes no exponent.
const PLAIN: f64 = 1e16;

impl fmt::Display for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From 2^53 on there are no fractions. 2^63 and 2^64 are the first past their types.
        let whole = self.0.abs() >= PLAIN && self.0 >= -(2f64.powi(63)) && self.0 < 2f64.powi(64);
        if whole { write!(f, "{}", self.0 as i128) } else { write!(f, "{:?}", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(bits: u64) {
            let Some(number) = Finite::new(f64::from_bits(bits)) else { return Ok(()) };
            prop_assert_eq!(Finite::parse(&number.to_string()), Some(number));
        }

        #[test]
        fn the_order_is_that_of_the_numbers(a: f64, b: f64) {
            let (Some(x), Some(y)) = (Finite::new(a), Finite::new(b)) else { return Ok(()) };
            prop_assert_eq!(Some(x.cmp(&y)), a.partial_cmp(&b));
        }
    }

    #[test]
    fn known_numbers() {
        for (number, text) in [
            (0.0, "0.0"),
            (-0.0, "0.0"),
            (1.0, "1.0"),
            (-0.1, "-0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "10000000000000000"),
            (-1e18, "-1000000000000000000"),
            (-9_223_372_036_854_775_808.0, "-9223372036854775808"),
            (18_446_744_073_709_549_568.0, "18446744073709549568"),
            (18_446_744_073_709_551_616.0, "1.8446744073709552e19"),
            (-1e19, "-1e19"),
            (1e-5, "1e-5"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
        ] {
            assert_eq!(Finite::new(number).unwrap().to_string(), text);
        }
        assert_eq!(Finite::new(-0.0).unwrap().get().to_bits(), 0);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "NaN",
            "inf",
            "-Infinity",
            "+1",
            ".5",
            "5.",
            "1e",
            "1e+",
            "0x10",
            "1_000",
            "1,5",
            " 1",
            "1 ",
            "01",
            "1e400",
            "-1e400",
            "--1",
            "1.5.5",
        ] {
            assert_eq!(Finite::parse(text), None, "{text}");
        }
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Finite::new), [None; 3]);
        assert_eq!(Finite::parse("1E-2"), Finite::new(0.01));
    }
}
