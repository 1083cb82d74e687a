//! One meaning everywhere: TRUE, FALSE and NULL of an expression in SQL are yes, no and unknown in memory, on every
//! database; and partial evaluation changes neither.

use std::collections::HashMap;
use std::sync::Arc;

use mimsy_runtime::policy::{self, Each, Known, World};
use mimsy_runtime::row::Cell;
use mimsy_runtime::sql::{self, Column, Reader, Statement};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{
    Actions, At, Cardinality, Date, Document, Duty, Effect, Entity, EntityId, Expr, Field, Finite, Fixed, Fragment,
    Join, Kind, List, Many, Model, Node, OnDelete, Op, Path, Policy, PolicyRule, Relation, Root, Schema, Text, Time,
    Timestamp, Value, assemble,
};
use mimsy_tests::cluster::{self, Engine};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

/// How many rows each expression is judged on.
const ITEMS: u128 = 200;

/// How many expressions: with [`ITEMS`] more than 10^5 cases a database. `MIMSY_LAW_CASES` asks for more.
const EXPRESSIONS: u32 = 510;

fn field(name: &'static str, kind: Kind) -> Field {
    Field { name: name.into(), column: name.into(), kind, ..Field::EMPTY }
}

fn optional(name: &'static str, kind: Kind) -> Field {
    Field { nullable: true, ..field(name, kind) }
}

fn reference(name: &'static str, target: &'static str) -> Field {
    let relation = Relation {
        targets: vec![Text::Static(target)].into(),
        fields: vec![Text::Static(name)].into(),
        cardinality: Cardinality::One,
        inverse: Text::EMPTY,
        through: Text::EMPTY,
        onward: Text::EMPTY,
        on_delete: OnDelete::Restrict,
    };
    Field { relation: Some(relation), ..field(name, Kind::Uuid) }
}

/// A to-many: the rows of `target` whose `inverse` points here, or those that `through` joins.
fn rows(name: &'static str, target: &'static str, inverse: &'static str, through: &'static str) -> Field {
    let relation = Relation {
        targets: vec![Text::Static(target)].into(),
        fields: Vec::new().into(),
        cardinality: Cardinality::Many,
        inverse: inverse.into(),
        through: through.into(),
        onward: Text::EMPTY,
        on_delete: OnDelete::Restrict,
    };
    Field { relation: Some(relation), ..field(name, Kind::Rows) }
}

/// People who may have a boss, what they like, and items that may have an owner: every kind, required and optional.
fn fragments(body: Expr) -> Vec<Fragment> {
    let id = || Field { duty: Duty::Key, ..field("id", Kind::Uuid) };
    let entity = |name: &'static str, table: &'static str, fields: Vec<Field>| Entity {
        name: name.into(),
        table: table.into(),
        fields: fields.into(),
        key: vec![Text::Static("id")].into(),
        ..Entity::EMPTY
    };
    let mood = Field { values: vec!["calm".into(), "wild".into()].into(), ..field("mood", Kind::Enum) };
    let person = entity(
        "Person",
        "people",
        vec![
            id(),
            field("level", Kind::Int),
            optional("nick", Kind::Text),
            mood.clone(),
            Field { nullable: true, ..reference("boss", "Person") },
            rows("staff", "Person", "boss", ""),
            rows("made", "Item", "maker", ""),
        ],
    );
    let lists = item_kinds().into_iter().flat_map(|kind| {
        let values = if kind == Kind::Enum { mood.values.clone() } else { List::EMPTY };
        let scale = if kind == Kind::Decimal { 2 } else { 0 };
        let list = |name| Field { item: Some(kind), values: values.clone(), scale, ..field(name, Kind::List) };
        let [all, some] = list_names(kind);
        [list(all), Field { nullable: true, ..list(some) }]
    });
    let lists: Vec<Field> = lists.collect();
    let item = entity(
        "Item",
        "items",
        vec![
            id(),
            field("qty", Kind::Int),
            optional("max", Kind::Int),
            field("title", Kind::Text),
            optional("note", Kind::Text),
            Field { scale: 2, ..field("price", Kind::Decimal) },
            Field { scale: 2, ..optional("cost", Kind::Decimal) },
            field("made", Kind::Timestamp),
            optional("sold", Kind::Timestamp),
            field("open", Kind::Bool),
            optional("seen", Kind::Bool),
            Field { bits: 32, ..field("rank", Kind::Int) },
            Field { bits: 16, ..optional("size", Kind::Int) },
            field("ratio", Kind::Float),
            optional("weight", Kind::Float),
            field("day", Kind::Date),
            optional("until", Kind::Date),
            field("opens", Kind::Time),
            optional("closes", Kind::Time),
            field("device", Kind::Uuid),
            field("digest", Kind::Bytes),
            optional("seal", Kind::Bytes),
            field("facts", Kind::Json),
            optional("extra", Kind::Json),
            Field { nullable: true, ..mood },
            reference("maker", "Person"),
            Field { nullable: true, ..reference("owner", "Person") },
            rows("fans", "Person", "", "Liking"),
        ]
        .into_iter()
        .chain(lists)
        .collect(),
    );
    let liking = entity("Liking", "likings", vec![id(), reference("item", "Item"), reference("person", "Person")]);
    let rule = PolicyRule {
        name: "law".into(),
        doc: Text::EMPTY,
        effect: Effect::Can,
        actions: Actions(vec![Text::Static("read")].into()),
        params: 2,
        body,
        at: At::UNKNOWN,
    };
    let policy = Policy { actor: "Person".into(), rules: vec![rule].into() };
    vec![
        Fragment { entity: person, policy: None, routes: None },
        Fragment { entity: item, policy: Some(policy), routes: None },
        Fragment { entity: liking, policy: None, routes: None },
    ]
}

