//! Days of the calendar, years 0001 to 9999, without a time and without a zone.

use std::fmt;

use crate::calendar;

/// A day of the calendar.
///
/// Written as ISO 8601, always 10 characters.
///
/// ```
/// use mimsy_schema::Date;
/// const NEW_YEAR: Date = Date::new(2027, 1, 1);
/// assert_eq!(NEW_YEAR.to_string(), "2027-01-01");
/// assert!(Date::parse("2026-12-31").unwrap() < NEW_YEAR);
/// assert_eq!(Date::parse("2026-02-29"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// 0001-01-01.
    pub const MIN: Self = Self::new(1, 1, 1);
    /// 9999-12-31.
    pub const MAX: Self = Self::new(9999, 12, 31);
    /// 1970-01-01.
    pub const UNIX_EPOCH: Self = Self(0);

    /// A day that is known to be one: for constants, where a wrong one fails the build.
    ///
    /// # Panics
    /// When there is no such day in the years 0001 to 9999; [`Date::from_ymd`] answers `None` instead.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Self {
        match Self::from_ymd(year, month, day) {
            Some(date) => date,
            None => panic!("there is no such day in the years 0001 to 9999"),
        }
    }

    /// A day; `None` where there is none in the years 0001 to 9999.
    #[must_use]
    pub const fn from_ymd(year: u16, month: u8, day: u8) -> Option<Self> {
        let (year, month, day) = (year as i64, month as i64, day as i64);
        if !calendar::is_day(year, month, day) {
            return None;
        }
        // Four digits of a year are some three million days.
        Some(Self(calendar::days_from_civil(year, month, day) as i32))
    }

    /// From days since 1970-01-01; `None` outside the years 0001 to 9999.
    #[must_use]
    pub const fn from_days(days: i32) -> Option<Self> {
        if days < Self::MIN.0 || days > Self::MAX.0 { None } else { Some(Self(days)) }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn as_days(self) -> i32 {
        self.0
    }

    /// Year, month from 1, day from 1.
    #[must_use]
    pub const fn ymd(self) -> (u16, u8, u8) {
        let (year, month, day) = calendar::civil_from_days(self.0 as i64);
        (year as u16, month as u8, day as u8)
    }

    /// Read `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let [_, _, _, _, b'-', _, _, b'-', _, _] = bytes else { return None };
        let (year, month, day) =
            (calendar::number(&bytes[..4])?, calendar::number(&bytes[5..7])?, calendar::number(&bytes[8..])?);
        Self::from_ymd(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The 10 characters of the ISO 8601 form.
    #[must_use]
    pub fn to_ascii(self) -> [u8; 10] {
        let (year, month, day) = calendar::civil_from_days(i64::from(self.0));
        let mut out = *b"0000-00-00";
        calendar::put(&mut out[..4], year);
        calendar::put(&mut out[5..7], month);
        calendar::put(&mut out[8..], day);
        out
    }
}

impl fmt::Display for Date {
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
        fn what_is_written_reads_back(days in Date::MIN.0..=Date::MAX.0) {
            let date = Date(days);
            prop_assert_eq!(Date::parse(&date.to_string()), Some(date));
            let (year, month, day) = date.ymd();
            prop_assert_eq!(Date::from_ymd(year, month, day), Some(date));
        }

        #[test]
        fn text_sorts_as_the_days_do(a in Date::MIN.0..=Date::MAX.0, b in Date::MIN.0..=Date::MAX.0) {
            prop_assert_eq!(a.cmp(&b), Date(a).to_string().cmp(&Date(b).to_string()));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-11-2",
            "2026-11-021",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-01-32",
            "0000-01-01",
            "10000-01-01",
            "-001-01-01",
            "2026/01/01",
            "20260101",
            "2026-1-01",
            "２０２６-01-01",
            "2026-01-01T00:00:00Z",
            " 2026-01-01",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!((Date::from_days(Date::MIN.0 - 1), Date::from_days(Date::MAX.0 + 1)), (None, None));
        assert_eq!((Date::from_ymd(10_000, 1, 1), Date::from_ymd(2024, 2, 30)), (None, None));
        assert_eq!(Date::new(2000, 2, 29).as_days(), 11_016);
    }
}
