//! Multi-tenant orders and invoices: the flagship example of Mimsy.
//!
//! An organisation sees its own rows and no others, over any door; what its people may do follows from their role. Each
//! entity stands in a file of its own with the rules that guard it; `demo` plants rows to try it with.

pub mod customer;
pub mod demo;
pub mod invoice;
pub mod line;
pub mod org;
pub mod owed;
pub mod product;
pub mod user;

use mimsy::prelude::*;

use crate::customer::Customer;
use crate::invoice::Invoice;
use crate::line::Line;
use crate::org::Org;
use crate::product::Product;
use crate::user::User;

mimsy::schema! { pub Shop: Org, User, Customer, Product, Invoice, Line }

/// The application, with its demo data.
pub fn app() -> App {
    let seed =
        Seed::new(demo::plant).count("invoices", "how many invoices to plant, shared out among the organisations");
    App::new(Shop).name("invoices").seed(seed).demo("ada@acme.test").command("owed", owed::owed)
}
