//! Which fields of the rows in memory an expression reads.

use mimsy_schema::{Expr, Model, Node, Path, Root};

/// The fields of the new row and of the old one whose values decide an expression, whatever lies beyond them: rows that
/// are alike in these have the same answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Of the row itself, or of the row after a change.
    pub new: Vec<usize>,
    /// Of the row before it.
    pub old: Vec<usize>,
}

impl Reads {
    /// Those of an expression over rows of an entity.
    #[must_use]
    pub fn of(expr: &Expr, model: &Model) -> Self {
        let mut reads = Self::default();
        // Every node is looked at, so none is what is looked for.
        expr.any(&mut |node| {
            if let Node::Path(path) | Node::Many(_, path, _) = node {
                reads.add(path, model);
            }
            false
        });
        reads
    }

    fn add(&mut self, path: &Path, model: &Model) {
        let fields = match path.root {
            Root::Row | Root::New => &mut self.new,
            Root::Old => &mut self.old,
            Root::Actor | Root::Each(_) => return,
        };
        let Some(first) = path.fields.first().and_then(|name| model.field_index(name)) else { return };
        // What leads to other rows is what the join reads here.
        let near = model.link(first).into_iter().flat_map(mimsy_schema::Link::near);
        let own = Some(first).filter(|_| model.fields()[first].is_column());
        for field in own.into_iter().chain(near) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
}
