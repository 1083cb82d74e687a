//! Relations to include in a list, each with what is asked of its rows.

use std::marker::PhantomData;

use super::order::Sorting;
use super::plan::Plan;
use super::rows::{Leads, Part, Row, Wider};
use crate::quoted::{Condition, Named};

/// A relation of `E` to rows with the shape `S`, which come as `R`.
type Of<E, S, R> = fn() -> (E, S, R);

/// A relation to include, with what is asked of its rows: those come as `R`.
pub struct Include<E, S, R> {
    pub(super) path: &'static [&'static str],
    plan: Plan,
    of: PhantomData<Of<E, S, R>>,
}

impl<E, S, R> Clone for Include<E, S, R> {
    fn clone(&self) -> Self {
        Self { path: self.path, plan: self.plan.clone(), of: PhantomData }
    }
}

/// What a list can include.
#[diagnostic::on_unimplemented(
    message = "`include` names a relation of `{E}`, and this is `{Self}`",
    label = "no relation of `{E}`",
    note = "name it as in `expr!(|invoice: &Invoice| invoice.lines)`"
)]
pub trait Including<E> {
    /// What the relation comes as.
    type Part: Part;
    #[doc(hidden)]
    fn planned(self) -> Planned;
}

/// What is included, without its types.
#[doc(hidden)]
pub struct Planned(pub(super) Vec<&'static str>, pub(super) Plan);

impl<E, S: Leads> Including<E> for Named<E, S> {
    type Part = S::Part<S::Target>;

    fn planned(self) -> Planned {
        Planned(self.path.to_vec(), Plan::default())
    }
}

impl<E, S: Leads, R: Row> Including<E> for Include<E, S, R> {
    type Part = S::Part<R>;

    fn planned(self) -> Planned {
        Planned(self.path.to_vec(), self.plan)
    }
}

impl<E, S: Leads> Named<E, S> {
    fn rows(self) -> Include<E, S, S::Target> {
        Include { path: self.path, plan: Plan::default(), of: PhantomData }
    }

    /// Of each row at most so many: 50 if it is not said, and never more than 1000.
    #[must_use]
    pub fn limit(self, limit: u32) -> Include<E, S, S::Target> {
        self.rows().limit(limit)
    }

    /// Include the rows that a condition holds of.
    #[must_use]
    pub fn filter(self, condition: impl Condition<S::Target>) -> Include<E, S, S::Target> {
        self.rows().filter(condition)
    }

    /// Order the rows of each.
    #[must_use]
    pub fn sort(self, by: impl Sorting<S::Target>) -> Include<E, S, S::Target> {
        self.rows().sort(by)
    }

    /// Include what the included rows relate to.
    #[must_use]
    pub fn include<I>(self, more: I) -> Include<E, S, <S::Target as Wider>::With<I::Part>>
    where
        I: Including<S::Target>,
        S::Target: Wider,
    {
        self.rows().include(more)
    }
}

impl<E, S: Leads, R> Include<E, S, R> {
    /// Of each row at most so many: 50 if it is not said, and never more than 1000.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.plan.limit = limit;
        self
    }

    /// Include the rows that a condition holds of.
    #[must_use]
    pub fn filter(mut self, condition: impl Condition<S::Target>) -> Self {
        self.plan.matching.push(condition.into_expr());
        self
    }

    /// Order the rows of each.
    #[must_use]
    pub fn sort(mut self, by: impl Sorting<S::Target>) -> Self {
        self.plan.sort.push(by.into_key());
        self
    }

    /// Include what the included rows relate to.
    #[must_use]
    pub fn include<I>(mut self, more: I) -> Include<E, S, R::With<I::Part>>
    where
        I: Including<S::Target>,
        R: Wider,
    {
        let Planned(path, plan) = more.planned();
        self.plan.include.push((path, plan));
        Include { path: self.path, plan: self.plan, of: PhantomData }
    }
}
