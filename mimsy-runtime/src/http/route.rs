//! The route of a request, for the log and the metrics: never a key, never a query.

use std::sync::Arc;

use mimsy_schema::{EntityId, Schema};

use super::path::Place;

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
    /// `/invoices:batchCreate`.
    BatchCreate,
    /// `/invoices:batchUpdate`.
    BatchUpdate,
    /// `/invoices:batchDelete`.
    BatchDelete,
}

impl Shape {
    /// All there are, in their order.
    pub(crate) const ALL: [Self; 5] =
        [Self::Collection, Self::Row, Self::BatchCreate, Self::BatchUpdate, Self::BatchDelete];

    /// What a path names; `None` where it is nothing that there is.
    pub(crate) fn of(place: &Place<'_>) -> Option<Self> {
        match (place.row, place.action) {
            (None, None) => Some(Self::Collection),
            (Some(_), None) => Some(Self::Row),
            (None, Some("batchCreate")) => Some(Self::BatchCreate),
            (None, Some("batchUpdate")) => Some(Self::BatchUpdate),
            (None, Some("batchDelete")) => Some(Self::BatchDelete),
            (_, Some(_)) => None,
        }
    }

    /// The path, with the entity's own in it: such as `/invoices/{id}`.
    pub(crate) fn template(self, path: &str) -> String {
        match self {
            Self::Collection => format!("/{path}"),
            Self::Row => format!("/{path}/{{id}}"),
            Self::BatchCreate => format!("/{path}:batchCreate"),
            Self::BatchUpdate => format!("/{path}:batchUpdate"),
            Self::BatchDelete => format!("/{path}:batchDelete"),
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
