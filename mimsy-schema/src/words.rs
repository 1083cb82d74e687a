//! An expression in words: as an author would write it in a rule.
//!
//! For people: explanations, tables of a policy, diagnostics. Nothing reads it back.

use std::fmt;

use crate::expr::{Expr, Node, Path};
use crate::{Many, Op, Root, Text, Value};

impl Expr {
    /// The expression as an author would write it, with these names for the actor and the row: `user.role == "admin"`.
    #[must_use]
    pub fn words<'a>(&'a self, actor: &'a str, row: &'a str) -> impl fmt::Display + 'a {
        Words { expr: self, names: Names { actor, row, depth: 0 } }
    }
}

struct Words<'a> {
    expr: &'a Expr,
    names: Names<'a>,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.names.expr(f, self.expr, Binding::Loose)
    }
}

/// How tightly what stands around an expression binds; what is looser inside of it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Loose,
    Or,
    And,
    Compare,
    Sum,
    Product,
    Tight,
}

#[derive(Clone, Copy)]
struct Names<'a> {
    actor: &'a str,
    row: &'a str,
    /// How many questions to rows stand around.
    depth: u8,
}

/// The rows of relations, from the outermost one.
const EACH: [&str; 4] = ["one", "other", "third", "fourth"];

impl Names<'_> {
    fn expr(self, f: &mut fmt::Formatter<'_>, expr: &Expr, around: Binding) -> fmt::Result {
        match &expr.node {
            Node::Const(leaf) => constant(f, &leaf.value()),
            Node::Path(path) => self.path(f, path),
            Node::Op(op, operands) => self.operator(f, *op, operands, around),
            Node::Many(many, path, body) => {
                self.path(f, path)?;
                write!(f, ".{}(", question(*many))?;
                if let Some(body) = body.first() {
                    write!(f, "|{}| ", each(self.depth))?;
                    Self { depth: self.depth.saturating_add(1), ..self }.expr(f, body, Binding::Loose)?;
                }
                f.write_str(")")
            }
            Node::Can(path, verb) => {
                f.write_str("can!(")?;
                self.path(f, path)?;
                write!(f, ", {verb})")
            }
        }
    }

    fn path(self, f: &mut fmt::Formatter<'_>, path: &Path) -> fmt::Result {
        match path.root {
            Root::Actor => f.write_str(self.actor)?,
            Root::Row => f.write_str(self.row)?,
            Root::Old => f.write_str("old")?,
            Root::New => f.write_str("new")?,
            Root::Each(depth) => f.write_str(each(depth))?,
        }
        path.fields.iter().try_for_each(|field| write!(f, ".{field}"))
    }

    fn operator(self, f: &mut fmt::Formatter<'_>, op: Op, operands: &[Expr], around: Binding) -> fmt::Result {
        match (op, operands) {
            (Op::And, []) => f.write_str("true"),
            (Op::Or, []) => f.write_str("false"),
            (Op::And, _) => self.joined(f, operands, " && ", Binding::And, around),
            (Op::Or, _) => self.joined(f, operands, " || ", Binding::Or, around),
            // As an author says it; of NULL, both are unknown.
            (Op::Not, [Expr { node: Node::Op(Op::Eq, operands), .. }]) => {
                self.joined(f, operands, " != ", Binding::Compare, around)
            }
            (Op::Not, [one]) => {
                f.write_str("!")?;
                self.expr(f, one, Binding::Tight)
            }
            (Op::Eq | Op::Same, [..]) => self.joined(f, operands, " == ", Binding::Compare, around),
            (Op::Ne, [..]) => self.joined(f, operands, " != ", Binding::Compare, around),
            (Op::Lt, [..]) => self.joined(f, operands, " < ", Binding::Compare, around),
            (Op::Le, [..]) => self.joined(f, operands, " <= ", Binding::Compare, around),
            (Op::Gt, [..]) => self.joined(f, operands, " > ", Binding::Compare, around),
            (Op::Ge, [..]) => self.joined(f, operands, " >= ", Binding::Compare, around),
            // The third operand is the checker's.
            (Op::Add, [a, b, ..]) => self.joined(f, [a, b], " + ", Binding::Sum, around),
            (Op::Sub, [a, b, ..]) => self.joined(f, [a, b], " - ", Binding::Sum, around),
            (Op::Mul, [a, b, ..]) => self.joined(f, [a, b], " * ", Binding::Product, around),
            (Op::After | Op::Before, [moment, span]) => {
                let sign = if op == Op::After { " + " } else { " - " };
                let open = around >= Binding::Sum;
                f.write_str(if open { "(" } else { "" })?;
                self.expr(f, moment, Binding::Sum)?;
                f.write_str(sign)?;
                match constant_of(span) {
                    Some(Value::Int(micros)) => f.write_str(&lasting(micros))?,
                    _ => self.expr(f, span, Binding::Sum)?,
                }
                f.write_str(if open { ")" } else { "" })
            }
            (Op::In, [subject, choices @ ..]) => {
                f.write_str("matches!(")?;
                self.expr(f, subject, Binding::Loose)?;
                f.write_str(", ")?;
                self.joined(f, choices, " | ", Binding::Or, Binding::Loose)?;
                f.write_str(")")
            }
            (Op::Now, _) => f.write_str("now()"),
            (_, [subject, arguments @ ..]) => {
                self.expr(f, subject, Binding::Tight)?;
                write!(f, ".{}(", method(op))?;
                self.joined(f, arguments, ", ", Binding::Loose, Binding::Loose)?;
                f.write_str(")")
            }
            (_, []) => write!(f, "{}()", method(op)),
        }
    }

    fn joined<'e>(
        self,
        f: &mut fmt::Formatter<'_>,
        operands: impl IntoIterator<Item = &'e Expr>,
        between: &str,
        own: Binding,
        around: Binding,
    ) -> fmt::Result {
        let open = own != Binding::Loose && around >= own;
        f.write_str(if open { "(" } else { "" })?;
        for (n, operand) in operands.into_iter().enumerate() {
            f.write_str(if n > 0 { between } else { "" })?;
            self.expr(f, operand, own)?;
        }
        f.write_str(if open { ")" } else { "" })
    }
}

