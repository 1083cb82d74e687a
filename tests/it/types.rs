//! Every type of a field, through its extremes and its bad input: over HTTP and over the Rust API, on every database.
//!
//! `table` says what goes in and what comes out, once for both doors; `documents` is about JSON alone.

mod documents;
mod http;
mod newtypes;
mod rust;
mod table;
mod typed;

use mimsy::prelude::*;
use mimsy::test::{self, TestApp};
use mimsy_tests::cluster;
use serde_json::Value as Json;

/// One of a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Size {
    Small,
    ExtraLarge,
}

/// An address, wherever it is used.
#[derive(Clone, Debug, PartialEq, Eq, Field)]
#[field(email, len = ..=20)]
pub(crate) struct Email(pub String);

/// Addresses, one or two.
#[derive(Clone, Debug, PartialEq, Eq, Field)]
#[field(len = 1..=2)]
pub(crate) struct Emails(pub Vec<Email>);

/// With digits of its own.
#[derive(Clone, Copy, Debug, PartialEq, Field)]
#[field(scale = 4, min = 0)]
pub(crate) struct Rate(pub Decimal);

/// Named by an address.
#[entity]
#[routes(list(filter(email), sort(email)), get, create)]
#[derive(Clone, Debug)]
pub(crate) struct Account {
    #[field(id)]
    pub email: Email,
    pub twin: Option<Ref<Self, Email>>,
}

const ROOT: &str = "root@b.test";

#[policy(read = public, reference = public)]
impl Account {
    /// Rules see the text.
    #[can(create)]
    fn not_root(account: &Account) -> bool {
        account.email != ROOT && !account.email.starts_with("admin")
    }
}

/// What a specimen points to.
#[entity]
#[routes(list, get, create)]
#[policy(all = public)]
#[derive(Clone, Debug)]
pub(crate) struct Drawer {
    pub id: Id<Self>,
    pub label: String,
}

/// A field of every type; each may be missing.
#[entity]
#[routes(
    list(filter(
        flag, small, medium, large, wide, ratio, text, raw, device, whole, price, fine, moment, day, hour, size,
        drawer, extra, flags, counts, smalls, ratios, tags, devices, prices, moments, days, hours, sizes, email,
        emails, both, rate,
    )),
    get,
    create,
    update
)]
#[policy(all = public)]
#[derive(Clone, Debug)]
pub(crate) struct Specimen {
    pub id: Id<Self>,
    pub flag: Option<bool>,
    pub small: Option<i16>,
    pub medium: Option<i32>,
    pub large: Option<i64>,
    #[field(wide)]
    pub wide: Option<i64>,
    pub ratio: Option<f64>,
    pub text: Option<String>,
    pub raw: Option<Vec<u8>>,
    pub device: Option<Uuid>,
    #[field(scale = 0)]
    pub whole: Option<Decimal>,
    pub price: Option<Decimal>,
    #[field(scale = 18)]
    pub fine: Option<Decimal>,
    pub moment: Option<Timestamp>,
    pub day: Option<Date>,
    pub hour: Option<Time>,
    pub size: Option<Size>,
    pub drawer: Option<Ref<Drawer>>,
    pub extra: Option<Json>,
    pub flags: Option<Vec<bool>>,
    pub counts: Option<Vec<i64>>,
    pub smalls: Option<Vec<i16>>,
    pub ratios: Option<Vec<f64>>,
    #[field(len = ..=3)]
    pub tags: Option<Vec<String>>,
    pub devices: Option<Vec<Uuid>>,
    #[field(scale = 3)]
    pub prices: Option<Vec<Decimal>>,
    pub moments: Option<Vec<Timestamp>>,
    pub days: Option<Vec<Date>>,
    pub hours: Option<Vec<Time>>,
    pub sizes: Option<Vec<Size>>,
    pub email: Option<Email>,
    pub emails: Option<Vec<Email>>,
    pub both: Option<Emails>,
    pub rate: Option<Rate>,
}

/// A field of every type; none may be missing.
#[entity]
#[routes(list, get, create, update)]
#[policy(all = public)]
#[derive(Clone, Debug)]
pub(crate) struct Complete {
    pub id: Id<Self>,
    pub flag: bool,
    pub small: i16,
    pub medium: i32,
    pub large: i64,
    #[field(wide)]
    pub wide: i64,
    pub ratio: f64,
    pub text: String,
    pub raw: Vec<u8>,
    pub device: Uuid,
    #[field(scale = 0)]
    pub whole: Decimal,
    pub price: Decimal,
    #[field(scale = 18)]
    pub fine: Decimal,
    pub moment: Timestamp,
    pub day: Date,
    pub hour: Time,
    pub size: Size,
    pub drawer: Ref<Drawer>,
    pub extra: Json,
    pub flags: Vec<bool>,
    pub counts: Vec<i64>,
    pub smalls: Vec<i16>,
    pub ratios: Vec<f64>,
    pub tags: Vec<String>,
    pub devices: Vec<Uuid>,
    #[field(scale = 3)]
    pub prices: Vec<Decimal>,
    pub moments: Vec<Timestamp>,
    pub days: Vec<Date>,
    pub hours: Vec<Time>,
    pub sizes: Vec<Size>,
    pub email: Email,
    pub emails: Vec<Email>,
    pub both: Emails,
    pub rate: Rate,
}

/// What a machine is made of, as the program reads it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Make {
    pub parts: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A part of it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Part {
    pub name: String,
    pub weight: u8,
}

/// Holds JSON of a type of the program's.
#[entity]
#[routes(list(filter(spare)), get, create, update)]
#[policy(all = public)]
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub id: Id<Self>,
    pub make: mimsy::Json<Make>,
    pub spare: Option<mimsy::Json<Make>>,
}

mimsy::schema! { Museum: Account, Drawer, Machine, Specimen, Complete }

/// The drawer that every specimen may point to.
pub(crate) const DRAWER: Uuid = Uuid::from_u128(0x0193_f2a4_5b6c_7d8e_9f00_1122_3344_5566);

/// Run a test on a fresh database of every engine, with a drawer in it.
fn on_every_database(test: impl AsyncFn(&TestApp)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Museum), &database.url).await;
            test(&app).await;
            app.app().close().await;
            drop(database);
        });
    }
}
