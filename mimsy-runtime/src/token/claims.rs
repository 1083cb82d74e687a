//! What the payload of a token says, as others may write it.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use super::{Claims, TokenError, TokenRules};

/// The largest leeway, in seconds.
const MOST_LEEWAY: u32 = 60;

/// The payload: unknown claims are ignored, times may have fractions.
#[derive(Deserialize)]
pub(super) struct Said {
    sub: Option<String>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    iss: Option<String>,
    aud: Option<Audience>,
}

/// Whole seconds since the epoch; RFC 7519 allows a fraction, which is rounded down. (Not an untagged enum: serde would
/// copy the value first.)
#[derive(Clone, Copy)]
struct NumericDate(i64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seconds;
        impl Visitor<'_> for Seconds {
            type Value = NumericDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since the epoch")
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<NumericDate, E> {
                Ok(NumericDate(seconds))
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<NumericDate, E> {
                Ok(NumericDate(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }

            // The cast saturates at the ends of i64, which is what a comparison with `now` needs.
            fn visit_f64<E>(self, seconds: f64) -> Result<NumericDate, E> {
                Ok(NumericDate(seconds.floor() as i64))
            }
        }
        deserializer.deserialize_any(Seconds)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Some(Vec<String>),
}

impl Audience {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Some(all) => all.iter().any(|one| one == wanted),
        }
    }
}

impl Said {
    pub(super) fn check(self, rules: &TokenRules, now: i64) -> Result<Claims, TokenError> {
        let leeway = i64::from(rules.leeway.min(MOST_LEEWAY));
        let exp = self.exp.ok_or(TokenError::NoExpiry)?.0;
        if now >= exp.saturating_add(leeway) {
            return Err(TokenError::Expired);
        }
        let (nbf, iat) = (self.nbf.map(|date| date.0), self.iat.map(|date| date.0));
        if [nbf, iat].into_iter().flatten().any(|from| from > now.saturating_add(leeway)) {
            return Err(TokenError::Early);
        }
        if rules.issuer.is_some() && self.iss != rules.issuer {
            return Err(TokenError::Issuer);
        }
        if let Some(wanted) = &rules.audience
            && !self.aud.as_ref().is_some_and(|aud| aud.holds(wanted))
        {
            return Err(TokenError::Audience);
        }
        let sub = self.sub.filter(|sub| !sub.is_empty()).ok_or(TokenError::NoSubject)?;
        let aud = match self.aud {
            Some(Audience::One(one)) => Some(one),
            _ => rules.audience.clone(),
        };
        Ok(Claims { sub, exp, iat, nbf, iss: self.iss, aud })
    }
}
