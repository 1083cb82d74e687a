//! The operators of filters. To add one: a line in [`Operator::ALL`], what it fits in [`Operator::fits`], what it makes
//! in `Operator::test`, then a [`Test`] for the renderer.

use mimsy_schema::{Field, Kind, Value};

use super::given::Given;
use super::value::{part, read};
use crate::query::Test;

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal; what is meant where none is written.
    Eq,
    /// Not equal; holds of NULL.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// One of a list.
    In,
    /// None of a list; holds of NULL.
    Nin,
    /// Between two values, both inclusive.
    Between,
    /// Holds a text, or an item.
    Contains,
    /// Holds a text; ASCII letters of either case are alike.
    Icontains,
    /// Starts with a text.
    StartsWith,
    /// Ends with a text.
    EndsWith,
    /// Is NULL, or is not.
    IsNull,
}

impl Operator {
    /// All of them, by the name in a URL.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("lt", Self::Lt),
        ("lte", Self::Lte),
        ("gt", Self::Gt),
        ("gte", Self::Gte),
        ("in", Self::In),
        ("nin", Self::Nin),
        ("between", Self::Between),
        ("contains", Self::Contains),
        ("icontains", Self::Icontains),
        ("starts_with", Self::StartsWith),
        ("ends_with", Self::EndsWith),
        ("is_null", Self::IsNull),
    ];

    /// By its name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }

    /// Whether it can be asked of a field: what its kind has an equality, an order or a text for. NULL can only be asked
    /// about where it may be.
    #[must_use]
    pub fn fits(self, field: &Field) -> bool {
        match self {
            Self::Eq | Self::Ne => field.kind.has_equality(),
            Self::In | Self::Nin => field.kind.has_equality() && field.kind != Kind::Bool,
            Self::Lt | Self::Lte | Self::Gt | Self::Gte | Self::Between => field.kind.is_ordered(),
            Self::Contains if field.kind == Kind::List => field.item.is_some_and(Kind::has_equality),
            Self::Contains | Self::Icontains | Self::StartsWith | Self::EndsWith => field.kind == Kind::Text,
            Self::IsNull => field.nullable,
        }
    }

    /// The names of the operators that fit a field.
    pub fn fitting(field: &Field) -> impl Iterator<Item = &'static str> + '_ {
        Self::ALL.iter().filter(|(_, operator)| operator.fits(field)).map(|(name, _)| *name)
    }

    /// The test of what is given.
    pub(super) fn test(self, field: &Field, given: &Given<'_>) -> Result<Test, String> {
        let one = || read(field, given.one()?);
        let text = || part(given.one()?);
        let several = || given.several()?.iter().map(|one| read(field, one)).collect::<Result<Vec<Value>, String>>();
        Ok(match self {
            Self::Eq => Test::Eq(one()?),
            Self::Ne => Test::Ne(one()?),
            Self::Lt => Test::Lt(one()?),
            Self::Lte => Test::Lte(one()?),
            Self::Gt => Test::Gt(one()?),
            Self::Gte => Test::Gte(one()?),
            Self::In => Test::In(several()?),
            Self::Nin => Test::Nin(several()?),
            Self::Between => match <[Value; 2]>::try_from(several()?) {
                Ok([low, high]) => Test::Between(low, high),
                Err(_) => return Err("must be two values, separated by a comma".to_owned()),
            },
            Self::Contains => match field.as_item() {
                Some(item) => Test::Has(read(&item, given.one()?)?),
                None => Test::Contains(text()?),
            },
            Self::Icontains => Test::Icontains(text()?),
            Self::StartsWith => Test::StartsWith(text()?),
            Self::EndsWith => Test::EndsWith(text()?),
            Self::IsNull => match given.one()? {
                "true" => Test::IsNull(true),
                "false" => Test::IsNull(false),
                _ => return Err("must be `true` or `false`".to_owned()),
            },
        })
    }
}
