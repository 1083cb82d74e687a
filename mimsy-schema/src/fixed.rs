//! Exact decimals: an unscaled integer and a number of digits behind the point.
//!
//! Every database stores the same number: SQLite as the unscaled INTEGER, Postgres as NUMERIC(18, scale). `f64` never
//! takes part.

use std::fmt;

/// A stored decimal has fewer than this many unscaled units: |unscaled| < 10^18.
pub const LIMIT: i128 = 1_000_000_000_000_000_000;

/// The most digits behind the point.
pub const MAX_SCALE: u8 = 18;

/// `unscaled / 10^scale`.
///
/// ```
/// use mimsy_schema::Fixed;
/// let price = Fixed::parse("12.5").unwrap();
/// assert_eq!(price.rescale(2).unwrap().to_string(), "12.50");
/// assert!(Fixed::parse("12.345").unwrap().rescale(2).is_none(), "never rounded");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fixed {
    /// The digits, without the point.
    pub unscaled: i128,
    /// How many of them stand behind the point.
    pub scale: u8,
}

impl Fixed {
    /// `unscaled / 10^scale`.
    #[must_use]
    pub const fn new(unscaled: i128, scale: u8) -> Self {
        Self { unscaled, scale }
    }

    /// The same number with `scale` digits behind the point; `None` where that would round or overflow.
    #[must_use]
    pub fn rescale(self, scale: u8) -> Option<Self> {
        let unscaled = if scale >= self.scale {
            self.unscaled.checked_mul(10i128.checked_pow(u32::from(scale - self.scale))?)?
        } else {
            let divisor = 10i128.checked_pow(u32::from(self.scale - scale))?;
            if self.unscaled % divisor != 0 {
                return None;
            }
            self.unscaled / divisor
        };
        Some(Self { unscaled, scale })
    }

    /// Whether the number fits a column: |unscaled| < 10^18.
    #[must_use]
    pub const fn fits(self) -> bool {
        self.unscaled < LIMIT && self.unscaled > -LIMIT
    }

    /// Read a plain decimal: an optional minus, digits, and a point with digits. No exponent, no spaces, no plus.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() + part.len() > 38 || !plain(whole) || !plain(part) {
            return None;
        }
        let unscaled = whole
            .bytes()
            .chain(part.bytes())
            .try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')))?;
        Some(Self { unscaled: if negative { -unscaled } else { unscaled }, scale: u8::try_from(part.len()).ok()? })
    }
}

impl PartialOrd for Fixed {
    /// By number; `None` where the common scale would overflow.
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let scale = self.scale.max(other.scale);
        Some(self.rescale(scale)?.unscaled.cmp(&other.rescale(scale)?.unscaled))
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let digits = self.unscaled.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let divisor = 10u128.pow(u32::from(self.scale));
        write!(f, "{sign}{}.{:0width$}", digits / divisor, digits % divisor, width = usize::from(self.scale))
    }
}

#[cfg(test)]
mod tests;
