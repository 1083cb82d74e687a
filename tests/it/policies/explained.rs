//! Why something is allowed, or is not: for operators, over one row and over all that are refused.

use mimsy_runtime::Value;
use mimsy_runtime::actions::Missing;
use mimsy_runtime::app::ExplainError;
use mimsy_tests::shop::{on_every_database, text};

const YES: Value = Value::Bool(true);

/// Each with the rule that asks, the answer, and the one that is needed.
fn told(missing: &Option<Vec<Missing>>) -> Vec<(String, String, bool)> {
    let missing = missing.as_deref().unwrap_or_default();
    missing.iter().map(|one| (one.rule.clone(), one.question.clone(), one.wanted)).collect()
}

#[test]
fn a_refusal_names_what_would_have_to_be_otherwise() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let paid = shop.id("ada", "/api/invoices?filter[status]=paid&limit=1").await;
        let target = format!("invoices/{paid}");
        let explained = app.explain(Some("ada@acme.test"), "delete", &target, 1).await.unwrap();
        let [row] = &explained.rows[..] else { panic!("{explained:?}") };
        assert!(!row.allowed);
        let expected = ("on_the_books".to_owned(), "invoice.status == \"paid\"".to_owned(), false);
        assert_eq!(told(&row.missing), [expected]);
        let at = &row.missing.as_ref().unwrap()[0].at;
        assert!(at.file.ends_with("invoice.rs") && at.line > 0, "{at}");
        let held: Vec<&str> =
            row.rules.iter().filter(|ruled| ruled.answer == YES).map(|ruled| ruled.rule.as_str()).collect();
        assert_eq!(held, ["same_org", "tenant", "billing", "on_the_books", "tenant"]);

        // Vic has no role for it, and the invoice is paid.
        let explained = app.explain(Some("vic@acme.test"), "delete", &target, 1).await.unwrap();
        let wanted = told(&explained.rows[0].missing);
        assert_eq!(wanted.len(), 2, "{wanted:?}");
        assert!(
            wanted
                .iter()
                .any(|(rule, question, wanted)| rule == "billing" && question.starts_with("user.role ==") && *wanted)
        );

        // Eve is of another organisation: the fence alone keeps her out.
        let explained = app.explain(Some("eve@globex.test"), "get", &target, 1).await.unwrap();
        let [(_, question, true)] = &told(&explained.rows[0].missing)[..] else { panic!("{explained:?}") };
        assert_eq!(question, "invoice.org == user.org");

        let explained = app.explain(None, "read", &target, 1).await.unwrap();
        assert_eq!(explained.rows[0].missing, None, "no rule is for nobody");
    });
}

#[test]
fn what_is_named_is_what_the_door_decides_by() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        for (login, name) in [("ada@acme.test", "ada"), ("vic@acme.test", "vic"), ("eve@globex.test", "eve")] {
            for owner in ["ada", "eve"] {
                for invoice in shop.rows(owner, "/api/invoices?limit=10").await {
                    let id = text(&invoice["id"]);
                    for (verb, method, refused) in [("read", "GET", 404), ("update", "PATCH", 403)] {
                        let explained = app.explain(Some(login), verb, &format!("invoices/{id}"), 1).await.unwrap();
                        let request = shop.request(name, method, &format!("/api/invoices/{id}"));
                        let request = if method == "PATCH" { request.json(&serde_json::json!({})) } else { request };
                        let status = request.send().await.status();
                        let row = &explained.rows[0];
                        assert_eq!(row.allowed, status == 200, "{name} {verb} {invoice}: {row:?}");
                        assert!(row.allowed || status == refused || status == 404, "{status}");
                        assert_eq!(row.allowed, row.missing.as_ref().is_some_and(Vec::is_empty));
                    }
                }
            }
        }
    });
}

#[test]
fn hidden_rows_are_told_with_the_rules_that_hide_them() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let foreign = shop.rows("eve", "/api/invoices?limit=1000").await;
        let explained = app.explain(Some("ada@acme.test"), "list", "invoices", 1000).await.unwrap();
        assert_eq!(explained.rows.len(), foreign.len());
        assert!(!explained.more);
        for row in &explained.rows {
            assert_eq!(told(&row.missing).len(), 1, "{row:?}");
        }
        let first = app.explain(Some("ada@acme.test"), "list", "invoices", 1).await.unwrap();
        assert_eq!((first.rows.len(), first.more), (1, foreign.len() > 1));
    });
}

#[test]
fn words_that_mean_nothing_are_told() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let failed =
            async |login, verb, target| app.explain(Some(login), verb, target, 1).await.unwrap_err().to_string();
        let hint = failed("ada@acme.test", "read", "invoice/1").await;
        assert_eq!(hint, "there are no `invoice`; did you mean `invoices`?");
        let hint = failed("ada@acme.test", "delte", "invoices").await;
        assert_eq!(hint, "nothing is said of `delte` here; did you mean `delete`?");
        assert!(failed("ada@acme.test", "read", "invoices/1").await.starts_with("`1` is no key"));
        let gone = app.explain(Some("ada@acme.test"), "read", "invoices/019aa0d4-0000-7000-8000-000000000000", 1).await;
        assert!(matches!(gone, Err(ExplainError::NoRow(_))), "{gone:?}");
        assert!(failed("adda@acme.test", "read", "invoices").await.contains("did you mean `ada@acme.test`?"));
    });
}
