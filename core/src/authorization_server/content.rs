//! What a request carries, read as fields, for every endpoint alike.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::http::{Body, Encoded, Fields, Method, Request};
use crate::limits::{PARAMETER_NAME_OCTETS_MAX, PARAMETER_VALUE_OCTETS_MAX, PARAMETERS_MAX};
use crate::refusal::{Compared, Refusal, Rule};
use crate::wire::form::{self, FormProblem, Memory};

/// The form in a body; nothing in an empty one.
///
/// # Errors
/// [`Rule::ContentReadable`] when it is something else or cannot be read, [`Rule::WithinLimits`].
pub(super) fn form_fields(body: &Body) -> Result<Cow<'_, Fields>, Refusal> {
    form_fields_in(body, &mut Memory::default())
}

/// The same, in memory that the caller lends.
pub(super) fn form_fields_in<'a>(
    body: &'a Body,
    memory: &mut Memory,
) -> Result<Cow<'a, Fields>, Refusal> {
    match body {
        Body::Empty => Ok(Cow::Owned(Fields::EMPTY)),
        Body::Form(encoded) => encoded_fields(encoded, memory),
        Body::Json(_) => Err(not_a_form("application/json")),
        Body::Page(_) => Err(not_a_form("text/html")),
        Body::Octets { content_type, .. } => Err(not_a_form(content_type.as_str())),
    }
}

/// The parameters in the query.
///
/// # Errors
/// [`Rule::ContentReadable`], [`Rule::WithinLimits`]
pub(super) fn query_fields(request: &Request) -> Result<Cow<'_, Fields>, Refusal> {
    query_fields_in(request, &mut Memory::default())
}

/// The same, in memory that the caller lends.
pub(super) fn query_fields_in<'a>(
    request: &'a Request,
    memory: &mut Memory,
) -> Result<Cow<'a, Fields>, Refusal> {
    match &request.url.query {
        None => Ok(Cow::Owned(Fields::EMPTY)),
        Some(encoded) => encoded_fields(encoded, memory),
    }
}

/// RFC 6749 §3.1, §3.2 (MUST): only the methods that an endpoint takes. The refusal expects what `Allow` says.
///
/// # Errors
/// [`Rule::MethodAllowed`]
pub(super) fn method(request: &Request, allowed: &[Method]) -> Result<(), Refusal> {
    if allowed.contains(&request.method) {
        return Ok(());
    }
    let words: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    Err(Refusal::new(
        Rule::MethodAllowed,
        Compared::shown(&words.join(", ")),
        Compared::shown(request.method.as_str()),
    ))
}

fn encoded_fields<'a>(
    encoded: &'a Encoded,
    memory: &mut Memory,
) -> Result<Cow<'a, Fields>, Refusal> {
    let fields = form::pairs_in(encoded, memory).map_err(|error| match error.problem {
        FormProblem::PercentEncoding | FormProblem::Utf8 => Refusal::new(
            Rule::ContentReadable,
            Compared::Absent,
            Compared::shown(&alloc::format!("{error}")),
        ),
        FormProblem::TooManyParameters | FormProblem::NameTooLong | FormProblem::ValueTooLong => {
            beyond_limits()
        }
    })?;
    // What was octets kept the limits while it was read.
    if let Cow::Borrowed(fields) = fields {
        within_limits(fields)?;
    }
    Ok(fields)
}

/// Fields that never were octets keep the bounds of those that were: both modes of a run agree.
pub(super) fn within_limits(fields: &Fields) -> Result<(), Refusal> {
    let too_many = fields.0.len() > PARAMETERS_MAX;
    let too_long = fields.0.iter().any(|(name, value)| {
        name.len() > PARAMETER_NAME_OCTETS_MAX || value.len() > PARAMETER_VALUE_OCTETS_MAX
    });
    if too_many || too_long {
        return Err(beyond_limits());
    }
    Ok(())
}

/// The same words whether octets or fields were counted.
fn beyond_limits() -> Refusal {
    Refusal::new(
        Rule::WithinLimits,
        Compared::Absent,
        Compared::shown("more parameters, or longer ones, than are read"),
    )
}

fn not_a_form(content_type: &str) -> Refusal {
    Refusal::new(
        Rule::ContentReadable,
        Compared::shown("application/x-www-form-urlencoded"),
        Compared::shown(content_type),
    )
}
