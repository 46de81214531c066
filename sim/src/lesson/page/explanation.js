// What one value is, what goes wrong without it, and where it has been.

const STOPS_MAX = 10; // more stops than this are more than two lines
const STOPS_AT_ENDS = 3;

class Explanation {
  constructor(run, { go }) {
    this.run = run;
    this.lesson = run.lesson;
    this.go = go;
    this.node = element("section", { class: "explanation card" });
    this.shown = null;
  }

  /** Explains the picked value or parameter; without one, says that there is something to pick. */
  show(pick, step) {
    const key = `${pick}@${step}`;
    if (this.shown === key) {
      return;
    }
    this.shown = key;
    const value = pick === null ? undefined : this.lesson.value(pick);
    const name = value?.name ?? pick?.replace(/^p:/, "");
    const entry = value ?? this.lesson.data.parameters[name];
    this.node.hidden = !entry;
    this.node.dataset.kind = value?.kind ?? "other";
    if (entry) {
      const about = value ? this.wayOf(Number(pick), value, step) : { origin: "", path: [] };
      this.node.replaceChildren(...this.parts(name, value, entry, about));
    }
  }

  parts(name, value, entry, { origin, path }) {
    const { lesson } = this;
    return [
      element("h3", {}, value ? tile(value) : null, element("span", { class: "explained" }, name),
        origin ? element("span", { class: "origin" }, origin) : null),
      element("p", {}, lesson.say(entry.about)),
      element("p", { class: "wrong" }, element("b", {}, lesson.say("ui.if_wrong")), " ", lesson.say(entry.wrong)),
      ...path,
      specification(lesson, entry.rfc),
    ].filter(Boolean);
  }

  /** Where a value was made, and the steps it goes through. */
  wayOf(number, value, current) {
    const { lesson } = this;
    const { minted, steps } = this.run.path(number);
    const origin = [
      value.bits ? lesson.say("ui.random_bits", { n: value.bits }) : null,
      minted ? lesson.say("ui.minted_by", { party: lesson.short(minted.party), n: minted.step })
        : lesson.say(steps.length ? "ui.agreed_before" : "ui.not_here"),
    ];
    const path = steps.length ? [element("h4", {}, lesson.say("ui.path")), this.pathOf(steps, current)] : [];
    return { origin: origin.filter(Boolean).join(" · "), path };
  }

  /** The stops of a value; of a long way the beginning, what is near, and the end. */
  pathOf(steps, current) {
    const here = steps.findLastIndex((step) => step <= current);
    const near = (place) => place < STOPS_AT_ENDS || place >= steps.length - STOPS_AT_ENDS || Math.abs(place - here) <= 1;
    const stops = steps.map((step, place) => (steps.length <= STOPS_MAX || near(place) ? this.stop(step, current) : null));
    const shown = stops.filter((stop, place) => stop || stops[place - 1]);
    return element("ol", { class: "path" }, shown.map((stop) => element("li", {}, stop ?? "…")));
  }

  stop(step, current) {
    const party = this.run.step(step).from;
    return element("button", { type: "button", class: "stop", "data-role": this.run.role(party),
      "aria-current": step === current ? "step" : null, onclick: () => this.go(step) }, `${step} ${this.lesson.short(party)}`);
  }
}

/** Links to the paragraphs that say so. */
function specification(lesson, references) {
  if (!references.length) {
    return null;
  }
  const links = references.map(({ text, url }) =>
    (url ? element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : element("span", {}, text)));
  return element("p", { class: "specification" }, element("b", {}, lesson.say("ui.specification")), links);
}
