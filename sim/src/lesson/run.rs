//! One run, told: its steps, the ways of its values, its lamps.

use std::collections::BTreeMap;

use grantlab_core::event::Event;
use grantlab_core::time::Span as Time;

use super::checks::{self, Compare};
use super::cut::{Cut, CutKind, Cuts};
use super::hostile;
use super::knowledge::Learning;
use super::lamps;
use super::message::{self, Scribe};
use super::model::{
    Check, Detail, Message, Minted, PartyRole, Run, Side, Sign, Step, StepKind, StepNumber,
    ValueKind, ValueNumber, ValuePath, Verdict,
};
use super::places::{self, Places};
use super::sections;
use super::telling::{self, Teller, Words};
use super::texts::{Argument, Phrase, Texts};
use super::values::Values;
use crate::party::{PartyId, Role};
use crate::setup::Setup;
use crate::trace::{
    Detail as TextDetail, Entry, EntryId, Payload, START, Summary, Trace, What, entry_text,
    event_parts,
};

/// What is known about a run beside its trace.
#[derive(Clone, Debug)]
pub struct About {
    /// Its name in the lesson.
    pub id: String,
    /// What it is called.
    pub label: Phrase,
    /// The scenario.
    pub scenario: String,
    /// The profile.
    pub profile: String,
    /// The seed, in hexadecimal digits.
    pub seed: String,
    /// Every switch with its value.
    pub settings: BTreeMap<String, String>,
    /// The switches in which the scenario differs from its profile.
    pub switches: BTreeMap<String, String>,
}

/// A run that is being told.
#[derive(Debug)]
pub struct Told<'a> {
    /// What happened.
    pub trace: &'a Trace,
    /// The parties.
    pub setup: &'a Setup,
    /// What is known beside.
    pub about: &'a About,
    cuts: Cuts,
    /// The attacker's machines, and his browser, where the two are one to a learner.
    one_party: Option<(PartyId, PartyId)>,
}

impl<'a> Told<'a> {
    /// Cuts a run into steps.
    #[must_use]
    pub fn new(trace: &'a Trace, setup: &'a Setup, about: &'a About) -> Self {
        Self {
            trace,
            setup,
            about,
            cuts: Cuts::of(trace, &Places::of(setup)),
            one_party: hostile::one_party(trace),
        }
    }

    /// The party as which a learner sees a party.
    #[must_use]
    pub fn seen_as(&self, party: PartyId) -> PartyId {
        self.one_party
            .filter(|(machines, _)| *machines == party)
            .map_or(party, |(_, browser)| browser)
    }

    /// The name of a party as a learner sees it.
    #[must_use]
    pub fn name(&self, party: PartyId) -> &'a str {
        self.trace.name(self.seen_as(party))
    }

    /// The steps, as entries.
    #[must_use]
    pub const fn cuts(&self) -> &Cuts {
        &self.cuts
    }

    /// The value of a switch.
    #[must_use]
    pub fn setting(&self, key: &str) -> &str {
        self.about.settings.get(key).map_or("", String::as_str)
    }

    /// A redirection URI that a client registered.
    #[must_use]
    pub fn registered_uri(&self, client_id: &str) -> Option<String> {
        let clients = self
            .setup
            .servers
            .iter()
            .flat_map(|server| &server.configuration.clients);
        let mut mine = clients.filter(|registration| registration.client_id.as_str() == client_id);
        let uri = mine.find_map(|registration| registration.redirect_uris.first())?;
        Some(uri.as_str().to_owned())
    }

    /// A parameter of the authorization response that a decision of the client is about.
    #[must_use]
    pub fn callback_parameter(&self, decision: EntryId, name: &str) -> Option<String> {
        let cause = self.trace.entry(decision)?.cause?;
        let What::Arrived { sent } = self.trace.entry(cause)?.what else {
            return None;
        };
        let request = super::cut::request(self.trace, sent)?;
        let parameters = places::parameters(request);
        let found = parameters.iter().find_map(|fields| fields.first(name))?;
        Some(found.to_string())
    }

    /// Whether a party attacks.
    #[must_use]
    pub fn is_attacker(&self, party: PartyId) -> bool {
        let cast = self.trace.cast().get(usize::from(party.0));
        cast.is_some_and(|cast| cast.hostile)
    }

    /// What a party is to a learner.
    #[must_use]
    pub fn role(&self, party: PartyId) -> PartyRole {
        match self.trace.role(party) {
            _ if self.is_attacker(party) => PartyRole::Attacker,
            Some(Role::UserAgent) => PartyRole::Browser,
            Some(Role::Client) => PartyRole::Client,
            Some(Role::AuthorizationServer) => PartyRole::Server,
            Some(Role::GrantStore) => PartyRole::Store,
            Some(Role::ResourceServer) => PartyRole::Resource,
            Some(_) | None => PartyRole::Attacker,
        }
    }

    /// Everybody who sends or receives something in a step, or decides something.
    #[must_use]
    pub fn parties(&self) -> Vec<PartyId> {
        let mut parties = Vec::new();
        for cut in &self.cuts.steps {
            let Some(entry) = self.trace.entry(cut.lead) else {
                continue;
            };
            parties.push(self.seen_as(self.actor(entry)));
            parties.extend(receiver(entry).map(|party| self.seen_as(party)));
        }
        parties.sort_unstable_by_key(|party| (self.role(*party), *party));
        parties.dedup();
        parties
    }

    /// Who acts in an entry: of a message that is lost or late, whoever sent it.
    fn actor(&self, entry: &Entry) -> PartyId {
        let sent = if let What::Lost { sent }
        | What::Duplicated { sent }
        | What::Delayed { sent, .. } = entry.what
        {
            self.trace.entry(sent)
        } else {
            None
        };
        sent.map_or(entry.party, |sent| sent.party)
    }
}

