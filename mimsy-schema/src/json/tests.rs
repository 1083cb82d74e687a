//! Laws of the canonical form.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{
    Action, Actions, At, Cardinality, Duty, Effect, Entity, Expr, Field, Index, IndexField, Kind, Node, OnDelete, Op,
    Path, Policy, PolicyRule, Relation, Root, Routes, Rule, Tenant, Unique,
};

fn text() -> impl Strategy<Value = Text> {
    "[a-z\"\\\\\u{e9}]{0,6}".prop_map(Text::from)
}

fn texts() -> impl Strategy<Value = List<Text>> {
    vec(text(), 0..3).prop_map(List::from)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        ".{0,5}".prop_map(Value::Text),
        (any::<i64>(), 0u8..19).prop_map(|(unscaled, scale)| Value::Decimal(Fixed::new(i128::from(unscaled), scale))),
        (Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros())
            .prop_filter_map("in range", |micros| Timestamp::from_micros(micros).map(Value::Timestamp)),
        any::<u128>().prop_map(|bits| Value::Uuid(uuid::Uuid::from_u128(bits))),
        any::<f64>().prop_filter_map("finite", |number| Finite::new(number).map(Value::Float)),
        vec(any::<u8>(), 0..5).prop_map(Value::Bytes),
        (Date::MIN.as_days()..=Date::MAX.as_days())
            .prop_filter_map("in range", |days| Date::from_days(days).map(Value::Date)),
        (0..=Time::MAX.as_micros()).prop_filter_map("in range", |micros| Time::from_micros(micros).map(Value::Time)),
        any::<i64>().prop_map(|number| Value::Json(Document::parse(&format!("[{number}]")).unwrap())),
        vec(any::<bool>().prop_map(Value::Bool), 0..3).prop_map(Value::List),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Bool,
        Kind::Int,
        Kind::Text,
        Kind::Decimal,
        Kind::Timestamp,
        Kind::Uuid,
        Kind::Enum,
        Kind::Float,
        Kind::Bytes,
        Kind::Date,
        Kind::Time,
        Kind::Json,
        Kind::List,
        Kind::Rows,
    ])
}

fn root() -> impl Strategy<Value = Root> {
    prop::sample::select(vec![Root::Actor, Root::Row, Root::Old, Root::New])
}

fn op() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![Op::And, Op::Or, Op::Not, Op::Eq, Op::Same, Op::Lt, Op::IsNone, Op::UnwrapOr, Op::In])
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        value().prop_map(Expr::constant),
        (root(), texts()).prop_map(|(root, fields)| Expr { node: Node::Path(Path { root, fields }), at: At::UNKNOWN }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| (op(), vec(inner, 0..3)).prop_map(|(op, operands)| Expr::op(op, operands)))
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (proptest::option::of(0u64..9), proptest::option::of(0u64..9)).prop_map(|(min, max)| Rule::Len { min, max }),
        value().prop_map(|limit| Rule::Min(Leaf::Owned(limit))),
        text().prop_map(Rule::Pattern),
        Just(Rule::Email),
        proptest::collection::vec(text(), 0..3).prop_map(|schemes| Rule::Url { schemes: schemes.into() }),
        proptest::option::of(4u8..7).prop_map(|version| Rule::Ip { version }),
        proptest::collection::vec(value(), 0..3)
            .prop_map(|values| Rule::OneOf(values.into_iter().map(Leaf::Owned).collect())),
        Just(Rule::NonEmpty),
    ]
}

prop_compose! {
    fn relation()(targets in texts(), fields in texts(), inverse in text(), through in text(), onward in text(), many in any::<bool>()) -> Relation {
        let cardinality = if many { Cardinality::Many } else { Cardinality::One };
        Relation { targets, fields, cardinality, inverse, through, onward, on_delete: OnDelete::Cascade }
    }
}

