//! Everything that a rule can say, quoted as what it means.

use mimsy::prelude::*;

const MAX: i64 = 10;
const FLOOR: Decimal = Decimal::ONE;
const SMALLEST: i16 = 7;
const NINE: Time = Time::new(9, 0, 0);
const EMPTY: &[u8] = b"";

#[derive(Clone, Copy, Enum)]
pub enum Status {
    Draft,
    Sent,
    Paid,
}
use Status::Paid;

#[entity]
pub struct User {
    pub id: Id<Self>,
    pub name: String,
}

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    owner: Option<Ref<User>>,
    seller: Ref<User>,
    parent: Option<Ref<Self>>,
    #[field(inverse = parent)]
    parts: Many<Self>,
    status: Status,
    total: Decimal,
    qty: i64,
    due: Option<i64>,
    open: bool,
    r#type: String,
    sent_at: Option<Timestamp>,
    created_at: Timestamp,
    small: i16,
    ratio: f64,
    weight: Option<f64>,
    day: Date,
    opens: Option<Time>,
    device: Uuid,
    digest: Vec<u8>,
}

#[policy(actor = User, delete = authenticated)]
impl Invoice {
    const LIMIT: i64 = 5;

    #[can(read)]
    fn comparisons(invoice: &Invoice) -> bool {
        invoice.qty == 3 && invoice.qty != -4 && invoice.qty < MAX
            || invoice.qty >= Self::LIMIT && invoice.total > 99.50
    }

    #[can(read)]
    fn kinds(invoice: &Invoice) -> bool {
        invoice.small < SMALLEST
            || invoice.ratio >= 0.5 && invoice.ratio < 3 && invoice.weight.unwrap_or(1.5) > invoice.ratio
            || invoice.day < Date::new(2026, 12, 31) && invoice.opens.is_some_and(|opens| opens >= NINE)
            || invoice.device == Uuid::nil() && invoice.digest != b"\x00" && invoice.digest == EMPTY
    }

    #[can(*)]
    fn logic(user: &User, invoice: &Self) -> bool {
        !invoice.open && (invoice.seller == user.id || invoice.seller.name == user.name) && invoice.r#type == "x"
    }

    #[must]
    fn constants(invoice: &Invoice) -> bool {
        invoice.total <= FLOOR && invoice.status != Paid && matches!(invoice.status, Status::Draft | Paid)
    }

    #[cannot(update)]
    fn rows(user: &User, old: &Invoice, new: &Invoice) -> bool {
        old.status == Status::Sent && new.due.is_none() && new.owner.is_some_and(|owner| owner == user.id)
    }

    #[must(create, update)]
    fn nulls(user: &User, invoice: &Invoice) -> bool {
        invoice.due.unwrap_or(3) > 2
            && invoice.due == invoice.due
            && invoice.sent_at.is_some()
            && invoice.sent_at.is_some_and(|sent_at| sent_at < invoice.created_at)
            && invoice
                .parent
                .is_some_and(|parent| parent.open && parent.owner.is_some_and(|owner| owner.name == user.name))
    }

    #[can(read)]
    fn questions(user: &User, invoice: &Invoice) -> bool {
        invoice.parts.any(|part| part.qty > invoice.qty && part.parts.all(|inner| inner.qty == part.qty))
            && invoice.parts.sum(|part| part.total * part.qty) <= invoice.total + 1
            && invoice.parts.max(|part| part.qty).is_some_and(|most| most < 9)
            && can!(invoice.seller, read)
            && user.name.starts_with("a")
    }

    #[can(read)]
    fn time_and_texts(invoice: &Invoice) -> bool {
        now() - days(Self::LIMIT) < invoice.created_at && invoice.r#type.len() - 1 > 0 && !invoice.parts.is_empty()
    }

    #[cfg(any())]
    #[can(read)]
    fn never(invoice: &Invoice) -> bool {
        invoice.no_such_field
    }
}

