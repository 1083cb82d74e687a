//! NUMERIC on the wire, exactly: groups of four decimal digits, aligned at the point.
//!
//! Layout, each two bytes, big-endian: number of groups, weight of the first group (its power of 10,000), sign, digits
//! behind the point to show, and the groups (`numeric_send` in Postgres' `numeric.c`). Read and written here as
//! integers of 128 bits: the driver's decimals multiply fractions, which costs a page of rows dearly.

use mimsy_schema::Fixed;

const BASE: u128 = 10_000;
const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;

/// A decimal as Postgres sends it.
pub(super) struct Numeric(pub(super) Fixed);

impl Numeric {
    /// The binary form; `None` where the digits overflow 128 bits.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let Fixed { unscaled, scale } = self.0;
        // Pad the fraction to whole groups.
        let padding = (4 - u32::from(scale) % 4) % 4;
        let fraction = u16::from(scale).div_ceil(4);
        let mut rest = unscaled.unsigned_abs().checked_mul(10u128.pow(padding))?;
        let mut groups = Vec::with_capacity(8);
        while rest > 0 {
            groups.push(u16::try_from(rest % BASE).ok()?);
            rest /= BASE;
        }
        let count = u16::try_from(groups.len()).ok()?;
        let weight = if count == 0 { 0 } else { i16::try_from(count).ok()? - i16::try_from(fraction).ok()? - 1 };
        let sign = if unscaled < 0 { NEGATIVE } else { POSITIVE };
        let mut bytes = Vec::with_capacity(8 + 2 * groups.len());
        bytes.extend_from_slice(&count.to_be_bytes());
        bytes.extend_from_slice(&weight.to_be_bytes());
        bytes.extend_from_slice(&sign.to_be_bytes());
        bytes.extend_from_slice(&u16::from(scale).to_be_bytes());
        groups.iter().rev().for_each(|group| bytes.extend_from_slice(&group.to_be_bytes()));
        Some(bytes)
    }

    /// The number at a scale; `None` where that would round or overflow, and for NaN and the infinities.
    pub(super) fn from_bytes(bytes: &[u8], scale: u8) -> Option<Fixed> {
        let word = |index: usize| Some(u16::from_be_bytes(bytes.get(2 * index..2 * index + 2)?.try_into().ok()?));
        let (count, weight, sign) = (word(0)?, i32::from(word(1)? as i16), word(2)?);
        let negative = match sign {
            POSITIVE => false,
            NEGATIVE => true,
            _ => return None,
        };
        let digits = (0..usize::from(count))
            .try_fold(0i128, |sum, index| sum.checked_mul(10_000)?.checked_add(i128::from(word(4 + index)?)))?;
        if digits == 0 {
            return Some(Fixed::new(0, scale));
        }
        // The last group stands this many digits behind the point; before it, if negative.
        let behind = 4 * (i32::from(count) - 1 - weight);
        let number = match u8::try_from(behind) {
            Ok(behind) => Fixed::new(digits, behind),
            Err(_) => Fixed::new(digits.checked_mul(10i128.checked_pow(u32::try_from(-behind).ok()?)?)?, 0),
        };
        let number = number.rescale(scale)?;
        Some(if negative { Fixed::new(-number.unscaled, scale) } else { number })
    }
}
