// Attack and defence side by side under one scrubber.

class Compare {
  constructor(left, right, parting, actions) {
    this.lesson = left.lesson;
    this.parting = parting;
    this.beats = Math.max(left.length, right.length) + 1; // the line where they part is one more
    const lanes = left.lesson.data.parties.map(({ id }) => id).filter((id) => left.parties.includes(id) || right.parties.includes(id));
    this.sides = [left, right].map((run) => this.makeSide(run.inLanes(lanes), actions));
    this.node = element("div", { class: "compare" }, this.sides.map((side) => side.node));
  }

  makeSide(run, actions) {
    const diagram = new Diagram(run, { compact: true, beats: this.beats, ...actions });
    const verdict = element("span", { class: "run-verdict" });
    const lamps = this.lesson.invariants.map(({ id, name }) => ({ id, name, lamp: makeLamp() }));
    const title = element("h2");
    const prose = element("p", { class: "prose" });
    const node = element("section", { class: "side-run", "aria-label": this.lesson.say(run.data.label) },
      element("header", {}, element("h2", { class: "run-name" }, this.lesson.say(run.data.label)), verdict,
        element("ul", { class: `lamps${lamps.length > LAMPS_OF_USUAL_SIZE ? " many" : ""}` }, lamps.map(({ name, lamp }) =>
          element("li", { title: this.lesson.say(name) }, lamp.node, hidden(this.lesson.say(name)))))),
      diagram.node, element("div", { class: "side-prose", "aria-live": "polite" }, title, prose));
    diagram.markParting(this.parting);
    return { run, diagram, verdict, lamps, title, prose, node };
  }

  show(number) {
    for (const side of this.sides) {
      const at = side.run.clamp(number);
      const step = side.run.step(at);
      side.diagram.show(at);
      side.node.classList.toggle("over", number > side.run.length);
      setText(side.title, this.lesson.say(step.title));
      setText(side.prose, this.lesson.prose(step));
      this.showVerdict(side, side.run.lamps[at - 1]);
    }
  }

  /** Both sides are scrolled alike, so that the same step is on the same height. */
  settle() {
    this.sides.forEach((side) => side.diagram.settle());
    const [left, right] = this.sides.map((side) => side.diagram.scroller);
    const longer = this.sides[0].run.length >= this.sides[1].run.length ? left : right;
    (longer === left ? right : left).scrollTop = longer.scrollTop;
  }

  showVerdict(side, lamps) {
    const broken = Object.values(lamps).includes("violated");
    side.verdict.dataset.lamp = broken ? "violated" : "holds";
    setText(side.verdict, broken ? `✕ ${this.lesson.say("ui.some_violated")}` : `✓ ${this.lesson.say("ui.all_hold")}`);
    side.lamps.forEach(({ id, lamp }) => lamp.show(this.lesson, lamps[id]));
  }

  follow(pick) {
    this.sides.forEach((side) => side.diagram.follow(pick));
  }
}
