//! What a schema must be, and that everything wrong is told at once.

mod indexes;
mod keys;
mod through;

use super::*;
use crate::routes::Routes;
use crate::{
    Action, Actions, At, Cardinality, Code, Effect, Entity, Expr, Field, Kind, Leaf, List, Node, OnDelete, Op,
    PolicyRule, Relation, Root, Rule, Tenant, Unique, Value,
};

fn field(name: &'static str, kind: Kind) -> Field {
    Field { name: name.into(), column: name.into(), kind, ..Field::EMPTY }
}

fn id() -> Field {
    Field { duty: crate::Duty::Key, ..field("id", Kind::Uuid) }
}

fn to_one(name: &'static str, target: &'static str) -> Field {
    let relation = Relation {
        targets: vec![Text::Static(target)].into(),
        fields: vec![Text::Static(name)].into(),
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
        targets: vec![Text::Static(target)].into(),
        fields: List::EMPTY,
        cardinality: Cardinality::Many,
        inverse: inverse.into(),
        through: Text::EMPTY,
        onward: Text::EMPTY,
        on_delete: OnDelete::Restrict,
    };
    Field { relation: Some(relation), ..field(name, Kind::Rows) }
}

fn entity(name: &'static str, table: &'static str, mut fields: Vec<Field>) -> Fragment {
    fields.insert(0, id());
    let key = vec![Text::Static("id")].into();
    let entity = Entity { name: name.into(), table: table.into(), fields: fields.into(), key, ..Entity::EMPTY };
    Fragment { entity, policy: None, routes: None }
}

fn can(name: &'static str, verbs: &[&'static str], body: Expr) -> PolicyRule {
    PolicyRule {
        name: name.into(),
        doc: Text::EMPTY,
        effect: Effect::Can,
        actions: Actions(verbs.iter().map(|verb| Text::Static(verb)).collect()),
        params: 2,
        body,
        at: At::UNKNOWN,
    }
}

/// Two tenants' worth of entities that are sound.
fn sound() -> Vec<Fragment> {
    let decimal =
        Field { scale: 2, rules: vec![Rule::Min(Leaf::Owned(Value::Int(0)))].into(), ..field("total", Kind::Decimal) };
    let optional = Field { nullable: true, ..field("note", Kind::Text) };
    let mut org = entity("Org", "orgs", vec![to_many("users", "User", "org")]);
    org.entity.tenant = Some(Tenant { path: vec!["id".into()].into() });
    let mut user = entity("User", "users", vec![to_one("org", "Org"), optional.clone()]);
    user.entity.tenant = Some(Tenant { path: vec!["org".into()].into() });
    let mut invoice =
        entity("Invoice", "invoices", vec![to_one("org", "Org"), field("number", Kind::Text), decimal, optional]);
    invoice.entity.tenant = Some(Tenant { path: vec!["org".into()].into() });
    invoice.entity.uniques = vec![Unique { fields: vec!["number".into()].into() }].into();
    let body = Expr::op(Op::Gt, [Expr::path(Root::Row, ["total"]), Expr::constant(Value::Int(5))]);
    invoice.policy = Some(Policy { actor: "User".into(), rules: vec![can("rich", &["read"], body)].into() });
    let list = Action { name: "list".into(), at: At::UNKNOWN };
    invoice.routes = Some(Routes {
        path: "invoices".into(),
        actions: vec![list].into(),
        filter: vec![vec![Text::Static("org"), Text::Static("users")].into(), vec!["number".into()].into()].into(),
        ..Routes::default()
    });
    vec![org, user, invoice]
}

fn codes(fragments: Vec<Fragment>) -> Vec<Code> {
    match assemble(fragments) {
        Ok(_) => Vec::new(),
        Err(found) => found.0.iter().map(|one| one.code).collect(),
    }
}

/// A change that spoils one fragment of the sound schema.
fn spoiled(index: usize, spoil: impl FnOnce(&mut Fragment)) -> Vec<Code> {
    let mut fragments = sound();
    spoil(&mut fragments[index]);
    codes(fragments)
}

fn add(fragment: &mut Fragment, field: Field) {
    let mut fields = fragment.entity.fields.to_vec();
    fields.push(field);
    fragment.entity.fields = fields.into();
}