/// What lists of an item hold, and can be asked for.
fn item_kinds() -> Vec<Kind> {
    vec![
        Kind::Bool,
        Kind::Int,
        Kind::Text,
        Kind::Decimal,
        Kind::Timestamp,
        Kind::Date,
        Kind::Time,
        Kind::Uuid,
        Kind::Enum,
    ]
}

/// The lists of a kind: one that is always there, and one that may be NULL.
fn list_names(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Bool => ["bools", "maybe_bools"],
        Kind::Int => ["ints", "maybe_ints"],
        Kind::Text => ["texts", "maybe_texts"],
        Kind::Decimal => ["decimals", "maybe_decimals"],
        Kind::Timestamp => ["moments", "maybe_moments"],
        Kind::Date => ["dates", "maybe_dates"],
        Kind::Time => ["times", "maybe_times"],
        Kind::Uuid => ["uuids", "maybe_uuids"],
        _ => ["moods", "maybe_moods"],
    }
}

fn texts() -> Vec<&'static str> {
    vec!["", "a", "A", "b", "ä", "z", "Z", "\u{ffff}", "\u{10000}", "%", "a_b", "o'hara"]
}

fn numbers() -> Vec<i64> {
    vec![0, 1, -1, 2, 7, (1 << 53) - 1, i64::MAX, i64::MIN]
}

fn cents() -> Vec<i128> {
    vec![0, 1, -1, 100, 250, 999_999_999_999_999_999]
}

fn moments() -> Vec<Timestamp> {
    vec![Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::from_micros(1).unwrap(), Timestamp::MAX]
}

fn floats() -> Vec<Finite> {
    [0.0, 1.0, -1.0, 0.1, 0.3, 2.5, 1e16, f64::MAX, f64::MIN, 5e-324].into_iter().filter_map(Finite::new).collect()
}

fn days() -> Vec<Date> {
    vec![Date::MIN, Date::UNIX_EPOCH, Date::new(2000, 2, 29), Date::MAX]
}

fn times() -> Vec<Time> {
    vec![Time::MIN, Time::from_micros(1).unwrap(), Time::new(12, 0, 0), Time::MAX]
}

fn digests() -> Vec<Vec<u8>> {
    vec![vec![], vec![0], vec![0, 0], vec![0x7f], vec![0xff], b"a".to_vec()]
}

