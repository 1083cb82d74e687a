//! Times of day, in microseconds, without a day and without a zone.

use std::fmt;

use crate::calendar::{self, MICROS_A_SECOND, SECONDS_A_DAY};

/// A time of day, from 00:00 to 23:59:59.999999.
///
/// Written as ISO 8601, always 15 characters; the seconds, and digits of them, may be left out where one is read.
///
/// ```
/// use mimsy_schema::Time;
/// const NINE: Time = Time::new(9, 0, 0);
/// assert_eq!(NINE.to_string(), "09:00:00.000000");
/// assert_eq!(Time::parse("09:00"), Some(NINE));
/// assert_eq!(Time::parse("24:00"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// 00:00.
    pub const MIN: Self = Self(0);
    /// 23:59:59.999999.
    pub const MAX: Self = Self(SECONDS_A_DAY * MICROS_A_SECOND - 1);

    /// A time that is known to be one: for constants, where a wrong one fails the build.
    ///
    /// # Panics
    /// When there is no such time of day; [`Time::from_hms`] answers `None` instead.
    #[must_use]
    pub const fn new(hour: u8, minute: u8, second: u8) -> Self {
        match Self::from_hms(hour, minute, second) {
            Some(time) => time,
            None => panic!("there is no such time of day"),
        }
    }

    /// A time of day; `None` where there is none.
    #[must_use]
    pub const fn from_hms(hour: u8, minute: u8, second: u8) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some(Self((hour as i64 * 3600 + minute as i64 * 60 + second as i64) * MICROS_A_SECOND))
    }

    /// From microseconds since 00:00; `None` from 24:00 on.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < 0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// Microseconds since 00:00.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Read `HH:MM`, `HH:MM:SS`, or that with one to six digits of a second behind a point.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let [_, _, b':', _, _, rest @ ..] = bytes else { return None };
        let (second, fraction) = match rest {
            [] => (0, 0),
            [b':', _, _] => (calendar::number(&rest[1..])?, 0),
            [b':', _, _, b'.', digits @ ..] if (1..=6).contains(&digits.len()) => {
                let missing = 6 - u32::try_from(digits.len()).ok()?;
                (calendar::number(&rest[1..3])?, calendar::number(digits)? * 10i64.pow(missing))
            }
            _ => return None,
        };
        let part = |number: i64| u8::try_from(number).ok();
        let (hour, minute) = (calendar::number(&bytes[..2])?, calendar::number(&bytes[3..5])?);
        let whole = Self::from_hms(part(hour)?, part(minute)?, part(second)?)?;
        Some(Self(whole.0 + fraction))
    }

    /// The 15 characters of the ISO 8601 form.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 15] {
        let seconds = self.0 / MICROS_A_SECOND;
        let mut out = *b"00:00:00.000000";
        calendar::put(&mut out[..2], seconds / 3600);
        calendar::put(&mut out[3..5], seconds / 60 % 60);
        calendar::put(&mut out[6..8], seconds % 60);
        calendar::put(&mut out[9..], self.0 % MICROS_A_SECOND);
        out
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.to_ascii()).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(micros in 0..=Time::MAX.0) {
            let time = Time(micros);
            prop_assert_eq!(Time::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn text_sorts_as_the_times_do(a in 0..=Time::MAX.0, b in 0..=Time::MAX.0) {
            prop_assert_eq!(a.cmp(&b), Time(a).to_string().cmp(&Time(b).to_string()));
        }
    }

    #[test]
    fn what_may_be_left_out() {
        for (text, micros) in [
            ("00:00", 0),
            ("12:30", 45_000_000_000),
            ("12:30:15", 45_015_000_000),
            ("12:30:15.5", 45_015_500_000),
            ("12:30:15.000001", 45_015_000_001),
            ("23:59:59.999999", Time::MAX.0),
        ] {
            assert_eq!(Time::parse(text).map(Time::as_micros), Some(micros), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "12",
            "1:00",
            "12:0",
            "24:00",
            "24:00:00",
            "12:60",
            "12:00:60",
            "12:00:5",
            "12:00:",
            "12:00:00.",
            "12:00:00.1234567",
            "12:00:00Z",
            "12:00.5",
            "-1:00",
            "12:00:00,5",
            "१२:00",
            " 12:00",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
        assert_eq!((Time::from_micros(-1), Time::from_micros(Time::MAX.0 + 1)), (None, None));
        assert_eq!(Time::from_hms(24, 0, 0), None);
    }
}
