//! Expressions as SQL: TRUE, FALSE and NULL are yes, no and unknown.

mod arithmetic;
mod lists;
mod many;
mod texts;

use mimsy_schema::schema::Step;
use mimsy_schema::{Expr, Kind, Node, Op, Path, Root, Schema, Value};

use super::select::Reader;
use super::writer::Writer;
use crate::policy::Known;

/// What the paths of an expression stand for.
pub(crate) struct Scope<'a> {
    pub(crate) schema: &'a Schema,
    /// The entity of the row that is in the database.
    pub(crate) model: &'a mimsy_schema::Model,
    /// Its alias in the statement.
    pub(crate) alias: &'a str,
    /// The alias of the row before a change; the same, where there is none.
    pub(crate) old: &'a str,
    /// The rows that are in memory.
    pub(crate) known: Known<'a>,
    /// The rows of to-many relations around, each with its entity and its alias; from the outermost one.
    pub(crate) each: Vec<(&'a mimsy_schema::Model, String)>,
    /// For what a user asks: whose read scopes guard the rows that are reached. Rules see all rows.
    pub(crate) guard: Option<&'a Reader<'a>>,
}

impl<'a> Scope<'a> {
    /// The entity of a root, and the alias of its row where that is in the database.
    fn start(&self, root: Root) -> Option<(&'a mimsy_schema::Model, &str)> {
        match root {
            Root::Each(at) => self.each.get(usize::from(at)).map(|(model, alias)| (*model, alias.as_str())),
            root => {
                let alias = if root == Root::Old { self.old } else { self.alias };
                Some((self.known.row(root).map_or(self.model, |(model, _)| model), alias))
            }
        }
    }
}

/// The kind under which a constant is bound.
pub(crate) fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Int,
        Value::Null | Value::Text(_) | Value::List(_) | Value::Merge(_) | Value::Flawed(_) => Kind::Text,
        Value::Decimal(_) => Kind::Decimal,
        Value::Timestamp(_) => Kind::Timestamp,
        Value::Uuid(_) => Kind::Uuid,
        Value::Float(_) => Kind::Float,
        Value::Bytes(_) => Kind::Bytes,
        Value::Date(_) => Kind::Date,
        Value::Time(_) => Kind::Time,
        Value::Json(_) => Kind::Json,
    }
}

impl Writer {
    /// A condition or a value. Parenthesised wherever it has an operator.
    pub(crate) fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> &mut Self {
        match &expr.node {
            Node::Const(leaf) => self.constant(leaf.value()),
            Node::Path(path) => self.path(path, scope),
            Node::Op(op, operands) => self.operator(*op, operands, scope),
            Node::Many(many, path, body) => self.many(*many, path, body, scope),
            // `assemble` has put the policy in its place.
            Node::Can(..) => self.push("NULL"),
        }
    }

    pub(super) fn constant(&mut self, value: Value) -> &mut Self {
        match value {
            Value::Null => self.push("NULL"),
            Value::Bool(true) => self.push("TRUE"),
            Value::Bool(false) => self.push("FALSE"),
            value => {
                let kind = kind_of(&value);
                self.bind(value, kind)
            }
        }
    }

    /// A field of the row, or a scalar subquery for every hop away from it.
    fn path(&mut self, path: &Path, scope: &Scope<'_>) -> &mut Self {
        if let Some(value) = scope.known.value(path) {
            return self.constant(value);
        }
        let start = scope.start(path.root).map(|(model, _)| model);
        let steps = start.and_then(|start| scope.schema.walk(start, &path.fields).ok()).unwrap_or_default();
        match steps.split_last() {
            Some((last, hops)) => self.reached(path.root, hops, last.field, scope),
            // The schema was checked; a path that leads nowhere would be a defect, and unknown is the safe answer.
            None => self.push("NULL"),
        }
    }