prop_compose! {
    fn field()(
        names in (text(), text(), text(), text(), text(), text()), kind in kind(), item in proptest::option::of(kind()), bits in any::<u8>(), flags in any::<[bool; 5]>(), values in texts(),
        scale in 0u8..19, default in proptest::option::of(value()), rules in vec(rule(), 0..3),
        relation in proptest::option::of(relation()),
    ) -> Field {
        let (name, column, doc, semantic, label, help) = names;
        Field {
            name, column, doc, label, help, semantic, kind, item, values, scale, relation, form: crate::field::Form::ANY, duty: Duty::Updated,
            nullable: flags[0], login: flags[1], role: flags[2], wide: flags[3], pii: flags[4], bits,
            default: default.map(Leaf::Owned), type_rules: rules.iter().take(1).cloned().collect(), item_rules: rules.clone().into(),
            rules: rules.into(),
        }
    }
}

prop_compose! {
    fn index()(
        names in vec(text(), 0..3), flags in any::<[bool; 3]>(), condition in proptest::option::of(expr()),
    ) -> Index {
        let fields = names.into_iter().map(|name| IndexField { name, descending: flags[0] }).collect();
        Index { fields, unique: flags[1], condition, inverted: flags[2] }
    }
}

prop_compose! {
    fn entity()(
        names in (text(), text(), text(), text(), text()), tags in texts(), external in any::<bool>(), fields in vec(field(), 0..3), key in texts(), uniques in vec(texts(), 0..2),
        tenant in proptest::option::of(texts()), indexes in vec(index(), 0..2),
    ) -> Entity {
        let (name, doc, table, label, help) = names;
        let uniques = uniques.into_iter().map(|fields| Unique { fields }).collect();
        Entity {
            name, doc, label, help, tags, table, external, fields: fields.into(), key, uniques, indexes: indexes.into(),
            tenant: tenant.map(|path| Tenant { path }),
        }
    }
}

prop_compose! {
    fn policy()(actor in text(), rules in vec((text(), texts(), expr(), 1u8..4), 0..3)) -> Policy {
        let rules = rules.into_iter().map(|(name, actions, body, params)| PolicyRule {
            doc: name.clone(), name, effect: Effect::Must, actions: Actions(actions), params, body, at: At::UNKNOWN,
        });
        Policy { actor, rules: rules.collect() }
    }
}

prop_compose! {
    fn routes()(path in text(), actions in vec(text(), 0..3), paths in vec(texts(), 0..3)) -> Routes {
        let actions = actions.into_iter().map(|name| Action { name, at: At::UNKNOWN }).collect();
        Routes { path, actions, filter: paths.clone().into(), sort: paths.into(), include: List::EMPTY, limits: List::EMPTY }
    }
}

prop_compose! {
    fn fragment()(
        entity in entity(), policy in proptest::option::of(policy()), routes in proptest::option::of(routes()),
    ) -> Fragment {
        Fragment { entity, policy, routes }
    }
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_fragment(fragment in fragment()) {
        let json = to_json(std::slice::from_ref(&fragment));
        let read = from_json(&json).unwrap();
        prop_assert_eq!(&read, std::slice::from_ref(&fragment));
        prop_assert_eq!(to_json(&read), json);
    }

    #[test]
    fn the_order_of_entities_does_not_matter(mut fragments in vec(fragment(), 0..4)) {
        fragments.sort_by(|a, b| a.entity.name.cmp(&b.entity.name));
        fragments.dedup_by(|a, b| a.entity.name == b.entity.name);
        let json = to_json(&fragments);
        fragments.reverse();
        prop_assert_eq!(to_json(&fragments), json);
    }
}

#[test]
fn a_place_in_a_source_file_is_no_part_of_it() {
    let rule = |line| PolicyRule {
        name: "mine".into(),
        doc: Text::EMPTY,
        effect: Effect::Can,
        actions: Actions(List::EMPTY),
        params: 1,
        body: Expr::bool(true),
        at: At { file: "a.rs".into(), line },
    };
    let fragment = |line| Fragment {
        entity: Entity::EMPTY,
        policy: Some(Policy { actor: Text::EMPTY, rules: vec![rule(line)].into() }),
        routes: None,
    };
    assert_eq!(to_json(&[fragment(1)]), to_json(&[fragment(2)]));
}
