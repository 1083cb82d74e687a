//! `where=status == "sent" && (total > 100 || customer.vip)`: the language of rules, over what the entity opened to filters.
//!
//! `and`, `or` and `not` are `&&`, `||` and `!`, which a URL needs encoded. A literal is read as the kind of the field that
//! it is compared with. In `lines.any(qty > 3)` stand the fields of a line, and what its own entity opened. Of NULL it is
//! unknown whether it is equal to anything, and a row of which the whole is unknown is left out.

mod operand;
mod token;

use mimsy_schema::{Expr, Field, Model, Op, Root};

use super::pairs::Pair;
use super::{Faults, Opened, Params, Spot};
use operand::Operand;
use token::{Token, Word};

/// Parentheses, negations and rows inside of each other at most.
const DEEPEST: usize = 32;

/// A place of an expression where nothing sensible can follow; it has been told.
struct Stop;

type Parsed<T> = Result<T, Stop>;

/// Reads one expression.
struct Parser<'a, 'p, 'f> {
    params: &'a Params<'a>,
    parameter: &'p str,
    tokens: &'p [Token<'p>],
    at: usize,
    /// How many tests there were.
    terms: usize,
    depth: usize,
    faults: &'f mut Faults,
}

/// Whose fields a name is one of.
#[derive(Clone, Copy)]
struct Row<'a> {
    model: &'a Model,
    root: Root,
    /// How many to-many relations lead to it.
    depth: usize,
}

/// The condition, checked; `None` where something is wrong with it.
pub(super) fn read(params: &Params<'_>, pair: &Pair<'_>, faults: &mut Faults) -> Option<Expr> {
    let parameter = pair.name.as_ref();
    let tokens = match token::tokens(&pair.value) {
        Ok(tokens) => tokens,
        Err((character, detail)) => {
            Spot { parameter, character: Some(character) }.fault(faults, "BAD_EXPRESSION", || detail);
            return None;
        }
    };
    let before = faults.count();
    let mut parser = Parser { params, parameter, tokens: &tokens, at: 0, terms: 0, depth: 0, faults };
    let row = Row { model: params.model, root: Root::Row, depth: 0 };
    let expr = parser.whole(row).ok()?;
    if faults.count() > before {
        return None;
    }
    match params.schema.condition(params.model.id, &expr) {
        Ok(expr) => Some(expr),
        Err(detail) => {
            faults.add(parameter, "BAD_EXPRESSION", detail);
            None
        }
    }
}