#[test]
fn a_sound_schema_is_indexed_and_completed() {
    let schema = assemble(sound()).unwrap();
    let invoice = schema.by_name("Invoice").unwrap();
    assert_eq!(schema.by_path("invoices").unwrap().id, invoice.id);
    assert_eq!(schema.actor().unwrap().name(), "User");
    assert_eq!(invoice.uniques, [vec![1, 2]], "a direct tenant leads");
    assert_eq!(invoice.tenant, Some(1));
    let org = schema.by_name("Org").unwrap();
    assert_eq!(org.tenant, None, "a tenant carries no key of another one");
    assert_eq!(org.link(1).unwrap().on(), [(0, 1)]);
    let rules: Vec<&str> = invoice.rules("read").map(|rule| rule.name.as_str()).collect();
    assert_eq!(rules, ["rich", crate::schema::FENCE]);
}

#[test]
fn a_literal_takes_the_kind_of_what_it_is_compared_with() {
    let schema = assemble(sound()).unwrap();
    let rule = schema.by_name("Invoice").unwrap().rules("read").next().unwrap();
    let Node::Op(Op::Gt, operands) = &rule.body.node else { panic!("a comparison") };
    let Node::Const(leaf) = &operands[1].node else { panic!("a constant") };
    assert_eq!(leaf.value(), Value::Decimal(crate::Fixed::new(500, 2)));
}

#[test]
fn equality_of_two_optionals_is_null_safe() {
    let mut fragments = sound();
    let body = Expr::op(Op::Ne, [Expr::path(Root::Row, ["note"]), Expr::path(Root::Actor, ["note"])]);
    fragments[2].policy.as_mut().unwrap().rules = vec![can("note", &["read"], body)].into();
    let schema = assemble(fragments).unwrap();
    let rule = schema.by_name("Invoice").unwrap().rules("read").next().unwrap();
    let Node::Op(Op::Not, operands) = &rule.body.node else { panic!("a negation: {:?}", rule.body) };
    assert!(matches!(&operands[0].node, Node::Op(Op::Same, _)));
}

