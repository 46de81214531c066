// What each party knows, under its own lifeline: the facts after the step, and what the step changed.

const LANES_WITH_PANELS = 5; // with more lanes than this a panel under each is too narrow to read

const PANELS_WITH_ROOM = 4;

class Knowledge {
  constructor(run, { pick }) {
    this.run = run;
    this.lesson = run.lesson;
    this.pick = pick;
    this.panels = shownParties(run).map((id) => this.makePanel(id));
    this.node = element("div", { class: `knowledge${this.panels.length > PANELS_WITH_ROOM ? " tight" : ""}`, "--lanes": this.panels.length },
      this.panels.map((panel) => panel.node));
  }

  makePanel(id) {
    const party = this.lesson.party(id);
    const list = element("dl", { class: "facts" });
    const title = element("h3", {}, element("b", {}, this.lesson.say(party.short)),
      ` ${this.lesson.say("ui.knows")}`);
    const nothing = element("p", { class: "nothing" }, this.lesson.say("ui.nothing"));
    const node = element("section", { class: "panel", "data-party": id, "data-role": party.role, tabindex: "0",
      "aria-label": this.lesson.say("ui.knowledge_of", { party: `${this.lesson.say(party.name)}, ${this.lesson.say(party.address)}` }) }, title, nothing, list);
    return { id, node, list, facts: new Map() };
  }

  show(number) {
    const known = this.run.knowledge(number);
    const { deltas } = this.run.step(number);
    for (const panel of this.panels) {
      const changes = new Map(deltas.filter(({ party }) => party === panel.id).map((delta) => [delta.path, delta]));
      this.patch(panel, known.get(panel.id), changes);
    }
  }

  /** Brings a panel to what is known now; facts that stay are not touched. */
  patch(panel, known, changes) {
    const wanted = new Map(known);
    for (const [path, delta] of changes) {
      if (delta.sign === "-") {
        wanted.set(path, delta);
      }
    }
    const rows = grouped(wanted, changes);
    const facts = new Map();
    for (const row of rows) {
      const old = panel.facts.get(row.key);
      const same = old && old.row.fact === row.fact && old.row.sign === row.sign;
      facts.set(row.key, same ? old : { row, node: this.makeFact(row) });
    }
    placeInOrder(panel.list, [...facts.values()].map(({ node }) => node));
    panel.facts = facts;
    panel.node.classList.toggle("empty", rows.length === 0);
  }

  /** Scrolls to what changed, where not everything can be seen. */
  settle() {
    for (const { node, list } of this.panels) {
      const changed = list.querySelector(".fact:not([data-sign=''])");
      if (changed && node.scrollHeight > node.clientHeight) {
        node.scrollTop = changed.offsetTop - node.clientHeight / 2;
      }
    }
  }

  makeFact({ path, name, inner, fact, sign }) {
    const word = { "+": "ui.added", "-": "ui.removed", "~": "ui.changed" }[sign];
    const mark = { "+": "+", "-": "−", "~": "~" }[sign] ?? "";
    const node = element("div", { class: `fact${inner ? " inner" : ""}${fact?.value === undefined ? " untiled" : ""}`, "data-sign": sign },
      element("dt", { title: path }, element("span", { class: "fact-sign", "aria-hidden": "true" }, mark),
        word ? hidden(`${this.lesson.say(word)}: `) : null, name),
      fact ? this.makeValue(fact) : element("dd"));
    if (fact?.value !== undefined) {
      node.addEventListener("click", () => this.pick(String(fact.value)));
    }
    return node;
  }

  makeValue({ value, text }) {
    const known = value === undefined ? null : this.lesson.value(value);
    return element("dd", { "data-kind": known?.kind, title: text },
      known ? tile(known) : null, element("span", { class: "fact-text" }, text));
  }
}

/** Everybody; where there are many, only those who ever learn something. */
function shownParties(run) {
  if (run.parties.length <= LANES_WITH_PANELS) {
    return run.parties;
  }
  const learning = new Set(run.steps.flatMap((step) => step.deltas.map(({ party }) => party)));
  return run.parties.filter((party) => learning.has(party));
}

/** Facts in rows: those with a common part before the dot stand together below it. */
function grouped(facts, changes) {
  const groups = new Map();
  for (const path of facts.keys()) {
    const [head] = path.match(/^[^.(]*(\([^)]*\))?/); // a dot in brackets belongs to a name, as in `code(alice 1.2)`
    groups.set(head, [...(groups.get(head) ?? []), path]);
  }
  return [...groups].flatMap(([head, paths]) => {
    const row = (path, name, inner) =>
      ({ key: `${path}|${name}`, path, name, inner, fact: facts.get(path), sign: changes.get(path)?.sign ?? "" });
    if (paths.length === 1) {
      return [row(paths[0], paths[0], false)];
    }
    const inside = paths.filter((path) => path !== head);
    return [row(head, head, false), ...inside.map((path) => row(path, path.slice(head.length), true))];
  });
}

/** Makes these the children of a node, in this order, and moves none that is in its place. */
function placeInOrder(parent, nodes) {
  const wanted = new Set(nodes);
  [...parent.children].filter((child) => !wanted.has(child)).forEach((child) => child.remove());
  nodes.forEach((node, place) => {
    if (parent.children[place] !== node) {
      parent.insertBefore(node, parent.children[place] ?? null);
    }
  });
}
