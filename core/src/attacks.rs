//! The published attacks: what makes each work, and which rule stops it. There is no code here.
//!
//! The order is that of RFC 9700 §4; what it does not have comes last.
//! Letters and numbers name each attack, here and in whatever speaks of it.
//! Attackers are those of RFC 9700 §3: A1 has web pages, browsers, clients and servers of his own; A2 the network;
//! A3 reads authorization responses; A4 reads authorization requests; A5 holds an access token.
//!
//! Each entry says:
//! - *Works with*: the settings that the attack needs, as `switch=value|value`.
//! - *Stopped by*: the rule that refuses it, or the setting that takes its ground away.
//! - *Does not help*: what one might think helps.
//! - *Shown by*: the scenario in which it succeeds; *Refused in*: the one in which the rule stops it.
//!
//! # Insufficient redirect URI validation (RFC 9700 §4.1)
//!
//! ## RU-01: a redirection URI of the attacker's own
//! A1 lures an owner to an authorization request that names a URI of his; the server takes it for registered and
//! sends the code there. A public client needs no secret to redeem it.
//! - Works with: `as.redirect_match=prefix|origin|glob_any|regex_unescaped|none`, `client.type=public`.
//! - Stopped by: [RedirectRegistered], octet for octet.
//! - Does not help: PKCE, because the attacker wrote the request and so knows the verifier.
//! - Refused in: `scenarios/refusals/unregistered-redirect-uri.json`.
//!
//! ## RU-03: a sub-domain that changed hands
//! As RU-01, at a forgotten sub-domain of the client's that A1 now owns.
//! - Works with: `as.redirect_match=wildcard_subdomain`.
//! - Stopped by: [RedirectRegistered], octet for octet.
//!
//! ## RU-04: loose matching and an open redirector at the client
//! The redirection URI leads to a page of the client's that redirects anywhere, and the code goes along.
//! - Works with: `as.redirect_match=prefix|origin`, `client.open_redirector=present`.
//! - Stopped by: [RedirectRegistered]; a client without open redirector (`client.open_redirector=none`).
//! - Refused in: `scenarios/refusals/redirect-uri-with-more-path.json`.
//!
//! ## RU-07: two codes in one response
//! The redirection URI already has a `code`; the server appends the owner's. The client redeems the first, fails,
//! and shows an error page from which the second leaks, unredeemed.
//! - Works with: `as.redirect_params=allow`, `as.redirect_match=prefix|origin|glob_any|none`,
//!   `as.redirect_at_token=ignored`, `client.dup_params=first`, `client.error_page=third_party_content`.
//! - Stopped by: [RedirectUnreserved], [RedirectRegistered], [ResponseReadable], [CodeRedirectMatches].
//! - Refused in: `scenarios/refusals/redirect-uri-with-response-parameters.json`.
//!
//! ## RU-09: one transaction for two tabs
//! While the owner reads the consent page of an honest client, A1 starts a request of his own client in another
//! tab. The server keeps one request per session, so the owner's yes is a yes to the attacker.
//! - Works with: `as.txn=session_singleton`.
//! - Stopped by: a place of its own for each request (`as.txn=per_request`), which [TransactionOpen] looks up.
//!
//! ## RU-10: an app that listens for another's redirection
//! Two apps on one device claim the same private-use scheme or loopback port, and the code reaches the wrong one.
//! - Works with: `client.type=public`, `as.pkce=optional|ignored`.
//! - Stopped by: [VerifierMatches], if [ChallengePresent] demands a challenge.
//!
//! # Credential leakage via Referer headers (RFC 9700 §4.2)
//!
//! ## LK-01: the client's page tells others the response
//! The page at the redirection endpoint loads a picture of A1's, and its `Referer` has code and `state`. The code
//! is used up; the `state`, if still good, admits a response of the attacker's.
//! - Works with: `client.callback_page=third_party_content`, `client.state=bound_multi`, and
//!   `client.referrer=unsafe-url` or `ua.referrer_default=legacy`.
//! - Stopped by: [StateMatches] with a `state` that is good once; [VerifierMatches]; a redirect to a clean URL
//!   (`client.callback_page=clean_redirect`); `client.referrer=no-referrer`.
//!
//! ## LK-02: the server's page tells others the request
//! The login page loads a picture of A1's, and its `Referer` has the `state`. Before the owner has logged in, A1
//! sends his own code with that `state`.
//! - Works with: `as.third_party_content=present`, `client.pkce=none`, and `as.referrer=unsafe-url` or
//!   `ua.referrer_default=legacy`.
//! - Stopped by: [VerifierMatches]; `as.referrer=no-referrer`; `as.third_party_content=none`.
//!
//! ## LK-04: break the happy path, then read the URL
//! The owner is led through a request that the attacker started. The client refuses the response, as it should,
//! and its error page leaks a code that nobody has redeemed; the attacker injects it into his own session.
//! - Works with: `client.error_page=third_party_content`; with `as.response_modes=any` or `as.response_types=any`
//!   the client can even be kept from reading the code.
//! - Stopped by: an error page that loads nothing (`client.error_page=clean`); the variant with another response
//!   mode or type by [ResponseModeSupported] and [ResponseTypeRegistered].
//! - Does not help: `state`, `nonce`, PKCE and pushed requests, because the owner carries the attacker's own.
//!
//! # Credential leakage via browser history (RFC 9700 §4.3)
//!
//! ## LK-03: a code in a history, log or proxy
//! A3 reads the URL of the response later, and replays or injects the code.
//! - Works with: `as.code_use=check_then_set|unlimited`, or a response that never reached the client.
//! - Stopped by: [CodeSingleUse]; [VerifierMatches]; a response that is no URL (`flow.response_mode=form_post`).
//!
//! # Mix-up (RFC 9700 §4.4)
//!
//! ## MX-01: the owner starts with the attacker's server
//! A server of A1's passes the client's request on to the honest server. The response comes back to the client,
//! which believes that the attacker's server sent it and hands it code and verifier.
//! - Works with: `client.as_set=multi`, `client.as_tracking=session`, `client.redirect_uris=shared`,
//!   `client.iss_check=off`, `client.type=public`.
//! - Stopped by: [IssuerMatches], if the server says who it is (`as.iss_param=on`); [ContextMatches], if each
//!   server has a redirection URI of its own and [RedirectRegistered] holds.
//! - Does not help: PKCE, because the client hands over the verifier too.
//! - Refused in: `scenarios/refusals/callback-from-another-issuer.json`,
//!   `scenarios/refusals/callback-without-issuer.json`.
//!
//! ## MX-03: mix-up by changing the first request
//! A2 rewrites the choice of server in a request over plain HTTP; the rest is MX-01.
//! - Works with: `client.as_set=multi`, `client.as_tracking=session`, `client.redirect_uris=shared`,
//!   `client.iss_check=off`.
//! - Stopped by: what stops MX-01; TLS from the first request on.
//!
//! ## MX-05: mix-up by metadata
//! The attacker's server publishes the honest authorization endpoint and issuer beside a token endpoint of its own.
//! - Works with: `client.as_config=free_endpoints`, `client.issuer_unique=off`, `client.type=public`.
//! - Stopped by: [IssuerTrusted].
//!
//! ## MX-07: one client, many tools
//! A client platform keeps a session for a hostile tool while the response arrives at the redirection URI of an
//! honest one: mix-up and code injection in one.
//! - Works with: `client.context_check=off`, `client.redirect_uris=per_context`, and `client.iss_check=off` or
//!   `client.issuer_unique=off`.
//! - Stopped by: [ContextMatches]; [IssuerMatches] only where the issuers differ.
//!
//! ## MX-08: the redirection URI says who answers
//! The owner starts with the attacker's server, which answers at the redirection URI of the honest one with a code
//! of the attacker's. A client that goes by the URI logs the owner in as the attacker.
//! - Works with: `client.as_tracking=redirect_uri` or `client.check_scope=global`.
//! - Stopped by: [ContextMatches]; `client.as_tracking=session`.
//! - Does not help: [IssuerMatches] alone, because the attacker writes the `iss`.
//! - Refused in: `scenarios/refusals/callback-at-another-redirect-uri.json`.
//!
//! ## MX-12: an account without its issuer
//! A server of A1's asserts the subject or e-mail address of somebody else.
//! - Works with: `client.account_key=sub|email`.
//! - Stopped by: accounts by issuer and subject (`client.account_key=iss+sub`).
//!
//! # Authorization code injection (RFC 9700 §4.5)
//!
//! ## CU-03: a stolen code in the attacker's own session
//! A3 has a code that its client never redeemed, starts a login of his own and puts the code into the response.
//! - Works with: `client.pkce=none` or `as.pkce=ignored`, and `client.nonce=none|sent_not_checked`.
//! - Stopped by: [VerifierMatches]; [NonceMatches].
//! - Does not help: `state`, because it is the attacker's own session.
//! - Refused in: `scenarios/refusals/verifier-for-another-login.json`.
//!
//! ## CU-04: a code that was issued to another client
//! The owner authorizes a client of A1's, who injects that code into his session at the honest client.
//! - Works with: `as.code_bind_client=off`, `as.redirect_at_token=ignored`.
//! - Stopped by: [CodeBoundToClient]; [CodeRedirectMatches].
//! - Refused in: `scenarios/refusals/code-of-another-client.json`.
//!
//! ## BS-01: browser swapping
//! A1 starts a login and lets the owner finish it in the owner's browser. If A3 reads that response, the attacker
//! finishes his own login with the owner's code.
//! - Works with: every setting, if responses leak.
//! - Stopped by: no rule; responses that do not leak.
//! - Does not help: `state`, `nonce`, PKCE and pushed requests, because the transaction is the attacker's own.
//!
//! # Access token injection (RFC 9700 §4.6)
//!
//! ## TK-01: a token in the response to a code flow
//! A5 adds a stolen `access_token` to his own response, and the client uses it although it asked for a code.
//! - Works with: `client.front_tokens=accepted`.
//! - Stopped by: a client that reads no tokens there (`client.front_tokens=ignored`).
//!
//! # Cross-site request forgery (RFC 9700 §4.7)
//!
//! ## CS-01: a response that nobody asked for
//! A1 keeps the code of his own login and lets the owner's browser deliver it: the owner works in the attacker's
//! account.
//! - Works with: `client.state=absent|sent_not_checked|static`, `client.pkce=none`, `client.nonce=none`.
//! - Stopped by: [StateMatches]; [VerifierMatches]; [NonceMatches].
//! - Refused in: `scenarios/refusals/callback-with-wrong-state.json`,
//!   `scenarios/refusals/callback-without-state.json`.
//!
//! ## CS-02: a `state` that belongs to nobody
//! As CS-01, with a `state` of the attacker's own that the client finds in a place shared by all sessions.
//! - Works with: `client.state=unbound_store|static`.
//! - Stopped by: [StateMatches] in the browser session of the login.
//! - Does not help: PKCE, if the verifier is looked up by `state`.
//!
//! ## CS-04: a `state` from a stolen response
//! A3 reads a response that the client never saw, and sends its `state` with a code of his own.
//! - Works with: `client.pkce=none`.
//! - Stopped by: [VerifierMatches].
//!
//! ## PK-07: nothing equals nothing
//! The owner has no login under way, so the client has nothing to compare a forged response with, and skips it.
//! - Works with: `client.absent_check=skip`.
//! - Stopped by: [LoginUnderWay].
//! - Refused in: `scenarios/refusals/callback-out-of-nothing.json`,
//!   `scenarios/refusals/callback-in-another-browser.json`.
//!
//! ## CS-06: a login that another site starts
//! A page of A1's starts a login at the client; session and remembered consent finish it.
//! - Works with: `client.init=get`.
//! - Stopped by: [LoginStartedHere]; `as.consent=always` makes it visible.
//! - Refused in: `scenarios/refusals/login-from-another-site.json`.
//!
//! ## CS-07: a login by a link to the server
//! A1 links straight to the authorization endpoint; the client logs the owner in without having asked.
//! - Works with: `client.state=absent`, `client.pkce=none`.
//! - Stopped by: [StateMatches]; [VerifierMatches].
//!
//! ## CS-08: consent by a foreign form
//! A page of A1's sends the consent form for the owner.
//! - Works with: `as.authz_csrf=none`.
//! - Stopped by: [FormTokenMatches], [SameBrowser], [SameOrigin]; browsers with `ua.samesite_default=lax`.
//! - Refused in: `scenarios/refusals/form-without-token.json`, `scenarios/refusals/form-from-another-site.json`.
//!
//! # PKCE downgrade (RFC 9700 §4.8)
//!
//! ## PK-02: the challenge is taken out
//! A1 takes the challenge out of his own request and delivers the code to the owner's session. The server ignores
//! the verifier that the client sends, because it knows of no challenge.
//! - Works with: `as.pkce=optional`, `as.pkce_downgrade=accept`, `client.state=absent|sent_not_checked`.
//! - Stopped by: [VerifierExpected]; [ChallengePresent]; [StateMatches].
//! - Refused in: `scenarios/refusals/verifier-without-challenge.json`.
//!
//! ## PK-01: no verifier, no check
//! A3 redeems a stolen code without a verifier, or with an empty one.
//! - Works with: `as.pkce_verify=only_if_verifier_present|empty_is_absent`, `client.type=public`.
//! - Stopped by: [VerifierMatches] whenever there was a challenge.
//! - Refused in: `scenarios/refusals/verifier-missing.json`.
//!
//! ## PK-03: the challenge is the verifier
//! A4 reads the request and A3 the response: with `plain` they have both halves.
//! - Works with: `client.pkce=plain`, `as.pkce_methods=S256+plain`, `client.type=public`.
//! - Stopped by: [ChallengeMethodSupported].
//! - Refused in: `scenarios/refusals/challenge-plain.json`.
//!
//! # Open redirection (RFC 9700 §4.11)
//!
//! ## RD-04: the client redirects anywhere
//! A1 lures to a page of the client's that redirects to wherever a parameter says.
//! - Works with: `client.open_redirector=present`.
//! - Stopped by: `client.open_redirector=none`.
//! - Shown by: `scenarios/flows/open-redirector.json`.
//!
//! ## RD-02: the server redirects anywhere
//! An authorization request that is wrong on purpose is answered at the URI that it names.
//! - Works with: `as.error_redirect=any`.
//! - Stopped by: [RedirectRegistered] before anything is redirected; `as.error_redirect=only_registered_after_auth`.
//! - Shown by: `scenarios/refusals/error-to-an-unregistered-uri.json`.
//! - Refused in: `scenarios/refusals/unregistered-redirect-uri.json`.
//!
//! # 307 redirect (RFC 9700 §4.12)
//!
//! ## RD-01: the password travels on
//! The answer to the login form is a redirect that keeps method and body, and its target is a client of A1's.
//! - Works with: `as.redirect_status=307|308`, or `as.redirect_status=302` with `ua.http302_post=keep`, and
//!   `as.login=post_then_redirect`.
//! - Stopped by: `as.redirect_status=303`; `as.login=separate_pages`.
//!
//! # Refresh token protection (RFC 9700 §4.14)
//!
//! ## RT-01: a stolen refresh token
//! A5 refreshes with a token of a public client.
//! - Works with: `as.rt_rotation=none`.
//! - Stopped by: [RefreshNewest]: the second of two users is found out, and the family revoked.
//! - Refused in: `scenarios/refusals/refresh-replayed.json`.
//!
//! ## RT-02: reuse that has no consequence
//! A rotated token is used again and refused, but the thief keeps the newer one.
//! - Works with: `as.rt_rotation=rotate_only`.
//! - Stopped by: [RefreshNewest] with `as.rt_rotation=rotate_family_revoke`.
//! - Shown by: `scenarios/refusals/refresh-replayed-rotate-only.json`.
//!
//! ## RT-03: two refreshes at once
//! Both requests look before either writes, and the family forks.
//! - Works with: `as.rt_use=check_then_set`.
//! - Stopped by: [RefreshNewest] as a compare-and-set (`as.rt_use=atomic`).
//! - Shown by: `scenarios/faults/race-of-two-refreshes-lost.json`.
//! - Refused in: `scenarios/faults/race-of-two-refreshes.json`.
//!
//! ## RT-05: more scope than was granted
//! A refresh asks for more, and nobody looks.
//! - Works with: `as.rt_scope=unchecked`.
//! - Stopped by: [RefreshScopeWithin].
//! - Refused in: `scenarios/refusals/refresh-scope-widened.json`.
//!
//! ## RT-06: a refresh that outlives its grant
//! The owner has revoked the grant, or is gone, and the refresh token still works.
//! - Works with: `as.rt_recheck=none`.
//! - Stopped by: [GrantLive]; [OwnerStillThere].
//! - Refused in: `scenarios/refusals/refresh-after-consent-was-revoked.json`,
//!   `scenarios/refusals/refresh-after-owner-was-disabled.json`.
//!
//! # Clickjacking (RFC 9700 §4.16)
//!
//! ## CS-09: an invisible consent page
//! A page of A1's frames the consent page, and the owner clicks through it.
//! - Works with: `as.frame=any`.
//! - Stopped by: `as.frame=deny`.
//!
//! # In-browser communication (RFC 9700 §4.17)
//!
//! ## LK-05: a response posted to whoever listens
//! A page of A1's opens the authorization endpoint and receives the message with the code.
//! - Works with: `as.postmessage_target=any|from_request`.
//! - Stopped by: `as.postmessage_target=registered_origin`.
//!
//! ## LK-06: a message from whoever speaks
//! A page of A1's opens the client's window and posts it a code of his own.
//! - Works with: `client.postmessage_source=any`, and any `client.state` but `bound_once`.
//! - Stopped by: [MessageSourceMatches]; [StateMatches].
//!
//! # What RFC 9700 §4 does not have
//!
//! ## CU-01: a code that works twice (RFC 6749 §10.5)
//! A3, or the owner himself, redeems a code that was redeemed before.
//! - Works with: `as.code_use=unlimited`.
//! - Stopped by: [CodeSingleUse].
//! - Refused in: `scenarios/refusals/code-replayed.json`.
//!
//! ## CU-02: a code that works twice at once (RFC 6749 §4.1.2)
//! Two token requests look at the code before either writes that it is used.
//! - Works with: `as.code_use=check_then_set`.
//! - Stopped by: [CodeSingleUse] as a compare-and-set (`as.code_use=atomic_once`).
//! - Shown by: `scenarios/faults/race-of-two-nodes-lost.json`.
//! - Refused in: `scenarios/faults/race-of-two-nodes.json`.
//!
//! ## CU-07: revocation by a worthless replay (OAuth 2.1 §7.5.2)
//! A3 replays a used code without secret or verifier, and the server revokes the owner's tokens.
//! - Works with: `as.code_replay_revoke=on_any_request`.
//! - Stopped by: [CodeSingleUse] after every other rule (`as.code_replay_revoke=on_valid_request`).
//! - Refused in: `scenarios/refusals/code-replayed-with-a-wrong-verifier.json`.
//!
//! ## CU-08: a code burnt by a stranger
//! A3 sends a stolen code with bad credentials before the client redeems it.
//! - Works with: `as.code_on_failed_redeem=invalidate`.
//! - Stopped by: `as.code_on_failed_redeem=keep`, at a price: LK-04 and BS-01 get easier.
//! - Shown by: `scenarios/refusals/code-burnt.json`.
//!
//! ## CU-09: a confidential client without its secret (RFC 6749 §3.2.1)
//! A3 redeems a stolen code with the client identifier alone.
//! - Works with: `as.client_auth=skip_if_absent|empty_ok`, `client.type=confidential`.
//! - Stopped by: [ClientAuthenticated].
//! - Refused in: `scenarios/refusals/no-secret.json`.
//!
//! ## CS-10: consent given to a name (RFC 6749 §10.2)
//! An app of the attacker's uses the identifier of a public client that the owner once approved.
//! - Works with: `as.consent=remembered_all`, `client.type=public`.
//! - Stopped by: `as.consent=always_unless_authenticated_client`.
//! - Refused in: `scenarios/flows/consent-not-for-public-clients.json`.
//!
//! [ChallengeMethodSupported]: crate::refusal::Rule::ChallengeMethodSupported
//! [ChallengePresent]: crate::refusal::Rule::ChallengePresent
//! [ClientAuthenticated]: crate::refusal::Rule::ClientAuthenticated
//! [CodeBoundToClient]: crate::refusal::Rule::CodeBoundToClient
//! [CodeRedirectMatches]: crate::refusal::Rule::CodeRedirectMatches
//! [CodeSingleUse]: crate::refusal::Rule::CodeSingleUse
//! [ContextMatches]: crate::refusal::Rule::ContextMatches
//! [FormTokenMatches]: crate::refusal::Rule::FormTokenMatches
//! [GrantLive]: crate::refusal::Rule::GrantLive
//! [IssuerMatches]: crate::refusal::Rule::IssuerMatches
//! [IssuerTrusted]: crate::refusal::Rule::IssuerTrusted
//! [LoginStartedHere]: crate::refusal::Rule::LoginStartedHere
//! [LoginUnderWay]: crate::refusal::Rule::LoginUnderWay
//! [MessageSourceMatches]: crate::refusal::Rule::MessageSourceMatches
//! [NonceMatches]: crate::refusal::Rule::NonceMatches
//! [OwnerStillThere]: crate::refusal::Rule::OwnerStillThere
//! [RedirectRegistered]: crate::refusal::Rule::RedirectRegistered
//! [RedirectUnreserved]: crate::refusal::Rule::RedirectUnreserved
//! [RefreshNewest]: crate::refusal::Rule::RefreshNewest
//! [RefreshScopeWithin]: crate::refusal::Rule::RefreshScopeWithin
//! [ResponseModeSupported]: crate::refusal::Rule::ResponseModeSupported
//! [ResponseReadable]: crate::refusal::Rule::ResponseReadable
//! [ResponseTypeRegistered]: crate::refusal::Rule::ResponseTypeRegistered
//! [SameBrowser]: crate::refusal::Rule::SameBrowser
//! [SameOrigin]: crate::refusal::Rule::SameOrigin
//! [StateMatches]: crate::refusal::Rule::StateMatches
//! [TransactionOpen]: crate::refusal::Rule::TransactionOpen
//! [VerifierExpected]: crate::refusal::Rule::VerifierExpected
//! [VerifierMatches]: crate::refusal::Rule::VerifierMatches