/// To whom a message goes; nobody when a party is told that there will be no answer.
fn receiver(entry: &Entry) -> Option<PartyId> {
    if let What::Sent { to, .. } = entry.what {
        (to != entry.party).then_some(to)
    } else {
        None
    }
}

/// Tells a run.
#[must_use]
pub fn tell(told: &Told<'_>, lesson: &str, values: &Values, texts: &mut Texts) -> Run {
    let mut learning = Learning::new(told, values);
    let mut steps = Vec::with_capacity(told.cuts().steps.len());
    for cut in &told.cuts().steps {
        if let Some(entry) = told.trace.entry(cut.lead) {
            let mut telling = StepTelling {
                told,
                lesson,
                values,
                texts,
                cut,
                entry,
            };
            let mut step = telling.step();
            step.deltas = learning.step(cut);
            steps.push(step);
        }
    }
    let violated = lamps::light(told, &mut steps);
    let words = lamps::verdict(&violated);
    Run {
        id: told.about.id.clone(),
        label: texts.say(told.about.label.clone()),
        scenario: told.about.scenario.clone(),
        profile: told.about.profile.clone(),
        seed: told.about.seed.clone(),
        hash: told.trace.hash().to_string(),
        switches: told.about.switches.clone(),
        parties: told
            .parties()
            .into_iter()
            .map(|party| told.name(party).to_owned())
            .collect(),
        branch_of: None,
        verdict: Verdict {
            violated,
            words: texts.say(Phrase::text(words)),
        },
        paths: paths(told, values, &steps),
        steps,
    }
}

/// The way of each value that some step carries.
fn paths(told: &Told<'_>, values: &Values, steps: &[Step]) -> Vec<ValuePath> {
    let mut paths: BTreeMap<ValueNumber, Vec<StepNumber>> = BTreeMap::new();
    for (number, step) in (1..).zip(steps) {
        for value in carried(step) {
            let steps = paths.entry(value).or_default();
            if steps.last() != Some(&number) {
                steps.push(number);
            }
        }
    }
    let path = |(value, steps): (ValueNumber, Vec<StepNumber>)| {
        let minted = values.origin(value, told.trace).and_then(|origin| {
            let step = told.cuts().step_of(origin.entry)?;
            Some(Minted {
                party: told.name(origin.party).to_owned(),
                step: StepNumber::try_from(step.saturating_add(1)).ok()?,
            })
        });
        ValuePath {
            value,
            minted,
            steps,
        }
    };
    paths.into_iter().map(path).collect()
}

/// The values in the message of a step, in order of appearance, each once.
fn carried(step: &Step) -> Vec<ValueNumber> {
    let lines = step.message.iter().flat_map(|message| &message.lines);
    let mut carried = Vec::new();
    for value in lines.flatten().filter_map(|span| span.value) {
        if !carried.contains(&value) {
            carried.push(value);
        }
    }
    carried
}

struct StepTelling<'a, 'b> {
    told: &'a Told<'a>,
    lesson: &'a str,
    values: &'a Values,
    texts: &'b mut Texts,
    cut: &'a Cut,
    entry: &'a Entry,
}

impl StepTelling<'_, '_> {
    fn step(&mut self) -> Step {
        let compared = self.compared();
        let words = self.words(&compared);
        let message = self.message();
        let sign = self.sign(&compared);
        let mut step = Step {
            topic: words.topic,
            at_ms: self.entry.at.since(START).0,
            kind: self.kind(),
            from: self.told.name(self.told.actor(self.entry)).to_owned(),
            to: receiver(self.entry).map(|party| self.told.name(party).to_owned()),
            label: self.texts.say(words.label),
            values: Vec::new(),
            title: self.texts.say(words.title),
            what: self.texts.say(words.what),
            why: self.texts.say(words.why),
            sign,
            attack: sign == Sign::Bad || self.told.is_attacker(self.entry.party),
            message,
            checks: compared
                .into_iter()
                .map(|compare| self.check(compare))
                .collect(),
            details: self.details(),
            deltas: Vec::new(),
            invariants: BTreeMap::new(),
            violated: Vec::new(),
            branches: Vec::new(),
            quiz: None,
            entries: self.cut.entries.clone(),
        };
        step.values = self.tiles(&step);
        step
    }

