//! The route of a request, for the log and the metrics: never a key, never a query.

use std::sync::Arc;

use mimsy_schema::{EntityId, Schema};

/// Where a request went.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// To an entity.
    Entity {
        /// The schema it was read against.
        schema: Arc<Schema>,
        /// Which entity.
        entity: EntityId,
        /// What of it.
        shape: Shape,
    },
    /// To a page of the server's own, of this path.
    Page(String),
}

/// What a path names of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `/invoices`.
    Collection,
    /// `/invoices/{id}`.
    Row,
}

impl Shape {
    /// All there are, in their order.
    pub(crate) const ALL: [Self; 2] = [Self::Collection, Self::Row];

    /// The path, with the entity's own in it: such as `/invoices/{id}`.
    pub(crate) fn template(self, path: &str) -> String {
        match self {
            Self::Collection => format!("/{path}"),
            Self::Row => format!("/{path}/{{id}}"),
        }
    }
}

impl Route {
    /// Such as `/api/invoices/{id}`.
    pub(crate) fn template(&self, prefix: &str) -> String {
        match self {
            Self::Entity { schema, entity, shape } => {
                let path = schema.model(*entity).routes.as_ref().map_or("", |routes| routes.path.as_str());
                format!("{prefix}{}", shape.template(path))
            }
            Self::Page(path) => path.clone(),
        }
    }
}
