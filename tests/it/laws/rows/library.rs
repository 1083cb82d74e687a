//! A library: every kind of relation, rows that may be NULL, absent or hidden. Who reads it sees what is not hidden.

use std::collections::HashMap;
use std::sync::Arc;

use mimsy_runtime::policy::Known;
use mimsy_runtime::query::Query;
use mimsy_runtime::sql::{self, Reader};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{
    Cardinality, Duty, Entity, EntityId, Expr, Field, Fragment, Kind, Link, OnDelete, Op, Relation, Root, Schema, Text,
    Value, assemble,
};
use mimsy_tests::cluster::{self, Engine, TestDatabase};
use tokio::runtime::Runtime;
use uuid::Uuid;

fn field(name: &'static str, kind: Kind) -> Field {
    Field { name: name.into(), column: name.into(), kind, ..Field::EMPTY }
}

fn optional(field: Field) -> Field {
    Field { nullable: true, ..field }
}

fn related(name: &'static str, target: &'static str, cardinality: Cardinality) -> Relation {
    Relation {
        targets: vec![Text::Static(target)].into(),
        fields: if cardinality == Cardinality::One { vec![Text::Static(name)].into() } else { vec![].into() },
        cardinality,
        inverse: Text::EMPTY,
        through: Text::EMPTY,
        onward: Text::EMPTY,
        on_delete: OnDelete::Restrict,
    }
}

fn reference(name: &'static str, target: &'static str) -> Field {
    Field { relation: Some(related(name, target, Cardinality::One)), ..field(name, Kind::Uuid) }
}

fn inverse(name: &'static str, target: &'static str, inverse: &'static str) -> Field {
    let relation = Relation { inverse: inverse.into(), ..related(name, target, Cardinality::Many) };
    Field { relation: Some(relation), ..field(name, Kind::Rows) }
}

fn through(name: &'static str, target: &'static str, through: &'static str) -> Field {
    let relation = Relation { through: through.into(), ..related(name, target, Cardinality::Many) };
    Field { relation: Some(relation), ..field(name, Kind::Rows) }
}

fn entity(name: &'static str, table: &'static str, fields: Vec<Field>) -> Fragment {
    let id = Field { duty: Duty::Key, ..field("id", Kind::Uuid) };
    let fields: Vec<Field> = [id, field("hidden", Kind::Bool)].into_iter().chain(fields).collect();
    let entity = Entity {
        name: name.into(),
        table: table.into(),
        fields: fields.into(),
        key: vec![Text::Static("id")].into(),
        ..Entity::EMPTY
    };
    Fragment { entity, policy: None, routes: None }
}

/// Authors have books, books have a publisher, books and tags are joined by taggings, some of them twice.
pub(crate) fn schema() -> Schema {
    let number = |name| optional(field(name, Kind::Int));
    let text = |name| optional(field(name, Kind::Text));
    let fragments = vec![
        entity("Author", "authors", vec![number("age"), text("name"), inverse("books", "Book", "author")]),
        entity("Publisher", "publishers", vec![number("size"), text("city"), inverse("books", "Book", "publisher")]),
        entity(
            "Book",
            "books",
            vec![
                number("pages"),
                text("title"),
                optional(reference("author", "Author")),
                optional(reference("publisher", "Publisher")),
                through("tags", "Tag", "Tagging"),
            ],
        ),
        entity("Tag", "tags", vec![number("weight"), text("label"), through("books", "Book", "Tagging")]),
        entity("Tagging", "taggings", vec![reference("book", "Book"), reference("tag", "Tag")]),
    ];
    assemble(fragments).unwrap_or_else(|found| panic!("{found}"))
}

/// The entities in the order in which their rows can be written, with how many there are.
const SIZES: [(&str, u128); 5] = [("Author", 10), ("Publisher", 5), ("Book", 36), ("Tag", 7), ("Tagging", 60)];

/// A library on a database, and the same rows in memory.
pub(crate) struct Library {
    pub(crate) schema: Arc<Schema>,
    rows: HashMap<EntityId, Vec<Vec<Value>>>,
    runtime: Runtime,
    store: Store,
    _database: TestDatabase,
}

impl Library {
    pub(crate) fn open(engine: Engine) -> Self {
        let (runtime, database, schema) = (Runtime::new().unwrap(), cluster::fresh(engine), schema());
        let store = runtime.block_on(Store::connect(&database.url, Options::default())).unwrap();
        runtime.block_on(store.script(sql::ddl::create(&schema, store.dialect()))).unwrap();
        let rows = SIZES.iter().map(|(name, many)| rows(&schema, name, *many)).collect();
        let library = Self { schema: Arc::new(schema), rows, runtime, store, _database: database };
        library.runtime.block_on(library.insert()).unwrap();
        library
    }