    /// The values behind the label: those that are fresh or secret; names and places would only fill the row.
    fn tiles(&self, step: &Step) -> Vec<ValueNumber> {
        let mut tiles = carried(step);
        tiles.retain(|number| {
            self.values.get(*number).is_some_and(|value| {
                !matches!(value.kind, ValueKind::Identifier | ValueKind::Redirect)
                    && value.name != "form_token"
            })
        });
        tiles
    }

    fn kind(&self) -> StepKind {
        match self.cut.kind {
            CutKind::Request => StepKind::Request,
            CutKind::Response => match receiver(self.entry) {
                Some(_) => StepKind::Response,
                None => StepKind::Fault,
            },
            CutKind::Store => match self.told.trace.payload(self.cut.lead) {
                Some(Payload::StoreReply(_)) => StepKind::Response,
                Some(_) | None => StepKind::Request,
            },
            CutKind::Decision => StepKind::Local,
            CutKind::Fault => StepKind::Fault,
        }
    }

    fn event(&self) -> Option<&Event> {
        if let What::Noted(event) = &self.entry.what {
            Some(event)
        } else {
            None
        }
    }

    fn compared(&self) -> Vec<Compare> {
        self.event().map_or_else(Vec::new, |event| {
            checks::comparisons(self.told, self.cut.lead, self.entry, event)
        })
    }

    fn sign(&self, compared: &[Compare]) -> Sign {
        self.event()
            .map_or(Sign::None, |event| telling::sign(event, compared))
    }

    fn message(&self) -> Option<Message> {
        let scribe = Scribe {
            values: self.values,
            trace: self.told.trace,
        };
        let is_message = matches!(self.entry.what, What::Sent { .. });
        let payload = self
            .told
            .trace
            .payload(self.cut.lead)
            .filter(|_| is_message);
        payload.map(|payload| scribe.message(payload))
    }

    /// The user that a step is about: the one of its flow.
    fn user(&self) -> String {
        let flow = self.told.trace.provenance().flow_name(self.entry.flow);
        flow.split('.').next().unwrap_or(flow).to_owned()
    }

    fn words(&mut self, compared: &[Compare]) -> Words {
        let teller = Teller {
            // What a lesson has to say of its own is about its attack.
            lesson: match self.told.about.id.as_str() {
                "attack" | "defence" => self.lesson,
                _ => "",
            },
            party: self.told.trace.name(self.entry.party),
            user: self.user(),
        };
        if let What::Sent { payload, .. } = &self.entry.what {
            return self.message_words(&teller, payload);
        }
        if let What::Noted(event) = &self.entry.what {
            return decision_words(&teller, event, compared);
        }
        let what = &self.entry.what;
        let key = telling::fault(what);
        let label = teller.phrase(format!("{key}.label"), &self.fault_arguments(what));
        teller.words(key, label, &self.fault_arguments(what))
    }

    fn message_words(&self, teller: &Teller<'_>, payload: &Payload) -> Words {
        let exchange = self.told.cuts().exchange(self.cut.lead);
        let hostile =
            receiver(self.entry).and_then(|to| hostile::side(self.told, self.entry.party, to));
        match payload {
            Payload::Request(request) => {
                let label = Phrase::Literal(message::request_label(request));
                let host = (
                    "host",
                    Argument::Literal(request.url.origin.host.to_string()),
                );
                let key = hostile.map_or_else(
                    || telling::request(exchange, request),
                    |side| hostile::request(side, exchange, request),
                );
                teller.words(&key, label, &[host])
            }
            Payload::Response(response) => {
                let label = Phrase::Literal(telling::response_label(response));
                let status = ("status", Argument::Literal(response.status.0.to_string()));
                let key = hostile.and_then(|side| hostile::response(side, exchange, response));
                let key = key.unwrap_or_else(|| telling::response(exchange, response));
                teller.words(&key, label, &[status])
            }
            Payload::Failure(_) => {
                let label = teller.phrase("step.failure.label".to_owned(), &[]);
                teller.words("step.failure", label, &[])
            }
            Payload::StoreRequest(_) | Payload::StoreReply(_) => {
                let head = Summary::of(payload, self.told.trace.provenance()).head;
                let key = format!("store.{}", head.replace(' ', "_"));
                teller.words(&key, Phrase::Literal(head), &[])
            }
        }
    }

