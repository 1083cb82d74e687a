//! What is wrong with a query string.

use mimsy_schema::name::told;

/// One thing that is wrong with a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which parameter, by its whole name, unless that is very long: `filter[total][gte]`.
    pub parameter: String,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, and what to write instead.
    pub detail: String,
}

/// A place that something can be wrong at.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) parameter: &'a str,
    /// Which character of its value, counted from 1, where the value has a grammar.
    pub(super) character: Option<usize>,
}

impl<'a> Spot<'a> {
    pub(super) fn parameter(parameter: &'a str) -> Self {
        Self { parameter, character: None }
    }

    pub(super) fn fault(self, faults: &mut Faults, code: &'static str, detail: impl FnOnce() -> String) {
        faults.add_with(self.parameter, code, || match self.character {
            Some(at) => format!("at character {at}: {}", detail()),
            None => detail(),
        });
    }
}

/// Everything that is wrong, of which the first [`MOST_FAULTS`] are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first.
    pub listed: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

/// This many faults are told. More help nobody, and would make an answer larger than what it answers.
pub const MOST_FAULTS: usize = 50;

impl Faults {
    /// One fault, which nobody but the rows could tell.
    pub(in crate::http) fn one(parameter: &str, code: &'static str, detail: String) -> Self {
        let mut faults = Self::default();
        faults.add(parameter, code, detail);
        faults
    }

    pub(super) fn add(&mut self, parameter: &str, code: &'static str, detail: impl Into<String>) {
        self.add_with(parameter, code, || detail.into());
    }

    /// With words that cost something: for a fault that is only counted, they are not sought.
    pub(super) fn add_with(&mut self, parameter: &str, code: &'static str, detail: impl FnOnce() -> String) {
        if self.listed.len() < MOST_FAULTS {
            self.listed.push(Fault { parameter: told(parameter).into_owned(), code, detail: detail() });
        } else {
            self.more += 1;
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.listed.len() + self.more
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    pub(super) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}
