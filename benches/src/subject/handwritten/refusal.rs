//! What a request is refused with.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) enum Refusal {
    Unauthenticated,
    Forbidden,
    NotFound,
    BadCursor,
    Invalid(&'static str),
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "a valid token is needed"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "your role does not allow this"),
            Self::NotFound => (StatusCode::NOT_FOUND, "no such item"),
            Self::BadCursor => (StatusCode::BAD_REQUEST, "the cursor is not one of ours"),
            Self::Invalid(detail) => (StatusCode::UNPROCESSABLE_ENTITY, detail),
            Self::Failed(error) => {
                eprintln!("{error}");
                (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")
            }
        };
        (status, Json(json!({"status": status.as_u16(), "detail": detail}))).into_response()
    }
}
