//! `where=`: the same rows as the same condition in Rust, under the same policies.

use mimsy_tests::shop::errors;

use super::library::on_every_database;

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn a_condition_keeps_the_rows_that_it_holds_of() {
    on_every_database(async |library| {
        for (condition, expected) in [
            ("pages < 300 && pages > 100", vec!["Beowulf", "Cranford", "Persuasion"]),
            ("pages == 490 and (year == 1853 or year.is_none())", vec!["Villette"]),
            ("!(year < 1850)", vec!["Cranford", "Villette"]),
            ("year.is_none()", vec!["Beowulf"]),
            ("title in (\"Emma\", \"Villette\", \"Shirley\")", vec!["Emma", "Villette"]),
            ("author.name == \"Austen\" && title != \"Emma\"", vec!["Persuasion"]),
            ("author.books.count() > 1", vec!["Emma", "Persuasion"]),
            ("title.contains(\"a\") && title.len() > 4", vec!["Cranford", "Persuasion"]),
            ("notes.any(text == \"Villette 1\")", vec!["Villette"]),
            ("notes.any(text == \"' OR 1=1 --\")", vec![]),
            ("true", vec!["Beowulf", "Cranford", "Emma", "Persuasion", "Villette"]),
        ] {
            let path = format!("/api/books?sort=title&count=exact&where={}", encoded(condition));
            let answer = library.json("ann", &path).await;
            let titles: Vec<&str> =
                answer["data"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect();
            assert_eq!(titles, expected, "{condition}");
            assert_eq!(answer["page"]["count"]["value"], expected.len());
        }
        let both = format!("filter[pages]=490&where={}", encoded("year > 1850"));
        assert_eq!(library.texts("ann", &format!("/api/books?{both}"), "title").await, ["Villette"]);
        let notes = format!("/api/books?include=notes&where={}", encoded("notes.none(stars > 1)"));
        assert!(library.rows("ann", &notes).await.iter().all(|book| book["notes"]["data"].is_array()));
    });
}

#[test]
fn a_cursor_belongs_to_its_condition() {
    on_every_database(async |library| {
        let page = |condition: &str| format!("/api/notes?limit=2&sort=text&where={}", encoded(condition));
        let first = library.json("tom", &page("stars > 1")).await;
        let next = first["page"]["next"].as_str().unwrap();
        let links = library.get("tom", &page("stars > 1")).await;
        assert!(links.header("link").unwrap().contains("where="));
        assert_eq!(library.rows("tom", &format!("{}&after={next}", page("stars>1"))).await.len(), 2);
        let other = library.get("tom", &format!("{}&after={next}", page("stars > 2"))).await;
        assert_eq!((other.status(), errors(&other)), (400, vec!["after CURSOR_INVALID".to_owned()]));
    });
}

#[test]
fn what_has_no_meaning_is_refused_with_its_place() {
    on_every_database(async |library| {
        let deep = format!("{}true{}", "(".repeat(1_000), ")".repeat(1_000));
        for (condition, code, place) in [
            ("owner == \"x\"", "FIELD_NOT_OPEN", "at character 1: "),
            ("pages > 1 && pagse > 2", "UNKNOWN_FIELD", "at character 14: "),
            ("pages > \"x\"", "BAD_VALUE", "at character 9: "),
            ("notes.any(private)", "FIELD_NOT_OPEN", "at character 11: "),
            ("1; DROP TABLE books", "BAD_EXPRESSION", "at character 2: "),
            (&deep, "TOO_DEEP", "at character 34: "),
        ] {
            let answer = library.get("tom", &format!("/api/books?where={}", encoded(condition))).await;
            assert_eq!((answer.status(), errors(&answer)), (400, vec![format!("where {code}")]), "{condition}");
            assert!(answer.json()["errors"][0]["detail"].as_str().unwrap().starts_with(place), "{}", answer.json());
        }
        assert_eq!(library.get("tom", "/api/books?where=true&where=true").await.status(), 400);
    });
}