/// An expression as a line of text.
fn text(expr: &mimsy::__rt::Expr) -> String {
    use mimsy::__rt::Node;
    match &expr.node {
        Node::Const(leaf) => format!("{leaf:?}"),
        Node::Path(path) => {
            let fields = path.fields.iter().map(|field| format!(".{field}")).collect::<String>();
            format!("{:?}{fields}", path.root)
        }
        Node::Op(op, operands) => {
            format!("{op:?}({})", operands.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Node::Many(many, path, body) => {
            let fields = path.fields.iter().map(|field| format!(".{field}")).collect::<String>();
            format!("{:?}{fields}.{many:?}({})", path.root, body.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Node::Can(path, verb) => format!("Can({:?}.{}, {verb})", path.root, path.fields[0]),
    }
}

fn main() {
    let policy = Invoice::__ONE_POLICY_PER_ENTITY.unwrap();
    assert_eq!(policy.actor, "User");
    let rule = |name: &str| policy.rules.iter().find(|rule| rule.name == name).unwrap();
    let body = |name: &str| text(&rule(name).body);
    assert_eq!(body("delete"), "IsSome(Actor)");
    assert_eq!(
        body("comparisons"),
        "Or(And(Eq(Row.qty, Int(3)), Ne(Row.qty, Int(-4)), Lt(Row.qty, Int(10))), \
         And(Ge(Row.qty, Int(5)), Gt(Row.total, Decimal(Fixed { unscaled: 9950, scale: 2 }))))"
    );
    assert_eq!(
        body("kinds"),
        "Or(Lt(Row.small, Int(7)), And(Ge(Row.ratio, Decimal(Fixed { unscaled: 5, scale: 1 })), Lt(Row.ratio, Int(3)), \
         Gt(UnwrapOr(Row.weight, Decimal(Fixed { unscaled: 15, scale: 1 })), Row.ratio)), \
         And(Lt(Row.day, Date(Date(20818))), IsSome(Row.opens), Ge(Row.opens, Time(Time(32400000000)))), \
         And(Eq(Row.device, Uuid(00000000-0000-0000-0000-000000000000)), Ne(Row.digest, Bytes([0])), \
         Eq(Row.digest, Bytes([]))))"
    );
    assert_eq!(
        body("logic"),
        "And(Not(Row.open), Or(Eq(Row.seller, Actor.id), Eq(Row.seller.name, Actor.name)), Eq(Row.type, Text(\"x\")))"
    );
    assert_eq!(
        body("constants"),
        "And(Le(Row.total, Decimal(Fixed { unscaled: 1, scale: 0 })), Ne(Row.status, Text(\"paid\")), \
         In(Row.status, Text(\"draft\"), Text(\"paid\")))"
    );
    assert_eq!(
        body("rows"),
        "And(Eq(Old.status, Text(\"sent\")), IsNone(New.due), IsSome(New.owner), Eq(New.owner, Actor.id))"
    );
    assert_eq!(
        body("nulls"),
        "And(Gt(UnwrapOr(Row.due, Int(3)), Int(2)), Eq(Row.due, Row.due), IsSome(Row.sent_at), IsSome(Row.sent_at), \
         Lt(Row.sent_at, Row.created_at), IsSome(Row.parent), Row.parent.open, IsSome(Row.parent.owner), \
         Eq(Row.parent.owner.name, Actor.name))"
    );
    assert_eq!(
        body("questions"),
        "And(Row.parts.Any(And(Gt(Each(0).qty, Row.qty), Each(0).parts.All(Eq(Each(1).qty, Each(0).qty)))), \
         Le(Row.parts.Sum(Mul(Each(0).total, Each(0).qty)), Add(Row.total, Int(1))), \
         IsSome(Row.parts.Max(Each(0).qty)), Lt(Row.parts.Max(Each(0).qty), Int(9)), Can(Row.seller, read), \
         StartsWith(Actor.name, Text(\"a\")))"
    );
    assert_eq!(
        body("time_and_texts"),
        "And(Lt(Before(Now(), Int(432000000000)), Row.created_at), Gt(Sub(Len(Row.type), Int(1)), Int(0)), \
         Not(IsEmpty(Row.parts)))"
    );
    assert_eq!(rule("rows").params, 3);
    assert_eq!(rule("logic").actions.0[0], "*");
    assert_eq!(rule("constants").actions.0[0], "*");
    assert_eq!(rule("nulls").actions.0.len(), 2);
    assert!(policy.rules.iter().all(|rule| rule.name != "never"));
    assert_eq!(rule("comparisons").at.line, LINE_OF_COMPARISONS);
}

/// A rule knows its line.
const LINE_OF_COMPARISONS: u32 = 55;
