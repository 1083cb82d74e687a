//! A small shop, for the tests of the doors: every kind of field, both kinds of relation, a tenant.

use std::sync::LazyLock;

use mimsy_schema::{
    Action, Actions, At, Cardinality, Duty, Effect, Entity, Expr, Field, Fragment, Kind, Leaf, List, OnDelete, Policy,
    PolicyRule, Relation, Routes, Schema, Tenant, Text, Value,
};

use crate::check::Checks;
use crate::entity::{Part, Source};
use crate::hook::Hooks;

fn field(name: &'static str, kind: Kind) -> Field {
    let scale = if kind == Kind::Decimal { 2 } else { 0 };
    Field { name: name.into(), column: name.into(), kind, scale, ..Field::EMPTY }
}

fn id() -> Field {
    Field { duty: Duty::Key, ..field("id", Kind::Uuid) }
}

fn to_one(name: &'static str, target: &'static str) -> Field {
    let relation = Relation {
        targets: vec![target.into()].into(),
        fields: vec![name.into()].into(),
        cardinality: Cardinality::One,
        inverse: Text::EMPTY,
        through: Text::EMPTY,
        onward: Text::EMPTY,
        on_delete: OnDelete::Restrict,
    };
    Field { relation: Some(relation), ..field(name, Kind::Uuid) }
}

fn to_many(name: &'static str, target: &'static str, inverse: &'static str) -> Field {
    let relation = Relation {
        targets: vec![target.into()].into(),
        fields: List::EMPTY,
        cardinality: Cardinality::Many,
        inverse: inverse.into(),
        through: Text::EMPTY,
        onward: Text::EMPTY,
        on_delete: OnDelete::Restrict,
    };
    Field { relation: Some(relation), ..field(name, Kind::Rows) }
}

fn nullable(field: Field) -> Field {
    Field { nullable: true, ..field }
}

fn policy() -> Policy {
    let rule = PolicyRule {
        name: "anybody".into(),
        doc: "Anybody may.".into(),
        effect: Effect::Can,
        actions: Actions(vec!["*".into()].into()),
        params: 1,
        body: Expr::bool(true),
        at: At::UNKNOWN,
    };
    Policy { actor: "User".into(), rules: vec![rule].into() }
}

fn fragment(
    name: &'static str,
    path: &'static str,
    fields: Vec<Field>,
    tenant: Option<&'static [&'static str]>,
    open: Routes,
) -> Fragment {
    let tenant = tenant.map(|path| Tenant { path: path.iter().map(|step| Text::Static(step)).collect() });
    let table = path.replace('-', "_");
    let entity = Entity {
        name: name.into(),
        table: table.into(),
        fields: fields.into(),
        key: vec!["id".into()].into(),
        tenant,
        ..Entity::EMPTY
    };
    let actions = ["list", "get", "create", "update", "delete"];
    let actions = actions.iter().map(|name| Action { name: (*name).into(), at: At::UNKNOWN }).collect();
    let routes = Routes { path: path.into(), actions, ..open };
    Fragment { entity, policy: Some(policy()), routes: Some(routes) }
}

fn open(filter: &[&'static str], sort: &[&'static str], include: &[&'static str]) -> Routes {
    let paths = |paths: &[&'static str]| -> List<List<Text>> {
        paths.iter().map(|path| path.split('.').map(Text::Static).collect()).collect()
    };
    Routes { filter: paths(filter), sort: paths(sort), include: paths(include), ..Routes::default() }
}

/// The shop, as `schema!` would give it.
pub(crate) struct Sample;

impl Source for Sample {
    fn parts(&self) -> &'static [Part] {
        static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
            // Leaked once: a part is static data in a program.
            let part = |fragment: Fragment| {
                let fragment: &'static Fragment = Box::leak(Box::new(fragment));
                let (policy, routes) = (fragment.policy.as_ref(), fragment.routes.as_ref());
                Part { entity: &fragment.entity, policy, routes, checks: Checks::NONE, hooks: Hooks::NONE }
            };
            fragments().into_iter().map(part).collect()
        });
        &PARTS
    }
}

