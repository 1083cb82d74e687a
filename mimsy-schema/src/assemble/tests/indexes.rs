//! Indexes: what they may hold, of which rows, and how they are completed.

use super::*;
use crate::{Index, IndexField};

fn index(fields: &[&'static str], condition: Option<Expr>) -> Index {
    let field = |name: &&'static str| match name.strip_prefix('-') {
        Some(name) => IndexField { name: name.into(), descending: true },
        None => IndexField { name: (*name).into(), descending: false },
    };
    Index { fields: fields.iter().map(field).collect(), unique: false, condition, inverted: false }
}

/// The sound schema with one more index on its invoices.
fn with(index: Index) -> Result<Schema, crate::Diagnostics> {
    let mut fragments = sound();
    add(&mut fragments[2], field("extra", Kind::Json));
    fragments[2].entity.indexes = vec![index].into();
    assemble(fragments)
}

fn told(index: Index) -> (Code, String) {
    let found = with(index).expect_err("it cannot be");
    (found.0[0].code, found.0[0].message.clone())
}

#[test]
fn a_direct_tenant_leads_and_a_literal_takes_the_kind_of_its_column() {
    let total = Expr::op(Op::Ge, [Expr::path(Root::Row, ["total"]), Expr::constant(Value::Int(5))]);
    let schema = with(index(&["number", "-total"], Some(total))).unwrap();
    let invoice = schema.by_name("Invoice").unwrap();
    let names = |fields: &[(usize, bool)]| {
        fields.iter().map(|(field, down)| (invoice.fields()[*field].name.to_string(), *down)).collect::<Vec<_>>()
    };
    let expected = [("org", false), ("number", false), ("total", true)];
    assert_eq!(names(&invoice.indexes[0].fields), expected.map(|(name, down)| (name.to_owned(), down)));
    let condition = format!("{:?}", invoice.indexes[0].condition.as_ref().unwrap().node);
    assert!(condition.contains("Decimal"), "{condition}");
    let schema = with(Index { inverted: true, ..index(&["extra"], None) }).unwrap();
    assert_eq!(schema.by_name("Invoice").unwrap().indexes[0].fields.len(), 1, "what is inside has no tenant before it");
}

#[test]
fn what_cannot_be_indexed_is_told() {
    let bad = |index, message: &str| assert_eq!(told(index), (Code::BadIndex, message.to_owned()));
    assert_eq!(told(index(&["numbr"], None)), (Code::UnknownField, "there is no field `numbr`".to_owned()));
    bad(index(&[], None), "it names no field");
    bad(index(&["number", "number"], None), "it names `number` twice");
    bad(index(&["extra"], None), "`extra` is a json, whose values have no order");
    let inverted = |fields: &[&'static str]| Index { inverted: true, ..index(fields, None) };
    bad(inverted(&["number"]), "`number` is a text, and nothing is inside of it");
    bad(inverted(&["extra", "extra"]), "an inverted index holds one field, in no order");
}

#[test]
fn a_condition_asks_the_row_alone() {
    let bad = |condition: Expr, message: &str| {
        assert_eq!(told(index(&["number"], Some(condition))), (Code::BadIndex, message.to_owned()));
    };
    let path = |path: &'static str| Expr::path(Root::Row, path.split('.'));
    let alone = "the condition of an index asks fields of its own row alone";
    bad(Expr::op(Op::Eq, [path("org.id"), path("org.id")]), alone);
    bad(Expr::op(Op::Eq, [path("org"), Expr::path(Root::Actor, ["org"])]), alone);
    bad(
        Expr::op(Op::Lt, [Expr::op(Op::Now, []), Expr::op(Op::Now, [])]),
        "`now()` passes, and an index stays as it was written",
    );
    bad(path("total"), "the condition of an index answers yes or no");
    bad(Expr::op(Op::Eq, [path("total"), path("number")]), "decimal is compared with text");
}

#[test]
fn the_hash_knows_indexes() {
    let plain = with(index(&["number"], None)).unwrap().model_hash();
    assert_ne!(plain, with(index(&["-number"], None)).unwrap().model_hash());
    let yes = |value| {
        with(index(&["number"], Some(Expr::op(Op::Eq, [Expr::path(Root::Row, ["number"]), Expr::constant(value)]))))
            .unwrap()
    };
    let (a, b) = (yes(Value::Text("a".into())), yes(Value::Text("b".into())));
    assert_ne!(plain, a.model_hash());
    assert_eq!(a.model_hash(), b.model_hash(), "no constant code reads the value");
    assert_ne!(a.hash(), b.hash());
}