/// A value for a field: the `n`th of its kind; every fourth is NULL where it may be.
fn value(field: &Field, n: usize) -> Value {
    if field.nullable && n.is_multiple_of(4) {
        return Value::Null;
    }
    match field.kind {
        Kind::Bool => Value::Bool(n.is_multiple_of(3)),
        Kind::Int => {
            let (least, most) = Field { wide: field.bits == 64, ..field.clone() }.int_range();
            Value::Int(numbers()[n % numbers().len()].clamp(least, most))
        }
        Kind::Float => Value::Float(floats()[n % floats().len()]),
        Kind::Date => Value::Date(days()[n % days().len()]),
        Kind::Time => Value::Time(times()[n % times().len()]),
        Kind::Bytes => Value::Bytes(digests()[n % digests().len()].clone()),
        Kind::Text => Value::Text(texts()[n % texts().len()].to_owned()),
        Kind::Decimal => Value::Decimal(Fixed::new(cents()[n % cents().len()], 2)),
        Kind::Timestamp => Value::Timestamp(moments()[n % moments().len()]),
        Kind::Enum => Value::Text(if n.is_multiple_of(2) { "calm" } else { "wild" }.to_owned()),
        Kind::Uuid => Value::Uuid(Uuid::from_u128(n as u128 % 10)),
        Kind::Json => Value::Json(Document::parse(&format!("{{\"n\": {n}}}")).unwrap()),
        Kind::List => {
            let item = field.as_item().unwrap();
            Value::Json(Document::array(&(0..n % 4).map(|at| value(&item, n / 3 + at * 2)).collect::<Vec<_>>()))
        }
        Kind::Row | Kind::Rows => Value::Null,
    }
}

/// The rows of both tables, one value a field.
struct Rows {
    people: Vec<Vec<Value>>,
    items: Vec<Vec<Value>>,
    likings: Vec<Vec<Value>>,
}

impl Rows {
    fn new(schema: &Schema) -> Self {
        let rows = |name: &str, many: u128| -> Vec<Vec<Value>> {
            let model = schema.by_name(name).unwrap();
            (0..many)
                .map(|row| {
                    // Strides without a common divisor, so that the columns combine in many ways.
                    let nth = |at: usize| {
                        usize::try_from(row).unwrap() * (2 * at + 1) + at * 5 + usize::try_from(row).unwrap() / 7
                    };
                    let mut values: Vec<Value> =
                        model.fields().iter().enumerate().map(|(at, field)| value(field, nth(at))).collect();
                    values[0] = Value::Uuid(Uuid::from_u128(row));
                    values
                })
                .collect()
        };
        Self { people: rows("Person", 10), items: rows("Item", ITEMS), likings: rows("Liking", ITEMS / 2) }
    }

