//! The macros of Mimsy: `#[entity]`, `#[policy]`, `#[routes]` with its hooks, `#[derive(Enum)]` and `schema!`.
//!
//! Each macro is a pipeline of pure functions, in a folder each: parse (syntax to attributes) → model (what was said)
//! → check (what contradicts itself) → expand (the only place of `quote!`). It sees one item: what needs a type is
//! asked by a bound in the expansion, what needs the whole schema by `assemble`.
//!
//! A macro gives the author's item back, whatever happens; it never panics, and it tells every mistake at once.
//!
//! Must not know: the runtime. An expansion names its `__rt` alone (see `path`).

mod attr;
mod choice;
mod constant;
mod entity;
mod errors;
mod lost;
mod path;
mod policy;
mod quoted;
mod routes;
mod schema;
#[cfg(test)]
mod tests;
mod walk;

use proc_macro::TokenStream;

/// Makes a struct an entity: a table, and the type of its rows.
///
/// ```
/// #[entity(tenant = org)]
/// pub struct Invoice {
///     pub id: Id<Self>,
///     pub org: Ref<Org>,
///     #[field(pattern = "^INV-[0-9]{6}$", unique(within = org))]
///     pub number: String,
///     #[field(inverse = invoice)]
///     pub lines: Many<Line>,
///     #[field(min = 0)]
///     pub total: Decimal,
///     pub note: Option<String>,
///     #[field(created)]
///     pub created_at: Timestamp,
/// }
/// ```
///
/// | `#[entity(…)]` | |
/// |---|---|
/// | `key(org, number)` | the fields that are the key, if it has several parts |
/// | `tenant = org`, `invoice.org`, `id` | the path to the tenant that fences its rows |
/// | `index(org, -created_at)` | an index over several fields; `-` puts the greatest first, a direct tenant leads by itself |
/// | `unique(org, number)` | no two rows have these values together |
/// | `index(due, where = \|invoice\| …)` | an index of some rows; `unique` as well. A condition on stored fields, as in rules |
/// | `index(extra, gin)` | what is inside of JSON, on Postgres; elsewhere it is left out |
/// | `table = "…"` | the table; the plural in `snake_case` unless said |
/// | `external` | the table, or view, belongs to others: it is read and written, never made or altered. A start checks that its columns fit; its rows have no `ETag` |
/// | `validate = function`, `validate(one, another)` | functions of yours on the whole row as it will be: `fn function(row: &Invoice) -> Result<(), E>` |
/// | `validate = garde`, `validate = validator` | the struct's own `Validate` of these crates, on the same row; `validator` needs the feature of that name |
/// | `label = "…"`, `help = "…"` | how people call its rows, and what is explained to them; the name and the doc comment serve unless said |
/// | `tags("billing", "sales")` | what it belongs to, for readers of the schema that group entities |
/// | `crate = alias` | where Mimsy is, if it is renamed; every macro takes it |
///
/// | `#[field(…)]` | |
/// |---|---|
/// | `id` | the key, if the field is not named `id`; an `Id<Self>` is made by the server, any other is given on create |
/// | `increment` | for a key that is an `i64`, `i32` or `i16`: the database counts it, and never gives a number twice |
/// | `created`, `updated` | a `Timestamp` that the server sets |
/// | `default = …` | what a draft that leaves it out gets |
/// | `len = 1..=80` | how many characters a text has, how many bytes, or how many items a list |
/// | `pattern = "…"`, `email` | rules for a text |
/// | `url`, `url("https", "mailto")` | a text is a valid URL, of http or https unless other schemes are listed |
/// | `ip`, `ip(v4)`, `ip(v6)` | a text is an IP address |
/// | `non_empty` | a text, bytes or a list hold something |
/// | `one_of("small", "large")` | the value is one of these |
/// | `custom = function`, `custom(one, another)` | functions of yours: `fn function(value: &T) -> Result<(), E>` |
/// | `min = …`, `max = …` | limits of a number, a moment, a day or a time |
/// | `unique`, `unique(within = org)` | no two rows have this value, everywhere or within an `org` |
/// | `index`, `index = gin` | an index over the field; see above |
/// | `by(org, number)` | for a `Ref` to a key of several parts: the fields here that hold it |
/// | `inverse = invoice` | for a `Many` or a `One`: the field that points back |
/// | `through = Membership` | for a `Many`: the entity whose rows join the two, many to many, by a `Ref` to each |
/// | `onward = team` | the field of `through` that leads on, where it could be several; `inverse` is then the one that leads here |
/// | `on_delete = restrict`, `cascade`, `set_null` | for a `Ref`: what a delete of its target does |
/// | `scale = n` | for a `Decimal`: digits behind the point, 2 unless said |
/// | `wide` | for an `i64`: all of them, as strings in JSON, which carries 53 bits safely |
/// | `login`, `role` | for the actor: the name to log in with, and its role |
/// | `label = "…"`, `help = "…"` | how a form names the field, and what it explains beside it; see above |
/// | `column = "…"` | the column, if it is not named like the field |
///
/// A function of yours is asked about values and rows that keep all other rules; of an `Option`, about the value that is
/// there; a key that the database counts is 0 before the row is created. Its `E` is what is wrong: a `&str` or a `String`, a `Violation` with a code of yours, or `Violations`. One that
/// panics is a defect: nothing is written, and the caller gets a 500. It should be quick, look at nothing but what it is
/// given, and end: it runs on a thread that others wait for, and nothing can stop it.
#[proc_macro_attribute]
pub fn entity(args: TokenStream, item: TokenStream) -> TokenStream {
    entity::expand(args.into(), item.into()).into()
}