#[test]
fn each_mistake_has_its_code() {
    let rule = |body: Expr| {
        move |one: &mut Fragment| {
            one.policy.as_mut().unwrap().rules = vec![can("rule", &["read"], body)].into();
        }
    };
    let compare = |path: &'static str, value: Value| {
        Expr::op(Op::Eq, [Expr::path(Root::Row, path.split('.')), Expr::constant(value)])
    };
    let ruled = |kind: Kind, rule: Rule| {
        move |one: &mut Fragment| add(one, Field { rules: vec![rule].into(), ..field("extra", kind) })
    };
    let one_of = |text: &str| Rule::OneOf(vec![Leaf::Owned(Value::Text(text.to_owned()))].into());
    let cases: Vec<(&str, Code, Vec<Code>)> = vec![
        ("a name twice", Code::Duplicate, spoiled(1, |one| one.entity.name = "Org".into())),
        ("a table twice", Code::Duplicate, spoiled(1, |one| one.entity.table = "orgs".into())),
        ("a field twice", Code::Duplicate, spoiled(2, |one| add(one, field("number", Kind::Text)))),
        ("a table with a space", Code::BadName, spoiled(1, |one| one.entity.table = "my users".into())),
        ("a field of the framework", Code::BadName, spoiled(1, |one| add(one, field("_version", Kind::Int)))),
        ("no key", Code::NoKey, spoiled(1, |one| one.entity.key = List::EMPTY)),
        ("a target that is not there", Code::UnknownEntity, spoiled(2, |one| add(one, to_one("buyer", "Buyer")))),
        (
            "an inverse that is not there",
            Code::UnknownField,
            spoiled(0, |one| add(one, to_many("bills", "Invoice", "orgg"))),
        ),
        (
            "an inverse that points elsewhere",
            Code::BadInverse,
            spoiled(1, |one| add(one, to_many("bills", "Invoice", "org"))),
        ),
        (
            "set_null on a required one",
            Code::SetNullOnRequired,
            spoiled(2, |one| {
                let mut field = to_one("payer", "User");
                field.relation.as_mut().unwrap().on_delete = OnDelete::SetNull;
                add(one, field);
            }),
        ),
        (
            "len on a number",
            Code::BadRule,
            spoiled(2, |one| {
                add(
                    one,
                    Field { rules: vec![Rule::Len { min: None, max: Some(1) }].into(), ..field("qty", Kind::Int) },
                );
            }),
        ),
        (
            "a default of another kind",
            Code::BadRule,
            spoiled(2, |one| {
                add(one, Field { default: Some(Leaf::Owned(Value::Bool(true))), ..field("qty", Kind::Int) });
            }),
        ),
        (
            "limits that leave nothing",
            Code::BadRule,
            spoiled(2, |one| {
                let limits = vec![Rule::Min(Leaf::Owned(Value::Int(9))), Rule::Max(Leaf::Owned(Value::Int(1)))];
                add(one, Field { rules: limits.into(), ..field("qty", Kind::Int) });
            }),
        ),
        (
            "a default that breaks its own rule",
            Code::BadRule,
            spoiled(2, |one| {
                let rules = vec![Rule::Len { min: Some(1), max: None }].into();
                let default = Some(Leaf::Owned(Value::Text(String::new())));
                add(one, Field { rules, default, ..field("tag", Kind::Text) });
            }),
        ),
        ("a URL of no scheme", Code::BadRule, spoiled(2, ruled(Kind::Text, Rule::Url { schemes: List::EMPTY }))),
        (
            "a URL of what is no scheme",
            Code::BadRule,
            spoiled(2, ruled(Kind::Text, Rule::Url { schemes: vec!["https:".into()].into() })),
        ),
        (
            "an address of an IP that is not",
            Code::BadRule,
            spoiled(2, ruled(Kind::Text, Rule::Ip { version: Some(5) })),
        ),
        ("an address that is a number", Code::BadRule, spoiled(2, ruled(Kind::Int, Rule::Ip { version: None }))),
        ("one of nothing", Code::BadRule, spoiled(2, ruled(Kind::Int, Rule::OneOf(List::EMPTY)))),
        ("one of another kind", Code::BadRule, spoiled(2, ruled(Kind::Int, one_of("a")))),
        ("one of what has no equality", Code::BadRule, spoiled(2, ruled(Kind::Float, one_of("a")))),
        ("something in a number", Code::BadRule, spoiled(2, ruled(Kind::Int, Rule::NonEmpty))),
        (
            "a default that is none of those",
            Code::BadRule,
            spoiled(2, |one| {
                let default = Some(Leaf::Owned(Value::Text("b".into())));
                add(one, Field { rules: vec![one_of("a")].into(), default, ..field("tag", Kind::Text) });
            }),
        ),
        ("a rule on no field", Code::BadExpression, spoiled(2, rule(compare("statsu", Value::Int(1))))),
        ("a rule on two kinds", Code::BadExpression, spoiled(2, rule(compare("number", Value::Int(1))))),
        (
            "a literal with too many digits",
            Code::BadExpression,
            spoiled(2, rule(compare("total", Value::Decimal(crate::Fixed::new(1, 3))))),
        ),
        ("a rule that is no condition", Code::BadExpression, spoiled(2, rule(Expr::path(Root::Row, ["number"])))),
        ("a rule on many rows", Code::BadExpression, spoiled(2, rule(compare("org.users", Value::Int(1))))),
        ("routes without a policy", Code::NoPolicy, spoiled(2, |one| one.policy = None)),
        (
            "an action that nothing allows",
            Code::UncoveredAction,
            spoiled(2, |one| {
                one.routes.as_mut().unwrap().actions = vec![Action { name: "create".into(), at: At::UNKNOWN }].into();
            }),
        ),
        (
            "a second actor",
            Code::TwoActors,
            spoiled(0, |one| {
                one.policy = Some(Policy { actor: "Invoice".into(), rules: List::EMPTY });
            }),
        ),
        ("an unknown actor", Code::UnknownEntity, spoiled(2, |one| one.policy.as_mut().unwrap().actor = "Usr".into())),
        (
            "a tenant that may be missing",
            Code::BadTenant,
            spoiled(2, |one| {
                let mut fields = one.entity.fields.to_vec();
                fields[1].nullable = true;
                one.entity.fields = fields.into();
            }),
        ),
        (
            "a fence that leads elsewhere",
            Code::BadTenant,
            spoiled(2, |one| {
                one.entity.tenant = Some(Tenant { path: vec!["number".into()].into() });
            }),
        ),
        (
            "an unknown field to filter by",
            Code::UnknownField,
            spoiled(2, |one| {
                one.routes.as_mut().unwrap().filter = vec![vec!["numbr".into()].into()].into();
            }),
        ),
        (
            "an include of no relation",
            Code::UnknownField,
            spoiled(2, |one| {
                one.routes.as_mut().unwrap().include = vec![vec!["number".into()].into()].into();
            }),
        ),
    ];
    for (what, code, found) in cases {
        assert!(found.contains(&code), "{what}: expected {code:?}, found {found:?}");
    }
}