fn each(depth: u8) -> &'static str {
    EACH.get(usize::from(depth)).copied().unwrap_or("row")
}

fn question(many: Many) -> &'static str {
    match many {
        Many::Any | Many::Exists => "any",
        Many::All => "all",
        Many::None => "none",
        Many::Count => "count",
        Many::Sum => "sum",
        Many::Min => "min",
        Many::Max => "max",
    }
}

fn method(op: Op) -> &'static str {
    match op {
        Op::IsNone => "is_none",
        Op::IsSome => "is_some",
        Op::UnwrapOr => "unwrap_or",
        Op::StartsWith => "starts_with",
        Op::EndsWith => "ends_with",
        Op::Contains => "contains",
        Op::Len => "len",
        Op::IsEmpty => "is_empty",
        _ => "of",
    }
}

fn constant_of(expr: &Expr) -> Option<Value> {
    if let Node::Const(leaf) = &expr.node { Some(leaf.value()) } else { None }
}

fn constant(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Null => f.write_str("unknown"),
        Value::Bool(answer) => write!(f, "{answer}"),
        Value::Int(number) => write!(f, "{number}"),
        Value::Decimal(number) => write!(f, "{number}"),
        Value::Float(number) => write!(f, "{number}"),
        Value::Text(text) => write!(f, "{text:?}"),
        Value::Timestamp(moment) => write!(f, "{moment}"),
        Value::Date(date) => write!(f, "{date}"),
        Value::Time(time) => write!(f, "{time}"),
        Value::Uuid(id) => write!(f, "{id}"),
        other => write!(f, "{other:?}"),
    }
}