/// Says who may do what with an entity; stands on the struct, or on an `impl` that holds rules.
///
/// ```
/// #[policy(actor = User, read = authenticated)]
/// impl Invoice {
///     /// Billing staff write the invoices of their organisation.
///     #[can(create, update, delete)]
///     fn billing(user: &User, invoice: &Invoice) -> bool {
///         user.role == Role::Billing && invoice.org == user.org
///     }
///
///     /// A paid invoice stays on the books.
///     #[cannot(delete)]
///     fn on_the_books(invoice: &Invoice) -> bool {
///         invoice.status == Status::Paid
///     }
/// }
/// ```
///
/// Shorthands: `read`, `create`, `update`, `upsert`, `delete`, `reference`, `write` (create, update and delete) and `all`, each
/// `= public`, `authenticated` or `role(A, B)`.
///
/// A rule takes the row; or the actor and the row; or, for `update` and `upsert`, the actor, the old row and the new one (of an
/// upsert that creates the row, it says nothing). Its doc
/// comment is the public reason. Its body also runs as SQL, so it is one expression:
///
/// | | |
/// |---|---|
/// | fields | `invoice.total`, and through to-one relations `invoice.customer.vip` |
/// | conditions | `== != < <= > >=`, `&& \|\| !`, `matches!(invoice.status, Status::Draft \| Status::Sent)` |
/// | constants | literals, `MAX`, `Self::LIMIT`, `Status::Paid` |
/// | NULL | `is_none()`, `is_some()`, `is_some_and(\|due\| …)`, `unwrap_or(…)` |
/// | numbers | `+ - *` on integers and decimals; what is out of range is unknown, and unknown never allows |
/// | texts | `starts_with`, `ends_with`, `contains`, `is_empty()`, `len()`; by bytes, `len` in code points |
/// | time | `now()`, the same in all of an action; `due + days(7)`, with `seconds`, `minutes`, `hours`, `days`, `weeks` |
/// | rows | `invoice.lines.any(\|line\| …)`, `all`, `none`, `count()`, `is_empty()`, `sum(\|line\| line.qty)`, `min`, `max`; of nothing, the sum is 0 and there is no least |
/// | policies | `can!(invoice.customer, read)`: what that row's own policy says to the same actor |
#[proc_macro_attribute]
pub fn policy(args: TokenStream, item: TokenStream) -> TokenStream {
    policy::expand(args.into(), item.into()).into()
}

