//! The resource server as a client and the authorization server see it.

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use grantlab_core::canonical::{Canonical, Encoder};
    use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
    use grantlab_core::event::Event;
    use grantlab_core::http::{
        Body, Encoded, Fields, Header, Method, Origin, Request, Response, Status, Url,
    };
    use grantlab_core::json::Json;
    use grantlab_core::limits::WAITING_MAX;
    use grantlab_core::machine::{Context, ExchangeId, Failure, Machine, Output};
    use grantlab_core::message::{
        DpopProof, IntrospectionRequest, IntrospectionResponse, Proved, Repeats, SigningKey,
        attach_proof, set_client_certificate,
    };
    use grantlab_core::refusal::Rule;
    use grantlab_core::resource_server::policy::ResourceServerPolicy;
    use grantlab_core::resource_server::{Configuration, Input, ResourceServer};
    use grantlab_core::text::Text;
    use grantlab_core::time::{Span, Timestamp};
    use grantlab_core::value::{
        AccessToken, ClientId, ClientSecret, Confirmation, Issuer, Scope, Subject, Thumbprint,
    };
    use grantlab_core::wire::bearer::Challenge;

    struct Counter(u64);

    impl Entropy for Counter {
        fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
            [0; FRESH_OCTETS]
        }

        fn ticket(&mut self) -> u64 {
            self.0 += 1;
            self.0
        }
    }

    struct Lab {
        server: ResourceServer,
        now: u64,
        counter: Counter,
    }

    const ISSUER: &str = "https://as.example";

    fn lab() -> Lab {
        lab_with(ResourceServerPolicy::secure())
    }

    fn lab_with(policy: ResourceServerPolicy) -> Lab {
        Lab {
            server: ResourceServer::new(Arc::new(Configuration {
                origin: Origin::https("rs.example"),
                path: Text::new("/resource"),
                realm: Text::new("things"),
                introspection_endpoint: Text::new("https://as.example/introspect"),
                client_id: ClientId::new("rs").unwrap(),
                client_secret: ClientSecret::new("rs-secret").unwrap(),
                policy,
                required_scope: Some(Text::new("read things")),
                issuer: Issuer::new(ISSUER).unwrap(),
                patience: Span(5_000),
            })),
            now: 10_000,
            counter: Counter(100),
        }
    }

    impl Lab {
        fn tell(&mut self, input: Input) -> Vec<Output> {
            let mut outputs = Vec::new();
            let mut ctx = Context::new(Timestamp(self.now), &mut self.counter, &mut outputs);
            self.server.handle(input, &mut ctx);
            outputs
        }

        fn request(&mut self, request: Request) -> Vec<Output> {
            let exchange = ExchangeId(1);
            self.tell(Input::Request {
                exchange,
                request: request.into(),
            })
        }

        /// Asks with a token and says under which name the authorization server was asked.
        fn asked(&mut self) -> (ExchangeId, Request) {
            let outputs = self.request(with_token());
            let [Output::Send { exchange, request }] = outputs.as_slice() else {
                panic!("{outputs:?}");
            };
            (*exchange, (**request).clone())
        }

        fn verdict(&mut self, response: Response) -> Vec<Output> {
            let (exchange, _) = self.asked();
            self.tell(Input::Response {
                exchange,
                response: response.into(),
            })
        }

        fn octets(&self) -> Vec<u8> {
            let mut out = Encoder::default();
            self.server.encode(&mut out);
            out.into_octets()
        }
    }

    fn url() -> Url {
        Url::new(&Origin::https("rs.example"), "/resource")
    }

    fn with_token() -> Request {
        let mut request = Request::get(url());
        let bearer = Header::Authorization(Text::new("Bearer token-1"));
        request.headers.push(bearer);
        request
    }

    fn active(scope: &str, exp: Option<u64>, iss: &str) -> Response {
        let answer = IntrospectionResponse::Active {
            client_id: ClientId::new("c").unwrap(),
            sub: Subject::new("alice").unwrap(),
            scope: Scope::new(scope).unwrap(),
            exp: exp.map(Timestamp),
            iss: Issuer::new(iss).unwrap(),
            cnf: None,
        };
        Response::new(Status::OK, Body::Json(answer.write()))
    }

    /// A good answer about a token that is bound to somebody.
    fn bound(to: Confirmation) -> Response {
        let answer = IntrospectionResponse::Active {
            client_id: ClientId::new("c").unwrap(),
            sub: Subject::new("alice").unwrap(),
            scope: Scope::new("read things").unwrap(),
            exp: None,
            iss: Issuer::new(ISSUER).unwrap(),
            cnf: Some(to),
        };
        Response::new(Status::OK, Body::Json(answer.write()))
    }

    fn inactive() -> Response {
        let answer = IntrospectionResponse::Inactive.write();
        Response::new(Status::OK, Body::Json(answer))
    }

    /// The response and the noted fact.
    fn answer(outputs: &[Output]) -> (&Response, &Event) {
        let [Output::Respond { response, .. }, Output::Note(event)] = outputs else {
            panic!("{outputs:?}");
        };
        (response, event)
    }

    fn refused(outputs: &[Output]) -> (Status, Rule, Option<Challenge>) {
        let (response, event) = answer(outputs);
        let Event::ResourceRefused { refusal } = event else {
            panic!("{event:?}");
        };
        let challenge = response.headers.find(|header| {
            if let Header::WwwAuthenticate(field) = header {
                Some(Challenge::read(field.as_str()).unwrap())
            } else {
                None
            }
        });
        (response.status, refusal.rule, challenge)
    }

    fn parameter(challenge: Option<&Challenge>, name: &str) -> Option<String> {
        Some(challenge?.parameter(name)?.to_string())
    }

    #[test]
    fn the_authorization_server_is_asked_and_the_owner_served() {
        let mut lab = lab();
        let (exchange, request) = lab.asked();
        assert_eq!(request.url.endpoint(), "https://as.example/introspect");
        let Body::Form(Encoded::Fields(fields)) = &request.body else {
            panic!("{request:?}");
        };
        let authorization = request.headers.authorization().unwrap();
        let read = IntrospectionRequest::parse(authorization, fields, Repeats::Refuse).unwrap();
        assert_eq!(read.token, "token-1");
        assert_eq!(read.client.unwrap().client_id.as_str(), "rs");
        let response = active("read things more", Some(11_000), ISSUER);
        let outputs = lab.tell(Input::Response {
            exchange,
            response: response.into(),
        });
        let (response, event) = answer(&outputs);
        assert_eq!(response.status, Status::OK);
        let Body::Json(json) = &response.body else {
            panic!("{response:?}");
        };
        assert_eq!(json.member("sub"), Some(&Json::from("alice")));
        let private = Header::CacheControl(Text::new("private, no-store"));
        assert!(response.headers.0.contains(&private));
        let Event::ResourceServed {
            access_token,
            owner,
            client_id,
            sender: None,
        } = event
        else {
            panic!("{event:?}");
        };
        assert_eq!(access_token.as_str(), "token-1");
        assert_eq!((owner.as_str(), client_id.as_str()), ("alice", "c"));
        assert_eq!(lab.server.next_deadline(), None);
    }

    /// RFC 6750 §3, §3.1: status, rule, `error` and `scope` for each verdict.
    #[test]
    fn a_token_that_is_not_good_is_told_why() {
        let good = "read things";
        let table = [
            (inactive(), 401, Rule::TokenGood, "invalid_token", None),
            (
                active(good, Some(10_000), ISSUER),
                401,
                Rule::TokenGood,
                "invalid_token",
                None,
            ),
            (
                active(good, None, "https://evil.example"),
                401,
                Rule::TokenGood,
                "invalid_token",
                None,
            ),
            (
                active("read", None, ISSUER),
                403,
                Rule::TokenScopeCovers,
                "insufficient_scope",
                Some(good),
            ),
        ];
        for (response, status, rule, error, scope) in table {
            let outputs = lab().verdict(response);
            let (found, broken, challenge) = refused(&outputs);
            assert_eq!((found.0, broken), (status, rule));
            let challenge = challenge.as_ref();
            assert_eq!(parameter(challenge, "error").as_deref(), Some(error));
            assert_eq!(parameter(challenge, "scope").as_deref(), scope);
            assert!(parameter(challenge, "error_description").is_some());
        }
    }

    /// RFC 6750 §3.1: without a token there is no error to speak of.
    #[test]
    fn without_a_token_the_challenge_is_bare() {
        let mut basic = Request::get(url());
        let credentials = Header::Authorization(Text::new("Basic Yzpz"));
        basic.headers.push(credentials);
        for request in [Request::get(url()), basic] {
            let outputs = lab().request(request);
            let (status, rule, challenge) = refused(&outputs);
            assert_eq!((status.0, rule), (401, Rule::TokenPresent));
            assert_eq!(challenge.unwrap().write(), "Bearer realm=\"things\"");
        }
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed("", [seed; 32])
    }

    /// A request with a token under `scheme`, and a proof by the key of this seed.
    fn proved(scheme: &str, seed: u8, jti: &str) -> Request {
        let token = AccessToken::new("token-1").unwrap();
        let mut request = Request::get(url());
        let field = Text::from(format!("{scheme} token-1"));
        request.headers.push(Header::Authorization(field));
        let proof = DpopProof::of(
            &Proved {
                method: "GET",
                url: &url(),
                access_token: Some(&token),
                now: Timestamp(10_000),
            },
            Text::new(jti),
        );
        attach_proof(&mut request.headers, key(seed).prove(&proof));
        request
    }

    fn certified(certificate: &[u8]) -> Request {
        let mut request = with_token();
        let thumbprint = Thumbprint::of(certificate);
        set_client_certificate(&mut request.headers, Some(&thumbprint));
        request
    }

    impl Lab {
        /// Asks with this request for what the token of this answer opens: the rule that says no, if one does.
        fn outcome(&mut self, request: Request, verdict: Response) -> Option<Rule> {
            let outputs = self.request(request);
            let [Output::Send { exchange, .. }] = outputs.as_slice() else {
                panic!("{outputs:?}");
            };
            let outputs = self.tell(Input::Response {
                exchange: *exchange,
                response: verdict.into(),
            });
            let (_, event) = answer(&outputs);
            if let Event::ResourceRefused { refusal } = event {
                return Some(refusal.rule);
            }
            assert_eq!(event.name(), "resource_served");
            None
        }
    }

    /// RFC 9449 §7.1, §7.2, §11.1.
    #[test]
    fn a_token_of_a_key_is_served_to_its_key_once_per_proof() {
        let to = || bound(Confirmation::Key(key(1).verifying_key().thumbprint()));
        let mut lab = lab();
        for (request, expected) in [
            (with_token(), Some(Rule::SenderProved)),
            (proved("Bearer", 1, "a"), Some(Rule::SenderProved)),
            (proved("DPoP", 2, "a"), Some(Rule::SenderProved)),
            (proved("DPoP", 1, "a"), None),
            (proved("DPoP", 1, "a"), Some(Rule::ProofUnused)),
            (proved("DPoP", 1, "b"), None),
        ] {
            assert_eq!(lab.outcome(request, to()), expected);
        }
        lab.now += 120_000;
        let late = lab.outcome(proved("DPoP", 1, "c"), to());
        assert_eq!(late, Some(Rule::SenderProved));
    }

    /// RFC 9449 §7.1: what is bound to nobody is a bearer token.
    #[test]
    fn a_token_of_nobody_has_no_proof() {
        let good = || active("read things", None, ISSUER);
        let with_proof = lab().outcome(proved("DPoP", 1, "a"), good());
        assert_eq!(with_proof, Some(Rule::SenderProved));
        assert_eq!(lab().outcome(proved("Bearer", 1, "a"), good()), None);
    }

    /// RFC 8705 §3.
    #[test]
    fn a_token_of_a_certificate_is_served_over_its_connections() {
        let to = || bound(Confirmation::Certificate(Thumbprint::of(b"mine")));
        for (request, expected) in [
            (with_token(), Some(Rule::CertificateMatches)),
            (certified(b"other"), Some(Rule::CertificateMatches)),
            (certified(b"mine"), None),
            (certified(b"mine"), None),
        ] {
            assert_eq!(lab().outcome(request, to()), expected);
        }
    }

    #[test]
    fn what_nobody_checks_passes() {
        let set = |key: &str, value: &str| {
            let mut policy = ResourceServerPolicy::secure();
            policy.set(key, value).unwrap();
            lab_with(policy)
        };
        let to = || bound(Confirmation::Key(key(1).verifying_key().thumbprint()));
        let mut unchecked = set("rs.pop", "unchecked");
        assert_eq!(unchecked.outcome(with_token(), to()), None);
        let mut again = set("rs.pop_replay", "off");
        assert_eq!(again.outcome(proved("DPoP", 1, "a"), to()), None);
        assert_eq!(again.outcome(proved("DPoP", 1, "a"), to()), None);
        let other = again.outcome(proved("DPoP", 2, "a"), to());
        assert_eq!(other, Some(Rule::SenderProved));
    }

    #[test]
    fn a_token_has_one_place() {
        let token = || Encoded::Fields(Fields::EMPTY.with("access_token", "token-1"));
        let in_query = Request::get(url().with_query(token()));
        let in_body = Request {
            body: Body::Form(token()),
            ..Request::get(url())
        };
        let mut twice = with_token();
        twice.headers.0.extend(with_token().headers.0);
        let mut both = with_token();
        both.body = Body::Form(token());
        let mut two_words = Request::get(url());
        let words = Header::Authorization(Text::new("Bearer a b"));
        two_words.headers.push(words);
        for request in [in_query, in_body, twice, both, two_words] {
            let outputs = lab().request(request);
            let (status, rule, challenge) = refused(&outputs);
            assert_eq!((status.0, rule), (400, Rule::OneTokenPlace));
            let error = parameter(challenge.as_ref(), "error");
            assert_eq!(error.as_deref(), Some("invalid_request"));
        }
    }

    #[test]
    fn other_paths_methods_and_octets_are_refused_without_a_challenge() {
        let elsewhere = Request {
            url: Url::new(&Origin::https("rs.example"), "/other"),
            ..with_token()
        };
        let post = Request {
            method: Method::Post,
            ..with_token()
        };
        let broken = Request {
            url: url().with_query(Encoded::Octets(Text::new("a=%zz"))),
            ..with_token()
        };
        let table = [
            (elsewhere, 404, Rule::EndpointExists),
            (post, 405, Rule::MethodAllowed),
            (broken, 400, Rule::ContentReadable),
        ];
        for (request, status, rule) in table {
            let outputs = lab().request(request);
            let (found, broken, challenge) = refused(&outputs);
            assert_eq!((found.0, broken, challenge), (status, rule, None));
        }
    }

    #[test]
    fn without_a_verdict_nothing_is_served() {
        let unusable = [
            Response::new(Status::UNAUTHORIZED, Body::Empty),
            Response::new(Status::OK, Body::Empty),
            Response::new(Status::OK, Body::Json(Json::Null)),
            Response {
                status: Status::CREATED,
                ..active("read things", None, ISSUER)
            },
        ];
        for response in unusable {
            let outputs = lab().verdict(response);
            let (status, rule, _) = refused(&outputs);
            assert_eq!((status.0, rule), (503, Rule::VerdictReachable));
        }
        let mut lab = lab();
        let (exchange, _) = lab.asked();
        let failure = Failure::Unreachable;
        let outputs = lab.tell(Input::Failed { exchange, failure });
        assert_eq!(refused(&outputs).0.0, 503);
    }

    #[test]
    fn patience_ends_at_the_deadline_and_a_late_verdict_is_ignored() {
        let mut lab = lab();
        let before = lab.octets();
        let (exchange, _) = lab.asked();
        assert_ne!(lab.octets(), before);
        assert_eq!(lab.server.next_deadline(), Some(Timestamp(15_000)));
        lab.now = 14_999;
        assert!(lab.tell(Input::Deadline).is_empty());
        lab.now = 15_000;
        let outputs = lab.tell(Input::Deadline);
        assert_eq!(refused(&outputs).1, Rule::VerdictReachable);
        let response = active("read things", None, ISSUER);
        assert!(
            lab.tell(Input::Response {
                exchange,
                response: response.into()
            })
            .is_empty()
        );
        assert_eq!(lab.octets(), before);
    }

    #[test]
    fn a_restart_forgets_who_waited() {
        let mut lab = lab();
        let (exchange, _) = lab.asked();
        lab.server.restart();
        let response = active("read things", None, ISSUER);
        assert!(
            lab.tell(Input::Response {
                exchange,
                response: response.into()
            })
            .is_empty()
        );
        assert_eq!(lab.server.next_deadline(), None);
    }

    #[test]
    fn waiting_is_bounded() {
        let mut lab = lab();
        for _ in 0..WAITING_MAX {
            lab.asked();
        }
        let outputs = lab.request(with_token());
        assert_eq!(refused(&outputs).1, Rule::VerdictReachable);
    }
}
