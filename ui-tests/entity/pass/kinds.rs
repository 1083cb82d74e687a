//! Every type and rule of a field, private fields, raw identifiers, aliases and a key of another name.

use mimsy::prelude::*;

type Money = Decimal;
type Words = Option<String>;

const LONGEST: u64 = 80;
const CHEAPEST: Decimal = Decimal::ONE;
const MOST: i32 = 1_000_000;
const HALF: f64 = 0.5;
const CLOSING: Time = Time::new(18, 0, 0);

#[derive(Clone, Copy, Enum)]
enum Size {
    Small,
    ExtraLarge,
}

#[entity(table = "stock")]
struct Product {
    /// The key,
    /// under another name.
    #[field(id)]
    key: Id<Self>,
    #[field(len = 1..=80, pattern = "^[a-z]+$", column = "product_name", unique)]
    pub name: String,
    #[field(len = ..=LONGEST)]
    r#type: Words,
    #[field(len = 5)]
    code: String,
    #[field(min = CHEAPEST, max = 99.5, scale = 3)]
    price: Money,
    #[field(min = -5, max = 5, default = -1)]
    stock: i64,
    #[field(default = true)]
    visible: bool,
    #[field(default = Size::Small)]
    size: Size,
    #[field(default = "none")]
    label: Option<String>,
    #[field(on_delete = set_null)]
    parent: Option<Ref<Self>>,
    #[field(inverse = parent)]
    children: Many<Self>,
    sold_at: Option<Timestamp>,
    #[field(min = 0, max = 100, default = 1)]
    small: i16,
    #[field(max = MOST)]
    medium: i32,
    #[field(wide, max = 9223372036854775807)]
    large: i64,
    #[field(min = 0, max = 0.5, default = HALF)]
    ratio: f64,
    #[field(len = 1..=32, unique, default = b"\x00\x01")]
    digest: Vec<u8>,
    #[field(min = Date::new(2020, 1, 1), default = Date::new(2026, 12, 31))]
    day: Date,
    #[field(max = CLOSING)]
    opens: Option<Time>,
    #[field(default = Uuid::nil(), unique)]
    device: Uuid,
    #[field(created)]
    created_at: Timestamp,
    #[field(updated)]
    updated_at: Timestamp,
    #[cfg(any())]
    never: NoSuchType,
}

fn main() {
    use mimsy::__rt::{Duty, Fixed, Kind, Leaf, Rule, Value};
    let entity = Product::ENTITY;
    let field = |name: &str| entity.fields.iter().find(|field| field.name == name).unwrap();
    assert_eq!((entity.table.as_str(), entity.key[0].as_str()), ("stock", "key"));
    assert_eq!(field("key").doc, "The key,\nunder another name.");
    assert_eq!(field("key").duty, Duty::Key);
    assert_eq!(field("name").column, "product_name");
    assert_eq!((field("type").kind, field("type").nullable), (Kind::Text, true));
    assert_eq!(field("type").rules[..], [Rule::Len { min: None, max: Some(80) }]);
    assert_eq!(field("price").scale, 3);
    assert_eq!(field("price").rules[0], Rule::Min(Leaf::Owned(Value::Decimal(Fixed::new(1, 0)))));
    assert_eq!(field("price").rules[1], Rule::Max(Leaf::Owned(Value::Decimal(Fixed::new(995, 1)))));
    assert_eq!(field("stock").default, Some(Leaf::Owned(Value::Int(-1))));
    assert_eq!(field("size").default, Some(Leaf::Owned(Value::Text("small".to_owned()))));
    assert_eq!(field("size").values[1], "extra_large");
    assert_eq!(field("parent").relation.as_ref().unwrap().targets[0], "Product");
    assert_eq!(field("children").kind, Kind::Rows);
    assert!(entity.fields.iter().all(|field| field.name != "never"));
    assert_eq!(["small", "medium", "large"].map(|name| field(name).bits), [16, 32, 64]);
    assert_eq!((field("large").wide, field("stock").wide), (true, false));
    assert_eq!(field("medium").rules[..], [Rule::Max(Leaf::Owned(Value::Int(1_000_000)))]);
    assert_eq!(field("ratio").rules[1], Rule::Max(Leaf::Owned(Value::Decimal(Fixed::new(5, 1)))));
    assert_eq!((field("digest").kind, field("day").kind, field("opens").kind), (Kind::Bytes, Kind::Date, Kind::Time));
    assert_eq!(field("digest").default, Some(Leaf::Owned(Value::Bytes(vec![0, 1]))));
    assert_eq!(field("day").default, Some(Leaf::Owned(Value::Date(Date::new(2026, 12, 31)))));
    assert_eq!((field("device").kind, field("device").relation.is_none()), (Kind::Uuid, true));

    let name = "bolt".to_owned();
    let draft = Draft::<Product> {
        name,
        r#type: None,
        code: "b-001".to_owned(),
        price: Decimal::ONE,
        stock: None,
        visible: None,
        size: Some(Size::ExtraLarge),
        label: None,
        parent: None,
        sold_at: None,
        small: None,
        medium: 5,
        large: i64::MIN,
        ratio: Some(f64::NAN),
        digest: Some(vec![1]),
        day: None,
        opens: Some(Time::new(9, 0, 0)),
        device: None,
    };
    let values = mimsy::__rt::Input::<Product>::into_values(draft);
    assert!(values.0.contains(&("size", Value::Text("extra_large".to_owned()))));
    assert!(values.0.iter().any(|(name, value)| *name == "ratio" && matches!(value, Value::Flawed(_))));
    let patch = Patch::<Product>::default().r#type(Some("tool".to_owned())).size(Size::Small);
    assert_eq!(mimsy::__rt::Input::<Product>::into_values(patch).0[0].0, "type");
}