/// A span of microseconds in the largest unit that divides it.
fn lasting(micros: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(86_400_000_000, "days"), (3_600_000_000, "hours"), (60_000_000, "minutes"), (1_000_000, "seconds")];
    match UNITS.iter().find(|(unit, _)| micros % unit == 0) {
        Some((unit, name)) => format!("{name}({})", micros / unit),
        None => format!("microseconds({micros})"),
    }
}

/// The name of an entity as a rule calls its row: `Invoice` is `invoice`.
#[must_use]
pub fn called(entity: &Text) -> String {
    crate::name::snake(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(root: Root, name: &'static str) -> Expr {
        Expr::path(root, [name])
    }

    fn told(expr: &Expr) -> String {
        expr.words("user", "invoice").to_string()
    }

    #[test]
    fn an_expression_reads_as_it_is_written() {
        let org = Expr::op(Op::Eq, [field(Root::Row, "org"), field(Root::Actor, "org")]);
        let paid = Expr::op(Op::Eq, [field(Root::Old, "status"), Expr::constant(Value::Text("paid".into()))]);
        assert_eq!(told(&org.clone().and(paid.clone())), "invoice.org == user.org && old.status == \"paid\"");
        let either = Expr::op(Op::Or, [org.clone(), paid.clone()]);
        assert_eq!(told(&Expr::op(Op::Not, [either.clone()])), "!(invoice.org == user.org || old.status == \"paid\")",);
        assert_eq!(
            told(&either.and(paid)),
            "(invoice.org == user.org || old.status == \"paid\") && old.status == \"paid\"",
        );
    }

    #[test]
    fn sums_keep_their_parentheses() {
        let one = || Expr::constant(Value::Int(1));
        let zero = || Expr::constant(Value::Int(0));
        let sum = Expr::op(Op::Add, [field(Root::Row, "qty"), one(), zero()]);
        let product = Expr::op(Op::Mul, [sum.clone(), one(), zero()]);
        assert_eq!(told(&Expr::op(Op::Lt, [product, sum])), "(invoice.qty + 1) * 1 < invoice.qty + 1");
    }

    #[test]
    fn questions_name_their_rows() {
        let qty = Expr::op(Op::Gt, [Expr::path(Root::Each(0), ["qty"]), Expr::constant(Value::Int(3))]);
        let lines = Path { root: Root::Row, fields: vec![Text::Static("lines")].into() };
        let asked = |path: Path, body: Expr| Expr {
            node: Node::Many(Many::Any, path, vec![body].into()),
            at: crate::At::UNKNOWN,
        };
        assert_eq!(told(&asked(lines.clone(), qty)), "invoice.lines.any(|one| one.qty > 3)");
        let tags = Path { root: Root::Each(0), fields: vec![Text::Static("tags")].into() };
        let same = Expr::op(Op::Eq, [Expr::path(Root::Each(1), ["name"]), Expr::path(Root::Each(0), ["name"])]);
        let nested = asked(lines.clone(), asked(tags, same));
        assert_eq!(told(&nested), "invoice.lines.any(|one| one.tags.any(|other| other.name == one.name))");
        let count = Expr { node: Node::Many(Many::Count, lines, crate::List::EMPTY), at: crate::At::UNKNOWN };
        assert_eq!(told(&count), "invoice.lines.count()");
    }

    #[test]
    fn moments_and_choices() {
        let week = Expr::constant(Value::Int(7 * 86_400_000_000));
        let after = Expr::op(Op::After, [Expr::op(Op::Now, []), week]);
        assert_eq!(told(&Expr::op(Op::Lt, [field(Root::Row, "due"), after])), "invoice.due < now() + days(7)");
        let text = |text: &str| Expr::constant(Value::Text(text.into()));
        let choice = Expr::op(Op::In, [field(Root::Actor, "role"), text("admin"), text("billing")]);
        assert_eq!(told(&choice), "matches!(user.role, \"admin\" | \"billing\")");
        let none = Expr::op(Op::IsNone, [field(Root::Row, "note")]);
        assert_eq!(told(&none), "invoice.note.is_none()");
    }
}
