//! One entity, and a REST API on SQLite.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Status {
    Open,
    Done,
}

/// Something to do.
#[entity]
#[routes(list(filter(title, status), sort(title, created_at)), get, create, update, delete)]
#[policy(all = public)]
pub struct Task {
    pub id: Id<Self>,
    #[field(len = 1..=200)]
    pub title: String,
    #[field(default = Status::Open)]
    pub status: Status,
    #[field(created)]
    pub created_at: Timestamp,
}

mimsy::schema! { pub Todo: Task }

fn main() -> std::process::ExitCode {
    App::new(Todo).main()
}