    async fn insert(&self, store: &Store, schema: &Schema) -> Result<(), StoreError> {
        let mut statements = Vec::new();
        for (name, rows) in [("Person", &self.people), ("Item", &self.items), ("Liking", &self.likings)] {
            let model = schema.by_name(name).unwrap();
            for row in rows {
                let mut values: Vec<(usize, Value)> = row.iter().cloned().enumerate().collect();
                values.retain(|(field, _)| model.fields()[*field].is_column());
                if name == "Person" {
                    values.retain(|(field, _)| model.fields()[*field].name != "boss");
                }
                statements.push(sql::write::insert(store.dialect(), model, &values));
            }
            if name == "Person" {
                // People point to each other, so the bosses come when all are there.
                let boss = model.field_index("boss").unwrap();
                for row in rows {
                    let values = [(boss, row[boss].clone())];
                    statements.push(sql::write::update(store.dialect(), model, &row[..1], &values));
                }
            }
        }
        store
            .write(move |tx| {
                Box::pin(async move {
                    for statement in &statements {
                        tx.execute(statement).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    fn of(&self, entity: &str) -> &[Vec<Value>] {
        match entity {
            "Person" => &self.people,
            "Item" => &self.items,
            _ => &self.likings,
        }
    }
}

/// All rows in memory, about one item and one actor.
struct Memory<'a> {
    schema: &'a Schema,
    rows: &'a Rows,
    item: &'a [Value],
    actor: &'a [Value],
}

impl<'a> Memory<'a> {
    fn start<'b>(&'b self, root: Root, each: &'b [Each]) -> Option<(&'b Model, &'b [Value])> {
        Some(match root {
            Root::Actor => (self.schema.by_name("Person")?, self.actor),
            Root::Each(at) => {
                let each = each.get(usize::from(at))?;
                (self.schema.model(each.entity), &each.values)
            }
            _ => (self.schema.by_name("Item")?, self.item),
        })
    }

    /// The row and the field that a path ends at; `None` where a reference on the way is NULL.
    fn end<'b>(&'b self, path: &Path, each: &'b [Each]) -> Option<(&'b Model, &'b [Value], usize)> {
        let (mut model, mut row) = self.start(path.root, each)?;
        let (last, hops) = path.fields.split_last()?;
        for name in hops {
            let position = model.field_index(name)?;
            let target = self.schema.model(model.link(position)?.target);
            row = self.rows.of(target.name()).iter().find(|one| one[0] == row[position])?;
            model = target;
        }
        Some((model, row, model.field_index(last)?))
    }
}

impl World for Memory<'_> {
    fn value(&self, path: &Path, each: &[Each]) -> Option<Value> {
        Some(self.end(path, each).map_or(Value::Null, |(_, row, field)| row[field].clone()))
    }

    fn rows(&self, path: &Path, each: &[Each]) -> Option<Vec<Each>> {
        let Some((model, row, field)) = self.end(path, each) else { return Some(Vec::new()) };
        let link = model.link(field)?;
        let target = self.schema.model(link.target);
        let joined = |near: &[Value], far: &[Value], on: &[(usize, usize)]| {
            on.iter().all(|(a, b)| !near[*a].is_null() && near[*a] == far[*b])
        };
        let mut found = Vec::new();
        for one in self.rows.of(target.name()) {
            let times = match &link.join {
                Join::On(on) => usize::from(joined(row, one, on)),
                Join::Through { near, far, .. } => {
                    let between = self.rows.likings.iter();
                    // One row is reached once, over however many rows between.
                    let mut over = between.filter(|middle| joined(row, middle, near) && joined(middle, one, far));
                    usize::from(over.next().is_some())
                }
            };
            let each = Each { entity: target.id, values: Arc::from(one.as_slice()) };
            found.extend(std::iter::repeat_n(each, times));
        }
        Some(found)
    }

    fn now(&self) -> Option<Timestamp> {
        Some(NOW)
    }
}

/// The moment of the action.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A path that ends at a field of a kind, from the row or the actor, over none, one or two hops.
fn path(kind: Kind) -> BoxedStrategy<Expr> {
    let own: &[&str] = match kind {
        Kind::Int => {
            &["qty", "max", "rank", "size", "maker.level", "owner.level", "owner.boss.level", "maker.boss.boss.level"]
        }
        Kind::Text => &["title", "note", "maker.nick", "owner.nick", "owner.boss.nick"],
        Kind::Decimal => &["price", "cost"],
        Kind::Timestamp => &["made", "sold"],
        Kind::Float => &["ratio", "weight"],
        Kind::Date => &["day", "until"],
        Kind::Time => &["opens", "closes"],
        Kind::Bytes => &["digest", "seal"],
        Kind::Json => &["facts", "extra"],
        Kind::Enum => &["mood", "maker.mood", "owner.boss.mood"],
        Kind::Uuid => &["device", "maker", "owner", "maker.id", "owner.boss", "owner.boss.id"],
        _ => &["open", "seen"],
    };
    let actors: &[&str] = match kind {
        Kind::Int => &["level", "boss.level"],
        Kind::Text => &["nick", "boss.nick"],
        Kind::Enum => &["mood", "boss.mood"],
        Kind::Uuid => &["id", "boss", "boss.boss"],
        _ => &[],
    };
    let all: Vec<(Root, &'static str)> = own
        .iter()
        .map(|path| (Root::Row, *path))
        .chain(actors.iter().map(|path| (Root::Actor, *path)))
        .map(|(root, path)| (root, Box::leak(path.to_owned().into_boxed_str()) as &'static str))
        .collect();
    prop::sample::select(all).prop_map(|(root, path)| Expr::path(root, path.split('.'))).boxed()
}

fn literal(kind: Kind) -> BoxedStrategy<Expr> {
    let values: Vec<Value> = match kind {
        Kind::Int => numbers().into_iter().map(Value::Int).collect(),
        Kind::Text => texts().into_iter().map(|text| Value::Text(text.to_owned())).collect(),
        Kind::Decimal => cents().into_iter().map(|cents| Value::Decimal(Fixed::new(cents, 2))).collect(),
        Kind::Timestamp => moments().into_iter().map(Value::Timestamp).collect(),
        // What a rule writes beside a float is a decimal or an integer.
        Kind::Float => floats()
            .into_iter()
            .map(Value::Float)
            .chain([Value::Int(1), Value::Decimal(Fixed::new(3, 1)), Value::Decimal(Fixed::new(-25, 1))])
            .collect(),
        Kind::Date => days().into_iter().map(Value::Date).collect(),
        Kind::Time => times().into_iter().map(Value::Time).collect(),
        Kind::Bytes => digests().into_iter().map(Value::Bytes).collect(),
        Kind::Enum => vec![Value::Text("calm".to_owned()), Value::Text("wild".to_owned())],
        Kind::Uuid => (0..10).map(|n| Value::Uuid(Uuid::from_u128(n))).collect(),
        _ => vec![Value::Bool(true), Value::Bool(false)],
    };
    prop::sample::select(values).prop_map(Expr::constant).boxed()
}

/// A value of a kind: a path, a path with a fallback, or what follows from others.
fn operand(kind: Kind) -> BoxedStrategy<Expr> {
    let plain = prop_oneof![
        4 => path(kind),
        1 => (path(kind), literal(kind)).prop_map(|(path, fallback)| Expr::op(Op::UnwrapOr, [path, fallback])),
    ]
    .boxed();
    let (one, other) = (plain.clone(), prop_oneof![plain.clone(), literal(kind)]);
    match kind {
        Kind::Int => prop_oneof![
            5 => plain,
            2 => (prop::sample::select(vec![Op::Add, Op::Sub, Op::Mul]), one.clone(), other)
                .prop_map(|(op, a, b)| Expr::op(op, [a, b])),
            1 => path(Kind::Text).prop_map(|text| Expr::op(Op::Len, [text])),
            1 => list().prop_map(|(_, list)| Expr::op(Op::Len, [list])),
            1 => aggregate(Many::Count, None),
            1 => aggregate(Many::Sum, Some(Kind::Int)),
            1 => prop_oneof![aggregate(Many::Min, Some(Kind::Int)), aggregate(Many::Max, Some(Kind::Int))],
        ]
        .boxed(),
        Kind::Decimal => prop_oneof![
            5 => plain,
            2 => (prop::sample::select(vec![Op::Add, Op::Sub]), one.clone(), other).prop_map(|(op, a, b)| Expr::op(op, [a, b])),
            1 => (one, path(Kind::Int), any::<bool>())
                .prop_map(|(a, b, turned)| Expr::op(Op::Mul, if turned { [b, a] } else { [a, b] })),
            1 => aggregate(Many::Sum, Some(Kind::Decimal)),
            1 => prop_oneof![aggregate(Many::Min, Some(Kind::Decimal)), aggregate(Many::Max, Some(Kind::Decimal))],
        ]
        .boxed(),
        Kind::Timestamp => prop_oneof![
            4 => plain.clone(),
            1 => Just(Expr::op(Op::Now, [])),
            2 => (any::<bool>(), prop_oneof![plain, Just(Expr::op(Op::Now, []))], prop::sample::select(spans())).prop_map(
                |(after, moment, span)| {
                    let span = Expr::constant(Value::Int(span));
                    Expr::op(if after { Op::After } else { Op::Before }, [moment, span])
                }
            ),
            1 => prop_oneof![aggregate(Many::Min, Some(Kind::Timestamp)), aggregate(Many::Max, Some(Kind::Timestamp))],
        ]
        .boxed(),
        _ => plain,
    }
}

/// A list, and what it holds.
fn list() -> BoxedStrategy<(Kind, Expr)> {
    let one = |(kind, which): (Kind, usize)| (kind, Expr::path(Root::Row, [list_names(kind)[which]]));
    (prop::sample::select(item_kinds()), 0usize..2).prop_map(one).boxed()
}

/// A question to a list.
fn asked_of_a_list() -> BoxedStrategy<Expr> {
    let has = list().prop_flat_map(|(kind, list)| {
        prop_oneof![operand(kind), literal(kind)].prop_map(move |item| Expr::op(Op::Contains, [list.clone(), item]))
    });
    let plain = |op: Op| list().prop_map(move |(_, list)| Expr::op(op, [list]));
    prop_oneof![4 => has, 1 => plain(Op::IsEmpty), 1 => plain(Op::IsNone)].boxed()
}

fn spans() -> Vec<i64> {
    vec![0, 1, -1, 86_400_000_000, (1 << 53) - 1]
}

/// The to-many relations that lead to an entity, from the item or the actor.
fn relation(target: &'static str) -> BoxedStrategy<(Root, Vec<&'static str>)> {
    let all = match target {
        "Item" => {
            vec![(Root::Row, vec!["maker", "made"]), (Root::Row, vec!["owner", "made"]), (Root::Actor, vec!["made"])]
        }
        _ => vec![
            (Root::Row, vec!["fans"]),
            (Root::Row, vec!["maker", "staff"]),
            (Root::Row, vec!["owner", "boss", "staff"]),
            (Root::Actor, vec!["staff"]),
        ],
    };
    prop::sample::select(all).boxed()
}

fn many(many: Many, (root, fields): (Root, Vec<&'static str>), body: Vec<Expr>) -> Expr {
    let path = Path { root, fields: fields.into_iter().map(Text::Static).collect() };
    Expr { node: Node::Many(many, path, body.into()), at: At::UNKNOWN }
}

/// A field of a row of the outermost relation.
fn of_each(target: &'static str, kind: Kind) -> BoxedStrategy<Expr> {
    let fields: &[&str] = match (target, kind) {
        ("Item", Kind::Int) => &["qty", "max", "maker.level", "owner.level"],
        ("Item", Kind::Decimal) => &["price", "cost"],
        ("Item", Kind::Timestamp) => &["made", "sold"],
        ("Item", Kind::Text) => &["title", "note"],
        ("Item", _) => &["open", "seen"],
        (_, Kind::Int) => &["level", "boss.level"],
        _ => &["nick", "boss.nick"],
    };
    prop::sample::select(fields.to_vec()).prop_map(|path| Expr::path(Root::Each(0), path.split('.'))).boxed()
}

fn aggregate(what: Many, kind: Option<Kind>) -> BoxedStrategy<Expr> {
    let Some(kind) = kind else {
        return prop_oneof![relation("Item"), relation("Person")]
            .prop_map(move |to| many(what, to, Vec::new()))
            .boxed();
    };
    (relation("Item"), of_each("Item", kind)).prop_map(move |(to, body)| many(what, to, vec![body])).boxed()
}

/// A condition on the rows of a relation, which also looks at the item and the actor.
fn quantifier() -> BoxedStrategy<Expr> {
    let which = prop::sample::select(vec![Many::Any, Many::All, Many::None]);
    let atom = |target: &'static str| {
        let numbers = (
            prop::sample::select(vec![Op::Eq, Op::Lt, Op::Ge]),
            of_each(target, Kind::Int),
            prop_oneof![path(Kind::Int), literal(Kind::Int),],
        );
        let texts =
            (prop::sample::select(vec![Op::Eq, Op::StartsWith]), of_each(target, Kind::Text), literal(Kind::Text));
        prop_oneof![
            numbers.prop_map(|(op, a, b)| Expr::op(op, [a, b])),
            texts.prop_map(|(op, a, b)| Expr::op(op, [a, b])),
            of_each(target, Kind::Int).prop_map(|one| Expr::op(Op::IsNone, [one])),
        ]
        .boxed()
    };
    // Inside of a question to the items, one to the staff of their makers.
    let nested = (prop::sample::select(vec![Many::Any, Many::All]), atom("Item"), of_each("Person", Kind::Int))
        .prop_map(|(what, beside, level)| {
            let deeper = level.rooted(Root::Each(0), Root::Each(1));
            let body = Expr::op(Op::Ge, [deeper, Expr::path(Root::Each(0), ["qty"])]);
            Expr::op(Op::Or, [beside, many(what, (Root::Each(0), vec!["maker", "staff"]), vec![body])])
        });
    prop_oneof![
        3 => (which.clone(), relation("Item"), prop_oneof![3 => atom("Item"), 1 => nested.boxed()]),
        2 => (which, relation("Person"), atom("Person")),
    ]
    .prop_map(|(what, to, body)| many(what, to, vec![body]))
    .boxed()
}

fn comparison() -> BoxedStrategy<Expr> {
    let kinds = prop::sample::select(vec![
        Kind::Int,
        Kind::Text,
        Kind::Decimal,
        Kind::Timestamp,
        Kind::Enum,
        Kind::Uuid,
        Kind::Bool,
        Kind::Float,
        Kind::Date,
        Kind::Time,
        Kind::Bytes,
    ]);
    kinds
        .prop_flat_map(|kind| {
            let mut ops = Vec::new();
            if kind.has_equality() {
                ops.extend([Op::Eq, Op::Ne]);
            }
            if kind.is_ordered() {
                ops.extend([Op::Lt, Op::Le, Op::Gt, Op::Ge]);
            }
            let right = prop_oneof![operand(kind), literal(kind)];
            prop_oneof![
                5 => (prop::sample::select(ops), operand(kind), right).prop_map(|(op, a, b)| Expr::op(op, [a, b])),
                u32::from(kind.has_equality()) => (operand(kind), prop::collection::vec(literal(kind), 1..3))
                    .prop_map(|(subject, of)| Expr::op(Op::In, std::iter::once(subject).chain(of))),
                1 => (path(Kind::Text), prop_oneof![path(Kind::Text), literal(Kind::Text)], 0usize..3).prop_map(
                    |(text, part, which)| Expr::op([Op::StartsWith, Op::EndsWith, Op::Contains][which], [text, part])
                ),
                1 => path(Kind::Text).prop_map(|text| Expr::op(Op::IsEmpty, [text])),
                1 => (prop_oneof![4 => path(kind), 1 => path(Kind::Json)], any::<bool>())
                    .prop_map(|(path, none)| Expr::op(if none { Op::IsNone } else { Op::IsSome }, [path])),
            ]
        })
        .boxed()
}

fn condition() -> BoxedStrategy<Expr> {
    prop_oneof![6 => comparison(), 2 => quantifier(), 2 => asked_of_a_list(), 1 => operand(Kind::Bool), 1 => literal(Kind::Bool)]
        .prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|all| Expr::op(Op::And, all)),
                prop::collection::vec(inner.clone(), 0..4).prop_map(|any| Expr::op(Op::Or, any)),
                inner.prop_map(|one| Expr::op(Op::Not, [one])),
            ]
        })
        .boxed()
}

/// The answers of a condition in SQL, by the key of the item.
fn in_sql(
    runtime: &tokio::runtime::Runtime,
    store: &Store,
    schema: &Schema,
    expr: &Expr,
    actor: &[Value],
) -> HashMap<Value, Value> {
    let item = schema.by_name("Item").unwrap();
    let scope = |_: EntityId| std::sync::Arc::new(Expr::bool(true));
    let actor = schema.by_name("Person").map(|person| (person, actor));
    let known = Known { actor, now: Some(NOW), ..Known::default() };
    let reader = Reader { schema, dialect: store.dialect(), known, scope: &scope };
    let condition = sql::predicate(&reader, item, "t", expr, 1);
    let statement = Statement {
        text: format!("SELECT t.\"id\", {} FROM \"items\" t", condition.text).into(),
        binds: condition.binds,
        columns: [Column { kind: Kind::Uuid, scale: 0 }, Column { kind: Kind::Bool, scale: 0 }].into(),
    };
    let shown = statement.text.clone();
    let answers: Result<HashMap<Value, Value>, StoreError> = runtime.block_on(store.read(move |tx| {
        Box::pin(async move {
            let mut answers = HashMap::new();
            tx.rows(&statement, &mut |row| {
                let answer = match row.cell(1)? {
                    Cell::Bool(yes) => Value::Bool(yes),
                    _ => Value::Null,
                };
                answers.insert(row.cell(0)?.to_value(), answer);
                Ok(())
            })
            .await?;
            Ok(answers)
        })
    }));
    answers.unwrap_or_else(|error| panic!("{error}: {:?}\n{shown}", std::error::Error::source(&error)))
}

fn law(engine: Engine) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = cluster::fresh(engine);
    let schema = assemble(fragments(Expr::bool(true))).unwrap();
    let store = runtime.block_on(Store::connect(&database.url, Options::default())).unwrap();
    runtime.block_on(store.script(sql::ddl::create(&schema, store.dialect()))).unwrap();
    let rows = Rows::new(&schema);
    runtime.block_on(rows.insert(&store, &schema)).unwrap();

