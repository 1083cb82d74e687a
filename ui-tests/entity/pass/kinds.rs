//! Every type and rule of a field, private fields, raw identifiers, aliases and a key of another name.

use mimsy::prelude::*;

type Money = Decimal;
type Words = Option<String>;

const LONGEST: u64 = 80;
const CHEAPEST: Decimal = Decimal::ONE;

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
    };
    let values = mimsy::__rt::Input::<Product>::into_values(draft);
    assert!(values.0.contains(&("size", Value::Text("extra_large".to_owned()))));
    let patch = Patch::<Product>::default().r#type(Some("tool".to_owned())).size(Size::Small);
    assert_eq!(mimsy::__rt::Input::<Product>::into_values(patch).0[0].0, "type");
}
