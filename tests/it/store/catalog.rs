//! The catalog tells what was created, on every database in the same words where they have the same.

use mimsy_runtime::sql::dialect::DecimalStorage;
use mimsy_runtime::store::catalog::{Column, ForeignKey, Index};
use mimsy_schema::Kind;

use super::{column, on_every_engine};

#[test]
fn what_was_created_is_told() {
    on_every_engine(async |store, _| {
        assert_eq!(store.catalog().await.unwrap().tables, []);
        let dialect = store.dialect();
        let suffix = dialect.table_suffix;
        let kind = |kind| column(dialect, kind, 2);
        let (uuid, text, int) = (kind(Kind::Uuid), kind(Kind::Text), kind(Kind::Int));
        let (boolean, decimal, moment) = (kind(Kind::Bool), kind(Kind::Decimal), kind(Kind::Timestamp));
        store
            .script(vec![
                format!("CREATE TABLE orgs (id {uuid} NOT NULL, region {text} NOT NULL, PRIMARY KEY (region, id)){suffix}"),
                format!(
                    "CREATE TABLE \"line items\" (id {uuid} NOT NULL PRIMARY KEY, org {uuid}, region {text}, \"order\" {int} \
                     NOT NULL DEFAULT 1, price {decimal}, paid {boolean} NOT NULL, at {moment}, CONSTRAINT few CHECK \
                     (\"order\" < 10), CONSTRAINT line_names UNIQUE (region, \"order\"), FOREIGN KEY (region, org) \
                     REFERENCES orgs (region, id) ON DELETE CASCADE){suffix}"
                ),
                "CREATE INDEX by_price ON \"line items\" (price, id)".to_owned(),
                "CREATE UNIQUE INDEX by_lower ON \"line items\" (region, lower(region)) WHERE org IS NULL".to_owned(),
            ])
            .await
            .unwrap();

        let catalog = store.catalog().await.unwrap();
        let names: Vec<_> = catalog.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["line items", "orgs"]);
        assert_eq!(catalog.table("orgs").unwrap().primary_key, ["region", "id"]);

        let table = catalog.table("line items").unwrap();
        assert_eq!(table.primary_key, ["id"]);
        let decimal = match dialect.decimals {
            DecimalStorage::Unscaled => "INTEGER",
            DecimalStorage::Numeric => "NUMERIC(18,2)",
        };
        let told = |name: &str, type_name: &str, nullable, default: Option<&str>| Column {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            nullable,
            default: default.map(ToOwned::to_owned),
            counted: false,
        };
        assert_eq!(
            table.columns,
            [
                told("id", dialect.types.uuid, false, None),
                told("org", dialect.types.uuid, true, None),
                told("region", dialect.types.text, true, None),
                told("order", dialect.types.int, false, Some("1")),
                told("price", decimal, true, None),
                told("paid", dialect.types.boolean, false, None),
                told("at", dialect.types.timestamp, true, None),
            ]
        );
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            table.foreign_keys,
            [ForeignKey {
                columns: words(&["region", "org"]),
                target: "orgs".to_owned(),
                target_columns: words(&["region", "id"]),
                on_delete: "CASCADE".to_owned(),
            }]
        );
        let by_price = Index { name: "by_price".to_owned(), columns: words(&["price", "id"]), predicate: None };
        assert_eq!(table.indexes, [by_price]);
        let [by_lower, constraint] = &table.uniques[..] else { panic!("{:?}", table.uniques) };
        assert_eq!(by_lower.columns, ["region", "lower(region)"]);
        assert_eq!(by_lower.predicate.as_deref().unwrap().trim_matches(['(', ')']), "org IS NULL");
        assert_eq!((&constraint.columns, &constraint.predicate), (&words(&["region", "order"]), &None));
        let checks: Vec<_> = table.checks.iter().map(|check| check.trim_matches(['(', ')'])).collect();
        assert_eq!(checks, ["\"order\" < 10"]);
    });
}
