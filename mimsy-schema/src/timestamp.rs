//! Moments: microseconds in UTC, years 0001 to 9999. Each is a [`Date`] and a [`Time`].

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::calendar::{self, MICROS_A_SECOND, SECONDS_A_DAY};
use crate::{Date, Time};

const MICROS_A_DAY: i64 = SECONDS_A_DAY * MICROS_A_SECOND;

/// A moment in UTC, in microseconds since 1970-01-01T00:00:00Z.
///
/// Written as RFC 3339, always 27 characters, and read from any RFC 3339 text with up to six digits of a second.
///
/// ```
/// use mimsy_schema::Timestamp;
/// let noon = Timestamp::parse("2026-11-20T14:00:00+02:00").unwrap();
/// assert_eq!(noon.to_string(), "2026-11-20T12:00:00.000000Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800 * MICROS_A_SECOND);
    /// 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self(253_402_300_800 * MICROS_A_SECOND - 1);
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(0);

    /// From microseconds since the epoch; `None` outside the years 0001 to 9999.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::MIN.0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The current time of the system clock.
    #[must_use]
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_A_SECOND)
    }

    /// Later by a span; stays within the years 0001 to 9999.
    #[must_use]
    pub fn saturating_add(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros).min(Self::MAX.0))
    }

    /// The day, in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        let days = i32::try_from(self.0.div_euclid(MICROS_A_DAY)).ok();
        days.and_then(Date::from_days).unwrap_or(Date::MAX)
    }

    /// The time of day, in UTC.
    #[must_use]
    pub fn time(self) -> Time {
        Time::from_micros(self.0.rem_euclid(MICROS_A_DAY)).unwrap_or(Time::MAX)
    }

    /// Read RFC 3339: a date, `T`, a time with up to six digits of a second, and `Z` or an offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix(['T', 't'])?;
        let (time, zone) = rest.split_at_checked(rest.find(['Z', 'z', '+', '-'])?)?;
        // RFC 3339 leaves out no seconds.
        let (date, time) = (Date::parse(date)?, Time::parse(time).filter(|_| time.len() > 5)?);
        let offset = match zone.as_bytes() {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), hours @ .., b':', _, _] if hours.len() == 2 => {
                let (hours, minutes) = (calendar::number(hours)?, calendar::number(&zone.as_bytes()[4..])?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
            }
            _ => return None,
        };
        Self::from_micros(i64::from(date.as_days()) * MICROS_A_DAY + time.as_micros() - offset * MICROS_A_SECOND)
    }

    /// The 27 characters of the RFC 3339 form.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 27] {
        let mut out = *b"0000-00-00T00:00:00.000000Z";
        out[..10].copy_from_slice(&self.date().to_ascii());
        out[11..26].copy_from_slice(&self.time().to_ascii());
        out
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let micros = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        };
        Self(micros.clamp(Self::MIN.0, Self::MAX.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.to_ascii()).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests;
