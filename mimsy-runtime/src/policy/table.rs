//! The policies of a schema as a table: who may do what, without any row.

use std::fmt::Write as _;

use mimsy_schema::words::called;
use mimsy_schema::{Effect, Expr, Leaf, Model, Node, Op, Root, Schema, Value, schema::FENCE};

use super::residual::{Known, constant, residual, settled};

/// Who may do what, of a whole schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Who asks: `nobody`, then each role of the actor; `anybody` with an actor that has none.
    pub roles: Vec<String>,
    /// One entity each, in the order of the schema.
    pub entities: Vec<Section>,
}

/// Who may do what with one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The entity's name.
    pub entity: String,
    /// Whether all of it holds inside of the actor's own tenant only.
    pub fenced: bool,
    /// One verb each, with an answer for each role.
    pub rows: Vec<(String, Vec<Answer>)>,
}

/// What a role may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Always.
    Yes,
    /// Never.
    No,
    /// Where a condition on the row and the actor holds, in the words of a rule.
    If(String),
}

/// The table of a schema.
#[must_use]
pub fn table(schema: &Schema) -> Table {
    let role = schema.actor().and_then(|actor| actor.fields().iter().find(|field| field.role));
    let roles: Vec<Option<String>> = match (schema.actor(), role) {
        (None, _) => Vec::new(),
        (Some(_), None) => vec![None],
        (Some(_), Some(role)) => role.values.iter().map(|value| Some(value.to_string())).collect(),
    };
    let asks = |model: &Model, verb: &str| -> Vec<Answer> {
        let nobody = answer(schema, model, &joined(model, verb, true));
        let named = roles.iter().map(|value| {
            let decided = joined(model, verb, false);
            let decided = match (role, value) {
                (Some(role), Some(value)) => with_role(&decided, &role.name, value),
                _ => decided,
            };
            answer(schema, model, &decided)
        });
        std::iter::once(nobody).chain(named).collect()
    };
    let section = |model: &Model| Section {
        entity: model.name().to_owned(),
        fenced: model.rules("read").any(|rule| rule.name == FENCE),
        rows: model.spoken().into_iter().map(|verb| (verb.to_owned(), asks(model, verb))).collect(),
    };
    let named = roles.iter().map(|role| role.clone().unwrap_or_else(|| "anybody".to_owned()));
    Table {
        roles: std::iter::once("nobody".to_owned()).chain(named).collect(),
        entities: schema.models().iter().filter(|model| model.policy.is_some()).map(section).collect(),
    }
}

/// The decision of a verb beside the tenant's fence. A rule that an update judges on both rows is told once.
fn joined(model: &Model, verb: &str, nobody: bool) -> Expr {
    let of = |effect: Effect| {
        model
            .rules(verb)
            .filter(move |rule| rule.effect == effect && rule.name != FENCE)
            .map(move |rule| if nobody && rule.params > 1 { Expr::constant(Value::Null) } else { rule.body.clone() })
    };
    let mut all: Vec<Expr> = of(Effect::Must).collect();
    all.push(Expr::op(Op::Or, of(Effect::Can).collect::<Vec<_>>()));
    all.extend(of(Effect::Cannot).map(|body| Expr::op(Op::Not, [body])));
    let Some(fence) = model.rules(verb).find(|rule| rule.name == FENCE) else { return Expr::op(Op::And, all) };
    // Inside of the fence, what says the same needs no saying.
    let all: Vec<Expr> = all.iter().map(|one| granted(one, &fence.body)).collect();
    Expr::op(Op::And, all.into_iter().chain(nobody.then(|| Expr::bool(false))))
}

/// With a condition that is known to hold.
fn granted(expr: &Expr, known: &Expr) -> Expr {
    if expr == known {
        return Expr::bool(true);
    }
    let node = match &expr.node {
        Node::Op(op @ (Op::And | Op::Or | Op::Not), operands) => {
            Node::Op(*op, operands.iter().map(|one| granted(one, known)).collect())
        }
        other => other.clone(),
    };
    Expr { node, at: expr.at.clone() }
}