/// The shop, assembled.
pub(crate) fn schema() -> Schema {
    mimsy_schema::assemble(fragments()).unwrap_or_else(|found| panic!("the sample is wrong:\n{found}"))
}

pub(crate) fn fragments() -> Vec<Fragment> {
    let status = Field {
        values: vec!["draft".into(), "sent".into(), "paid".into()].into(),
        default: Some(Leaf::Owned(Value::Text("draft".to_owned()))),
        ..field("status", Kind::Enum)
    };
    let invoice = vec![
        id(),
        to_one("org", "Org"),
        field("number", Kind::Text),
        to_one("customer", "Customer"),
        to_many("lines", "Line", "invoice"),
        status,
        field("total", Kind::Decimal),
        nullable(field("note", Kind::Text)),
        nullable(field("due", Kind::Timestamp)),
        nullable(field("rank", Kind::Int)),
        field("urgent", Kind::Bool),
        Field { duty: Duty::Created, ..field("created_at", Kind::Timestamp) },
    ];
    let opened = open(
        &["number", "status", "customer", "total", "note", "due", "rank", "urgent", "customer.name", "lines"],
        &["number", "status", "total", "due", "customer.name"],
        &["customer", "lines", "lines.invoice.customer"],
    );
    let own: Option<&'static [&'static str]> = Some(&["org"]);
    let tags = fragment("Tag", "tags", vec![id(), field("name", Kind::Text)], None, open(&[], &[], &[]));
    vec![
        fragment("Org", "orgs", vec![id(), field("name", Kind::Text)], Some(&["id"]), open(&[], &[], &[])),
        fragment("User", "users", vec![id(), to_one("org", "Org")], own, open(&[], &[], &[])),
        fragment(
            "Customer",
            "customers",
            vec![id(), to_one("org", "Org"), field("name", Kind::Text), field("vip", Kind::Bool)],
            own,
            open(&["name"], &["name"], &[]),
        ),
        fragment("Invoice", "invoices", invoice, own, opened),
        fragment(
            "Line",
            "lines",
            vec![id(), to_one("invoice", "Invoice"), field("qty", Kind::Int)],
            Some(&["invoice", "org"]),
            open(&["qty", "invoice.lines"], &["qty"], &["invoice"]),
        ),
        fragment(
            "Note",
            "notes",
            vec![id(), field("title", Kind::Text), nullable(field("rank", Kind::Int))],
            None,
            open(&["title", "rank"], &["title", "rank"], &[]),
        ),
        fragment("Reading", "readings", readings(), None, open(&READINGS, &SORTED, &[])),
        // Nothing can be done with one of them.
        Fragment { routes: Some(Routes { path: "tags".into(), actions: only("list"), ..open(&[], &[], &[]) }), ..tags },
    ]
}

const READINGS: [&str; 10] = ["small", "medium", "wide", "ratio", "raw", "day", "hour", "device", "extra", "tags"];

const SORTED: [&str; 7] = ["small", "medium", "wide", "ratio", "day", "hour", "device"];

/// A field of every kind that an invoice lacks.
fn readings() -> Vec<Field> {
    let fields = vec![
        Field { bits: 16, ..field("small", Kind::Int) },
        Field { bits: 32, ..field("medium", Kind::Int) },
        Field { wide: true, ..field("wide", Kind::Int) },
        field("ratio", Kind::Float),
        field("raw", Kind::Bytes),
        field("day", Kind::Date),
        field("hour", Kind::Time),
        field("device", Kind::Uuid),
        field("extra", Kind::Json),
        Field { item: Some(Kind::Text), ..field("tags", Kind::List) },
    ];
    std::iter::once(id()).chain(fields.into_iter().map(nullable)).collect()
}

fn only(action: &'static str) -> List<Action> {
    vec![Action { name: action.into(), at: At::UNKNOWN }].into()
}