#[test]
fn a_unique_behind_a_parent_names_the_parent() {
    let line = |within: &[&'static str]| {
        let mut line = entity("Line", "lines", vec![to_one("invoice", "Invoice"), field("sku", Kind::Text)]);
        line.entity.tenant = Some(Tenant { path: vec!["invoice".into(), "org".into()].into() });
        line.entity.uniques = vec![Unique { fields: within.iter().map(|name| Text::Static(name)).collect() }].into();
        let mut fragments = sound();
        fragments.push(line);
        codes(fragments)
    };
    assert_eq!(line(&["sku"]), [Code::UniqueCrossesScope]);
    assert_eq!(line(&["invoice", "sku"]), []);
}

#[test]
fn an_upsert_tells_nobody_what_they_may_not_read() {
    let rule = |name: &'static str, verb: &'static str, params: u8, body: Expr| {
        let actions = Actions(List::Owned(vec![Text::Static(verb)]));
        PolicyRule { params, actions, ..can(name, &[], body) }
    };
    let codes_of = |key: Field, tenant: bool, rules: Vec<PolicyRule>| {
        let mut fragments = sound();
        let mut tag = entity("Tag", "tags", vec![to_one("org", "Org")]);
        let name = key.name.clone();
        let kept = tag.entity.fields.iter().filter(|field| field.name != "id").cloned();
        tag.entity.fields = kept.chain([key]).collect();
        tag.entity.key = match tenant {
            true => vec!["org".into(), name].into(),
            false => vec![name].into(),
        };
        tag.entity.tenant = tenant.then(|| Tenant { path: vec!["org".into()].into() });
        tag.policy = Some(Policy { actor: "User".into(), rules: rules.into() });
        let actions = vec![Action { name: "upsert".into(), at: At::UNKNOWN }].into();
        let routes = Routes { actions, path: "tags".into(), ..fragments[2].routes.clone().unwrap() };
        tag.routes = Some(Routes { filter: List::EMPTY, sort: List::EMPTY, include: List::EMPTY, ..routes });
        fragments.push(tag);
        codes(fragments)
    };
    let (text, uuid) = (|| field("name", Kind::Text), || field("name", Kind::Uuid));
    let counted = || Field { duty: crate::Duty::Key, ..field("name", Kind::Int) };
    let own = || Expr::op(Op::Eq, [Expr::path(Root::Row, ["org"]), Expr::path(Root::Actor, ["org"])]);
    let put = |params| rule("put", "upsert", params, Expr::bool(true));
    let read = |params, body| rule("read", "read", params, body);
    let crosses = [Code::UpsertCrossesScope];
    assert_eq!(codes_of(uuid(), false, vec![put(2), read(2, own())]), []);
    assert_eq!(codes_of(text(), false, vec![put(2), read(2, own())]), crosses);
    assert_eq!(codes_of(text(), true, vec![put(2), read(2, own())]), []);
    assert_eq!(codes_of(text(), false, vec![put(1), read(1, Expr::bool(true))]), [], "everybody reads all");
    assert_eq!(codes_of(text(), false, vec![put(2), read(2, Expr::bool(true))]), [], "whoever puts, reads all");
    assert_eq!(
        codes_of(text(), false, vec![put(1), read(2, Expr::bool(true))]),
        crosses,
        "nobody puts, and reads nothing"
    );
    let mut narrowed = rule("narrow", "read", 2, own());
    narrowed.effect = Effect::Cannot;
    assert_eq!(codes_of(text(), false, vec![put(1), read(1, Expr::bool(true)), narrowed]), crosses);
    assert_eq!(codes_of(counted(), false, vec![put(1), read(1, Expr::bool(true))]), crosses);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut fragments = sound();
    add(&mut fragments[0], field("_x", Kind::Int));
    add(&mut fragments[1], to_one("boss", "Boss"));
    fragments[2].entity.key = List::EMPTY;
    let found = assemble(fragments).unwrap_err();
    let text = found.to_string();
    for part in ["[BAD_NAME] Org._x", "[UNKNOWN_ENTITY] User.boss", "[NO_KEY] Invoice"] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
}
