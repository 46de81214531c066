// The transcript: the whole run as a list, for paper and for those who would rather read.

function writeTranscript(run, host) {
  const { lesson } = run;
  const items = run.steps.map((step, place) => transcriptItem(run, step, place + 1));
  host.setAttribute("aria-label", lesson.say("ui.transcript"));
  host.replaceChildren(
    element("h2", {}, `${lesson.say(run.data.label)} · ${lesson.say("ui.seed", { n: run.data.seed })}`),
    element("ol", {}, items));
}

function transcriptItem(run, step, number) {
  const { lesson } = run;
  const name = (id) => lesson.say(lesson.party(id).name);
  const who = step.to ? `${name(step.from)} → ${name(step.to)}` : name(step.from);
  const deltas = step.deltas.map((delta) => element("li", {}, deltaText(lesson, delta)));
  const violated = step.violated.map((id) => lesson.say(lesson.invariants.find((one) => one.id === id).name));
  return element("li", { value: number, "data-role": run.role(step.from) },
    element("h3", {}, lesson.say(step.title)),
    element("p", { class: "transcript-who" }, `${who} · t = ${duration(step.at_ms)}`),
    element("p", {}, lesson.prose(step)),
    step.message ? element("pre", { tabindex: "0" }, step.message.octets.trimEnd()) : null,
    deltas.length ? element("ul", { class: "transcript-deltas" }, deltas) : null,
    violated.length ? element("p", { class: "alarm" }, `✕ ${lesson.say("ui.violated_now", { names: violated.join(", ") })}`) : null);
}

function deltaText(lesson, delta) {
  const holds = delta.sign === "-" ? "" : ` = ${delta.text}`;
  return `${delta.sign.replace("-", "−")} ${lesson.short(delta.party)}: ${delta.path}${holds}`;
}
