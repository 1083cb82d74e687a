//! `some`, `every`, `none` and `count` over HTTP: they range over the rows that who asks may read.

use mimsy_tests::shop::errors;
use serde_json::Value as Json;

use super::library::{Library, on_every_database};

/// The titles of the books that pass a test of their notes, as somebody may read them.
async fn expected(library: &Library, name: &str, keep: impl Fn(&[Json]) -> bool) -> Vec<String> {
    let notes = library.rows(name, "/api/notes?limit=1000").await;
    let books = library.rows(name, "/api/books?limit=1000&sort=title").await;
    let kept = books.iter().filter(|book| {
        let own: Vec<Json> = notes.iter().filter(|note| note["book"] == book["id"]).cloned().collect();
        keep(&own)
    });
    kept.map(|book| book["title"].as_str().unwrap().to_owned()).collect()
}

fn stars(note: &Json) -> Option<i64> {
    note["stars"].as_i64()
}

#[test]
fn a_filter_asks_of_the_rows_that_may_be_read() {
    on_every_database(async |library| {
        type Keep = fn(&[Json]) -> bool;
        let cases: &[(&str, Keep)] = &[
            ("filter[notes][some]=true", |notes| !notes.is_empty()),
            ("filter[notes][some]=false", <[Json]>::is_empty),
            ("filter[notes][none]=true", <[Json]>::is_empty),
            ("filter[notes][some][stars][gt]=3", |notes| notes.iter().any(|one| stars(one) > Some(3))),
            ("filter[notes][none][stars][gt]=3", |notes| !notes.iter().any(|one| stars(one) > Some(3))),
            ("filter[notes][every][stars][gt]=1", |notes| notes.iter().all(|one| stars(one) > Some(1))),
            ("filter[notes][every][stars][ne]=2", |notes| notes.iter().all(|one| stars(one) != Some(2))),
            ("filter[notes][every][stars][is_null]=false", |notes| notes.iter().all(|one| stars(one).is_some())),
            ("filter[notes][some][stars][gt]=3&filter[notes][some][text][ends_with]=1", |notes| {
                notes.iter().any(|one| stars(one) > Some(3) && one["text"].as_str().unwrap().ends_with('1'))
            }),
            ("filter[notes][none][stars][gt]=3&filter[notes][none][text][ends_with]=1", |notes| {
                !notes.iter().any(|one| stars(one) > Some(3) && one["text"].as_str().unwrap().ends_with('1'))
            }),
            ("filter[notes][count]=2", |notes| notes.len() == 2),
            ("filter[notes][count][gte]=3", |notes| notes.len() >= 3),
            ("filter[notes][count][between]=1,2", |notes| (1..=2).contains(&notes.len())),
            ("filter[notes][count][in]=0,4", |notes| [0, 4].contains(&notes.len())),
            ("filter[notes][count][nin]=0,4", |notes| ![0, 4].contains(&notes.len())),
            ("filter[notes][count][in]=", |_| false),
            ("filter[notes][count][gte]=-1", |_| true),
        ];
        for name in ["ann", "tom"] {
            let mut sizes = std::collections::HashSet::new();
            for (query, keep) in cases {
                let path = format!("/api/books?limit=1000&sort=title&count=exact&{query}");
                let found = library.json(name, &path).await;
                let titles: Vec<&str> =
                    found["data"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect();
                assert_eq!(titles, expected(library, name, keep).await, "{name} {query}");
                assert_eq!(found["page"]["count"]["value"], titles.len(), "{name} {query}");
                sizes.insert(titles.len());
            }
            assert!(sizes.len() > 3, "the questions tell books apart: {sizes:?}");
        }
    });
}

#[test]
fn filters_nest_and_mix_with_relations_to_one() {
    on_every_database(async |library| {
        let found = async |name: &str, query: &str| library.texts(name, &format!("/api/authors?{query}"), "name").await;
        // Shirley is Tom's and not published: for Ann, every book of Brontë's is of 1853.
        let every = "sort=name&filter[books][every][year][gte]=1850";
        assert_eq!(found("ann", every).await, ["Brontë", "Gaskell", "Nobody"]);
        assert_eq!(found("tom", every).await, ["Gaskell"]);
        assert_eq!(found("ann", "filter[books][some][title]=Shirley").await, [""; 0]);
        assert_eq!(found("tom", "filter[books][some][title]=Shirley").await, ["Brontë"]);
        assert_eq!(found("ann", "sort=name&filter[books][none]=true").await, ["Nobody"]);
        let nested = "sort=name&filter[books][some][notes][every][stars][gte]=1&filter[books][some][pages][gt]=400";
        // Emma has no notes; of Villette's, the one without stars is Tom's own.
        assert_eq!(found("ann", nested).await, ["Austen", "Brontë"]);
        assert_eq!(found("tom", nested).await, ["Austen"]);
        // Cranford has six notes, one of them Ann's own.
        let deep = async |n: u8| {
            let query = format!("filter[books][some][author.books][none][notes][count][gt]={n}");
            found("tom", &query).await.contains(&"Gaskell".to_owned())
        };
        assert_eq!((deep(4).await, deep(5).await), (false, true));
        let titles = async |name: &str, query: &str| {
            library.texts(name, &format!("/api/books?sort=title&{query}"), "title").await
        };
        // Beowulf has no author: nothing holds of an author's books.
        let others = titles("ann", "filter[author.books][none][year]=1849").await;
        assert_eq!(others, ["Cranford", "Emma", "Persuasion", "Villette"]);
        let answer = library.get("ann", "/api/books?filter[notes][some][private]=true").await;
        assert_eq!(
            (answer.status(), errors(&answer)),
            (400, vec!["filter[notes][some][private] FIELD_NOT_OPEN".to_owned()])
        );
    });
}

/// Whatever a question is, a note that may not be read changes no answer.
#[test]
fn a_hidden_row_changes_no_answer() {
    on_every_database(async |library| {
        let questions = [
            "filter[notes][some][text][starts_with]=Cranford",
            "filter[notes][every][stars][lt]=4",
            "filter[notes][none][stars]=5",
            "filter[notes][count][gte]=2",
            "filter[notes][some][by]=ANN",
            "filter[notes][some][id][in]=SECRET",
            "where=notes.count()+%3E+3",
            "where=not+(notes.any(stars+%3E+4))",
            "where=notes.all(text.contains(%221%22))",
            "where=author.books.any(notes.count()+%3E+2)",
            "sort=title&include=notes",
            "sort=title&include=notes(limit:1,sort:-stars),author.books.notes",
            "sort=title&include=notes(filter[by]:ANN)",
            "sort=title&include=notes.book.notes(limit:2)&fields=notes.book.notes.text",
            "filter[author.books][some][notes][count][gt]=2",
            "filter[author.books][every][notes][some]=true",
        ];
        let hidden: Vec<_> = library
            .app
            .app()
            .system("a test")
            .list::<super::library::Note>()
            .limit(1000)
            .page()
            .await
            .unwrap()
            .rows
            .into_iter()
            .filter(|note| note.private && note.by == library.readers["ann"].into())
            .collect();
        assert!(hidden.len() >= 2);
        let ask = async || {
            let mut answers = Vec::new();
            for question in questions {
                let question = question
                    .replace("ANN", &library.readers["ann"].to_string())
                    .replace("SECRET", &hidden[0].id.to_string());
                answers.push(library.json("tom", &format!("/api/books?limit=1000&count=exact&{question}")).await);
            }
            answers
        };
        let before = ask().await;
        for note in hidden.iter().map(|note| note.id) {
            library.app.app().system("a test").delete::<super::library::Note>(note).await.unwrap();
        }
        assert_eq!(ask().await, before);
    });
}
