//! Pages in both directions, at an offset, and where the NULLs stand.

use mimsy_tests::shop::errors;

use super::library::{Library, on_every_database};

async fn wrong(library: &Library, query: &str) -> (u16, Vec<String>) {
    let answer = library.get("tom", &format!("/api/notes?{query}")).await;
    (answer.status(), errors(&answer))
}

#[test]
fn nulls_stand_where_they_are_put() {
    on_every_database(async |library| {
        for (sort, nulls_first, descending) in [
            ("stars", false, false),
            ("-stars", true, true),
            ("stars:nulls_first", true, false),
            ("stars:nulls_last", false, false),
            ("-stars:nulls_first", true, true),
            ("-stars:nulls_last", false, true),
            ("-stars:nulls_last,-text", false, true),
        ] {
            let rows = library.rows("tom", &format!("/api/notes?limit=1000&sort={sort}")).await;
            let stars: Vec<Option<i64>> = rows.iter().map(|row| row["stars"].as_i64()).collect();
            let mut expected = stars.clone();
            expected.sort_by_key(|one| {
                let value = one.map(|one| if descending { -one } else { one });
                (one.is_none() != nulls_first, value)
            });
            assert_eq!(stars, expected, "{sort}");
            assert!(stars.contains(&None) && stars.iter().any(Option::is_some));
            // Page by page, forwards and back again.
            let (mut walked, mut query) = (Vec::new(), format!("limit=3&sort={sort}"));
            loop {
                let page = library.json("tom", &format!("/api/notes?{query}")).await;
                walked.extend(page["data"].as_array().unwrap().clone());
                let Some(next) = page["page"]["next"].as_str() else { break };
                query = format!("limit=3&sort={sort}&after={next}");
            }
            assert_eq!(walked, rows, "{sort}");
            let mut back = Vec::new();
            loop {
                let page = library.json("tom", &format!("/api/notes?{query}")).await;
                back.splice(..0, page["data"].as_array().unwrap().clone());
                let Some(prev) = page["page"]["prev"].as_str() else { break };
                query = format!("limit=3&sort={sort}&before={prev}");
            }
            assert_eq!(back, rows, "{sort}");
        }
    });
}

#[test]
fn an_offset_skips_rows_and_a_cursor_goes_on_from_it() {
    on_every_database(async |library| {
        let whole = library.texts("tom", "/api/notes?limit=1000&sort=text", "text").await;
        let page = library.json("tom", "/api/notes?limit=4&sort=text&offset=5").await;
        let texts = |page: &serde_json::Value| -> Vec<String> {
            page["data"].as_array().unwrap().iter().map(|row| row["text"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(texts(&page), whole[5..9]);
        let cursor = |way: &str| page["page"][way].as_str().unwrap().to_owned();
        let next = library.json("tom", &format!("/api/notes?limit=4&sort=text&after={}", cursor("next"))).await;
        assert_eq!(texts(&next), whole[9..13]);
        let prev = library.json("tom", &format!("/api/notes?limit=4&sort=text&before={}", cursor("prev"))).await;
        assert_eq!(texts(&prev), whole[1..5]);
        let start = library.json("tom", "/api/notes?limit=4&sort=text&offset=0").await;
        assert!(start["page"]["prev"].is_null());
        // Behind everything there is nothing, and a way back to the last page.
        let end = library.json("tom", "/api/notes?limit=4&sort=text&offset=10000").await;
        assert_eq!((texts(&end).len(), &end["page"]["next"]), (0, &serde_json::Value::Null));
        let last = end["page"]["prev"].as_str().unwrap();
        let last = library.json("tom", &format!("/api/notes?limit=4&sort=text&before={last}")).await;
        assert_eq!(texts(&last), whole[whole.len() - 4..]);
        assert!(last["page"]["next"].is_null());
        let none = library.json("tom", "/api/notes?offset=3&filter[text]=nothing").await;
        assert!(none["page"]["next"].is_null() && none["page"]["prev"].is_null());
    });
}

#[test]
fn a_page_starts_at_one_place_of_its_own_query() {
    on_every_database(async |library| {
        let page = library.json("tom", "/api/notes?limit=2&sort=text&offset=4").await;
        let (next, prev) = (page["page"]["next"].as_str().unwrap(), page["page"]["prev"].as_str().unwrap());
        for (query, expected) in [
            (format!("limit=2&sort=text&after={prev}"), "after CURSOR_INVALID"),
            (format!("limit=2&sort=text&before={next}"), "before CURSOR_INVALID"),
            (format!("limit=2&sort=-text&before={prev}"), "before CURSOR_INVALID"),
            (format!("limit=2&sort=text&filter[stars]=1&before={prev}"), "before CURSOR_INVALID"),
            (format!("limit=2&sort=text&before={}", &prev[1..]), "before CURSOR_INVALID"),
            (format!("limit=2&sort=text&before={prev}A"), "before CURSOR_INVALID"),
            (format!("limit=2&sort=text&before={prev}&after={next}"), "after CONFLICTING_PARAMETERS"),
            (format!("limit=2&sort=text&before={prev}&offset=1"), "offset CONFLICTING_PARAMETERS"),
            ("offset=10001".to_owned(), "offset BAD_OFFSET"),
            ("sort=text:nulls_first".to_owned(), "sort BAD_VALUE"),
        ] {
            assert_eq!(wrong(library, &query).await, (400, vec![expected.to_owned()]), "{query}");
        }
        // By a relation there may be nothing to sort by, so NULLs have a place.
        assert_eq!(library.get("tom", "/api/notes?sort=by.name:nulls_first").await.status(), 200);
        // A cursor carries no authority: what Ann may not see is not in her page either.
        let hers = library.texts("ann", &format!("/api/notes?limit=1000&sort=text&after={next}"), "text").await;
        let all = library.texts("ann", "/api/notes?limit=1000&sort=text", "text").await;
        assert!(!hers.is_empty() && all.ends_with(&hers));
    });
}
