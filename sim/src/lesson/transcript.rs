//! The transcript: every step of every run as a list. Paper, screen readers and browsers without scripts use it.

use std::fmt::Write as _;

use super::model::{Delta, DeltaSign, Lesson, Party, PartyRole, Run, Step};
use super::page::escaped;

/// The transcript as HTML, in a language.
#[must_use]
pub fn html(lesson: &Lesson, language: &str) -> String {
    let reader = Reader { lesson, language };
    let mut out = String::new();
    for run in &lesson.runs {
        reader.run(run, &mut out);
    }
    out
}

/// Reads the texts of a lesson in one language.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The lesson.
    pub lesson: &'a Lesson,
    /// The language.
    pub language: &'a str,
}

impl<'a> Reader<'a> {
    /// The text called `key`.
    #[must_use]
    pub fn text(&self, key: &'a str) -> &'a str {
        let texts = self.lesson.texts.get(self.language);
        texts
            .and_then(|texts| texts.get(key))
            .map_or(key, String::as_str)
    }

    /// The party called `id`.
    #[must_use]
    pub fn party(&self, id: &str) -> Option<&'a Party> {
        self.lesson.parties.iter().find(|party| party.id == id)
    }

    /// What the party called `id` is.
    #[must_use]
    pub fn name(&self, id: &'a str) -> &'a str {
        self.party(id).map_or(id, |party| self.text(&party.name))
    }

    /// "Browser → Client", or the one who decides.
    #[must_use]
    pub fn who(&self, step: &'a Step) -> String {
        let from = self.name(&step.from);
        match &step.to {
            Some(to) => format!("{from} → {}", self.name(to)),
            None => from.to_owned(),
        }
    }

    /// "+ Client: login.state = …".
    #[must_use]
    pub fn delta(&self, delta: &'a Delta) -> String {
        let sign = match delta.sign {
            DeltaSign::Added => "+",
            DeltaSign::Removed => "−",
            DeltaSign::Changed => "~",
        };
        let holds = match delta.sign {
            DeltaSign::Added | DeltaSign::Changed => format!(" = {}", delta.text),
            DeltaSign::Removed => String::new(),
        };
        format!("{sign} {}: {}{holds}", self.name(&delta.party), delta.path)
    }

    fn run(&self, run: &'a Run, out: &mut String) {
        let label = escaped(self.text(&run.label));
        let seed = self.text("ui.seed").replace("{n}", &run.seed);
        let _ = write!(out, "<h2>{label} · {}</h2><ol>", escaped(&seed));
        for (number, step) in (1..).zip(&run.steps) {
            self.step(number, step, out);
        }
        out.push_str("</ol>");
    }

    fn step(&self, number: u32, step: &'a Step, out: &mut String) {
        let role = self
            .party(&step.from)
            .map_or("", |party| role_word(party.role));
        let _ = write!(
            out,
            "<li value=\"{number}\" data-role=\"{role}\"><h3>{}</h3><p class=\"transcript-who\">{} · t = {} ms</p><p>{} {}</p>",
            escaped(self.text(&step.title)),
            escaped(&self.who(step)),
            step.at_ms,
            escaped(self.text(&step.what)),
            escaped(self.text(&step.why)),
        );
        if let Some(message) = &step.message {
            let _ = write!(
                out,
                "<pre tabindex=\"0\">{}</pre>",
                escaped(&message.octets)
            );
        }
        if !step.deltas.is_empty() {
            out.push_str("<ul class=\"transcript-deltas\">");
            for delta in &step.deltas {
                let _ = write!(out, "<li>{}</li>", escaped(&self.delta(delta)));
            }
            out.push_str("</ul>");
        }
        for id in &step.violated {
            let name = self.lesson.invariants.iter().find(|known| known.id == *id);
            let name = name.map_or(id.as_str(), |known| self.text(&known.name));
            let alarm = self.text("ui.violated_now").replace("{names}", name);
            let _ = write!(out, "<p class=\"alarm\">✕ {}</p>", escaped(&alarm));
        }
        out.push_str("</li>");
    }
}

const fn role_word(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Browser => "browser",
        PartyRole::Client => "client",
        PartyRole::Server => "server",
        PartyRole::Store => "store",
        PartyRole::Resource => "resource",
        PartyRole::Attacker => "attacker",
    }
}
