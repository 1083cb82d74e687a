//! User text only ever becomes a bind: the SQL of a query does not depend on it, and what was written is read back.

use std::sync::Arc;

use mimsy_runtime::policy::Known;
use mimsy_runtime::query::{Condition, Query, Sort, Start, Test};
use mimsy_runtime::sql::{self, Reader};
use mimsy_schema::{EntityId, Expr, Schema, Value};
use mimsy_tests::shop::{on_every_database, text};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

fn schema() -> Schema {
    invoices::app().check().expect("the example's schema is sound")
}

fn tests(text: &str) -> Vec<Test> {
    let value = || Value::Text(text.to_owned());
    vec![
        Test::Eq(value()),
        Test::Ne(value()),
        Test::Lt(value()),
        Test::Lte(value()),
        Test::Gt(value()),
        Test::Gte(value()),
        Test::In(vec![value(), value()]),
        Test::Nin(vec![value()]),
        Test::Between(value(), value()),
        Test::Contains(text.to_owned()),
        Test::Icontains(text.to_owned()),
        Test::StartsWith(format!("a{text}")),
        Test::EndsWith(text.to_owned()),
    ]
}

/// Every statement that carries text, with this text in it.
fn statements(schema: &Schema, text: &str) -> Vec<Arc<str>> {
    let invoice = schema.by_name("Invoice").unwrap();
    let (note, customer) = (invoice.field_index("note").unwrap(), invoice.field_index("customer").unwrap());
    let name = schema.by_name("Customer").unwrap().field_index("name").unwrap();
    let mut written = Vec::new();
    for dialect in [&sql::dialect::SQLITE, &sql::dialect::POSTGRES] {
        // A scope that compares with the text, as a policy with a text of the actor's would.
        let column = Expr::path(mimsy_schema::Root::Row, ["name"]);
        let compared = Expr::op(mimsy_schema::Op::Eq, [column, Expr::constant(Value::Text(text.to_owned()))]);
        let scope = |entity: EntityId| {
            let named = schema.model(entity).field_index("name").is_some();
            Arc::new(if named { compared.clone() } else { Expr::bool(true) })
        };
        let reader = Reader { schema, dialect, known: Known::default(), scope: &scope };
        for test in tests(text) {
            let paths = [vec![note], vec![customer, name]];
            let filter = paths.map(|path| Condition::Field { path, test: test.clone() }).to_vec();
            let sort = vec![Sort::descending(vec![customer, name]), Sort::ascending(vec![note])];
            let position = vec![Value::Text(text.to_owned()), Value::Text(text.to_owned()), Value::Uuid(Uuid::nil())];
            for start in [Start::After(position.clone()), Start::Before(position)] {
                let query = Query { filter: filter.clone(), sort: sort.clone(), start, ..Query::default() };
                written.push(reader.list(invoice, &query, &[note], 10).statement.text);
                written.push(reader.count(invoice, &query).text);
            }
        }
        let values = [(note, Value::Text(text.to_owned()))];
        written.push(sql::write::insert(dialect, invoice, &values).text);
        written.push(sql::write::update(dialect, invoice, &[Value::Uuid(Uuid::nil())], &values).text);
    }
    written
}

proptest! {
    #[test]
    fn the_text_of_a_statement_does_not_depend_on_user_text(one in "\\PC{1,20}", other in "['\";\\\\$?:%a-z-]{1,20}") {
        let schema = schema();
        prop_assert_eq!(statements(&schema, &one), statements(&schema, &other));
    }
}

#[test]
fn hostile_text_is_only_text() {
    on_every_database(async |shop| {
        let mut number = 970_000;
        for hostile in [
            "'; DROP TABLE invoices; --",
            "\" OR 1=1 --",
            "$1 ?1 :a @b",
            "\\'; SELECT pg_sleep(9); --",
            "%_%",
            "a\u{202e}b\u{1F600}\t\n",
            "/* */ UNION SELECT 1",
        ] {
            number += 1;
            let mut body = shop.invoice(number).await;
            body["note"] = json!(hostile);
            let created = shop.post("ada", "/api/invoices", body).await;
            assert_eq!(created.status(), 201, "{}", created.json());
            let id = text(&created.json()["data"]["id"]);
            let encoded: String = hostile.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for operator in ["", "[contains]", "[icontains]", "[starts_with]", "[ends_with]"] {
                // A comma separates values only in lists; nothing here has one.
                let found = shop.rows("ada", &format!("/api/invoices?filter[note]{operator}={encoded}")).await;
                assert_eq!(found.len(), 1, "{operator} {hostile}");
                assert_eq!((&found[0]["id"], &found[0]["note"]), (&json!(id), &json!(hostile)));
            }
        }
        assert!(shop.rows("ada", "/api/invoices?limit=100").await.len() > 20);
    });
}