impl<'a, 'p> Parser<'a, 'p, '_> {
    fn whole(&mut self, row: Row<'a>) -> Parsed<Expr> {
        let expr = self.any_of(row)?;
        match self.peek() {
            None => Ok(expr),
            Some(_) => self.unexpected("`&&`, `||`, or the end"),
        }
    }

    /// `a || b || …`.
    fn any_of(&mut self, row: Row<'a>) -> Parsed<Expr> {
        self.joined(row, Op::Or, ("||", "or"), Self::all_of)
    }

    /// `a && b && …`.
    fn all_of(&mut self, row: Row<'a>) -> Parsed<Expr> {
        self.joined(row, Op::And, ("&&", "and"), Self::one)
    }

    fn joined(
        &mut self,
        row: Row<'a>,
        op: Op,
        (sign, word): (&'static str, &str),
        part: fn(&mut Self, Row<'a>) -> Parsed<Expr>,
    ) -> Parsed<Expr> {
        let mut parts = vec![part(self, row)?];
        while self.takes(sign) || self.takes_name(word) {
            parts.push(part(self, row)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::op(op, parts) })
    }

    /// A negation, a parenthesis, or a test.
    fn one(&mut self, row: Row<'a>) -> Parsed<Expr> {
        if self.takes("!") || self.takes_name("not") {
            return self.deeper(|parser| Ok(Expr::op(Op::Not, [parser.one(row)?])));
        }
        if self.takes("(") {
            let inner = self.deeper(|parser| parser.any_of(row))?;
            self.expect(")")?;
            return Ok(inner);
        }
        self.test(row)
    }

    /// A comparison, or something that is yes or no by itself.
    fn test(&mut self, row: Row<'a>) -> Parsed<Expr> {
        self.terms += 1;
        let most = self.params.limits.filters;
        if self.terms > most {
            return self.stop("TOO_MANY_FILTERS", format!("there are more than {most} tests, which are the most"));
        }
        let left = operand::read(self, row)?;
        if self.takes_name("in") {
            return self.among(&left);
        }
        let op = match self.peek() {
            Some(Word::Sign("==")) => Op::Eq,
            Some(Word::Sign("!=")) => Op::Ne,
            Some(Word::Sign("<")) => Op::Lt,
            Some(Word::Sign("<=")) => Op::Le,
            Some(Word::Sign(">")) => Op::Gt,
            Some(Word::Sign(">=")) => Op::Ge,
            _ => return self.alone(left),
        };
        let character = self.character();
        self.at += 1;
        let right = operand::read(self, row)?;
        for (side, other) in [(&left, &right), (&right, &left)] {
            side.admits(self, op, other, character);
        }
        Ok(Expr::op(op, [left.beside(self, &right), right.beside(self, &left)]))
    }

    /// `status in ("sent", "paid")`.
    fn among(&mut self, left: &Operand<'a>) -> Parsed<Expr> {
        left.admits(self, Op::In, left, self.character());
        self.expect("(")?;
        let mut operands = vec![left.expr()];
        loop {
            let literal = operand::literal(self)?;
            operands.push(literal.beside(self, left));
            if operands.len() > MOST_VALUES {
                return self.stop("TOO_MANY_VALUES", format!("more than {MOST_VALUES} values, which are the most"));
            }
            if !self.takes(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(Expr::op(Op::In, operands))
    }

    /// What stands without a comparison.
    fn alone(&mut self, operand: Operand<'a>) -> Parsed<Expr> {
        if operand.is_condition() {
            return Ok(operand.expr());
        }
        match self.peek() {
            None | Some(Word::Sign(")" | "&&" | "||")) => {
                self.fault(operand.character(), "BAD_EXPRESSION", || {
                    "this is neither yes nor no: compare it with something, as in `total > 100`".to_owned()
                });
                Ok(Expr::bool(false))
            }
            Some(_) => self.unexpected("a comparison such as `==` or `>`, or `in (…)`"),
        }
    }

    /// Something inside of something else.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.stop("TOO_DEEP", format!("goes more than {DEEPEST} levels deep, which are the most"));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn opened(&self, model: &'a Model) -> Opened<'a> {
        let paths = model.routes.as_ref().map_or(&[][..], |routes| &routes.filter);
        Opened { schema: self.params.schema, model, paths, purpose: "filters" }
    }

    fn peek(&self) -> Option<&'p Word<'p>> {
        self.tokens.get(self.at).map(|token| &token.word)
    }

    /// Where the next word stands; behind the last one, where it ends.
    fn character(&self) -> usize {
        match (self.tokens.get(self.at), self.tokens.last()) {
            (Some(token), _) => token.character,
            (None, Some(last)) => last.character + 1,
            (None, None) => 1,
        }
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let is_it = self.peek() == Some(&Word::Sign(sign));
        self.at += usize::from(is_it);
        is_it
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Word::Name(found)) if *found == name);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if self.takes(sign) { Ok(()) } else { self.unexpected(&format!("`{sign}`")) }
    }

    fn unexpected<T>(&mut self, expected: &str) -> Parsed<T> {
        let detail = match self.peek() {
            Some(word) => format!("here stands {expected}, and not `{}`", word.shown()),
            None => format!("it ends where {expected} is missing"),
        };
        self.stop("BAD_EXPRESSION", detail)
    }

    fn stop<T>(&mut self, code: &'static str, detail: String) -> Parsed<T> {
        self.fault(self.character(), code, || detail);
        Err(Stop)
    }

    fn fault(&mut self, character: usize, code: &'static str, detail: impl FnOnce() -> String) {
        Spot { parameter: self.parameter, character: Some(character) }.fault(self.faults, code, detail);
    }
}

/// Behind `in` at most.
const MOST_VALUES: usize = 1000;

/// What is asked of a field, in the words of filters.
fn name_of(field: &Field) -> &str {
    if field.name.is_empty() { "this" } else { field.name.as_str() }
}
