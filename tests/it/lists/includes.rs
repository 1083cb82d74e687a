//! Includes, nested and with arguments: each row under its own policy, each relation and level in one statement.

use mimsy::prelude::*;
use mimsy_tests::shop::errors;
use mimsy_tests::statements::Statements;
use serde_json::{Value as Json, json};

use super::library::{Library, Note, on_every_database};

fn rows(json: &Json) -> &Vec<Json> {
    json["data"].as_array().unwrap_or_else(|| panic!("{json} are no rows"))
}

/// The rows of a list that point to a row, in the order of the list.
fn pointing<'a>(rows: &'a [Json], field: &str, to: &Json) -> Vec<&'a Json> {
    rows.iter().filter(|row| row[field] == to["id"]).collect()
}

#[test]
fn nested_rows_are_those_that_may_be_read() {
    on_every_database(async |library| {
        for name in ["ann", "tom"] {
            let authors = library.rows(name, "/api/authors?include=books.notes.by&limit=100").await;
            let books = library.rows(name, "/api/books?limit=1000").await;
            let notes = library.rows(name, "/api/notes?limit=1000").await;
            let readers = library.rows(name, "/api/readers").await;
            let mut seen = 0;
            for author in &authors {
                let own = pointing(&books, "author", author);
                assert_eq!(rows(&author["books"]).len(), own.len());
                for (book, expected) in rows(&author["books"]).iter().zip(own) {
                    assert_eq!(book["title"], expected["title"]);
                    let own = pointing(&notes, "book", book);
                    assert_eq!(rows(&book["notes"]).len(), own.len());
                    for (note, expected) in rows(&book["notes"]).iter().zip(own) {
                        assert_eq!((&note["text"], &note["by"]["id"]), (&expected["text"], &expected["by"]));
                        assert!(readers.contains(&note["by"]));
                        seen += 1;
                    }
                }
            }
            assert!(seen > 5);
        }
        // What may not be read is left out and named, on every level.
        let notes = library.rows("ann", "/api/notes?limit=1000&include=book.author").await;
        let (hidden, open): (Vec<_>, Vec<_>) = notes.iter().partition(|note| note["book"].is_null());
        assert!(hidden.len() > 2 && open.iter().any(|note| note["book"]["author"]["name"].is_string()));
        assert!(hidden.iter().all(|note| note["_masked"] == json!(["book"])));
        assert!(open.iter().all(|note| note.get("_masked").is_none()));
    });
}

#[test]
fn arguments_choose_among_the_rows_of_each() {
    on_every_database(async |library| {
        let path = "/api/books?limit=100&include=notes(limit:2,sort:-stars:nulls_last,text,filter[stars][gt]:1)";
        let books = library.rows("tom", path).await;
        let notes = library.rows("tom", "/api/notes?limit=1000&sort=-stars:nulls_last,text&filter[stars][gt]=1").await;
        let mut cut = 0;
        for book in &books {
            let own = pointing(&notes, "book", book);
            let shown: Vec<&Json> = rows(&book["notes"]).iter().collect();
            assert_eq!(shown, own[..own.len().min(2)], "{}", book["title"]);
            assert_eq!(book["notes"]["page"], json!({"limit": 2, "more": own.len() > 2}));
            cut += usize::from(own.len() > 2);
        }
        assert!(cut > 0);
        let quoted =
            "/api/books?include=notes(filter[text][in]:%22Emma,%20(0)%22,%22Beowulf%201%22)&sort=title&limit=1";
        assert_eq!(library.rows("tom", quoted).await[0]["notes"]["data"][0]["text"], "Beowulf 1");
        let by = library.rows("tom", "/api/books?include=notes(sort:by.name,text,limit:1)&sort=title").await;
        assert!(by.iter().any(|book| rows(&book["notes"]).len() == 1));
    });
}

#[test]
fn relations_of_an_entity_to_itself() {
    on_every_database(async |library| {
        let shelves = library.rows("tom", "/api/shelves?sort=label&include=on.on,holds.holds").await;
        let labels = |row: &Json, path: &str| row.pointer(path).and_then(Json::as_str).map(str::to_owned);
        let of = |label: &str| shelves.iter().find(|row| row["label"] == label).unwrap().clone();
        assert_eq!(labels(&of("box"), "/on/on/label").as_deref(), Some("floor"));
        assert_eq!(of("board")["on"]["on"], Json::Null);
        assert_eq!(labels(&of("floor"), "/holds/data/0/holds/data/0/label").as_deref(), Some("box"));
        assert!(rows(&of("tray")["holds"]).is_empty());
    });
}