    let asked = std::env::var("MIMSY_LAW_CASES").ok().and_then(|asked| asked.parse::<u32>().ok());
    let cases = asked.map_or(EXPRESSIONS, |asked| asked / u32::try_from(ITEMS).unwrap() + 1);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&(condition(), 0usize..10), |(body, who)| {
        let actor = &rows.people[who];
        // The checker of every front end comes first: it gives literals their kinds.
        let schema = assemble(fragments(body)).map_err(|found| TestCaseError::fail(found.to_string()))?;
        let item = schema.by_name("Item").unwrap();
        let expr = item.rules("read").next().unwrap().body.clone();
        let known = Known { actor: schema.actor().map(|person| (person, actor.as_slice())), ..Known::default() };
        let left = policy::residual(&expr, &known);
        let settled = policy::settled(&left);
        let whole = in_sql(&runtime, &store, &schema, &expr, actor);
        let partial = in_sql(&runtime, &store, &schema, &left, actor);
        let filter = in_sql(&runtime, &store, &schema, &settled, actor);
        for row in &rows.items {
            let memory = Memory { schema: &schema, rows: &rows, item: row, actor };
            let expected = policy::evaluate(&expr, &memory);
            let yes = expected == Value::Bool(true);
            prop_assert_eq!(&whole[&row[0]], &expected, "SQL against memory, on {:?}", row);
            prop_assert_eq!(&policy::evaluate(&left, &memory), &expected, "the residual in memory, on {:?}", row);
            prop_assert_eq!(&partial[&row[0]], &expected, "the residual in SQL, on {:?}", row);
            prop_assert_eq!(filter[&row[0]] == Value::Bool(true), yes, "the filter in SQL, on {:?}", row);
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    runtime.block_on(store.close());
}

#[test]
fn sql_memory_and_residuals_agree() {
    for engine in cluster::engines() {
        law(engine);
    }
}

/// The law above would hold of an evaluator that knows nothing, so a few answers are said here.
#[test]
fn the_evaluator_is_three_valued() {
    let unknown = || Expr::constant(Value::Null);
    let answer = |expr: &Expr| policy::evaluate(expr, &policy::Nothing);
    let cases = [
        (Expr::op(Op::And, [unknown(), Expr::bool(false)]), Value::Bool(false)),
        (Expr::op(Op::And, [unknown(), Expr::bool(true)]), Value::Null),
        (Expr::op(Op::Or, [unknown(), Expr::bool(true)]), Value::Bool(true)),
        (Expr::op(Op::Or, [unknown(), Expr::bool(false)]), Value::Null),
        (Expr::op(Op::Not, [unknown()]), Value::Null),
        (Expr::op(Op::Eq, [unknown(), unknown()]), Value::Null),
        (Expr::op(Op::Same, [unknown(), unknown()]), Value::Bool(true)),
        (Expr::op(Op::IsNone, [unknown()]), Value::Bool(true)),
        (Expr::op(Op::In, [unknown(), Expr::constant(Value::Int(1))]), Value::Null),
        (Expr::op(Op::And, []), Value::Bool(true)),
        (Expr::op(Op::Or, []), Value::Bool(false)),
        (Expr::path(Root::Row, ["not_loaded"]), Value::Null),
    ];
    for (expr, expected) in cases {
        assert_eq!(answer(&expr), expected, "{expr:?}");
    }
}