/// With one role put in for the actor's.
fn with_role(expr: &Expr, field: &str, role: &str) -> Expr {
    let inner = |list: &[Expr]| list.iter().map(|one| with_role(one, field, role)).collect();
    let node = match &expr.node {
        Node::Path(path) if path.root == Root::Actor && matches!(&path.fields[..], [name] if name == field) => {
            Node::Const(Leaf::Owned(Value::Text(role.to_owned())))
        }
        Node::Op(op, operands) => Node::Op(*op, inner(operands)),
        Node::Many(many, path, body) => Node::Many(*many, path.clone(), inner(body)),
        other => other.clone(),
    };
    Expr { node, at: expr.at.clone() }
}

fn answer(schema: &Schema, model: &Model, decided: &Expr) -> Answer {
    let left = settled(&residual(&known_to_be_there(schema, decided), &Known::default()));
    match constant(&left) {
        Some(Value::Bool(true)) => Answer::Yes,
        Some(_) => Answer::No,
        None => {
            let actor = schema.actor().map_or_else(String::new, |actor| called(&actor.entity.name));
            Answer::If(left.words(&actor, &called(&model.entity.name)).to_string())
        }
    }
}

/// An actor's own key is never NULL: `authenticated` asks for no more.
fn known_to_be_there(schema: &Schema, expr: &Expr) -> Expr {
    let key = schema.actor().map(|actor| actor.entity.key.clone()).unwrap_or_default();
    let is_there = |operand: &Expr| {
        matches!(&operand.node, Node::Path(path)
            if path.root == Root::Actor && matches!(&path.fields[..], [name] if key.contains(name)))
    };
    match &expr.node {
        Node::Op(Op::IsSome, operands) if operands.iter().all(is_there) => Expr::bool(true),
        Node::Op(op, operands) => Expr {
            node: Node::Op(*op, operands.iter().map(|one| known_to_be_there(schema, one)).collect()),
            at: expr.at.clone(),
        },
        _ => expr.clone(),
    }
}

impl Table {
    /// For a terminal: a block an entity; conditions are numbered, and told below.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut notes = Notes::default();
        let mut lines = vec![std::iter::once(String::new()).chain(self.roles.clone()).collect::<Vec<_>>()];
        let mut titles = vec![None];
        for section in &self.entities {
            for (n, (verb, answers)) in section.rows.iter().enumerate() {
                titles.push((n == 0).then(|| section.title()));
                let cells = answers.iter().map(|answer| notes.cell(answer));
                lines.push(std::iter::once(format!("  {verb}")).chain(cells).collect());
            }
        }
        let width = |column: usize| lines.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..=self.roles.len()).map(width).collect();
        let mut text = String::new();
        for (title, cells) in titles.iter().zip(&lines) {
            if let Some(title) = title {
                let _ = write!(text, "\n{title}\n");
            }
            let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            let _ = writeln!(text, "{}", padded.collect::<Vec<_>>().join("  ").trim_end());
        }
        for (n, condition) in notes.0.iter().enumerate() {
            let _ = writeln!(text, "{}if {}: {condition}", if n == 0 { "\n" } else { "" }, n + 1);
        }
        text
    }

    /// As a Markdown table an entity.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        for section in &self.entities {
            let mut notes = Notes::default();
            let _ = write!(
                text,
                "## {}\n\n| | {} |\n|---|{}\n",
                section.title(),
                self.roles.join(" | "),
                "---|".repeat(self.roles.len())
            );
            for (verb, answers) in &section.rows {
                let cells: Vec<String> = answers.iter().map(|answer| notes.cell(answer)).collect();
                let _ = writeln!(text, "| {verb} | {} |", cells.join(" | "));
            }
            for (n, condition) in notes.0.iter().enumerate() {
                let _ = writeln!(text, "{}- if {}: `{condition}`", if n == 0 { "\n" } else { "" }, n + 1);
            }
            text.push('\n');
        }
        text
    }
}

impl Section {
    fn title(&self) -> String {
        format!("{}{}", self.entity, if self.fenced { ", inside of one's tenant" } else { "" })
    }
}

/// Conditions, each with a number.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn cell(&mut self, answer: &Answer) -> String {
        match answer {
            Answer::Yes => "yes".to_owned(),
            Answer::No => "no".to_owned(),
            Answer::If(condition) => {
                let place = self.0.iter().position(|known| known == condition).unwrap_or_else(|| {
                    self.0.push(condition.clone());
                    self.0.len() - 1
                });
                format!("if {}", place + 1)
            }
        }
    }
}
