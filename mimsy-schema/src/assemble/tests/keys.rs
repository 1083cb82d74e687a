//! Keys of several parts, references to them, and what rules see of them.

use super::*;

/// `Line` refers over `org` and `number` to `Bill`, whose key they are.
fn ledger(spoil: impl FnOnce(&mut Vec<Fragment>)) -> Result<Schema, crate::Diagnostics> {
    let mut bill = entity("Bill", "bills", vec![to_one("org", "Org"), field("number", Kind::Text)]);
    bill.entity.key = vec![Text::Static("org"), "number".into()].into();
    let number = Field { nullable: true, ..field("number", Kind::Text) };
    let mut line = entity("Line", "lines", vec![to_one("org", "Org"), number, held(&["org", "number"])]);
    line.policy = Some(Policy { actor: Text::EMPTY, rules: List::EMPTY });
    let mut fragments = vec![entity("Org", "orgs", Vec::new()), bill, line];
    spoil(&mut fragments);
    assemble(fragments)
}

fn held(by: &[&'static str]) -> Field {
    let relation = Relation {
        fields: by.iter().map(|name| Text::Static(name)).collect(),
        ..to_one("bill", "Bill").relation.unwrap()
    };
    Field { relation: Some(relation), ..field("bill", Kind::Row) }
}

#[test]
fn a_reference_is_held_by_other_fields() {
    let schema = ledger(|_| {}).unwrap();
    let line = schema.by_name("Line").unwrap();
    let link = line.link(line.field_index("bill").unwrap()).unwrap();
    assert_eq!(link.on(), [(1, 1), (2, 2)]);
    assert!(link.holds && link.optional);
    assert_eq!(line.columns().collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn what_does_not_hold_the_key_is_refused() {
    let with = |by: &'static [&'static str]| {
        let found = ledger(|fragments| {
            let mut fields = fragments[2].entity.fields.to_vec();
            fields[3] = held(by);
            fragments[2].entity.fields = fields.into();
        });
        let one = found.unwrap_err().0.remove(0);
        (one.code, one.message)
    };
    let told = |code, message: &str| (code, message.to_owned());
    assert_eq!(
        with(&["org"]),
        told(Code::BadReference, "the key of `Bill` is `org` and `number`, and `by` names one field")
    );
    assert_eq!(with(&["number", "org"]).0, Code::BadReference);
    assert_eq!(with(&["org", "nmber"]), told(Code::UnknownField, "`Line` has no field `nmber`"));
}

#[test]
fn a_key_is_made_of_columns_that_name_a_row() {
    let key = |names: &'static [&'static str], kind: Kind| {
        let found = ledger(|fragments| {
            let line = &mut fragments[2];
            add(line, field("extra", kind));
            line.entity.key = names.iter().map(|name| Text::Static(name)).collect();
        });
        found.map_or_else(|found| found.0.iter().map(|one| one.code).collect(), |_| Vec::new())
    };
    assert_eq!(key(&["id", "extra"], Kind::Text), []);
    for (names, kind) in [
        (&["id", "extra"][..], Kind::Decimal),
        (&["id", "extra"], Kind::Bool),
        (&["id", "id"], Kind::Text),
        (&["id", "number"], Kind::Text),
        (&["bill"], Kind::Text),
    ] {
        assert_eq!(key(names, kind)[0], Code::NoKey, "{names:?} {kind:?}");
    }
}

#[test]
fn the_server_makes_whole_keys_alone() {
    let made = |name: &'static str, kind: Kind, key: &'static [&'static str]| {
        let found = ledger(|fragments| {
            let line = &mut fragments[2];
            let kept = line.entity.fields.iter().filter(|field| field.name != "id").cloned();
            let made = Field { duty: crate::Duty::Key, ..field(name, kind) };
            line.entity.fields = kept.chain([made, field("extra", Kind::Text)]).collect();
            line.entity.key = key.iter().map(|name| Text::Static(name)).collect();
        });
        found.map_or_else(|found| found.0.iter().map(|one| one.code).collect(), |_| Vec::new())
    };
    assert_eq!(made("id", Kind::Int, &["id"]), []);
    assert_eq!(made("id", Kind::Uuid, &["id", "extra"]), []);
    assert_eq!(made("id", Kind::Int, &["id", "extra"]), [Code::NoKey]);
    assert_eq!(made("id", Kind::Text, &["id"]), [Code::NoKey]);
    assert_eq!(made("beside", Kind::Int, &["extra"]), [Code::NoKey]);
}

/// How the body of a rule of `Line` is normalised.
fn normalised(body: Expr) -> Result<String, String> {
    let schema = ledger(|fragments| {
        fragments[2].policy.as_mut().unwrap().rules = vec![can("rule", &["update"], body)].into();
    });
    let schema = schema.map_err(|found| found.0[0].message.clone())?;
    let rule = schema.by_name("Line").unwrap().rules("update").next().unwrap();
    Ok(shown(&rule.body))
}

fn shown(expr: &Expr) -> String {
    match &expr.node {
        Node::Const(leaf) => format!("{:?}", leaf.value()),
        Node::Path(path) => {
            format!("{:?}.{}", path.root, path.fields.iter().map(Text::as_str).collect::<Vec<_>>().join("."))
        }
        Node::Op(op, operands) => {
            format!("{op:?}({})", operands.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Node::Many(..) | Node::Can(..) => unreachable!("no rule here asks rows or policies"),
    }
}

#[test]
fn a_rule_compares_keys_part_by_part() {
    let bill = |root| Expr::path(root, ["bill"]);
    let none = Expr::op(Op::IsNone, [bill(Root::Row)]);
    assert_eq!(normalised(none).unwrap(), "Or(IsNone(Row.org), IsNone(Row.number))");
    let some = Expr::op(Op::IsSome, [bill(Root::Row)]);
    assert_eq!(normalised(some).unwrap(), "And(IsSome(Row.org), IsSome(Row.number))");
    let same = normalised(Expr::op(Op::Ne, [bill(Root::Old), bill(Root::New)])).unwrap();
    assert!(same.starts_with("Not(Or(And(Or(IsNone(Old.org)"), "two that are not there are the same: {same}");
    assert!(same.contains("Eq(Old.org, New.org), Same(Old.number, New.number)"), "{same}");
    let single = Expr::op(Op::Eq, [bill(Root::Row), Expr::path(Root::Row, ["number"])]);
    assert_eq!(
        normalised(single).unwrap_err(),
        "the key of `Bill` is `org` and `number`, and is compared with one value"
    );
    let bare = Expr::op(Op::Eq, [bill(Root::Row), Expr::path(Root::Row, ["org"])]);
    assert!(normalised(bare).is_err());
    let through =
        Expr::op(Op::Eq, [Expr::path(Root::Row, ["bill", "number"]), Expr::constant(Value::Text("1".into()))]);
    assert_eq!(normalised(through).unwrap(), "Eq(Row.bill.number, Text(\"1\"))");
}
