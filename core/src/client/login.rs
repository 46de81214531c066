//! The life of one login.
//!
//! Rules of this file: a stage is moved, never edited; [`Stage::next`] has no wildcard arm; what is not in the
//! table does not happen.
//!
//! ```text
//!  Pushing ──pushed──▶ Started ──believed──▶ AwaitingToken ──known──▶ Done
//!     │                   │                       │  │                  ▲ known
//!     │                   │                       │  └──reads─▶ AwaitingResource
//!     │                   │                       │                     │
//!     └─────given up──────┴───────given up────────┴─────given up────────┘
//!                         ▼
//!                       Failed
//! ```

use super::session::Visitor;
use crate::canonical::{Canonical, Encoder};
use crate::machine::ExchangeId;
use crate::message::IdToken;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{
    AuthorizationCode, CodeVerifier, Nonce, RedirectionUri, SessionId, State, Subject,
};

/// Names an authorization server by its place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ProviderId(pub(super) u16);

/// Names a login; never used twice between two restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LoginId(pub(super) u64);

crate::canonical_tuple!(ProviderId);

/// A back-channel request under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    /// Under which name its answer comes back.
    pub(super) exchange: ExchangeId,
    /// Until when the client waits for it.
    pub(super) until: Timestamp,
}

crate::canonical_struct!(Wait { exchange, until });

/// What a login sent, to be compared with what comes back (RFC 9700 §4.4.2, §4.7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    /// `state`
    pub(super) state: Option<State>,
    /// `nonce`
    pub(super) nonce: Option<Nonce>,
    /// What the challenge was made of.
    pub(super) code_verifier: Option<CodeVerifier>,
    /// Where the response is expected, whether the request said so or not.
    pub(super) redirect_uri: RedirectionUri,
}

crate::canonical_struct!(Sent {
    state,
    nonce,
    code_verifier,
    redirect_uri
});

/// Where a login is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The request is being pushed (RFC 9126 §2); the browser waits.
    Pushing {
        /// For the `request_uri`.
        wait: Wait,
        /// Who waits for it.
        visitor: Visitor,
    },
    /// The browser is on its way to the authorization server and back.
    Started,
    /// A response was believed; its code is being redeemed.
    AwaitingToken {
        /// For the tokens.
        wait: Wait,
        /// Who waits for them.
        visitor: Visitor,
        /// The code.
        code: AuthorizationCode,
        /// Who the authorization response said that logged in.
        front: Option<Subject>,
    },
    /// There are tokens; the resource is being read before the browser is answered.
    AwaitingResource {
        /// For the resource.
        wait: Wait,
        /// Who waits for it.
        visitor: Visitor,
        /// The code that the tokens came of.
        code: AuthorizationCode,
        /// Who logged in, as far as the token endpoint said.
        owner: Option<Known>,
    },
    /// It is complete.
    Done,
    /// It was given up.
    Failed,
}

/// Who an ID Token said that logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// `sub`
    pub(super) subject: Subject,
    /// `email`
    pub(super) email: Option<Text>,
}

crate::canonical_struct!(Known { subject, email });

impl From<IdToken> for Known {
    fn from(token: IdToken) -> Self {
        Self {
            subject: token.sub,
            email: token.email,
        }
    }
}

/// What happens to a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The server keeps the pushed request.
    Pushed,
    /// A response is believed, and its code goes to the token endpoint.
    Believed {
        /// For the tokens.
        wait: Wait,
        /// Who waits for them.
        visitor: Visitor,
        /// The code.
        code: AuthorizationCode,
        /// Who the authorization response said that logged in.
        front: Option<Subject>,
    },
    /// Tokens came, and the resource is asked for first.
    Reads {
        /// For the resource.
        wait: Wait,
        /// Who logged in, as far as the token endpoint said.
        owner: Option<Known>,
    },
    /// The client knows what it can know.
    Known,
    /// A rule or the clock ended it.
    GivenUp,
}

impl Stage {
    /// The life cycle. `None` is what cannot happen.
    pub(super) fn next(self, turn: Turn) -> Option<Self> {
        match (self, turn) {
            (Self::Pushing { .. }, Turn::Pushed) => Some(Self::Started),
            (
                Self::Started,
                Turn::Believed {
                    wait,
                    visitor,
                    code,
                    front,
                },
            ) => Some(Self::AwaitingToken {
                wait,
                visitor,
                code,
                front,
            }),
            (Self::AwaitingToken { visitor, code, .. }, Turn::Reads { wait, owner }) => {
                Some(Self::AwaitingResource {
                    wait,
                    visitor,
                    code,
                    owner,
                })
            }
            (Self::AwaitingToken { .. } | Self::AwaitingResource { .. }, Turn::Known) => {
                Some(Self::Done)
            }
            (
                Self::Pushing { .. }
                | Self::Started
                | Self::AwaitingToken { .. }
                | Self::AwaitingResource { .. },
                Turn::GivenUp,
            ) => Some(Self::Failed),
            (Self::Pushing { .. }, Turn::Believed { .. } | Turn::Reads { .. } | Turn::Known)
            | (Self::Started, Turn::Pushed | Turn::Reads { .. } | Turn::Known)
            | (Self::AwaitingToken { .. }, Turn::Pushed | Turn::Believed { .. })
            | (
                Self::AwaitingResource { .. },
                Turn::Pushed | Turn::Believed { .. } | Turn::Reads { .. },
            )
            | (
                Self::Done | Self::Failed,
                Turn::Pushed
                | Turn::Believed { .. }
                | Turn::Reads { .. }
                | Turn::Known
                | Turn::GivenUp,
            ) => None,
        }
    }

