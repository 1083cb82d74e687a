//! The codes of problems, each with its status and title. A code is stable; its words are not.

use http::StatusCode;

/// The kind of a problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// In upper snake case.
    pub name: &'static str,
    /// The status of the answer.
    pub status: StatusCode,
    /// What it means, the same for every occurrence.
    pub title: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $status:ident $title:literal)*) => {$(
        $(#[$doc])*
        pub static $name: Code = Code { name: stringify!($name), status: StatusCode::$status, title: $title };
    )*
    /// All of them.
    pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    /// The request cannot be understood.
    BAD_REQUEST BAD_REQUEST "The request is malformed"
    /// A parameter is unknown, repeated, not opened or of the wrong type.
    BAD_PARAMETER BAD_REQUEST "A parameter is not right"
    /// A header is malformed, or asks for what would not be done.
    BAD_HEADER BAD_REQUEST "A header is not right"
    /// The body is not JSON.
    MALFORMED_JSON BAD_REQUEST "The body is not right"
    /// A batch lists more than it may.
    TOO_MANY_ITEMS BAD_REQUEST "The batch is too large"
    /// A batch lists a row twice.
    DUPLICATE_ID BAD_REQUEST "A row is listed twice"
    /// Credentials are needed.
    UNAUTHENTICATED UNAUTHORIZED "Authentication is required"
    /// The credentials are wrong.
    INVALID_TOKEN UNAUTHORIZED "The token is not valid"
    /// A rule refuses.
    FORBIDDEN FORBIDDEN "This is not allowed"
    /// Nothing there, or nothing that may be read.
    NOT_FOUND NOT_FOUND "Not found"
    /// The path is there, the method is not.
    METHOD_NOT_ALLOWED METHOD_NOT_ALLOWED "The method is not allowed here"
    /// The caller cannot read what is sent here.
    NOT_ACCEPTABLE NOT_ACCEPTABLE "Nothing here is of a type that you accept"
    /// The body did not come in time.
    REQUEST_TIMEOUT REQUEST_TIMEOUT "The body did not come in time"
    /// Another row has the same unique values.
    DUPLICATE CONFLICT "A row with these values exists"
    /// A hook of the program's refuses; its own code is in `errors`.
    CONFLICT CONFLICT "It conflicts with how things stand"
    /// Other rows still point to this one.
    RESTRICTED CONFLICT "Other rows still point to this one"
    /// The same request is being worked on.
    IDEMPOTENCY_UNDER_WAY CONFLICT "The same request is being worked on"
    /// The request was carried out before, and its answer does not hold any more.
    IDEMPOTENCY_STALE CONFLICT "The answer does not hold any more"
    /// Another request came with the same key.
    IDEMPOTENCY_MISMATCH UNPROCESSABLE_ENTITY "Another request came with this key"
    /// The row has changed since it was read.
    VERSION_MISMATCH PRECONDITION_FAILED "The row has another version"
    /// The row is there already.
    ROW_EXISTS PRECONDITION_FAILED "The row is there already"
    /// The body is too large.
    BODY_TOO_LARGE PAYLOAD_TOO_LARGE "The body is too large"
    /// The URL is too long.
    URL_TOO_LONG URI_TOO_LONG "The URL is too long"
    /// The body is not of a type that is read here.
    UNSUPPORTED_MEDIA_TYPE UNSUPPORTED_MEDIA_TYPE "The body's type is not supported"
    /// Values break rules.
    VALIDATION UNPROCESSABLE_ENTITY "Some values are not right"
    /// The caller has sent too many requests.
    RATE_LIMITED TOO_MANY_REQUESTS "Too many requests"
    /// A defect on our side.
    INTERNAL INTERNAL_SERVER_ERROR "Something went wrong on our side"
    /// Too much is waiting.
    BUSY SERVICE_UNAVAILABLE "Too busy"
    /// Too many requests are under way.
    OVERLOADED SERVICE_UNAVAILABLE "Too many requests are under way"
    /// The database cannot be reached.
    UNAVAILABLE SERVICE_UNAVAILABLE "Unavailable"
    /// The database takes no writes.
    READ_ONLY SERVICE_UNAVAILABLE "Nothing can be written"
    /// There is no room left to write.
    STORAGE_FULL INSUFFICIENT_STORAGE "No room is left"
    /// The request took too long.
    TIMEOUT SERVICE_UNAVAILABLE "The request took too long"
}