    async fn insert(&self) -> Result<(), StoreError> {
        let mut statements = Vec::new();
        for (name, _) in SIZES {
            let model = self.schema.by_name(name).unwrap();
            for row in &self.rows[&model.id] {
                let values: Vec<(usize, Value)> = model.columns().map(|field| (field, row[field].clone())).collect();
                statements.push(sql::write::insert(self.store.dialect(), model, &values));
            }
        }
        let write = self.store.write(move |tx| {
            Box::pin(async move {
                for statement in &statements {
                    tx.execute(statement).await?;
                }
                Ok(())
            })
        });
        write.await
    }

    pub(crate) fn close(self) {
        self.runtime.block_on(self.store.close());
    }

    /// The rows of an entity, one value a field; those without a column have NULL.
    pub(crate) fn rows(&self, entity: EntityId) -> &[Vec<Value>] {
        &self.rows[&entity]
    }

    /// Whether a row may be read.
    pub(crate) fn is_readable(&self, entity: EntityId, row: &[Value]) -> bool {
        let hidden = self.schema.model(entity).field_index("hidden").unwrap();
        row[hidden] == Value::Bool(false)
    }

    /// The keys of the rows that each of some parents includes, in the order in which they come.
    pub(crate) fn include(&self, link: &Link, parents: &[Vec<Value>], query: &Query) -> Vec<(Vec<Value>, Value)> {
        let hidden = Expr::op(Op::Not, [Expr::path(Root::Row, ["hidden"])]);
        let scope = move |_: EntityId| Arc::new(hidden.clone());
        let reader =
            Reader { schema: &self.schema, dialect: self.store.dialect(), known: Known::default(), scope: &scope };
        let select = reader.to_many(link, parents, &[0], query, 10_000);
        let found: Result<_, StoreError> = self.runtime.block_on(self.store.read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                tx.rows(&select.statement, &mut |row| {
                    let parent =
                        select.parent.iter().map(|at| Ok(row.cell(*at)?.to_value())).collect::<Result<_, _>>()?;
                    found.push((parent, row.cell(0)?.to_value()));
                    Ok(())
                })
                .await?;
                Ok(found)
            })
        }));
        found.unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)))
    }

    /// The keys that a query finds, in their order, and how many it counts.
    pub(crate) fn find(&self, entity: EntityId, query: &Query) -> (Vec<Value>, i64) {
        let model = self.schema.model(entity);
        let hidden = Expr::op(Op::Not, [Expr::path(Root::Row, ["hidden"])]);
        let scope = move |_: EntityId| Arc::new(hidden.clone());
        let reader =
            Reader { schema: &self.schema, dialect: self.store.dialect(), known: Known::default(), scope: &scope };
        let select = reader.list(model, query, &model.key, 1000);
        let count = reader.count(model, query);
        let shown = select.statement.text.clone();
        let found: Result<_, StoreError> = self.runtime.block_on(self.store.read(move |tx| {
            Box::pin(async move {
                let (mut keys, mut counted) = (Vec::new(), 0);
                tx.rows(&select.statement, &mut |row| {
                    keys.push(row.cell(0)?.to_value());
                    Ok(())
                })
                .await?;
                tx.rows(&count, &mut |row| {
                    if let Value::Int(number) = row.cell(0)?.to_value() {
                        counted = number;
                    }
                    Ok(())
                })
                .await?;
                Ok((keys, counted))
            })
        }));
        found.unwrap_or_else(|error| panic!("{error}: {:?}\n{shown}", std::error::Error::source(&error)))
    }
}

/// Rows whose columns combine in many ways: strides without a common divisor.
fn rows(schema: &Schema, name: &str, many: u128) -> (EntityId, Vec<Vec<Value>>) {
    let model = schema.by_name(name).unwrap();
    let size = |target: EntityId| SIZES.iter().find(|(name, _)| *name == schema.model(target).name()).unwrap().1;
    let rows = (0..many).map(|row| {
        let value = |(at, field): (usize, &Field)| {
            let n = usize::try_from(row).unwrap() * (2 * at + 3) + at * 5 + usize::try_from(row).unwrap() / 5;
            match field.kind {
                _ if field.nullable && n.is_multiple_of(4) => Value::Null,
                _ if at == 0 => Value::Uuid(Uuid::from_u128(row)),
                Kind::Bool => Value::Bool(n.is_multiple_of(5)),
                Kind::Int => Value::Int(NUMBERS[n % NUMBERS.len()]),
                Kind::Text => Value::Text(TEXTS[n % TEXTS.len()].to_owned()),
                Kind::Uuid => {
                    // The last row of a target has nothing that points to it.
                    let others = size(model.link(at).unwrap().target) - 1;
                    Value::Uuid(Uuid::from_u128(n as u128 % others))
                }
                _ => Value::Null,
            }
        };
        model.fields().iter().enumerate().map(value).collect()
    });
    (model.id, rows.collect())
}

pub(crate) const NUMBERS: [i64; 5] = [0, 1, 2, 3, -7];

pub(crate) const TEXTS: [&str; 4] = ["", "a", "b", "ab"];
