//! Hooks: functions of the program's on the way of a write.
//!
//! They live beside the schema, which is data: `schema!` collects them with its parts, and `actions` finds them by the
//! entity. A hook speaks of what becomes of a row, so one for `create` hears of every new row, whichever door and action
//! it comes by: an upsert creates or updates, and what goes with a deleted row is deleted or updated as well.

use std::fmt;
use std::panic::{self, AssertUnwindSafe};

use futures_util::future::BoxFuture;
use mimsy_schema::{Model, Schema, Value};

use crate::access::Access;
use crate::actions::Actions;
use crate::entity::{Entity, Input, Patch, RowReader, Values};
use crate::error::Error;
use crate::violation::Violations;
use crate::who::Who;

/// The hooks of one entity, in the order in which they are asked.
#[derive(Clone, Copy, Debug)]
pub struct Hooks(pub &'static [Hook]);

impl Hooks {
    /// None at all.
    pub const NONE: &'static Self = &Self(&[]);
}

/// A hook.
#[derive(Clone, Copy, Debug)]
pub struct Hook {
    /// The name of the function.
    pub function: &'static str,
    /// What has to become of a row.
    pub fates: &'static [Fate],
    /// The function.
    pub run: Run,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Create,
    /// It is changed.
    Update,
    /// It goes.
    Delete,
}

/// The function of a hook, by where on the way it is asked.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Of a row that is complete, before it is validated.
    BeforeValidate(fn(&Rows<'_>) -> Result<Values, Violations>),
    /// Of a row that is valid and allowed, before it is stored.
    BeforeStore(fn(&Rows<'_>) -> Result<(), Error>),
    /// Of a row that is committed; answers whether it went well.
    AfterCommit(fn(&Rows<'_>, Actions) -> BoxFuture<'static, bool>),
}

/// A row, before and after.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Its entity.
    pub model: &'a Model,
    /// One value a field; `None` for one that is new.
    pub old: Option<&'a [Value]>,
    /// One value a field; `None` for one that goes.
    pub new: Option<&'a [Value]>,
    /// Who does it.
    pub who: &'a Who,
}

impl Rows<'_> {
    /// What becomes of the row.
    #[must_use]
    pub fn fate(&self) -> Fate {
        match (self.old, self.new) {
            (None, _) => Fate::Create,
            (Some(_), Some(_)) => Fate::Update,
            (Some(_), None) => Fate::Delete,
        }
    }

    fn read<E: Entity>(&self, row: Option<&[Value]>) -> Option<E> {
        row.map(|row| E::read(&mut RowReader::new(self.model, row.to_vec())))
    }
}

/// The hooks of a schema, by entity.
#[derive(Debug)]
pub struct Hooked(Vec<&'static [Hook]>);

impl Hooked {
    /// Put hooks, by the name of their entity, to a schema.
    #[must_use]
    pub fn new(schema: &Schema, own: &[(&'static str, &'static Hooks)]) -> Self {
        let of =
            |model: &Model| own.iter().find(|(entity, _)| *entity == model.name()).map_or(&[][..], |(_, own)| own.0);
        Self(schema.models().iter().map(of).collect())
    }

    /// Whether something is to be done after commits.
    #[must_use]
    pub fn follow_commits(&self) -> bool {
        self.0.iter().copied().flatten().any(Hook::follows_commits)
    }

    /// The hooks of an entity.
    #[must_use]
    pub fn of(&self, model: &Model) -> &'static [Hook] {
        self.0[model.id.index()]
    }
}

/// A hook that panicked. It says which, and nothing of what it was given.
#[derive(Debug)]
struct Panicked {
    entity: String,
    function: &'static str,
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the hook `{}` of {} panicked", self.function, self.entity)
    }
}

impl std::error::Error for Panicked {}

impl Hook {
    /// Whether it is asked after a commit.
    pub(crate) fn follows_commits(&self) -> bool {
        matches!(self.run, Run::AfterCommit(_))
    }

    /// What the function gives; where it panics, a defect. What it said then may hold values, so it is dropped.
    ///
    /// # Errors
    /// That it panicked.
    pub fn caught<T>(&self, model: &Model, ask: impl FnOnce() -> T) -> Result<T, Error> {
        let panicked = |_| Error::internal(Panicked { entity: model.name().to_owned(), function: self.function });
        panic::catch_unwind(AssertUnwindSafe(ask)).map_err(panicked)
    }
}

/// What a hook objects with.
pub trait Objection {
    /// As an error of the action.
    fn error(self) -> Error;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Violations>> Objection for E {
    fn error(self) -> Error {
        Error::invalid(self.into().0)
    }
}

impl Objection for Error {
    fn error(self) -> Error {
        self
    }
}

/// What a hook answers.
#[diagnostic::on_unimplemented(
    message = "this hook answers `Result<{T}, E>`, and not `{Self}`",
    label = "not the answer of this hook",
    note = "`E` is why not: a `&str`, a `String`, a `Violation` or `Violations`, all of them a 422; or an `Error`, as `Error::conflict(…)` makes one"
)]
pub trait Answer<T> {
    /// As the result of an action.
    fn result(self) -> Result<T, Error>;
}

#[diagnostic::do_not_recommend]
impl<T, E: Objection> Answer<T> for Result<T, E> {
    fn result(self) -> Result<T, Error> {
        self.map_err(Objection::error)
    }
}

/// What a hook said.
///
/// # Errors
/// Its objection.
pub fn objection(answer: impl Answer<()>) -> Result<(), Error> {
    answer.result()
}

/// What a hook answers that may change the row.
#[diagnostic::on_unimplemented(
    message = "this hook answers `Result<Patch<{E}>, E>`, and not `{Self}`",
    label = "not the answer of this hook",
    note = "the patch is what to change, `Patch::<{E}>::default()` nothing; `E` is what is wrong with the input: a `&str`, a `String`, a `Violation` or `Violations`"
)]
pub trait Amends<E> {
    /// What to change.
    fn values(self) -> Result<Values, Violations>;
}

