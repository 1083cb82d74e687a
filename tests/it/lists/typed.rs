//! Lists of the typed Rust API: conditions and orders that rustc checks, includes as tuples, walks over pages.

use futures_util::TryStreamExt;
use mimsy::prelude::*;

use super::library::{Author, Book, Library, Note, Reader, Shelf, on_every_database};

async fn titles(access: &Access, condition: impl mimsy::Condition<Book>) -> Vec<String> {
    let title = expr!(|book: &Book| book.title);
    let page = access.list::<Book>().filter(condition).sort(title).page().await.unwrap();
    page.rows.into_iter().map(|book| book.title).collect()
}

async fn reader(library: &Library, name: &str) -> Access {
    let row = library.app.app().system("a test").get::<Reader>(library.readers[name]).await.unwrap();
    library.app.app().as_actor(&row)
}

#[test]
fn conditions_are_checked_by_rustc_and_asked_of_the_database() {
    on_every_database(async |library| {
        let system = library.app.app().system("a test");
        let (most, name, prefix) = (300, "Austen".to_owned(), "Per");
        let years = [1815, 1853];
        for (found, expected) in [
            (
                titles(&system, expr!(|book: &Book| book.pages < most && book.published)).await,
                vec!["Beowulf", "Cranford", "Persuasion"],
            ),
            (
                titles(&system, expr!(|book: &Book| book.published)).await,
                vec!["Beowulf", "Cranford", "Emma", "Persuasion", "Villette"],
            ),
            (titles(&system, expr!(|book: &Book| !book.published)).await, vec!["Drafts", "Lady Susan", "Shirley"]),
            (titles(&system, expr!(|b: &Book| b.title.starts_with(prefix))).await, vec!["Persuasion"]),
            (titles(&system, expr!(|b: &Book| b.title == name.replace("Austen", "Emma"))).await, vec!["Emma"]),
            (
                titles(&system, expr!(|b: &Book| b.year.is_some_and(|year| year == years[1]))).await,
                vec!["Cranford", "Villette"],
            ),
            (titles(&system, expr!(|b: &Book| b.year.unwrap_or(0) < 1816 && b.pages > 100 + 5)).await, vec!["Emma"]),
            (titles(&system, expr!(|b: &Book| b.author.is_none())).await, vec!["Beowulf"]),
            (titles(&system, expr!(|b: &Book| b.notes.count() >= 6)).await, vec!["Cranford", "Drafts"]),
            (
                titles(
                    &system,
                    expr!(|b: &Book| b
                        .notes
                        .any(|note| note.stars.is_some_and(|stars| stars == 5) && note.by == b.owner)),
                )
                .await,
                vec!["Drafts", "Villette"],
            ),
        ] {
            assert_eq!(found, expected);
        }
        // What was captured is still the program's.
        assert_eq!((most, name.as_str()), (300, "Austen"));
        let two = system
            .list::<Book>()
            .filter(expr!(|book: &Book| book.pages == 490))
            .filter(expr!(|book: &Book| book.year.is_some_and(|year| year > 1850)));
        assert_eq!(two.one().await.unwrap().title, "Villette");
        // A text is a bind, whatever it says.
        let evil = "' OR TRUE --";
        assert!(titles(&system, expr!(|book: &Book| book.title == evil)).await.is_empty());
        let nul = "a\0b";
        let error = system.list::<Book>().filter(expr!(|book: &Book| book.title == nul)).page().await.unwrap_err();
        assert_eq!((error.kind(), &*error.violations()[0].code), (ErrorKind::Invalid, "BAD_VALUE"));
    });
}

/// A note of which it is unknown what stands behind it, since Ann may not read its book.
#[test]
fn what_may_not_be_read_is_as_if_it_were_not_there() {
    on_every_database(async |library| {
        let (ann, system) = (reader(library, "ann").await, library.app.app().system("a test"));
        let me = library.readers["ann"];
        let texts = async |condition: mimsy::Quoted<Note, bool>| {
            let page = ann.list::<Note>().filter(condition).limit(1000).page().await.unwrap();
            page.rows.into_iter().map(|note| note.text).collect::<Vec<_>>()
        };
        let all = ann.list::<Note>().limit(1000).page().await.unwrap().rows;
        let books = ann.list::<Book>().limit(1000).page().await.unwrap().rows;
        let hidden = all.iter().filter(|note| !books.iter().any(|book| note.book == book.id.into())).count();
        assert!(hidden > 2);
        let (some, others) = (
            texts(expr!(|note: &Note| note.book.pages > 100)).await,
            texts(expr!(|note: &Note| !(note.book.pages > 100))).await,
        );
        assert_eq!(some.len() + others.len() + hidden, all.len());
        assert_eq!(texts(expr!(|note: &Note| note.book.title != "Drafts")).await.len(), all.len() - hidden);
        // To-many: her answers stay the same when what is hidden from her goes.
        let ask = async || {
            let mut found = Vec::new();
            for condition in [
                expr!(|book: &Book| book.notes.count() > 3),
                expr!(|book: &Book| book.notes.any(|note| note.stars.is_some_and(|stars| stars > 4))),
                expr!(|book: &Book| book.notes.all(|note| note.by == me)),
                expr!(|book: &Book| book.notes.none(|note| note.text.contains("1"))),
                expr!(|book: &Book| book.notes.sum(|note| note.stars) > 8),
                expr!(|book: &Book| book.notes.max(|note| note.text).is_none()),
                expr!(|book: &Book| book.notes.is_empty()),
                expr!(|book: &Book| book.notes.any(|note| note.book.notes.count() == 5)),
            ] {
                let list = || ann.list::<Book>().filter(condition.clone());
                found.push((
                    titles(&ann, condition.clone()).await,
                    list().count().await.unwrap(),
                    list().exists().await.unwrap(),
                ));
            }
            found
        };
        let before = ask().await;
        let theirs = library.readers["tom"];
        let private = expr!(|note: &Note| note.private && note.by == theirs);
        let gone: Vec<Note> = system.list::<Note>().filter(private).stream().try_collect().await.unwrap();
        assert!(gone.len() > 2);
        let notes = expr!(|book: &Book| book.notes.count() > 3);
        assert_ne!(titles(&system, notes.clone()).await, titles(&ann, notes).await, "the system sees them");
        for note in gone {
            system.delete::<Note>(note.id).await.unwrap();
        }
        assert_eq!(ask().await, before);
    });
}

