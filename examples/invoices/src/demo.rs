//! Rows to try the example with: two organisations that know nothing of each other.
//!
//! The same rows every time, but for keys and moments. `seed --invoices 100000` plants more.

use mimsy::prelude::*;
use mimsy::{Progress, Violation};

use crate::customer::Customer;
use crate::invoice::{Invoice, Status};
use crate::line::Line;
use crate::org::Org;
use crate::product::Product;
use crate::user::{Role, User};

/// How many invoices an organisation gets at first.
const INVOICES: u64 = 20;

/// How many can be planted at once.
const MOST: u64 = 900_000;

/// How many invoices are written in one transaction.
const BATCH: u64 = 1000;

const STATUSES: [Status; 4] = [Status::Draft, Status::Sent, Status::Paid, Status::Void];

struct Company {
    name: &'static str,
    users: &'static [(&'static str, &'static str, Role)],
    customers: [(&'static str, Option<&'static str>, bool); 3],
    products: [(&'static str, i64); 4],
}

const COMPANIES: [Company; 2] = [
    Company {
        name: "Acme",
        users: &[
            ("Ada", "ada@acme.test", Role::Billing),
            ("Vic", "vic@acme.test", Role::Viewer),
            ("Root", "root@acme.test", Role::Admin),
        ],
        customers: [
            ("Annika Larsen", Some("annika@larsen.test"), true),
            ("Bolt & Sons", Some("office@bolt.test"), false),
            ("Corner Café", None, false),
        ],
        products: [("Anvil", 12_900), ("Rocket skates", 34_950), ("Giant magnet", 8_000), ("Bird seed", 495)],
    },
    Company {
        name: "Globex",
        users: &[("Eve", "eve@globex.test", Role::Billing)],
        customers: [
            ("Dorado Mining", Some("ap@dorado.test"), true),
            ("Elena Ortiz", Some("elena@ortiz.test"), false),
            ("Frostline", None, false),
        ],
        products: [("Weather dome", 99_000), ("Cold lamp", 4_250), ("Signal buoy", 15_700), ("Lens", 1_999)],
    },
];

/// What planting invoices needs to know of an organisation.
struct Planted {
    org: Id<Org>,
    customers: Vec<Id<Customer>>,
    products: Vec<(Id<Product>, &'static str, i64)>,
}

/// Plant the organisations with their people, customers and products, and invoices for each.
pub async fn plant(seed: Seeding) -> Result<(), Error> {
    let access = seed.access();
    let mut planted = Vec::new();
    for company in &COMPANIES {
        planted.push(company.plant(access).await?);
    }
    let many = COMPANIES.len() as u64;
    if seed.count("invoices").is_some_and(|asked| asked > MOST) {
        let detail = format!("at most {MOST}: an invoice's number has six digits");
        return Err(Error::invalid(vec![Violation::field("invoices", "MAX", detail)]));
    }
    let asked = seed.count("invoices").unwrap_or(INVOICES * many);
    for (at, one) in (0..many).zip(&planted) {
        // Those that do not share out evenly go to the first ones.
        let own = asked / many + u64::from(at < asked % many);
        let bar = seed.progress(COMPANIES[usize::try_from(at).unwrap_or(0)].name, own);
        one.invoices(access, own, &bar).await?;
    }
    Ok(())
}

impl Company {
    /// The organisation's own rows; those that are there already are kept.
    async fn plant(&self, access: &Access) -> Result<Planted, Error> {
        let known = access.list::<Org>().eq("name", self.name.to_owned()).page().await?;
        let org = match known.rows.first() {
            Some(org) => org.id,
            None => access.create::<Org>(Draft::<Org> { name: self.name.to_owned() }).await?.key,
        };
        for (name, email, role) in self.users {
            if access.list::<User>().eq("email", (*email).to_owned()).page().await?.rows.is_empty() {
                let (name, email) = ((*name).to_owned(), (*email).to_owned());
                access.create::<User>(Draft::<User> { org: Some(org.into()), name, email, role: *role }).await?;
            }
        }
        let here = Ref::<Org>::from(org);
        let mut customers: Vec<Id<Customer>> = Vec::new();
        for (name, email, vip) in self.customers {
            let known = access.list::<Customer>().eq("org", here).eq("name", name.to_owned()).page().await?;
            customers.push(match known.rows.first() {
                Some(customer) => customer.id,
                None => {
                    let (name, email) = (name.to_owned(), email.map(str::to_owned));
                    let draft = Draft::<Customer> { org: Some(here), name, email, vip: Some(vip) };
                    access.create::<Customer>(draft).await?.key
                }
            });
        }
        let mut products = Vec::new();
        for (name, cents) in self.products {
            let known = access.list::<Product>().eq("org", here).eq("name", name.to_owned()).page().await?;
            let product = match known.rows.first() {
                Some(product) => product.id,
                None => {
                    let price = Decimal::new(cents, 2);
                    let draft = Draft::<Product> { org: Some(here), name: name.to_owned(), price };
                    access.create::<Product>(draft).await?.key
                }
            };
            products.push((product, name, cents));
        }
        Ok(Planted { org, customers, products })
    }
}

impl Planted {
    /// Plant invoices with one to three lines each, numbered after those that are there.
    async fn invoices(&self, access: &Access, many: u64, bar: &Progress) -> Result<(), Error> {
        let last =
            access.list::<Invoice>().eq("org", Ref::<Org>::from(self.org)).sort("-number").limit(1).page().await?;
        let first = last.rows.first().and_then(|one| one.number[4..].parse::<u64>().ok()).unwrap_or(0) + 1;
        let mut number = first;
        while number < first + many {
            let end = (number + BATCH).min(first + many);
            let drafts = (number..end).map(|number| self.invoice(number)).collect();
            let keys = access.create_many::<Invoice>(drafts).await?;
            let lines = (number..end).zip(keys).flat_map(|(number, key)| self.lines(number, key)).collect();
            access.create_many::<Line>(lines).await?;
            bar.add(end - number);
            number = end;
        }
        Ok(())
    }

    fn invoice(&self, number: u64) -> Draft<Invoice> {
        let total = self.positions(number).map(|(_, _, cents, qty)| cents * qty).sum();
        Draft::<Invoice> {
            org: Some(self.org.into()),
            number: format!("INV-{number:06}"),
            customer: pick(&self.customers, number).into(),
            status: Some(pick(&STATUSES, number)),
            total: Decimal::new(total, 2),
            note: number.is_multiple_of(5).then(|| format!("Order {number} by phone")),
        }
    }

    fn lines(&self, number: u64, invoice: Id<Invoice>) -> impl Iterator<Item = Draft<Line>> {
        self.positions(number).map(move |(product, name, cents, qty)| Draft::<Line> {
            invoice: invoice.into(),
            product: Some(product.into()),
            description: name.to_owned(),
            qty,
            price: Decimal::new(cents, 2),
        })
    }

    /// Product, name, price in cents and quantity of each position of an invoice.
    fn positions(&self, number: u64) -> impl Iterator<Item = (Id<Product>, &'static str, i64, i64)> {
        (0..number % 3 + 1).map(move |position| {
            let (product, name, cents) = pick(&self.products, number + position);
            (product, name, cents, i64::try_from((number + position) % 4 + 1).unwrap_or(1))
        })
    }
}

/// One of the items, the same for the same number.
fn pick<T: Copy>(items: &[T], number: u64) -> T {
    items[usize::try_from(number).unwrap_or(0) % items.len()]
}
