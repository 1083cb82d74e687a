//! What the load generator asks for.

use clap::ValueEnum;

/// A kind of request, repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// One row by a random key.
    Get,
    /// A page of 20 rows behind a random cursor.
    List20,
    /// A page of 100 rows behind a random cursor.
    List100,
    /// One new row a request.
    Create,
    /// Sixty times [`Get`](Self::Get), thirty times [`List20`](Self::List20) and ten times [`Create`](Self::Create), in
    /// random order.
    Mixed,
}

impl Workload {
    /// Those of the suite, in the order in which a server sees them: creates last, since they change the table.
    pub(crate) const ALL: [Self; 4] = [Self::Get, Self::List20, Self::List100, Self::Create];

    /// As it stands in a table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Get => "point read",
            Self::List20 => "list of 20",
            Self::List100 => "list of 100",
            Self::Create => "create",
            Self::Mixed => "90/10 mix",
        }
    }

    /// As it stands on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List20 => "list20",
            Self::List100 => "list100",
            Self::Create => "create",
            Self::Mixed => "mixed",
        }
    }
}