    fn fault_arguments(&self, what: &What) -> Vec<(&'static str, Argument)> {
        let party = (
            "party",
            Argument::Literal(self.told.trace.name(self.entry.party).to_owned()),
        );
        let text = if let What::TimePassed(span) | What::Delayed { by: span, .. } = what {
            duration(*span)
        } else if let What::NobodyThere { url } = what {
            url.to_string()
        } else if let What::Lost { sent } | What::Duplicated { sent } | What::Arrived { sent } =
            what
        {
            self.head(*sent)
        } else {
            String::new()
        };
        vec![party, ("what", Argument::Literal(text))]
    }

    fn head(&self, sent: EntryId) -> String {
        match self.told.trace.payload(sent) {
            Some(Payload::Request(request)) => message::request_label(request),
            Some(Payload::Response(response)) => telling::response_label(response),
            Some(payload) => Summary::of(payload, self.told.trace.provenance()).head,
            None => String::new(),
        }
    }

    fn check(&mut self, compare: Compare) -> Check {
        let rule = compare.rule.text();
        let side = |(name, text): (&'static str, Option<String>)| Side {
            name: name.to_owned(),
            value: text.as_deref().and_then(|text| self.values.find(text)),
            text,
        };
        Check {
            rule: rule.id.to_owned(),
            left: side(compare.left),
            right: side(compare.right),
            about: self.texts.say(Phrase::text(format!("rule.{}", rule.id))),
            rfc: sections::of(rule.section),
            result: compare.result,
        }
    }

    /// What else the step is made of.
    fn details(&mut self) -> Vec<Detail> {
        let mut details = Vec::new();
        for id in &self.cut.entries {
            let entry = self.told.trace.entry(*id);
            // A message that leads is shown whole; of a decision that leads the parts are worth reading.
            let tells =
                |entry: &&Entry| *id != self.cut.lead || matches!(entry.what, What::Noted(_));
            if let Some(entry) = entry.filter(tells) {
                details.extend(self.detail(entry));
            }
        }
        details
    }

    fn detail(&mut self, entry: &Entry) -> Option<Detail> {
        let party = self.told.name(entry.party).to_owned();
        if let What::Noted(event) = &entry.what {
            let parts = event_parts(self.told.trace, event).into_iter();
            return Some(Detail {
                party,
                name: event.name().to_owned(),
                about: Some(
                    self.texts
                        .say(Phrase::text(format!("event.{}", event.name()))),
                ),
                parts: parts
                    .map(|(name, shown)| (name.to_owned(), shown))
                    .collect(),
            });
        }
        if let What::Sent { payload, .. } = &entry.what {
            let summary = Summary::of(payload, self.told.trace.provenance());
            return Some(Detail {
                party,
                name: summary.head,
                about: None,
                parts: summary.parts,
            });
        }
        let line = entry_text(self.told.trace, entry, TextDetail::Story);
        let name = line
            .split_once(['*', '!'])
            .map_or(line.as_str(), |(_, words)| words)
            .trim()
            .to_owned();
        (!name.is_empty()).then_some(Detail {
            party,
            name,
            about: None,
            parts: Vec::new(),
        })
    }
}

fn decision_words(teller: &Teller<'_>, event: &Event, compared: &[Compare]) -> Words {
    let rule = checks::refusal(event).map(|refusal| refusal.rule.text().id);
    let mut arguments = Vec::new();
    if let Some(rule) = rule {
        arguments.push(("rule", Argument::Text(format!("rule.{rule}"))));
    }
    event.visit(&mut |name, part| {
        if let grantlab_core::event::Part::Shown(text) = part {
            arguments.push((name, Argument::Literal(text.to_owned())));
        }
    });
    let key = telling::decision(event, compared);
    let label = label(teller, &key, event, compared, &arguments);
    teller.words(&key, label, &arguments)
}

/// What stands in a pill: the comparison, where it is one; else a few words.
fn label(
    teller: &Teller<'_>,
    key: &str,
    event: &Event,
    compared: &[Compare],
    arguments: &[(&'static str, Argument)],
) -> Phrase {
    if let (Some(first), true) = (compared.first(), checks::refusal(event).is_some()) {
        if first.left.0 == "found" {
            return teller.phrase(format!("rule.{}.label", first.rule.text().id), &[]);
        }
        return Phrase::Literal(format!("{} ≠ {}", first.left.0, first.right.0));
    }
    teller.phrase(format!("{key}.label"), arguments)
}

/// A length of time in seconds, with milliseconds where there are some.
fn duration(span: Time) -> String {
    match span.0 % 1000 {
        0 => format!("{} s", span.0 / 1000),
        ms => format!("{}.{ms:03} s", span.0 / 1000),
    }
}