#[diagnostic::do_not_recommend]
impl<E: Entity, W: Into<Violations>> Amends<E> for Result<Patch<E>, W> {
    fn values(self) -> Result<Values, Violations> {
        self.map(Input::into_values).map_err(Into::into)
    }
}

/// What a hook changes.
///
/// # Errors
/// What is wrong with the input.
pub fn amendment<E: Entity>(answer: impl Amends<E>) -> Result<Values, Violations> {
    answer.values()
}

/// Ask a hook about a row that is to be validated.
///
/// # Errors
/// What is wrong with the input.
pub fn before_validate<E: Entity>(
    rows: &Rows<'_>,
    hook: impl Fn(Option<&E>, &E, &Who) -> Result<Values, Violations>,
) -> Result<Values, Violations> {
    match rows.read(rows.new) {
        Some(new) => hook(rows.read(rows.old).as_ref(), &new, rows.who),
        None => Ok(Values::new()),
    }
}

/// Ask a hook about a row that is to be stored.
///
/// # Errors
/// Its objection.
pub fn before_store<E: Entity>(
    rows: &Rows<'_>,
    hook: impl Fn(Option<&E>, Option<&E>, &Who) -> Result<(), Error>,
) -> Result<(), Error> {
    hook(rows.read(rows.old).as_ref(), rows.read(rows.new).as_ref(), rows.who)
}

/// What a hook answers that only acts.
#[diagnostic::on_unimplemented(
    message = "this hook answers `Result<(), E>`, and not `{Self}`",
    label = "not the answer of this hook",
    note = "nobody waits for it, so `E` goes nowhere: log what you want to know; that it failed is logged"
)]
pub trait Outcome {
    /// Whether it went well.
    fn went_well(self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<E> Outcome for Result<(), E> {
    fn went_well(self) -> bool {
        self.is_ok()
    }
}

/// How a hook's work went.
pub fn outcome<F>(work: F) -> BoxFuture<'static, bool>
where
    F: Future + Send + 'static,
    F::Output: Outcome,
{
    Box::pin(async move { work.await.went_well() })
}

/// Begin the work of a hook on a row that is committed.
pub fn after_commit<E: Entity>(
    rows: &Rows<'_>,
    actions: Actions,
    hook: impl Fn(Option<E>, Option<E>, Access) -> BoxFuture<'static, bool>,
) -> BoxFuture<'static, bool> {
    hook(rows.read(rows.old), rows.read(rows.new), Access::who(actions, Who::System("a hook after a commit".into())))
}
