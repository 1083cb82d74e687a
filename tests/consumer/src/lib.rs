//! A guest book inside of a program that has its own runtime, its own router and its own way to tell who calls.

use std::convert::Infallible;

use rows::axum::http::request::Parts;
use rows::axum::routing::get;
use rows::axum::{Extension, Router};
use rows::prelude::*;
use rows::store::{Options, Store};
use rows::{ConnectedApp, CurrentActor, StartError};

/// What a guest may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[mimsy(crate = rows)]
pub enum Role {
    /// Writes.
    Guest,
    /// Tidies up.
    Host,
}

/// The actor.
#[entity(crate = rows)]
#[policy(actor = Guest, read = authenticated, crate = rows)]
#[routes(list(filter(name)), get, crate = rows)]
pub struct Guest {
    /// The key.
    pub id: Id<Self>,
    /// Whom to thank.
    #[field(len = 1..=80, unique, login)]
    pub name: String,
    /// What they may do.
    #[field(role)]
    pub role: Role,
}

/// A line in the book.
#[entity(crate = rows)]
#[routes(list(filter(text, by, by.name), sort(written), include(by)), get, create, delete, crate = rows)]
pub struct Entry {
    /// The key.
    pub id: Id<Self>,
    /// Who wrote it.
    pub by: Ref<Guest>,
    /// What they wrote.
    #[field(len = 1..=500)]
    pub text: String,
    /// When.
    #[field(created)]
    pub written: Timestamp,
}

#[policy(actor = Guest, read = public, crate = rows)]
impl Entry {
    /// Guests write in their own name.
    #[can(create)]
    fn own_name(guest: &Guest, entry: &Entry) -> bool {
        entry.by == guest.id
    }

    /// The host tidies up.
    #[can(delete)]
    fn host(guest: &Guest, _entry: &Entry) -> bool {
        guest.role == Role::Host
    }
}

rows::schema! { crate = rows; pub Book: Guest, Entry }

/// The application: whoever knocks with `X-Guest: <id>` is that guest.
#[must_use]
pub fn app() -> App {
    App::new(Book).actor(|parts: &Parts| {
        let id = parts.headers.get("x-guest").and_then(|id| id.to_str().ok()?.parse::<Id<Guest>>().ok());
        async move { Ok::<_, Infallible>(id) }
    })
}

/// The application on the program's own pool of connections.
///
/// # Errors
/// Why it does not start.
pub async fn on_pool(pool: rows::store::sqlx::PgPool) -> Result<ConnectedApp, StartError> {
    app().connect_to(Store::postgres(pool, Options::default())).await
}

/// A route of one's own beside those of Mimsy, under the same policies.
pub fn router(app: &ConnectedApp) -> Router {
    let own = get(async |Extension(app): Extension<ConnectedApp>, caller: CurrentActor| {
        match app.as_caller(&caller).list::<Entry>().counted().page().await {
            Ok(page) => format!("{} entries", page.count.map_or(0, |count| count.value)),
            Err(error) => error.to_string(),
        }
    });
    Router::new().route("/how-many", own).layer(Extension(app.clone())).layer(app.layer()).merge(app.router())
}

#[cfg(test)]
mod tests {
    use rows::axum::body::{Body, to_bytes};
    use rows::axum::http::{Method, Request};
    use rows::test;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_pool_without_a_server_says_so() {
        let pool = rows::store::sqlx::PgPool::connect_lazy("postgres://nobody@127.0.0.1:9/book").expect("a pool");
        assert!(on_pool(pool).await.is_err());
    }

    #[tokio::test]
    async fn the_book_is_open_to_read_and_guests_write_in_their_own_name() {
        let book = test::start(app()).await;
        let system = book.app().system("the first guests");
        let guest = |name: &str, role| Draft::<Guest> { name: name.to_owned(), role };
        let ada = system.create::<Guest>(guest("Ada", Role::Guest)).await.expect("a guest").key;
        let bob = system.create::<Guest>(guest("Bob", Role::Host)).await.expect("a host").key;

        let entry = |by: Id<Guest>| format!("{{\"by\": \"{by}\", \"text\": \"A fine evening.\"}}");
        let send = async |guest: Id<Guest>, by| {
            let request = book.request(Method::POST, "/api/entries");
            request.header("x-guest", &guest.to_string()).bytes("application/json", entry(by)).send().await
        };
        let written = send(ada, ada).await;
        assert_eq!(written.status(), 201, "{written:?}");
        assert_eq!(send(ada, bob).await.status(), 403);

        // Guests are shown to guests alone, so nobody finds an entry by its guest.
        let by_name = || book.get("/api/entries?filter[by.name]=Ada");
        let found = |answer: test::TestAnswer| answer.json()["data"].as_array().map(Vec::len);
        assert_eq!(found(by_name().send().await), Some(0));
        assert_eq!(found(by_name().header("x-guest", &bob.to_string()).send().await), Some(1));

        let asked = Request::get("/how-many").body(Body::empty()).expect("a request");
        let told = router(book.app()).oneshot(asked).await.expect("an answer").into_body();
        assert_eq!(to_bytes(told, 100).await.expect("a text"), "1 entries");

        let row = written.header("location").expect("where it is");
        assert_eq!(book.delete(row).header("x-guest", &ada.to_string()).send().await.status(), 403);
        assert_eq!(book.delete(row).header("x-guest", &bob.to_string()).send().await.status(), 204);
    }
}
