//! Partial evaluation: what is left of an expression when some roots are known.

use mimsy_schema::{Expr, Leaf, Many, Model, Node, Op, Path, Root, Timestamp, Value};

use super::evaluate::{Nothing, evaluate};

/// The rows that are already in memory. A root without one stays in the expression.
#[derive(Clone, Copy, Default)]
pub struct Known<'a> {
    /// Who asks: the actor's model and values.
    pub actor: Option<(&'a Model, &'a [Value])>,
    /// The row before an update.
    pub old: Option<(&'a Model, &'a [Value])>,
    /// The row itself, or the row after an update.
    pub new: Option<(&'a Model, &'a [Value])>,
    /// The moment of the action.
    pub now: Option<Timestamp>,
}

impl<'a> Known<'a> {
    /// The row of a root, if it is in memory.
    #[must_use]
    pub fn row(&self, root: Root) -> Option<(&'a Model, &'a [Value])> {
        match root {
            Root::Actor => self.actor,
            Root::Old => self.old,
            Root::New | Root::Row => self.new,
            Root::Each(_) => None,
        }
    }

    /// The value of a path, where it follows from what is in memory. A path through a relation needs the other row,
    /// unless the row here holds a NULL in the place of its key.
    #[must_use]
    pub fn value(&self, path: &Path) -> Option<Value> {
        let (model, values) = self.row(path.root)?;
        let first = model.field_index(path.fields.first()?)?;
        if path.fields.len() == 1 {
            return Some(values[first].clone());
        }
        let link = model.link(first)?;
        let leads_nowhere = link.holds && link.near().any(|near| values[near].is_null());
        leads_nowhere.then_some(Value::Null)
    }
}

/// What is left of an expression when `known` is put in. It has the same three-valued meaning.
#[must_use]
pub fn residual(expr: &Expr, known: &Known<'_>) -> Expr {
    match &expr.node {
        Node::Const(_) => expr.clone(),
        Node::Path(path) => match known.value(path) {
            Some(value) => Expr::constant(value),
            None => expr.clone(),
        },
        Node::Op(Op::Now, _) => known.now.map_or_else(|| expr.clone(), |now| Expr::constant(Value::Timestamp(now))),
        Node::Op(op, operands) => fold(*op, operands.iter().map(|one| residual(one, known)).collect(), expr),
        Node::Many(many, path, body) => asked(*many, path, body.iter().map(|one| residual(one, known)).collect(), expr),
        Node::Can(..) => expr.clone(),
    }
}

/// A question to rows: of a condition that never holds, the answer needs none of them.
fn asked(many: Many, path: &Path, body: Vec<Expr>, from: &Expr) -> Expr {
    let never = body.first().and_then(constant) == Some(Value::Bool(false));
    if never && matches!(many, Many::Any | Many::Exists) {
        return Expr::bool(false);
    }
    Expr { node: Node::Many(many, path.clone(), body.into()), at: from.at.clone() }
}

/// The value of an expression that is constant.
#[must_use]
pub fn constant(expr: &Expr) -> Option<Value> {
    match &expr.node {
        Node::Const(leaf) => Some(leaf.value()),
        _ => None,
    }
}

fn fold(op: Op, operands: Vec<Expr>, from: &Expr) -> Expr {
    let built = |op, operands: Vec<Expr>| Expr { node: Node::Op(op, operands.into()), at: from.at.clone() };
    match op {
        Op::And | Op::Or => {
            let decisive = op == Op::Or;
            let mut left: Vec<Expr> = Vec::with_capacity(operands.len());
            for operand in operands {
                match constant(&operand) {
                    Some(Value::Bool(answer)) if answer == decisive => return Expr::bool(decisive),
                    Some(Value::Bool(_)) => {}
                    _ => match operand.node {
                        Node::Op(inner, ref nested) if inner == op => {
                            let new: Vec<Expr> = nested.iter().filter(|one| !left.contains(one)).cloned().collect();
                            left.extend(new);
                        }
                        // The tenant's fence often says what a rule says, too.
                        _ if left.contains(&operand) => {}
                        _ => left.push(operand),
                    },
                }
            }
            match left.len() {
                0 => Expr::bool(!decisive),
                1 => left.remove(0),
                _ => built(op, left),
            }
        }
        _ if op != Op::Now && operands.iter().all(|operand| constant(operand).is_some()) => {
            Expr::constant(evaluate(&built(op, operands), &Nothing))
        }
        Op::Eq
        | Op::Ne
        | Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::Add
        | Op::Sub
        | Op::Mul
        | Op::After
        | Op::Before
        | Op::StartsWith
        | Op::EndsWith
        | Op::Contains
        | Op::Has
            if operands.iter().any(|operand| constant(operand) == Some(Value::Null)) =>
        {
            Expr::constant(Value::Null)
        }
        _ => built(op, operands),
    }
}

/// A condition where only *yes* counts, as in a WHERE: an unknown constant counts as no, and folds away.
#[must_use]
pub fn settled(expr: &Expr) -> Expr {
    settle(expr, false)
}

/// `unknown_is`: what an unknown amounts to here. Under `!`, where only *no* counts, it amounts to yes.
fn settle(expr: &Expr, unknown_is: bool) -> Expr {
    match &expr.node {
        Node::Const(leaf) if leaf.value().is_null() => Expr::bool(unknown_is),
        Node::Op(op @ (Op::And | Op::Or), operands) => {
            fold(*op, operands.iter().map(|one| settle(one, unknown_is)).collect(), expr)
        }
        Node::Op(Op::Not, operands) => {
            fold(Op::Not, operands.iter().map(|one| settle(one, !unknown_is)).collect(), expr)
        }
        // Where only *yes* counts, a row of which the condition is unknown counts as one of which it does not hold.
        Node::Many(Many::Any, path, body) if !unknown_is => {
            asked(Many::Exists, path, body.iter().map(|one| settle(one, false)).collect(), expr)
        }
        _ => expr.clone(),
    }
}

/// The most that can still become true when the paths of one root are not known yet: every atom that mentions it is
/// taken to turn out well.
#[must_use]
pub fn optimistic(expr: &Expr, root: Root) -> Expr {
    hope(expr, root, true)
}

fn hope(expr: &Expr, root: Root, well: bool) -> Expr {
    if !expr.mentions(root) {
        return expr.clone();
    }
    match &expr.node {
        Node::Op(op @ (Op::And | Op::Or), operands) => {
            fold(*op, operands.iter().map(|one| hope(one, root, well)).collect(), expr)
        }
        Node::Op(Op::Not, operands) => fold(Op::Not, operands.iter().map(|one| hope(one, root, !well)).collect(), expr),
        _ => Expr { node: Node::Const(Leaf::Owned(Value::Bool(well))), at: expr.at.clone() },
    }
}
