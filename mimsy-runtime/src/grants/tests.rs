use super::*;
use crate::json::sample;

fn texts(actions: &[&str]) -> Vec<String> {
    actions.iter().map(|action| (*action).to_owned()).collect()
}

#[test]
fn a_grant_covers_what_it_names() {
    let schema = sample::schema();
    let (invoice, user) = (schema.by_name("Invoice").unwrap(), schema.by_name("User").unwrap());
    for (actions, on_invoices, on_users) in [
        (&["invoices:read"][..], &["read", "reference"][..], &[][..]),
        (&["invoices:create"], &["create"], &[]),
        (&["invoices:create", "users:reference"], &["create"], &["reference"]),
        (&["*:read", "invoices:update"], &["read", "reference", "update"], &["read", "reference"]),
        (&["invoices:*"], &["read", "create", "update", "delete", "reference", "send"], &[]),
        (&["*:*"], &["read", "create", "update", "delete", "reference", "send"], &["read", "delete", "reference"]),
    ] {
        assert_eq!(Grants::check(&schema, &texts(actions)), [], "{actions:?}");
        let grants = Grants::read(&Grants::list(&texts(actions)));
        for verb in ["read", "create", "update", "delete", "reference", "send"] {
            assert_eq!(grants.cover(invoice, verb), on_invoices.contains(&verb), "{actions:?} invoices:{verb}");
        }
        for verb in ["read", "delete", "reference"] {
            assert_eq!(grants.cover(user, verb), on_users.contains(&verb), "{actions:?} users:{verb}");
        }
    }
    assert!(!Grants::read("").cover(invoice, "read"), "nothing is nothing");
}

#[test]
fn what_is_no_grant_is_told_at_its_place() {
    let schema = sample::schema();
    let long = "x".repeat(5000);
    for (action, words) in [
        ("", "not of the form"),
        ("invoices", "not of the form"),
        ("invoices:read:all", "not of the form"),
        ("invoice:read", "did you mean `invoices`?"),
        ("invoices:raed", "did you mean `read`?"),
        ("invoices:list", "are both `read`"),
        ("invoices:", "has no verb"),
        (":read", "there is no entity"),
        ("INVOICES:read", "there is no entity"),
        ("invoices:read x", "has no verb"),
        (&long, "not of the form"),
    ] {
        let found = Grants::check(&schema, &texts(&["*:read", action]));
        assert_eq!(found.len(), 1, "{action}");
        assert_eq!((found[0].pointer.as_str(), &*found[0].code), ("/actions/1", "UNKNOWN_ACTION"));
        assert!(found[0].detail.contains(words) && found[0].detail.len() < 500, "{}", found[0].detail);
    }
    assert_eq!(Grants::check(&schema, &[])[0].code, "REQUIRED");
    assert_eq!(Grants::check(&schema, &texts(&["*:read"; 101]))[0].code, "MAX");
    let blind = Grants::check(&schema, &texts(&["users:read", "invoices:update"]));
    assert_eq!((blind[0].pointer.as_str(), &*blind[0].code), ("/actions/1", "NEEDS_READ"));
}
