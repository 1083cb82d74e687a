//! What is wrong with a schema: always a list, each with a stable code, a place and help.

use std::fmt;

use crate::expr::At;

/// The stable code of a diagnostic. Documented, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Two entities have one name, table or path, or two fields of an entity one name or column.
    Duplicate,
    /// A name that the database or the API cannot carry.
    BadName,
    /// An entity has no key, or its key is not a field.
    NoKey,
    /// A path, relation, unique or inverse names a field that is not there.
    UnknownField,
    /// A relation or an actor names an entity that the schema does not hold.
    UnknownEntity,
    /// A reference does not hold the key of its target.
    BadReference,
    /// An inverse does not point back, or an entity between does not join the two.
    BadInverse,
    /// A rule or a default does not fit its field.
    BadRule,
    /// An expression does not type-check.
    BadExpression,
    /// A rule asks another policy that is not there, or that asks it back.
    BadDelegation,
    /// `on_delete = set_null` on a reference that cannot be NULL.
    SetNullOnRequired,
    /// Routes without a policy: the entity would be closed to everyone.
    NoPolicy,
    /// A routed action that no rule allows.
    UncoveredAction,
    /// The policies of one schema speak of two actors.
    TwoActors,
    /// A tenant path that does not lead to a tenant, or an actor without one.
    BadTenant,
    /// An index over what cannot be indexed, or with a condition that no index can have.
    BadIndex,
    /// A unique that holds across tenants: its conflict tells one tenant about another.
    UniqueCrossesScope,
    /// An upsert by a key that can be guessed and is no tenant's own: its answer tells whether a row is there.
    UpsertCrossesScope,
    /// A rule that never holds.
    RuleNever,
    /// A rule that always holds.
    RuleAlways,
    /// A rule that allows nothing, since others forbid all that it allows.
    RuleDead,
    /// A rule that adds nothing to another one.
    RuleSubsumed,
    /// An entity that refers to a tenant's rows and is not fenced itself.
    NoFence,
    /// A fenced entity whose policy does not keep tenants apart.
    FenceOpen,
    /// A delete would take rows along that nobody may delete.
    CascadeClosed,
    /// A field that tells about a person is readable by everybody.
    PublicPii,
}

impl Code {
    /// The code as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "DUPLICATE",
            Self::BadName => "BAD_NAME",
            Self::NoKey => "NO_KEY",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::UnknownEntity => "UNKNOWN_ENTITY",
            Self::BadReference => "BAD_REFERENCE",
            Self::BadInverse => "BAD_INVERSE",
            Self::BadRule => "BAD_RULE",
            Self::BadExpression => "BAD_EXPRESSION",
            Self::BadDelegation => "BAD_DELEGATION",
            Self::SetNullOnRequired => "SET_NULL_ON_REQUIRED",
            Self::NoPolicy => "NO_POLICY",
            Self::UncoveredAction => "UNCOVERED_ACTION",
            Self::TwoActors => "TWO_ACTORS",
            Self::BadTenant => "BAD_TENANT",
            Self::BadIndex => "BAD_INDEX",
            Self::UniqueCrossesScope => "UNIQUE_CROSSES_SCOPE",
            Self::UpsertCrossesScope => "UPSERT_CROSSES_SCOPE",
            Self::RuleNever => "RULE_NEVER",
            Self::RuleAlways => "RULE_ALWAYS",
            Self::RuleDead => "RULE_DEAD",
            Self::RuleSubsumed => "RULE_SUBSUMED",
            Self::NoFence => "NO_FENCE",
            Self::FenceOpen => "FENCE_OPEN",
            Self::CascadeClosed => "CASCADE_CLOSED",
            Self::PublicPii => "PUBLIC_PII",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// The part of the schema: `Invoice`, `Invoice.total`, `Invoice::billing`.
    pub place: String,
    /// Where it was written, if that is known.
    pub at: At,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.code.as_str(), self.place)?;
        if self.at.line > 0 {
            write!(f, " ({})", self.at)?;
        }
        write!(f, ": {}", self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// All that is wrong with a schema, in the order of the entities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Add one whose place in a source is not known.
    pub fn add(
        &mut self,
        code: Code,
        place: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        self.0.push(Diagnostic {
            code,
            place: place.into(),
            at: At::UNKNOWN,
            message: message.into(),
            help: help.into(),
        });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
