//! A query string of a few plain parameters, each a text.

use super::{Faults, pairs, unknown};

/// The parameters, and what is wrong with them so far.
pub(in crate::http) struct Plain {
    given: Vec<(String, String)>,
    pub(in crate::http) faults: Faults,
}

impl Plain {
    /// Read a query string; what is not among `names` is a fault.
    pub(in crate::http) fn read(query: &str, names: &[&str]) -> Self {
        let mut faults = Faults::default();
        let mut given = Vec::new();
        for pair in pairs::split(query, &mut faults) {
            match names.contains(&pair.name.as_ref()) {
                true => given.push((pair.name.into_owned(), pair.value.into_owned())),
                false => unknown(&pair, names, &mut faults),
            }
        }
        Self { given, faults }
    }

    /// The value of a parameter, if it is there.
    pub(in crate::http) fn optional(&self, name: &str) -> Option<String> {
        self.given.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The value of a parameter that has to be there.
    pub(in crate::http) fn required(&mut self, name: &str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.faults.add(name, "REQUIRED", "is required");
        }
        value
    }

    /// A value is not right.
    pub(in crate::http) fn fault(&mut self, name: &str, detail: String) {
        self.faults.add(name, "BAD_VALUE", detail);
    }
}
