//! What revocation and introspection requests have in common: one token, and who asks (RFC 7009 §2.1,
//! RFC 7662 §2.1).

use super::parameters::push_optional;
use super::{ClientCredentials, MessageError, Parameters, Repeats};
use crate::http::Fields;
use crate::text::Text;

/// The parts of such a request.
pub(super) struct AboutToken {
    pub(super) client: Option<ClientCredentials>,
    pub(super) token: Text,
    pub(super) token_type_hint: Option<Text>,
}

impl AboutToken {
    /// RFC 7009 §2.1, RFC 7662 §2.1 (MUST): a token is there; RFC 6749 §3.2 for repeats and empty values.
    pub(super) fn parse(
        authorization: Option<&Text>,
        fields: &Fields,
        repeats: Repeats,
    ) -> Result<Self, MessageError> {
        let parameters = Parameters::new(fields, repeats);
        Ok(Self {
            client: ClientCredentials::parse(authorization, &parameters)?,
            token: parameters.required("token")?.clone(),
            token_type_hint: parameters.optional("token_type_hint")?.cloned(),
        })
    }
}

/// The body of such a request.
pub(super) fn write_fields(
    client: Option<&ClientCredentials>,
    token: &Text,
    token_type_hint: Option<&Text>,
) -> Fields {
    let mut fields = Fields::EMPTY.with("token", token.clone());
    push_optional(
        &mut fields,
        "token_type_hint",
        token_type_hint.map(Text::as_str),
    );
    if let Some(client) = client {
        client.write_fields(&mut fields);
    }
    fields
}
