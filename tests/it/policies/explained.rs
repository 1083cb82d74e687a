//! Why something is allowed, or is not: for operators, over one row and over all that are refused.

use mimsy_runtime::Value;
use mimsy_runtime::actions::Missing;
use mimsy_runtime::app::ExplainError;
use mimsy_runtime::http::HttpConfig;
use mimsy_tests::shop::{errors, on_every_database, on_every_database_with, text};

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

#[test]
fn over_http_it_is_for_those_whose_role_is_listed() {
    let app = || invoices::app().http(HttpConfig { explainers: vec!["admin".to_owned()], ..HttpConfig::default() });
    on_every_database_with(app, async |shop| {
        let paid = shop.id("ada", "/api/invoices?filter[status]=paid&limit=1").await;
        let vic = shop.id("root", "/api/users?filter[email]=vic@acme.test").await;
        let path = format!("/api/_explain?action=delete&entity=invoices&id={paid}&as={vic}");
        let answer = shop.get("root", &path).await;
        assert_eq!(answer.status(), 200, "{}", answer.json());
        let row = &answer.json()["data"][0];
        assert_eq!((&row["id"], &row["allowed"]), (&paid.clone().into(), &false.into()));
        let missing = row["missing"].as_array().unwrap();
        assert_eq!(missing.len(), 2, "{row}");
        let books = missing.iter().find(|one| one["rule"] == "on_the_books").unwrap();
        assert_eq!((&books["is"], &books["wanted"]), (&true.into(), &false.into()));

        // For others there is nothing, nor is there anything of another organisation's rows or people.
        for name in ["ada", "vic", "nobody"] {
            assert_eq!(shop.get(name, &path).await.status(), 404, "{name}");
        }
        let foreign = shop.id("eve", "/api/invoices?limit=1").await;
        let unknown = shop.get("root", &format!("/api/_explain?action=read&entity=invoices&id={foreign}")).await;
        assert_eq!(unknown.status(), 404);
        let eve = shop.id("eve", "/api/users?filter[email]=eve@globex.test").await;
        let path = format!("/api/_explain?action=read&entity=invoices&as={eve}");
        assert_eq!(shop.get("root", &path).await.status(), 404);
        let hidden = shop.get("root", &format!("/api/_explain?action=list&entity=invoices&as={vic}")).await;
        assert_eq!(hidden.json()["data"], serde_json::json!([]), "Vic reads all that an admin reads");

        let wrong = shop.get("root", "/api/_explain?action=delte&entity=invoices&id=1&limit=0&of=x").await;
        assert_eq!(wrong.status(), 400);
        let expected =
            ["of UNKNOWN_PARAMETER", "action BAD_VALUE", "id BAD_VALUE", "limit BAD_VALUE"].map(str::to_owned);
        assert_eq!(errors(&wrong), expected);
        assert_eq!(errors(&shop.get("root", "/api/_explain").await), ["entity REQUIRED", "action REQUIRED"]);
    });
}

#[test]
fn a_role_that_there_is_not_is_told_at_the_start() {
    let app = invoices::app().http(HttpConfig { explainers: vec!["admn".to_owned()], ..HttpConfig::default() });
    let told = app.check().unwrap_err().to_string();
    assert!(told.contains("`admn`, which is no role; did you mean `admin`?"), "{told}");
}
