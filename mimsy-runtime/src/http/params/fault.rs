//! What is wrong with a query string.

/// One thing that is wrong with a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which parameter, by its whole name: `filter[total][gte]`.
    pub parameter: String,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, and what to write instead.
    pub detail: String,
}

/// Everything that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, parameter: &str, code: &'static str, detail: impl Into<String>) {
        self.0.push(Fault { parameter: parameter.to_owned(), code, detail: detail.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}