/// Says how an entity is reached over HTTP, and which fields a query may name.
///
/// ```
/// #[routes(
///     list(filter(number, status, customer.name), sort(number), include(customer, lines.product)),
///     get, create, update, delete,
/// )]
/// ```
///
/// A path of `include` goes through relations of either kind and opens all that lie on its way; the rows there are sorted
/// and filtered by what their own entity opens.
///
/// Beside these actions of a list or a row there are `upsert`, which puts a row under a key of the caller's choice and asks rules
/// of that name, and `batch_create`, `batch_update` and `batch_delete`, which do to many rows what their verbs do to one.
///
/// What the requests of one action may take, if that is something else than for the whole API, stands beside it, as
/// constants: `body` in bytes, `time` in seconds, `rate` in requests a minute of one caller, `concurrency` in requests at
/// once. `HttpConfig::routes` goes before it.
///
/// ```text
/// #[routes(list(filter(number), time = 60), get, create(body = 10 << 20, rate = 30, concurrency = 8))]
/// ```
///
/// On an `impl` of the entity it collects hooks, functions on the way of a write; see [`macro@before_validate`],
/// [`macro@before_store`] and [`macro@after_commit`].
///
/// `path = "…"` says the path, which is the plural in `kebab-case` otherwise. It does not compile without a policy, nor
/// with an action that no rule allows.
#[proc_macro_attribute]
pub fn routes(args: TokenStream, item: TokenStream) -> TokenStream {
    routes::expand(args.into(), item.into()).into()
}

/// Makes a struct around one value a field type: stored as that value, with rules of its own wherever it is used.
///
/// ```
/// #[derive(Clone, Debug, Field)]
/// #[field(email, len = ..=200)]
/// pub struct Email(pub String);
///
/// #[derive(Clone, Copy, Debug, Field)]
/// #[field(scale = 4, min = 0)]
/// pub struct Rate(pub Decimal);
/// ```
///
/// It stands in entities, in an `Option`, in a `Vec`, and as a key; a rule of a policy sees the value in it. `#[field(…)]` on it
/// takes what says something of a value: `len`, `min`, `max`, `pattern`, `email`, `scale`, `wide`. Further rules may stand on
/// the field of the entity.
#[proc_macro_derive(Field, attributes(field, mimsy))]
pub fn derive_field(item: TokenStream) -> TokenStream {
    entity::newtype::expand(item.into()).into()
}

/// Asks a function before a row is validated, and changes what it says; stands in an `impl` with `#[routes]`.
///
/// ```
/// #[routes]
/// impl Invoice {
///     #[before_validate(create, update)]
///     fn tidy(_old: Option<&Invoice>, new: &Invoice) -> Result<Patch<Invoice>, Violation> {
///         Ok(Patch::<Invoice>::default().number(new.number.trim().to_uppercase()))
///     }
/// }
/// ```
///
/// It is asked of every row that is complete, of one that is created without `old`; after the rows it may take `who: &Who`.
/// What it sets counts as the caller's input: all rules judge it, and rows that it points to have to be there. There is nothing
/// to set of what the server owns, nor of the key. Rules are not kept yet, so a text may be too long for its field; of what makes
/// no row, since a value is missing or not of its type, it is not asked, so a field that it fills has a default or is an
/// `Option`. A change that changes nothing is none. Its `E` is what is wrong with the input: a `&str`, a `String`, a `Violation`
/// or `Violations`. Several are asked in their order, each about what the last one left. For the rest it is like
/// [`macro@before_store`].
#[proc_macro_attribute]
pub fn before_validate(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::hook("before_validate", item.into()).into()
}

