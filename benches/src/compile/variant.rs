//! The crates that are compared.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// Entities with a policy of three rules and routes, served as an application.
    Guarded,
    /// The same structs with `Serialize` and `Deserialize`, each used once.
    Derives,
}

impl Variant {
    pub(super) const ALL: [Self; 2] = [Self::Guarded, Self::Derives];

    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::Derives => "derives",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Guarded => "Mimsy, guarded",
            Self::Derives => "serde derives",
        }
    }

    /// What stands under `[dependencies]`.
    pub(super) fn dependencies(self, repository: &str) -> String {
        match self {
            Self::Guarded => format!("mimsy = {{ path = {:?} }}\n", format!("{repository}/mimsy")),
            Self::Derives => "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n\
                              uuid = { version = \"1\", features = [\"serde\"] }\n"
                .to_owned(),
        }
    }
}