    /// A field of the row at the end of some hops.
    pub(super) fn reached(&mut self, root: Root, hops: &[Step<'_>], field: usize, scope: &Scope<'_>) -> &mut Self {
        let Some((last, before)) = hops.split_last() else {
            return match (scope.known.row(root), scope.start(root)) {
                (Some((_, values)), _) => self.constant(values[field].clone()),
                (None, Some((model, alias))) => {
                    self.column(alias, &model.fields()[field].column).bytewise(model, field)
                }
                (None, None) => self.push("NULL"),
            };
        };
        let Some(link) = last.model.link(last.field) else { return self.push("NULL") };
        // A reference holds the target's key, so the key needs no hop.
        if let Some((near, _)) = link.on().iter().find(|(_, far)| link.holds && *far == field) {
            return self.reached(root, before, *near, scope);
        }
        let (target, alias) = (scope.schema.model(link.target), self.alias());
        self.push("(SELECT ").column(&alias, &target.fields()[field].column).bytewise(target, field).push(" FROM ");
        self.ident(&target.entity.table).push(" ").push(&alias).push(" WHERE ");
        self.list(link.on(), " AND ", |w, (near, far)| {
            w.column(&alias, &target.fields()[*far].column).push(" = ").reached(root, before, *near, scope);
        });
        self.guard(scope, target, &alias);
        if self.share && self.dialect.row_locks && target.is_lockable() {
            self.push(" FOR SHARE");
        }
        self.push(")")
    }

    fn operator(&mut self, op: Op, operands: &[Expr], scope: &Scope<'_>) -> &mut Self {
        let between = match op {
            Op::And if operands.is_empty() => return self.push("TRUE"),
            Op::Or if operands.is_empty() => return self.push("FALSE"),
            Op::In if operands.len() < 2 => return self.push("FALSE"),
            Op::And => " AND ",
            Op::Or => " OR ",
            Op::Not => {
                self.push("(NOT ").expr(&operands[0], scope);
                return self.push(")");
            }
            Op::IsNone | Op::IsSome => {
                self.push("(").expr(&operands[0], scope);
                return self.push(if op == Op::IsNone { " IS NULL)" } else { " IS NOT NULL)" });
            }
            Op::UnwrapOr => {
                self.push("coalesce(");
                self.list(operands, ", ", |w, operand| {
                    w.expr(operand, scope);
                });
                return self.push(")");
            }
            Op::In => {
                self.push("(").expr(&operands[0], scope).push(" IN (");
                self.list(&operands[1..], ", ", |w, operand| {
                    w.expr(operand, scope);
                });
                return self.push("))");
            }
            Op::Same => {
                let same = self.dialect.null_safe_equal;
                self.push("(").expr(&operands[0], scope).push(" ").push(same).push(" ");
                return self.expr(&operands[1], scope).push(")");
            }
            Op::Add | Op::Sub | Op::Mul => return self.arithmetic(op, operands, scope),
            Op::After | Op::Before => return self.moment(op, operands, scope),
            Op::Now => {
                let now = scope.known.now.map_or(Value::Null, Value::Timestamp);
                return self.constant(now);
            }
            Op::StartsWith | Op::EndsWith | Op::Contains | Op::Len => return self.text_operator(op, operands, scope),
            Op::Has | Op::Size => return self.list_operator(op, operands, scope),
            // `assemble` says it in other words.
            Op::IsEmpty => return self.push("NULL"),
            Op::Eq => " = ",
            Op::Ne => " <> ",
            Op::Lt => " < ",
            Op::Le => " <= ",
            Op::Gt => " > ",
            Op::Ge => " >= ",
        };
        let before = std::mem::replace(&mut self.ordered, matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge));
        self.push("(");
        self.list(operands, between, |w, operand| {
            w.expr(operand, scope);
        });
        self.ordered = before;
        self.push(")")
    }

    /// Texts in a table of others have the order that their owners gave them; a rule has one order, in memory and here.
    fn bytewise(&mut self, model: &mimsy_schema::Model, field: usize) -> &mut Self {
        let is_text = matches!(model.fields()[field].kind, Kind::Text | Kind::Enum);
        if self.ordered && model.entity.external && is_text {
            self.push(self.dialect.bytewise);
        }
        self
    }
}
