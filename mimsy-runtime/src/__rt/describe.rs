//! From what the author declared of a field to its description: the `const` half of `#[entity]`.

use mimsy_schema::{
    Cardinality, Duty, Field, Kind, Leaf, List, OnDelete, Policy, Relation, Rule, Text, ToValue, routes::covers,
};

use crate::entity::Entity;
use crate::field::FieldType;
use crate::shape::HeldThere;

/// What the author wrote about a field; its type says the rest.
#[derive(Clone, Copy)]
pub struct Declared {
    /// The name, as the one item of a list: a to-one relation stores its key under it.
    pub name: &'static [Text],
    /// The column.
    pub column: &'static str,
    /// The doc comment.
    pub doc: &'static str,
    /// How a form names it, if said.
    pub label: &'static str,
    /// What a form explains beside it, if said.
    pub help: &'static str,
    /// What it means beyond its storage.
    pub semantic: &'static str,
    /// Digits behind the point, if said.
    pub scale: Option<u8>,
    /// Whether an integer travels as a string.
    pub wide: bool,
    /// Who sets it.
    pub duty: Duty,
    /// Whether it is a part of the key.
    pub key: bool,
    /// Whether the database counts it.
    pub increment: bool,
    /// The value of a draft that leaves it out.
    pub default: Option<&'static (dyn ToValue + Sync)>,
    /// What a value must obey.
    pub rules: &'static [Rule],
    /// For a reference to a key of several parts: the fields that hold it.
    pub by: &'static [Text],
    /// For a relation that holds nothing: the field that points back.
    pub inverse: &'static str,
    /// For a relation over rows of an entity between: that entity.
    pub through: &'static str,
    /// The field of the entity between that leads on to the target.
    pub onward: &'static str,
    /// What a delete of the target does.
    pub on_delete: OnDelete,
    /// Whether it names the actor at login.
    pub login: bool,
    /// Whether it is the actor's role.
    pub role: bool,
    /// Whether it tells about a person.
    pub pii: bool,
}

impl Declared {
    /// Nothing: the base of a literal.
    pub const NOTHING: Self = Self {
        name: &[],
        column: "",
        doc: "",
        label: "",
        help: "",
        semantic: "",
        scale: None,
        wide: false,
        duty: Duty::Data,
        key: false,
        increment: false,
        default: None,
        rules: &[],
        by: &[],
        inverse: "",
        through: "",
        onward: "",
        on_delete: OnDelete::Restrict,
        login: false,
        role: false,
        pii: false,
    };
}

/// The description of a field.
#[must_use]
pub const fn field(ty: FieldType, declared: Declared) -> Field {
    let name = match declared.name {
        [Text::Static(name), ..] => name,
        _ => "",
    };
    Field {
        name: Text::Static(name),
        column: Text::Static(declared.column),
        doc: Text::Static(declared.doc),
        label: Text::Static(declared.label),
        help: Text::Static(declared.help),
        kind: ty.kind,
        item: ty.item,
        semantic: Text::Static(if declared.semantic.is_empty() { ty.semantic } else { declared.semantic }),
        nullable: ty.nullable,
        values: List::Static(ty.values),
        scale: scale(of_each(ty), if declared.scale.is_some() { declared.scale } else { ty.scale }),
        bits: ty.bits,
        wide: declared.wide || ty.wide,
        form: ty.form,
        duty: if declared.key && (ty.made || declared.increment) { Duty::Key } else { declared.duty },
        default: match declared.default {
            Some(value) => Some(Leaf::Static(value)),
            None => None,
        },
        rules: List::Static(declared.rules),
        type_rules: List::Static(ty.rules),
        item_rules: List::Static(ty.item_rules),
        relation: relation(ty, declared),
        login: declared.login,
        role: declared.role,
        pii: declared.pii,
    }
}

/// The kind of a value; of a list, that of an item.
const fn of_each(ty: FieldType) -> Kind {
    match ty.item {
        Some(item) => item,
        None => ty.kind,
    }
}

/// The type of a struct around one value, and what was declared of it.
#[must_use]
pub const fn newtype(inner: FieldType, declared: Declared) -> FieldType {
    FieldType {
        rules: if declared.rules.is_empty() { inner.rules } else { declared.rules },
        scale: if declared.scale.is_some() { declared.scale } else { inner.scale },
        wide: declared.wide || inner.wide,
        semantic: if declared.semantic.is_empty() { inner.semantic } else { declared.semantic },
        ..inner
    }
}

/// Whether values of a type have a column.
#[must_use]
pub const fn is_stored(ty: FieldType) -> bool {
    !matches!(ty.kind, Kind::Row | Kind::Rows)
}

/// Two digits unless said otherwise; none where there is no point.
const fn scale(kind: Kind, said: Option<u8>) -> u8 {
    match (kind, said) {
        (Kind::Decimal, Some(scale)) => scale,
        (Kind::Decimal, None) => 2,
        _ => 0,
    }
}

const fn relation(ty: FieldType, declared: Declared) -> Option<Relation> {
    if ty.targets.is_empty() {
        return None;
    }
    let fields = match ty.kind {
        Kind::Rows => &[],
        // Held by other fields, or by the other side.
        Kind::Row => declared.by,
        _ => declared.name,
    };
    Some(Relation {
        targets: List::Static(ty.targets),
        fields: List::Static(fields),
        through: Text::Static(declared.through),
        onward: Text::Static(declared.onward),
        cardinality: if matches!(ty.kind, Kind::Rows) { Cardinality::Many } else { Cardinality::One },
        inverse: Text::Static(declared.inverse),
        on_delete: declared.on_delete,
    })
}

/// Whether a type is stored as one of some kinds.
#[must_use]
pub const fn is(ty: FieldType, kinds: &[Kind]) -> bool {
    let mut k = 0;
    while k < kinds.len() {
        if ty.kind as u8 == kinds[k] as u8 {
            return true;
        }
        k += 1;
    }
    false
}

/// Whether the database can count the values of a type.
#[must_use]
pub const fn counts(ty: FieldType) -> bool {
    matches!(ty.kind, Kind::Int) && ty.targets.is_empty() && !ty.nullable
}

/// The same of each item of a list.
#[must_use]
pub const fn each_is(ty: FieldType, kinds: &[Kind]) -> bool {
    is(FieldType::plain(of_each(ty)), kinds)
}

/// Whether a constant integer fits a type; one that is no integer is told about elsewhere.
#[must_use]
pub const fn holds(ty: FieldType, wide: bool, number: i128) -> bool {
    if !matches!(ty.kind, Kind::Int) {
        return true;
    }
    let (least, most) = Field { bits: ty.bits, wide, ..Field::EMPTY }.int_range();
    number >= least as i128 && number <= most as i128
}

/// Whether a type is a to-one relation.
#[must_use]
pub const fn is_to_one(ty: FieldType) -> bool {
    !ty.targets.is_empty() && !matches!(ty.kind, Kind::Rows)
}

/// Whether the reference that a `One` names as its inverse is unique.
#[must_use]
pub const fn points_once<T>(inverse: &str) -> bool
where
    T: crate::field::Field<Shape: HeldThere>,
{
    <<T::Shape as HeldThere>::Target as Entity>::ENTITY.points_once(inverse)
}

/// Whether some rule lets somebody do `verb`; a missing policy is told apart, in a message of its own.
#[must_use]
pub const fn allows(policy: Option<&Policy>, verb: &str) -> bool {
    match policy {
        Some(policy) => covers(policy, verb),
        None => true,
    }
}
