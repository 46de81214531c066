// The right column: one step in words, its message or its checks, a question, and the invariants.

const TELLING = ["code", "state", "token", "secret", "redirect", "other", "nonce"];

class Inspector {
  constructor(run, actions) {
    this.run = run;
    this.lesson = run.lesson;
    this.line = element("p", { class: "step-line" });
    this.moment = element("span", { class: "moment" });
    this.title = element("h2");
    this.prose = element("p", { class: "prose" });
    this.note = element("p", { class: "note" });
    this.checks = element("section", { class: "checks" });
    this.message = new MessageCard(this.lesson, actions);
    this.explanation = new Explanation(run, actions);
    this.hint = element("p", { class: "hint" }, this.lesson.say("ui.pick_hint"));
    this.quiz = new Quiz(this.lesson);
    this.details = new Details(this.lesson);
    this.verdicts = new Verdicts(this.lesson);
    this.node = element("section", { class: "inspector", tabindex: "0", "aria-label": this.lesson.say("ui.this_step") },
      element("header", { class: "step-header", "aria-live": "polite", "aria-atomic": "true" },
        element("div", { class: "step-head" }, this.line, this.moment), this.title, this.prose),
      this.note, this.checks, this.message.node, this.explanation.node, this.hint, this.quiz.node, this.details.node, this.verdicts.node);
  }

  show(number) {
    const step = this.run.step(number);
    this.step = number;
    this.line.replaceChildren(...this.lineOf(step, number));
    this.moment.hidden = this.run.steps.at(-1).at_ms === 0;
    setText(this.moment, `t = ${duration(step.at_ms)}`);
    this.showNote(number === 1 ? this.lesson.data.note : undefined);
    setText(this.title, this.lesson.say(step.title));
    setText(this.prose, this.lesson.prose(step));
    this.checks.hidden = step.checks.length === 0;
    this.checks.replaceChildren(...step.checks.map((check) => checkCard(this.lesson, check)));
    this.message.show(step.message);
    this.quiz.show(step.quiz, `${this.run.id}/${number}`);
    this.details.show(step.details);
    this.verdicts.show(this.run.lamps[number - 1], step.violated, number === this.run.length ? this.run.data.verdict : null);
  }

  settle() {
    this.node.scrollTop = 0;
  }

  showNote(note) {
    this.note.hidden = note === undefined;
    setText(this.note, note === undefined ? "" : this.lesson.say(note));
  }

  lineOf(step, number) {
    const name = (id) => element("b", { class: "who", "data-role": this.run.role(id) },
      this.lesson.say(this.lesson.party(id).name));
    const count = element("span", {}, this.lesson.say("ui.step_of", { n: number, total: this.run.length }));
    return step.to ? [count, name(step.from), element("span", { class: "to" }, "→"), name(step.to)] : [count, name(step.from)];
  }

  /** Follows a value; without one, explains what the step's message is about. */
  follow(pick) {
    const step = this.run.step(this.step);
    const main = pick ?? this.mainValue(step);
    this.message.follow(pick);
    this.explanation.show(main, this.step);
    this.hint.hidden = !this.explanation.node.hidden || !step.message;
  }

  /** The value that a message is most about: the most telling kind, and of these the latest made. */
  mainValue({ values }) {
    const rank = (number) => TELLING.indexOf(this.lesson.value(number).kind);
    const best = values.filter((number) => rank(number) >= 0).sort((one, other) => rank(one) - rank(other))[0];
    return best === undefined ? null : String(best);
  }
}

/** What came of a step meanwhile, for those who want to know more. */
class Details {
  constructor(lesson) {
    this.lesson = lesson;
    this.list = element("ul", { class: "facts-noted" });
    this.node = element("details", { class: "more card" }, element("summary", {}, lesson.say("ui.details")), this.list);
  }

  show(details) {
    this.node.hidden = details.length === 0;
    this.list.replaceChildren(...details.map((detail) => this.item(detail)));
  }

  item({ party, name, about, parts }) {
    const words = parts.map(([part, value]) => `${part}=${value}`).join("  ");
    return element("li", { "data-role": this.lesson.party(party)?.role ?? "store" },
      element("span", { class: "who" }, this.lesson.party(party) ? this.lesson.short(party) : party), " ",
      element("code", {}, name), about ? element("span", {}, ` ${this.lesson.say(about)}`) : null,
      words ? element("code", { class: "noted-parts" }, words) : null);
  }
}

/** The invariants at this step: not exercised, holds, or violated. */
class Verdicts {
  constructor(lesson) {
    this.lesson = lesson;
    this.rows = lesson.invariants.map((invariant) => {
      const lamp = makeLamp();
      const node = element("li", { class: "verdict", title: lesson.say(invariant.about) }, lamp.node,
        element("span", {}, lesson.say(invariant.name)));
      return { id: invariant.id, lamp, node };
    });
    this.alarm = element("p", { class: "alarm", role: "status" });
    this.ending = element("p", { class: "ending" });
    const many = this.rows.length > LAMPS_OF_USUAL_SIZE;
    this.node = element("section", { class: `verdicts${many ? " many" : ""}` }, element("h3", {}, lesson.say("ui.invariants")),
      element("ul", {}, this.rows.map((row) => row.node)), this.alarm, this.ending);
  }

  /** How the run ends, in its last step. */
  showEnding(verdict) {
    this.ending.hidden = !verdict;
    if (verdict) {
      const broken = verdict.violated.length > 0;
      this.ending.dataset.lamp = broken ? "violated" : "holds";
      setText(this.ending, `${broken ? "✕" : "✓"} ${this.lesson.say(verdict.words)}`);
    }
  }

  show(lamps, violated, verdict) {
    for (const { id, lamp, node } of this.rows) {
      lamp.show(this.lesson, lamps[id]);
      node.dataset.lamp = lamps[id] ?? "not_exercised";
    }
    const names = this.lesson.invariants.filter(({ id }) => violated.includes(id)).map(({ name }) => this.lesson.say(name));
    this.alarm.hidden = names.length === 0;
    this.showEnding(verdict);
    setText(this.alarm, names.length ? `✕ ${this.lesson.say("ui.violated_now", { names: names.join(", ") })}` : "");
  }
}

/** A lamp: dashed while nothing was put to the test, ✓ or ✕ afterwards. */
function makeLamp() {
  const sign = element("span", { "aria-hidden": "true" });
  const word = hidden("");
  const node = element("span", { class: "lamp" }, sign, word);
  const show = (lesson, verdict = "not_exercised") => {
    node.dataset.lamp = verdict;
    setText(sign, { holds: "✓", violated: "✕" }[verdict] ?? "");
    setText(word, `${lesson.say(`ui.lamp_${verdict}`)}: `);
  };
  return { node, show };
}
