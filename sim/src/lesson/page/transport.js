// The bar below: first, back, play, next, last, the scrubber, the count and the lamps.

const KEYS = { first: "Home", back: "←", play: "␣", pause: "␣", next: "→", last: "End" };
const PLAY_PAUSE_MS = 1800; // long enough to read a title and see the dot land

class Transport {
  constructor(lesson, node, { go, waits }) {
    this.lesson = lesson;
    this.go = go;
    this.waits = waits;
    this.node = node;
    this.timer = null;
    node.setAttribute("role", "toolbar");
    node.addEventListener("keydown", (event) => this.key(event));
  }

  /** Lays the bar out for a run; called again when run or language change. */
  lay(run, lamps) {
    clearInterval(this.timer);
    this.timer = null;
    this.run = run;
    this.step = 0;
    const { lesson } = this;
    this.node.setAttribute("aria-label", lesson.say("ui.transport"));
    this.playButton = this.button("play", () => this.toggle(), "primary");
    this.buttons = [
      this.button("first", () => this.to(1), "outer"), this.button("back", () => this.to(this.step - 1)), this.playButton,
      this.button("next", () => this.to(this.step + 1)), this.button("last", () => this.to(run.length), "outer"),
    ];
    this.lamps = lamps ? lesson.invariants.map(({ id, name }) => ({ id, name, lamp: makeLamp() })) : [];
    this.count = element("span", { class: "count" });
    this.node.replaceChildren(element("span", { class: "buttons" }, this.buttons), this.makeScrubber(), this.count,
      ...(lamps ? [this.makeLamps()] : []));
  }

  makeLamps() {
    const items = this.lamps.map(({ name, lamp }) => {
      lamp.node.append(hidden(this.lesson.say(name)));
      return element("li", { title: this.lesson.say(name) }, lamp.node);
    });
    return element("ul", { class: `lamps${items.length > LAMPS_OF_USUAL_SIZE ? " many" : ""}`, "aria-label": this.lesson.say("ui.invariants") }, items);
  }

  button(name, action, extra = "") {
    const label = this.lesson.say(`ui.${name}`);
    return element("button", { type: "button", class: `key ${extra}`, "aria-label": label, title: titled(label, name),
      onclick: action }, icon(name));
  }

  makeScrubber() {
    const { run } = this;
    this.ticks = run.steps.map((step, place) => element("i", {
      class: "tick", "data-role": run.role(step.from), "data-local": !step.to,
      "data-violated": step.violated.length > 0, "--at": share(run, place + 1),
    }));
    this.knob = element("i", { class: "knob" });
    this.done = element("i", { class: "done" });
    this.slider = element("div", { class: `scrubber ${densityOf(run.length)}`, role: "slider", tabindex: "0", "aria-valuemin": "1",
      "aria-valuemax": run.length, "aria-label": this.lesson.say("ui.scrubber") },
    element("span", { class: "track" }, this.done, this.ticks, this.knob));
    this.slider.addEventListener("pointerdown", (event) => this.drag(event));
    this.slider.addEventListener("pointermove", (event) => event.buttons && this.drag(event));
    return this.slider;
  }

  drag(event) {
    const box = this.slider.firstChild.getBoundingClientRect();
    this.slider.setPointerCapture(event.pointerId);
    this.slider.focus({ preventScroll: true });
    const place = (event.clientX - box.x) / box.width;
    this.to(1 + Math.round(place * (this.run.length - 1)));
  }

  key(event) {
    const steps = { ArrowLeft: this.step - 1, ArrowRight: this.step + 1, Home: 1, End: this.run.length };
    const onSlider = event.target === this.slider;
    if (event.key in steps && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.to(steps[event.key]);
    } else if (event.key === " " && onSlider) {
      event.preventDefault();
      this.toggle();
    }
  }

  /** Goes to a step by hand: whoever steers stops the play. */
  to(number) {
    this.stop();
    this.go(number);
  }

  toggle() {
    if (this.timer) {
      this.stop();
      return;
    }
    this.setPlaying(true);
    if (this.step === this.run.length) {
      this.go(1);
    }
    this.timer = setInterval(() => this.playOn(), PLAY_PAUSE_MS);
  }

  playOn() {
    if (this.step >= this.run.length || this.waits()) {
      this.stop();
    } else {
      this.go(this.step + 1);
    }
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.setPlaying(false);
  }

  setPlaying(playing) {
    const name = playing ? "pause" : "play";
    const label = this.lesson.say(`ui.${name}`);
    this.playButton.replaceChildren(icon(name));
    this.playButton.setAttribute("aria-label", label);
    this.playButton.title = titled(label, name);
  }

  show(number) {
    const target = this.run.clamp(number);
    const [low, high] = this.step ? [Math.min(this.step, target), Math.max(this.step, target)] : [1, this.run.length];
    for (let place = low; place <= high; place += 1) {
      this.ticks[place - 1].dataset.tense = place <= target ? "past" : "future";
    }
    this.step = target;
    const at = share(this.run, target);
    this.knob.style.setProperty("--at", at);
    this.done.style.setProperty("--at", at);
    const title = this.lesson.say(this.run.step(target).title);
    this.slider.setAttribute("aria-valuenow", target);
    this.slider.setAttribute("aria-valuetext", `${target} / ${this.run.length}: ${title}`);
    setText(this.count, `${target} / ${this.run.length}`);
    this.limit(target);
    const lamps = this.run.lamps[target - 1];
    this.lamps.forEach(({ id, lamp }) => lamp.show(this.lesson, lamps[id]));
  }

  /** At an end the way on is greyed, but stays in the order of the keyboard. */
  limit(target) {
    const [first, back, , next, last] = this.buttons;
    [first, back].forEach((button) => button.setAttribute("aria-disabled", String(target === 1)));
    [next, last].forEach((button) => button.setAttribute("aria-disabled", String(target === this.run.length)));
  }
}

/** How close the ticks stand: they are drawn the smaller the more there are. */
function densityOf(steps) {
  const [, name] = [[120, "bars"], [32, "dense"], [22, "close crowded"], [14, "close"]].find(([most]) => steps > most) ?? [0, "airy"];
  return name;
}

/** What a button does, and the key that does the same on this bar. */
function titled(label, name) {
  return `${label} (${KEYS[name]})`;
}

/** The place of a step on the scrubber, from 0 to 1. */
function share(run, number) {
  return run.length > 1 ? (number - 1) / (run.length - 1) : 0;
}
