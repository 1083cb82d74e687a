//! Errors on the wire: problem details (RFC 9457).
//!
//! [`code`] holds every code with its status and title; `from_error` is the one place where an error of an action
//! becomes a status.

pub mod code;
mod from_error;

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

pub use code::Code;

use super::params::Faults;
use crate::error::{Error, Refusal};
use crate::json::decode::MOST_VIOLATIONS;
use crate::violation::Violation;

/// An answer that tells what went wrong. Boxed: errors are rare, and results that may hold one are moved often.
#[derive(Debug)]
pub struct Problem(Box<Content>);

#[derive(Debug)]
struct Content {
    code: &'static Code,
    /// A finer code than the status's own, such as that of a parameter's fault.
    finer: Option<Cow<'static, str>>,
    detail: Cow<'static, str>,
    errors: Vec<Place>,
    refusal: Option<Refusal>,
    version: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Error>,
}

/// One of several things that are wrong: at a pointer into the body, or in a parameter.
#[derive(Debug, Serialize)]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    code: Cow<'static, str>,
    detail: String,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    params: std::collections::BTreeMap<Cow<'static, str>, serde_json::Value>,
}

impl Problem {
    pub(crate) fn new(code: &'static Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Content {
            code,
            finer: None,
            detail: detail.into(),
            errors: Vec::new(),
            refusal: None,
            version: None,
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// No route, no row, or no row that may be read: one answer for all, to the byte.
    pub(crate) fn not_found() -> Self {
        Self::new(&code::NOT_FOUND, "There is nothing here that you may read.")
    }

    /// Somebody has to say who they are.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(&code::UNAUTHENTICATED, "Say who you are: send `Authorization: Bearer …`.")
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// What somebody said about who they are is not true.
    pub(crate) fn invalid_token(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(&code::INVALID_TOKEN, detail)
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
    }

    pub(crate) fn method_not_allowed(allow: HeaderValue) -> Self {
        let detail = format!("Allowed here: {}.", allow.to_str().unwrap_or_default());
        Self::new(&code::METHOD_NOT_ALLOWED, detail).with(ALLOW, allow)
    }

    /// The caller has to wait: in whole seconds, never less than the time.
    pub(crate) fn too_many(detail: &str, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self::new(&code::RATE_LIMITED, format!("{detail}; try again in {seconds} s."))
            .with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// What is wrong with a query string. One fault gives its code to the whole.
    pub(crate) fn parameters(faults: Faults) -> Self {
        let place = |fault: super::params::Fault| Place {
            pointer: None,
            parameter: Some(fault.parameter),
            code: fault.code.into(),
            detail: fault.detail,
            params: Default::default(),
        };
        let detail = format!("Some parameters are not right; see {}.", errors(faults.listed.len(), faults.more));
        let places = faults.listed.into_iter().map(place).collect();
        Self::new(&code::BAD_PARAMETER, detail).listing(places, faults.more)
    }

    /// What is wrong with the values of a body, and how many more things are.
    pub(crate) fn invalid(violations: &[Violation], more: usize) -> Self {
        let told = &violations[..violations.len().min(MOST_VIOLATIONS)];
        let more = more + violations.len() - told.len();
        let detail = format!("Some values are not right; see {}.", errors(told.len(), more));
        Self::new(&code::VALIDATION, detail).at(told)
    }

    /// What is wrong with items of a list, of which the first gives the whole its status.
    fn items(code: &'static Code, what: &str, violations: &[Violation]) -> Self {
        let told = &violations[..violations.len().min(MOST_VIOLATIONS)];
        let detail = format!("{what}; see {}.", errors(told.len(), violations.len() - told.len()));
        Self::new(code, detail).at(told)
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// A code finer than the status's own.
    pub(crate) fn finer(mut self, code: &'static str) -> Self {
        self.0.finer = Some(code.into());
        self
    }

    /// With several places; if all have one code, it is the code of the whole. Of those that are not told, nobody knows.
    fn listing(mut self, errors: Vec<Place>, more: usize) -> Self {
        let first = errors.first().map(|first| first.code.clone()).filter(|_| more == 0);
        self.0.finer = first.filter(|code| errors.iter().all(|one| one.code == *code));
        self.0.errors = errors;
        self
    }

    /// With its pointers led from somewhere else.
    pub(crate) fn pointing(mut self, lead: impl Fn(&str) -> String) -> Self {
        for pointer in self.0.errors.iter_mut().filter_map(|place| place.pointer.as_mut()) {
            *pointer = lead(pointer);
        }
        self
    }

    /// With places in the body.
    pub(crate) fn at(mut self, violations: &[Violation]) -> Self {
        self.0.errors = violations.iter().map(place).collect();
        self
    }

    fn refused(mut self, refusal: Option<Refusal>) -> Self {
        self.0.refusal = refusal;
        self
    }

    fn caused_by(mut self, error: Error) -> Self {
        self.0.cause = Some(error);
        self
    }

    pub(crate) fn retry_after(self, seconds: u16) -> Self {
        self.with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    fn current(mut self, version: i64) -> Self {
        self.0.version = Some(version);
        match super::etag::version(version) {
            Some(tag) => self.with(ETAG, tag),
            None => self,
        }
    }

    /// The status of its answer.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.code.status
    }

    /// Its code.
    pub(crate) fn code(&self) -> &str {
        self.0.finer.as_deref().unwrap_or(self.0.code.name)
    }

    /// What caused it, for the log. Never part of the answer.
    pub(crate) fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// As a document, of the request of this id; of a part of a request, without one.
    pub(crate) fn document(&self, prefix: &str, instance: Option<&str>) -> Vec<u8> {
        let content = &self.0;
        let code = content.finer.as_deref().unwrap_or(content.code.name);
        let refusal = content.refusal.as_ref();
        let document = Document {
            kind: format!("{prefix}/problems/{code}"),
            title: content.code.title,
            status: content.code.status.as_u16(),
            detail: &content.detail,
            instance,
            code,
            errors: &content.errors,
            policy: refusal.map(|refusal| Policy { rule: refusal.rule.as_deref(), reason: &refusal.reason }),
            version: content.version,
        };
        serde_json::to_vec(&document).expect("texts and numbers always serialise")
    }

    /// The answer, for the request of this id.
    pub(crate) fn respond(self, prefix: &str, instance: &str) -> Response {
        let mut response = Response::new(Body::from(self.document(prefix, Some(instance))));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(self.0.headers);
        response
    }
}

/// Where to look for what is wrong, and how much of it is there to see.
fn errors(told: usize, more: usize) -> String {
    match more {
        0 => "`errors`".to_owned(),
        _ => format!("`errors`, which holds the first {told} of {}", told + more),
    }
}

fn place(violation: &Violation) -> Place {
    Place {
        pointer: Some(violation.pointer.clone()),
        parameter: None,
        code: violation.code.clone(),
        detail: violation.detail.clone(),
        params: violation.params.clone(),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    code: &'a str,
    #[serde(skip_serializing_if = "<[Place]>::is_empty")]
    errors: &'a [Place],
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Policy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

#[derive(Serialize)]
struct Policy<'a> {
    rule: Option<&'a str>,
    reason: &'a str,
}

#[cfg(test)]
mod tests;
