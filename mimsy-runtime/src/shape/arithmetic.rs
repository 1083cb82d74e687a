//! Arithmetic, texts and time, as shapes see them.

use mimsy_schema::{Fixed, Timestamp};
use rust_decimal::Decimal;

use super::{Dec, Text, never_called};

/// What `+` and `-` may stand between.
#[diagnostic::on_unimplemented(
    message = "a rule cannot add `{Self}` and `{R}`",
    label = "`{Self}` and `{R}` have no sum",
    note = "integers are added to integers, decimals to decimals, and a span of time, as in `days(30)`, to a moment",
    note = "a `Nullable` field may be NULL: say what NULL means with `.unwrap_or(…)`"
)]
pub trait Plus<R> {
    /// What the sum is.
    type Sum;
}

/// What `*` may stand between.
#[diagnostic::on_unimplemented(
    message = "a rule cannot multiply `{Self}` and `{R}`",
    label = "`{Self}` and `{R}` have no product",
    note = "integers and decimals are multiplied",
    note = "a `Nullable` field may be NULL: say what NULL means with `.unwrap_or(…)`"
)]
pub trait Times<R> {
    /// What the product is.
    type Product;
}

/// `+` and `-`.
pub fn add<A: Plus<B>, B>(_: A, _: B) -> A::Sum {
    never_called()
}

/// `*`.
pub fn mul<A: Times<B>, B>(_: A, _: B) -> A::Product {
    never_called()
}

macro_rules! joined {
    ($trait:ident, $output:ident: $($a:ty, $b:ty => $result:ty;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl $trait<$b> for $a {
            type $output = $result;
        }
    )* };
}
joined! { Plus, Sum:
    i64, i64 => i64; i64, i32 => i64; i64, i16 => i64; i32, i64 => i64; i16, i64 => i64; Timestamp, Span => Timestamp;
    Dec, Dec => Dec; Dec, i64 => Dec; Dec, Fixed => Dec; Dec, Decimal => Dec;
    i64, Dec => Dec; Fixed, Dec => Dec; Decimal, Dec => Dec;
}
joined! { Times, Product:
    i64, i64 => i64; i64, i32 => i64; i64, i16 => i64; i32, i64 => i64; i16, i64 => i64;
    Dec, Dec => Dec; Dec, i64 => Dec; Dec, Fixed => Dec; Dec, Decimal => Dec;
    i64, Dec => Dec; Fixed, Dec => Dec; Decimal, Dec => Dec;
}

/// A span of time, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Span(pub(crate) i64);

/// The longest span: what a double holds exactly, some 285 years.
const LONGEST: i64 = (1 << 53) - 1;

macro_rules! spans {
    ($($name:ident: $seconds:literal,)*) => {$(
        /// A span of time.
        ///
        /// # Panics
        /// At build, where it is longer than 285 years.
        #[must_use]
        pub const fn $name(count: i64) -> Span {
            match count.checked_mul($seconds * 1_000_000) {
                Some(micros) if micros <= LONGEST && micros >= -LONGEST => Span(micros),
                _ => panic!("a span of time has at most 285 years"),
            }
        }
    )*};
}
spans! { seconds: 1, minutes: 60, hours: 3_600, days: 86_400, weeks: 604_800, }

/// `now()`: the moment of the action, the same in all of it.
#[must_use]
pub fn moment() -> Timestamp {
    never_called()
}

/// What is a text.
#[diagnostic::on_unimplemented(
    message = "this is asked of a text, and this is `{Self}`",
    label = "not a text",
    note = "a `Nullable` field may be NULL: say what NULL means with `.is_some_and(|x| x.starts_with(…))`"
)]
pub trait Letters {}

#[diagnostic::do_not_recommend]
impl Letters for Text {}
#[diagnostic::do_not_recommend]
impl Letters for &str {}

/// Whether a text starts with another.
pub fn starts_with<A: Letters, B: Letters>(_: A, _: B) -> bool {
    never_called()
}

/// Whether a text ends with another.
pub fn ends_with<A: Letters, B: Letters>(_: A, _: B) -> bool {
    never_called()
}
