//! A library whose readers see what is published, and what is their own.

use std::collections::HashMap;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster;
use serde_json::Value as Json;

/// Who reads, and acts.
#[entity]
#[routes(list(filter(name), sort(name)), get)]
#[policy(actor = Reader, read = authenticated, write = authenticated)]
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
}

/// Who writes.
#[entity]
#[routes(list(filter(name, born, books), sort(name, born), include(books, books.notes.by)), get)]
#[policy(actor = Reader, read = authenticated, write = authenticated)]
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub id: Id<Self>,
    pub name: String,
    pub born: Option<i64>,
    #[field(inverse = author)]
    pub books: Many<Book>,
}

/// What is written.
#[entity]
#[routes(
    list(
        filter(title, pages, year, author, author.name, author.born, author.books, notes),
        sort(title, pages, year, author.name, author.born),
        include(author.books.notes, notes.by, notes.book.notes),
    ),
    get, create, update, delete,
)]
#[derive(Clone, Debug)]
pub(crate) struct Book {
    pub id: Id<Self>,
    pub title: String,
    #[field(on_delete = cascade)]
    pub author: Option<Ref<Author>>,
    pub pages: i64,
    pub year: Option<i64>,
    pub published: bool,
    pub owner: Ref<Reader>,
    #[field(inverse = book)]
    pub notes: Many<Note>,
}

#[policy(actor = Reader, write = authenticated)]
impl Book {
    /// Everybody sees what is published, and what is their own.
    #[can(read)]
    fn visible(reader: &Reader, book: &Book) -> bool {
        book.published || book.owner == reader.id
    }
}

/// What a reader thinks of a book.
#[entity]
#[routes(
    list(filter(text, stars, by, book.title), sort(stars, text, by.name), include(book.author, by)),
    get, create, update, delete,
)]
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub book: Ref<Book>,
    pub by: Ref<Reader>,
    pub text: String,
    pub stars: Option<i64>,
    pub private: bool,
}

#[policy(actor = Reader, write = authenticated)]
impl Note {
    /// A private note is read by who wrote it.
    #[can(read)]
    fn visible(reader: &Reader, note: &Note) -> bool {
        !note.private || note.by == reader.id
    }
}

/// Where books stand; shelves stand on shelves.
#[entity]
#[routes(list(filter(label), sort(label), include(on.on, holds.holds)), get, path = "shelves")]
#[policy(actor = Reader, read = authenticated, write = authenticated)]
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    pub id: Id<Self>,
    pub label: String,
    pub on: Option<Ref<Self>>,
    #[field(inverse = on)]
    pub holds: Many<Self>,
}

mimsy::schema! { pub Shelves: Reader, Author, Book, Note, Shelf }

/// A library with rows.
pub(crate) struct Library {
    pub(crate) app: TestApp,
    pub(crate) readers: HashMap<&'static str, Id<Reader>>,
    tokens: HashMap<&'static str, String>,
    _database: cluster::TestDatabase,
}

pub(crate) fn on_every_database(test: impl AsyncFn(&Library)) {
    for engine in cluster::engines() {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
            let library = Library::open(engine).await;
            test(&library).await;
            library.app.app().close().await;
        });
    }
}

/// Title, author, pages, year, whether it is published; those that are not are Tom's.
type Row = (&'static str, Option<usize>, i64, Option<i64>, bool);

const BOOKS: [Row; 8] = [
    ("Emma", Some(0), 474, Some(1815), true),
    ("Lady Susan", Some(0), 80, None, false),
    ("Persuasion", Some(0), 249, Some(1817), true),
    ("Villette", Some(1), 490, Some(1853), true),
    ("Shirley", Some(1), 490, Some(1849), false),
    ("Beowulf", None, 105, None, true),
    ("Cranford", Some(2), 257, Some(1853), true),
    ("Drafts", Some(3), 12, None, false),
];

impl Library {
    async fn open(engine: cluster::Engine) -> Self {
        let database = cluster::fresh(engine);
        let app = test::start_on(App::new(Shelves), &database.url).await;
        let system = app.app().system("a test");
        let (mut readers, mut tokens) = (HashMap::new(), HashMap::new());
        for name in ["ann", "tom"] {
            let key = system.create::<Reader>(Draft::<Reader> { name: name.to_owned() }).await.unwrap().key;
            readers.insert(name, key);
            tokens.insert(name, app.token(name).await);
        }
        let (ann, tom) = (readers["ann"], readers["tom"]);
        let mut authors = Vec::new();
        for (name, born) in [("Austen", Some(1775)), ("Brontë", Some(1816)), ("Gaskell", Some(1810)), ("Nobody", None)]
        {
            let draft = Draft::<Author> { name: name.to_owned(), born };
            authors.push(system.create::<Author>(draft).await.unwrap().key);
        }
        for (at, (title, author, pages, year, published)) in BOOKS.into_iter().enumerate() {
            let owner = if published { ann } else { tom };
            let author = author.map(|author| authors[author].into());
            let draft = Draft::<Book> { title: title.to_owned(), author, pages, year, published, owner: owner.into() };
            let book = system.create::<Book>(draft).await.unwrap().key;
            // As many notes as the place in the table says; every third is private, every fourth without stars.
            for n in 0..at {
                let by = if (at + n).is_multiple_of(2) { ann } else { tom };
                let stars = (!n.is_multiple_of(4)).then(|| i64::try_from((at + n) % 5 + 1).unwrap());
                let (text, private) = (format!("{title} {n}"), (at * 2 + n).is_multiple_of(3));
                let draft = Draft::<Note> { book: book.into(), by: by.into(), text, stars, private };
                system.create::<Note>(draft).await.unwrap();
            }
        }
        let mut below: Option<Id<Shelf>> = None;
        for label in ["floor", "board", "box", "tray"] {
            let draft = Draft::<Shelf> { label: label.to_owned(), on: below.map(Into::into) };
            below = Some(system.create::<Shelf>(draft).await.unwrap().key);
        }
        Self { app, readers, tokens, _database: database }
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> TestAnswer {
        self.app.get(path).bearer(&self.tokens[name]).send().await
    }

    /// The answer of a list, which has to succeed.
    pub(crate) async fn json(&self, name: &str, path: &str) -> Json {
        let answer = self.get(name, path).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.json());
        answer.json()
    }

    /// The rows of a list, which has to succeed.
    pub(crate) async fn rows(&self, name: &str, path: &str) -> Vec<Json> {
        self.json(name, path).await["data"].as_array().cloned().unwrap_or_default()
    }

    /// One text of each row.
    pub(crate) async fn texts(&self, name: &str, path: &str, field: &str) -> Vec<String> {
        let rows = self.rows(name, path).await;
        rows.iter().map(|row| row[field].as_str().unwrap_or("-").to_owned()).collect()
    }
}
