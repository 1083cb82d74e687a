//! The actor of a request, for routes of the application's own.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;

use super::door::Door;
use super::problem::Problem;
use super::request_id::RequestId;
use crate::who::Who;

/// Who asks, by the same credentials and with the same answers as in the routes of the schema.
///
/// The routes need the door's layer: `.layer(door.layer())`.
#[derive(Clone, Debug)]
pub struct CurrentActor(pub Who);

impl<S: Send + Sync> FromRequestParts<S> for CurrentActor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let id = RequestId::of(&parts.headers);
        let Some(door) = parts.extensions.get::<Door>() else {
            tracing::error!(
                request_id = id.as_str(),
                "`CurrentActor` finds no door: add `.layer(door.layer())` to the router of this route"
            );
            return Err(Problem::internal().respond("/api", id.as_str()));
        };
        match door.who(parts).await {
            Ok(who) => Ok(Self(who)),
            Err(problem) => Err(problem.respond(&door.config().prefix, id.as_str())),
        }
    }
}