/// Asks a function before a row is stored; stands in an `impl` with `#[routes]`.
///
/// ```
/// #[routes]
/// impl Invoice {
///     #[before_store(update, delete)]
///     fn books(old: Option<&Invoice>, _new: Option<&Invoice>) -> Result<(), Error> {
///         match old.is_some_and(|old| old.booked) {
///             true => Err(Error::conflict(Violation::new("BOOKED", "A booked invoice stays as it is."))),
///             false => Ok(()),
///         }
///     }
/// }
/// ```
///
/// It is asked of every row that is valid and allowed, inside the transaction: of one that is created without `old`, of one
/// that is deleted without `new`; after the rows it may take `who: &Who`. Where nothing is in its parentheses, it is asked of
/// all three. It does not matter by which door or action a row comes: an upsert creates or updates, a batch asks for each of
/// its rows, what goes with a deleted row by `on_delete` is asked about as well (its refusal is told as `RESTRICTED`), and the
/// program's own writes past the policies are not past hooks.
///
/// Its `E` is why not: a `&str`, a `String`, a `Violation` or `Violations`, which are a 422; or an `Error`, such as
/// `Error::conflict(…)`, a 409. One that panics is a defect: nothing is written, and the caller gets a 500. It should be quick,
/// and end: it runs on a thread that others wait for, and nothing can stop it.
#[proc_macro_attribute]
pub fn before_store(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::hook("before_store", item.into()).into()
}

/// Does something about a row that is committed; stands in an `impl` with `#[routes]`.
///
/// ```
/// #[routes]
/// impl Invoice {
///     #[after_commit(create)]
///     async fn mail(_old: Option<Invoice>, new: Option<Invoice>) -> Result<(), MailError> {
///         mailer().send(new.expect("a new row").number).await
///     }
/// }
/// ```
///
/// It is async, takes the row before and after, and may take `system: Access`, the program's own access past the policies (what
/// it writes by it is asked about and followed like any other write). Nobody waits for it: hooks of all entities are worked off
/// outside of every transaction, one after the other, in the order in which their writes were acknowledged. Of what is rolled
/// back nothing is done. One that fails, panics or takes more than a minute is logged, without what it says, and the next one
/// goes on. `ConnectedApp::close` waits some seconds for what is left. It is done once at most: a process that ends before, or a
/// caller that goes away in the moment of the commit, leaves it undone; what must not be lost belongs into a row of your own that
/// a `Sink` writes.
#[proc_macro_attribute]
pub fn after_commit(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::hook("after_commit", item.into()).into()
}

/// Makes an enum a field type; its variants are stored under their names in `snake_case`.
///
/// ```
/// #[derive(Clone, Copy, Enum)]
/// pub enum Status { Draft, Sent, Paid, Void }
/// ```
#[proc_macro_derive(Enum, attributes(mimsy))]
pub fn choice(item: TokenStream) -> TokenStream {
    choice::expand(item.into()).into()
}

/// Gathers entities into a schema, from which an `App` is made.
///
/// ```
/// mimsy::schema! { pub Shop: Org, User, Customer, Invoice, Line }
/// ```
///
/// Every entity that a relation or a policy of these names has to be in the list.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::expand(input.into()).into()
}

/// An expression over the rows of an entity, for the lists of the typed Rust API.
///
/// ```
/// let dear = expr!(|invoice: &Invoice| invoice.total > min && invoice.customer.vip);
/// let page = ada.list::<Invoice>().filter(dear).sort(expr!(|invoice: &Invoice| invoice.number)).page().await?;
/// ```
///
/// It is the language of rules: fields, also through relations, operators, `matches!`, `is_some_and`, `lines.any(|line| …)`.
/// What does not mention the row is a value of the program's: it is evaluated where the macro stands, and never part of
/// a statement. A path alone names a field, to order by, or a relation, to include.
#[proc_macro]
pub fn expr(input: TokenStream) -> TokenStream {
    quoted::expand(input.into()).into()
}

/// A rule that allows; belongs on a function inside a `#[policy] impl`.
#[proc_macro_attribute]
pub fn can(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::rule("can", item.into()).into()
}

/// A rule that forbids; belongs on a function inside a `#[policy] impl`.
#[proc_macro_attribute]
pub fn cannot(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::rule("cannot", item.into()).into()
}

/// A rule that is required of everybody; belongs on a function inside a `#[policy] impl`.
#[proc_macro_attribute]
pub fn must(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::rule("must", item.into()).into()
}

/// Owns `#[field(…)]`, and expands to nothing: `#[entity]` puts it on the struct that it gives back. rustc tells its
/// name to whoever writes `#[field]` without `#[entity]`, so the name says what to do.
#[doc(hidden)]
#[proc_macro_derive(__PutEntityOnTheStruct, attributes(field))]
pub fn entity_attrs(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
