//! `can!(invoice.customer, read)`: another entity's policy, put in the place of the question.
//!
//! What is put there is what that policy decides of the row at the end of the path, its tenant's fence included. Policies
//! that ask each other in a circle decide nothing, and are refused.

use crate::check::Parts;
use crate::expr::{Expr, Node, Path};
use crate::schema::FENCE;
use crate::{At, Effect, List, Op, PolicyRule, Root, Text};

/// Replaces questions to other policies.
pub(crate) struct Delegates<'a, 'b> {
    parts: &'b Parts<'a>,
    /// The entity and verb of each policy that is being asked: a circle is one that comes twice.
    asked: Vec<(usize, String)>,
}

impl<'a, 'b> Delegates<'a, 'b> {
    /// For the rules of an entity that speak of a verb.
    pub(crate) fn new(parts: &'b Parts<'a>) -> Self {
        Self { parts, asked: Vec::new() }
    }

    /// An expression over the rows of an entity, with every question answered.
    ///
    /// # Errors
    /// Where a path leads to no row, an entity has no policy, or policies ask each other in a circle.
    pub(crate) fn resolve(&mut self, expr: &Expr, row: usize, each: &[usize]) -> Result<Expr, String> {
        let node = match &expr.node {
            Node::Const(_) | Node::Path(_) => return Ok(expr.clone()),
            Node::Op(op, operands) => {
                let operands = operands.iter().map(|one| self.resolve(one, row, each));
                Node::Op(*op, operands.collect::<Result<_, _>>()?)
            }
            Node::Many(many, path, body) => {
                // A path that leads nowhere is the checker's to tell.
                let Ok(target) = self.end(path, row, each) else { return Ok(expr.clone()) };
                let inner: Vec<usize> = each.iter().copied().chain([target]).collect();
                let body = body.iter().map(|one| self.resolve(one, row, &inner));
                Node::Many(*many, path.clone(), body.collect::<Result<_, _>>()?)
            }
            Node::Can(path, verb) => return self.can(expr, path, verb, row, each),
        };
        Ok(Expr { node, at: expr.at.clone() })
    }

    fn can(&mut self, expr: &Expr, path: &Path, verb: &str, row: usize, each: &[usize]) -> Result<Expr, String> {
        let target = self.end(path, row, each)?;
        let entity = &self.parts.fragments[target].entity;
        let policy = self.parts.fragments[target].policy.as_ref();
        let policy = policy.ok_or_else(|| format!("`{}` has no policy to ask", entity.name))?;
        let key = (target, verb.to_owned());
        if self.asked.contains(&key) {
            let names = self.asked.iter().chain([&key]);
            let circle: Vec<String> =
                names.map(|(entity, verb)| format!("{verb} {}", self.parts.fragments[*entity].entity.name)).collect();
            return Err(format!("policies ask each other in a circle: {}", circle.join(" → ")));
        }
        self.asked.push(key);
        let rules: Vec<&PolicyRule> = policy.rules.iter().filter(|rule| rule.actions.holds(verb)).collect();
        let decided = rules.iter().map(|rule| {
            // One row is asked about, so it is the old one and the new one.
            let body = rule.body.rooted(Root::Old, Root::Row).rooted(Root::New, Root::Row);
            Ok((rule.effect, self.resolve(&body, target, &[])?))
        });
        let decided: Result<Vec<(Effect, Expr)>, String> = decided.collect();
        self.asked.pop();
        let decided = decided?;
        let of = |effect: Effect| decided.iter().filter(move |(one, _)| *one == effect).map(|(_, body)| body.clone());
        let mut all: Vec<Expr> = of(Effect::Must).collect();
        all.extend(fence(self.parts, target));
        all.push(Expr::op(Op::Or, of(Effect::Can)));
        all.extend(of(Effect::Cannot).map(|body| Expr::op(Op::Not, [body])));
        let depth = u8::try_from(each.len()).unwrap_or(u8::MAX);
        let mut all: Vec<Expr> = all.iter().map(|one| moved(one, path, depth)).collect();
        // Of no row, nothing is allowed.
        let key = path.fields.iter().chain(entity.key.first()).cloned();
        all.insert(0, Expr::op(Op::IsSome, [Expr::path(path.root, key)]));
        Ok(Expr { node: Node::Op(Op::And, all.into()), at: expr.at.clone() })
    }

    /// The entity at the end of a path of relations.
    fn end(&self, path: &Path, row: usize, each: &[usize]) -> Result<usize, String> {
        let start = match path.root {
            Root::Actor => self.parts.actor().ok_or("the policy names no actor")?,
            Root::Row | Root::Old | Root::New => row,
            Root::Each(at) => *each.get(usize::from(at)).ok_or("a row stands outside of its relation")?,
        };
        if path.fields.is_empty() {
            return Ok(start);
        }
        let (entity, field) = self.parts.walk(start, &path.fields)?;
        let field = &self.parts.fields(entity)[field];
        let target = field.relation.as_ref().and_then(|relation| self.parts.index(relation.targets.first()?));
        target.ok_or_else(|| format!("`{}` is no relation, so there is no policy to ask", field.name))
    }
}

/// What the fence of a tenant says of its rows to an actor.
pub(crate) fn fence(parts: &Parts<'_>, entity: usize) -> Option<Expr> {
    let own = parts.fragments[entity].entity.tenant.as_ref()?;
    let actors = parts.fragments[parts.actor()?].entity.tenant.as_ref()?;
    let path = |root, tenant: &crate::Tenant| Expr::path(root, tenant.path.iter().cloned());
    Some(Expr::op(Op::Eq, [path(Root::Row, own), path(Root::Actor, actors)]))
}

/// The rule that the fence of a tenant is.
pub(crate) fn fence_rule(body: Expr) -> PolicyRule {
    PolicyRule {
        name: Text::Static(FENCE),
        doc: Text::Static("Rows of another tenant do not exist for you."),
        effect: Effect::Must,
        actions: crate::Actions(List::Static(&[Text::Static("*")])),
        params: 2,
        body,
        at: At::UNKNOWN,
    }
}

/// An expression over a row, said of the row that `path` leads to; `depth` rows of relations stand around it.
fn moved(expr: &Expr, path: &Path, depth: u8) -> Expr {
    let along = |own: &Path| match own.root {
        Root::Row => Path { root: path.root, fields: path.fields.iter().chain(own.fields.iter()).cloned().collect() },
        Root::Each(at) => Path { root: Root::Each(at + depth), fields: own.fields.clone() },
        _ => own.clone(),
    };
    let node = match &expr.node {
        Node::Const(_) => expr.node.clone(),
        Node::Path(own) => Node::Path(along(own)),
        Node::Can(own, verb) => Node::Can(along(own), verb.clone()),
        Node::Op(op, operands) => Node::Op(*op, operands.iter().map(|one| moved(one, path, depth)).collect()),
        Node::Many(many, own, body) => {
            Node::Many(*many, along(own), body.iter().map(|one| moved(one, path, depth)).collect())
        }
    };
    Expr { node, at: expr.at.clone() }
}