#[test]
fn dotted_fields_choose_what_included_rows_show() {
    on_every_database(async |library| {
        let path =
            "/api/books?filter[title]=Beowulf&include=author,notes(sort:text).by&fields=notes.text,title,notes.by.name";
        let book = library.rows("ann", path).await.remove(0);
        assert_eq!(book["title"], "Beowulf");
        let keys = |json: &Json| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&book), ["author", "notes", "title"], "an include that no field is named of comes whole");
        let note = &rows(&book["notes"])[0];
        assert_eq!((keys(note), keys(&note["by"])), (vec!["by".into(), "text".into()], vec!["name".to_owned()]));
        let id = library.rows("ann", "/api/books?filter[title]=Beowulf").await[0]["id"].clone();
        let one = format!("/api/books/{}?include=notes.by&fields=title,notes.by.name", id.as_str().unwrap());
        let answer = library.get("ann", &one).await;
        assert_eq!(keys(&answer.json()["data"]), ["notes", "title"]);
        assert_eq!(keys(&rows(&answer.json()["data"]["notes"])[0]), ["by"]);
        assert!(answer.header("etag").is_none());
        // A cursor leads on with other fields and includes: they are no part of its query.
        let page = library.json("ann", "/api/books?limit=2&sort=title&include=notes&fields=title,notes.text").await;
        let next = page["page"]["next"].as_str().unwrap();
        let rest = library.rows("ann", &format!("/api/books?limit=2&sort=title&include=author&after={next}")).await;
        assert!(rest[0]["title"].as_str() > page["data"][1]["title"].as_str());
    });
}

#[test]
fn what_is_not_open_is_refused() {
    on_every_database(async |library| {
        for (query, expected) in [
            ("include=owner", "include FIELD_NOT_OPEN"),
            ("include=notes.by.nam", "include UNKNOWN_FIELD"),
            ("include=author.books.owner", "include FIELD_NOT_OPEN"),
            ("include=notes(filter[private]:true)", "include FIELD_NOT_OPEN"),
            ("include=notes(sort:private)", "include FIELD_NOT_OPEN"),
            ("include=notes.book.notes(limit:x)", "include BAD_LIMIT"),
            ("fields=author.name", "fields BAD_VALUE"),
        ] {
            let answer = library.get("tom", &format!("/api/books?{query}")).await;
            assert_eq!((answer.status(), errors(&answer)), (400, vec![expected.to_owned()]), "{query}");
        }
    });
}

#[test]
fn one_statement_a_relation_and_level() {
    on_every_database(async |library| {
        let listening = Statements::listen();
        for (path, expected) in [
            ("/api/books?limit=100", 1),
            ("/api/books?limit=100&include=author", 2),
            ("/api/books?limit=100&include=author,notes(limit:1)", 3),
            ("/api/books?limit=100&include=author.books.notes,notes.by,notes.book", 7),
            ("/api/authors?limit=100&include=books.notes.by&count=exact", 5),
        ] {
            // The first request may look up the actor.
            let _ = library.json("ann", path).await;
            let _ = listening.take();
            let rows = library.rows("ann", path).await;
            let statements = listening.take();
            assert!(rows.len() > 3);
            assert_eq!(statements.len(), expected, "{path}: {statements:#?}");
        }
    });
}

async fn many_notes(library: &Library, title: &str) {
    let system = library.app.app().system("a test");
    let book = system.list::<super::library::Book>().eq("title", title.to_owned()).page().await.unwrap().rows.remove(0);
    let draft = |n: i64| Draft::<Note> {
        book: book.id.into(),
        by: library.readers["ann"].into(),
        text: format!("more {n}"),
        stars: Some(n),
        private: false,
    };
    system.create_many::<Note>((0..150).map(draft).collect()).await.unwrap();
}

#[test]
fn an_answer_holds_so_many_included_rows_and_no_more() {
    on_every_database(async |library| {
        many_notes(library, "Emma").await;
        let path = "/api/books?filter[title]=Emma&include=notes(limit:1000).book";
        let book = library.rows("ann", path).await.remove(0);
        assert_eq!(rows(&book["notes"]).len(), 150);
        // 150 notes of the one book, with its 150 notes each: few rows, and an answer of 22,800.
        let answer = library.get("ann", &format!("{path}.notes(limit:1000)")).await;
        assert_eq!((answer.status(), errors(&answer)), (400, vec!["include TOO_MANY_ROWS".to_owned()]));
        let fewer = library.rows("ann", &format!("{path}.notes(limit:5)")).await.remove(0);
        assert_eq!(rows(&rows(&fewer["notes"])[149]["book"]["notes"]).len(), 5);
    });
}