#[test]
fn includes_come_as_tuples() {
    on_every_database(async |library| {
        let (ann, system) = (reader(library, "ann").await, library.app.app().system("a test"));
        let notes = expr!(|book: &Book| book.notes)
            .limit(2)
            .filter(expr!(|note: &Note| note.stars.is_some()))
            .sort(expr!(|note: &Note| note.text).descending())
            .include(expr!(|note: &Note| note.by))
            .include(expr!(|note: &Note| note.book.author));
        let author = expr!(|book: &Book| book.author);
        let list = system.list::<Book>().include(author).include(notes).sort(expr!(|book: &Book| book.title));
        type Remark = (Note, Option<Reader>, Option<Author>);
        let rows: Vec<(Book, Option<Author>, mimsy::Included<Remark>)> = list.page().await.unwrap().rows;
        assert_eq!(rows.len(), 8);
        for (book, author, notes) in &rows {
            assert_eq!(book.author, author.as_ref().map(|author| author.id.into()));
            assert!(notes.len() <= 2 && notes.iter().map(|(note, ..)| &note.text).rev().is_sorted());
            for (note, by, author_of_book) in notes {
                assert_eq!((note.book, note.by), (book.id.into(), by.as_ref().unwrap().id.into()));
                assert_eq!(author_of_book.as_ref().map(|one| one.id), author.as_ref().map(|one| one.id));
            }
        }
        assert!(rows.iter().any(|(.., notes)| notes.more));
        let book = expr!(|note: &Note| note.book);
        let seen: Vec<(Note, Option<Book>)> = ann.list::<Note>().include(book).limit(1000).page().await.unwrap().rows;
        assert!(seen.iter().any(|(_, book)| book.is_none()) && seen.iter().any(|(_, book)| book.is_some()));
        let shelves = system
            .list::<Shelf>()
            .include(expr!(|shelf: &Shelf| shelf.on).include(expr!(|shelf: &Shelf| shelf.on)))
            .include(expr!(|shelf: &Shelf| shelf.holds).include(expr!(|shelf: &Shelf| shelf.holds)))
            .sort("label");
        let (_, below, held) = shelves.clone().filter(expr!(|shelf: &Shelf| shelf.label == "box")).one().await.unwrap();
        let below = below.and_then(|(_, below)| below);
        assert_eq!(below.map(|shelf| shelf.label).as_deref(), Some("floor"));
        assert_eq!((held[0].0.label.as_str(), held[0].1.len()), ("tray", 0));
        assert!(shelves.first().await.unwrap().is_some());
    });
}

#[test]
fn lists_are_walked_counted_and_asked_for_one_row() {
    on_every_database(async |library| {
        let tom = reader(library, "tom").await;
        let list = || tom.list::<Note>().sort(expr!(|note: &Note| note.stars).descending().nulls_last()).limit(4);
        let whole = list().limit(1000).page().await.unwrap().rows;
        let ids = |notes: &[Note]| notes.iter().map(|note| note.id).collect::<Vec<_>>();
        let (mut pages, mut walked) = (list().pages(), Vec::new());
        while let Some(page) = pages.next().await.unwrap() {
            assert!(page.rows.len() <= 4);
            walked.extend(page.rows);
        }
        assert!(pages.next().await.unwrap().is_none());
        assert_eq!(ids(&walked), ids(&whole));
        let streamed: Vec<Note> = list().offset(3).stream().try_collect().await.unwrap();
        assert_eq!(ids(&streamed), ids(&whole)[3..]);
        assert_eq!(list().count().await.unwrap().value, whole.len() as u64);
        assert_eq!(list().first().await.unwrap().map(|note| note.id), Some(whole[0].id));
        assert_eq!(list().one().await.unwrap_err().kind(), ErrorKind::Several);
        let none = || list().filter(expr!(|note: &Note| note.text == "nothing"));
        assert_eq!(none().one().await.unwrap_err().kind(), ErrorKind::NotFound);
        assert!(none().first().await.unwrap().is_none());
        assert!(!none().exists().await.unwrap() && list().exists().await.unwrap());
        assert_eq!(none().count().await.unwrap().value, 0);
        // A cursor is of its own condition, wherever that was written.
        let few = |most: i64| list().limit(2).filter(expr!(|note: &Note| note.stars.is_some_and(|stars| stars < most)));
        let next = few(5).page().await.unwrap().next.unwrap();
        let same = list().limit(2).filter(expr!(|n: &Note| n.stars.is_some_and(|stars| stars < 5)));
        assert_eq!(same.after(next.clone()).page().await.unwrap().rows.len(), 2);
        let error = few(4).after(next).page().await.unwrap_err();
        assert_eq!((error.kind(), &*error.violations()[0].code), (ErrorKind::Invalid, "CURSOR_INVALID"));
        let nobody = library.app.app().as_nobody().list::<Note>().count().await.unwrap_err();
        assert_eq!(nobody.kind(), ErrorKind::Unauthenticated);
    });
}