    /// What it waits for.
    pub(super) const fn wait(&self) -> Option<Wait> {
        match self {
            Self::Pushing { wait, .. }
            | Self::AwaitingToken { wait, .. }
            | Self::AwaitingResource { wait, .. } => Some(*wait),
            Self::Started | Self::Done | Self::Failed => None,
        }
    }

    /// The browser that waits with it.
    pub(super) const fn visitor(&self) -> Option<Visitor> {
        match self {
            Self::Pushing { visitor, .. }
            | Self::AwaitingToken { visitor, .. }
            | Self::AwaitingResource { visitor, .. } => Some(*visitor),
            Self::Started | Self::Done | Self::Failed => None,
        }
    }

    /// Whether an authorization response may still come.
    pub(super) const fn is_started(&self) -> bool {
        match self {
            Self::Started => true,
            Self::Pushing { .. }
            | Self::AwaitingToken { .. }
            | Self::AwaitingResource { .. }
            | Self::Done
            | Self::Failed => false,
        }
    }

    /// Whether nothing will happen to it any more.
    pub(super) const fn is_finished(&self) -> bool {
        match self {
            Self::Done | Self::Failed => true,
            Self::Pushing { .. }
            | Self::Started
            | Self::AwaitingToken { .. }
            | Self::AwaitingResource { .. } => false,
        }
    }
}

impl Canonical for Stage {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Pushing { wait, visitor } => {
                out.tag(0);
                wait.encode(out);
                visitor.encode(out);
            }
            Self::Started => out.tag(1),
            Self::AwaitingToken {
                wait,
                visitor,
                code,
                front,
            } => {
                out.tag(2);
                wait.encode(out);
                visitor.encode(out);
                code.encode(out);
                front.encode(out);
            }
            Self::AwaitingResource {
                wait,
                visitor,
                code,
                owner,
            } => {
                out.tag(3);
                wait.encode(out);
                visitor.encode(out);
                code.encode(out);
                owner.encode(out);
            }
            Self::Done => out.tag(4),
            Self::Failed => out.tag(5),
        }
    }
}

/// One login: whose, with whom, what it sent, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    /// Its name.
    pub(super) id: LoginId,
    /// The browser session that it belongs to.
    pub(super) session: SessionId,
    /// The server that was asked.
    pub(super) provider: ProviderId,
    /// What it sent.
    pub(super) sent: Sent,
    /// When.
    pub(super) started_at: Timestamp,
    /// How far it is.
    pub(super) stage: Stage,
}

impl Canonical for Login {
    /// By its name the client alone finds it, and nothing else that it keeps says that name.
    fn encode(&self, out: &mut Encoder) {
        let Self {
            id: _,
            session,
            provider,
            sent,
            started_at,
            stage,
        } = self;
        session.encode(out);
        provider.encode(out);
        sent.encode(out);
        started_at.encode(out);
        stage.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    const WAIT: Wait = Wait {
        exchange: ExchangeId(1),
        until: Timestamp(2),
    };
    const VISITOR: Visitor = Visitor {
        exchange: ExchangeId(3),
        is_new: false,
    };

    fn code() -> AuthorizationCode {
        AuthorizationCode::new("code").unwrap()
    }

    fn stages() -> [(&'static str, Stage); 6] {
        let (wait, visitor) = (WAIT, VISITOR);
        [
            ("Pushing", Stage::Pushing { wait, visitor }),
            ("Started", Stage::Started),
            (
                "AwaitingToken",
                Stage::AwaitingToken {
                    wait,
                    visitor,
                    code: code(),
                    front: None,
                },
            ),
            (
                "AwaitingResource",
                Stage::AwaitingResource {
                    wait,
                    visitor,
                    code: code(),
                    owner: None,
                },
            ),
            ("Done", Stage::Done),
            ("Failed", Stage::Failed),
        ]
    }

    fn turns() -> [(&'static str, Turn); 5] {
        [
            ("Pushed", Turn::Pushed),
            (
                "Believed",
                Turn::Believed {
                    wait: WAIT,
                    visitor: VISITOR,
                    code: code(),
                    front: None,
                },
            ),
            (
                "Reads",
                Turn::Reads {
                    wait: WAIT,
                    owner: None,
                },
            ),
            ("Known", Turn::Known),
            ("GivenUp", Turn::GivenUp),
        ]
    }

    fn name(stage: &Stage) -> &'static str {
        let same =
            |one: &Stage, two: &Stage| core::mem::discriminant(one) == core::mem::discriminant(two);
        stages()
            .iter()
            .find(|(_, known)| same(known, stage))
            .unwrap()
            .0
    }

    #[test]
    fn the_whole_life_cycle() {
        let mut table = format!("{:<16}", "");
        for (turn, _) in turns() {
            table += &format!(" {turn:<16}");
        }
        for (from, stage) in stages() {
            table += &format!("\n{from:<16}");
            for (_, turn) in turns() {
                let to = stage.clone().next(turn);
                table += &format!(" {:<16}", to.as_ref().map_or("-", name));
            }
        }
        let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
        let table: String = lines.join("\n");
        insta::assert_snapshot!(table, @r"
                         Pushed           Believed         Reads            Known            GivenUp
        Pushing          Started          -                -                -                Failed
        Started          -                AwaitingToken    -                -                Failed
        AwaitingToken    -                -                AwaitingResource Done             Failed
        AwaitingResource -                -                -                Done             Failed
        Done             -                -                -                -                -
        Failed           -                -                -                -                -
        ");
    }
}
