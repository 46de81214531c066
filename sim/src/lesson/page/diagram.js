// The sequence diagram: a list of buttons, one per step, over the lifelines of the parties.

const LANES_WITH_LONG_NAMES = 3;
const ROW_PX = { least: 25, usual: 34, most: 46 }; // a label and its arrow need 25 px; more than 46 px tears them apart
const PAGE_EDGES_PX = 18;

class Diagram {
  constructor(run, { compact = false, beats = 0, pick, go, branch }) {
    this.run = run;
    this.compact = compact;
    this.beats = beats;
    this.lesson = run.lesson;
    this.actions = { pick, go, branch };
    this.step = 0;
    this.picked = null;
    this.rows = run.steps.map((step, place) => this.makeRow(step, place + 1));
    this.traveller = element("i", { class: "traveller" });
    this.thread = new Thread();
    this.list = element("ol", { class: "beats" }, this.rows.map((row) => row.item));
    this.scroller = this.makeScroller();
    this.node = element("div", { class: `diagram${compact ? " compact" : ""}`, "--lanes": run.parties.length },
      this.makeCards(), this.scroller);
    this.listen();
    if (run.data.branch_of && !compact) {
      this.markParting(run.data.branch_of.shared + 1);
    }
  }

  makeCards() {
    const isTight = this.compact || this.run.parties.length > LANES_WITH_LONG_NAMES;
    const cards = this.run.parties.map((id) => {
      const party = this.lesson.party(id);
      return element("li", { class: "party", "data-role": party.role },
        element("span", { class: "card" },
          icon(party.role),
          element("span", { class: "party-name" }, isTight ? this.lesson.short(id)
            : eitherLength(this.lesson.say(party.name), this.lesson.short(id))),
          element("span", { class: "party-address" }, this.lesson.say(party.address))));
    });
    return element("ul", { class: "parties", "aria-label": this.lesson.say("ui.parties") }, cards);
  }

  makeScroller() {
    const lines = this.run.parties.map((id) =>
      element("i", { class: "lifeline", "data-role": this.run.role(id), "--at": this.run.lane(id) }));
    const tall = this.run.steps.filter((step) => step.branches.length && !roomForBranch(this.run, step)).length;
    this.beats = Math.max(this.run.length + tall + (this.run.data.branch_of ? 1 : 0), this.beats);
    return element("div", { class: "beats-window" },
      element("div", { class: "beats-page" },
        element("div", { class: "lifelines", "aria-hidden": "true" }, lines), this.thread.node, this.list));
  }

  makeRow(step, number) {
    const { lesson, run } = this;
    const from = run.lane(step.from);
    const to = step.to ? run.lane(step.to) : from;
    const tiles = step.values.map((value) => {
      const node = tile(lesson.value(value), "following");
      node.dataset.value = value;
      return node;
    });
    const button = element("button", { type: "button", class: "beat", tabindex: "-1", "data-step": number },
      element("span", { class: "when" }, this.whenOf(number)),
      hidden(`${this.whoOf(step)}: `),
      element("span", { class: "label-line" }, step.to ? this.makeLabel(step, tiles) : this.makePill(step)),
      step.to ? element("span", { class: "arrow", "aria-hidden": "true" }) : null);
    const item = element("li", {
      class: "row", "data-kind": step.kind, "data-role": run.role(step.from), "data-sign": step.sign,
      "data-attack": step.attack, "data-violated": step.violated.length > 0, "data-way": to < from ? "left" : "right",
      "--from": from, "--to": to, "--left": Math.min(from, to), "--right": Math.max(from, to), "--middle": (from + to) / 2,
    }, button, this.makeBranches(step));
    item.classList.toggle("tall", step.branches.length > 0 && !roomForBranch(run, step));
    item.classList.toggle("branching", step.branches.length > 0);
    return { item, button, tiles };
  }

  makeLabel(step, tiles) {
    return element("span", { class: "label" }, element("span", { class: "label-text" }, this.lesson.say(step.label)),
      tiles.length ? element("span", { class: "tiles" }, tiles) : null);
  }

  makePill(step) {
    const sign = step.kind === "fault" ? "!" : { good: "✓", bad: "✕" }[step.sign] ?? "•";
    return element("span", { class: "label pill" }, element("span", { class: "sign", "aria-hidden": "true" }, sign),
      element("span", { class: "label-text" }, this.lesson.say(step.label)));
  }

  makeBranches(step) {
    if (!step.branches.length) {
      return null;
    }
    const buttons = step.branches.map((branch) =>
      element("button", { type: "button", class: "branch", onclick: () => this.actions.branch(branch) },
        icon("branch"), this.lesson.say(branch.label)));
    const place = roomForBranch(this.run, step) ?? "below";
    return element("span", { class: `branches ${place}` }, buttons);
  }

  /** The step's number; the time, where it moved. */
  whenOf(number) {
    const { at_ms } = this.run.step(number);
    const before = number > 1 ? this.run.step(number - 1).at_ms : null;
    const time = at_ms === before || (before === null && at_ms === 0) ? null
      : element("span", { class: "moment" }, duration(at_ms));
    return [element("span", { class: "number" }, number), time];
  }

  whoOf(step) {
    const name = (id) => this.lesson.say(this.lesson.party(id).name);
    return step.to ? `${name(step.from)} → ${name(step.to)}` : name(step.from);
  }

  listen() {
    this.list.addEventListener("click", (event) => {
      const picked = event.target.closest(".following");
      const beat = event.target.closest(".beat");
      if (beat) {
        this.actions.go(Number(beat.dataset.step));
      }
      if (picked) {
        this.actions.pick(picked.dataset.value);
      }
    });
    this.list.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (by && event.target.matches(".beat")) {
        event.preventDefault();
        this.actions.go(this.step + by, true);
      }
    });
    // In the next frame: what is observed changes size by it.
    new ResizeObserver(() => requestAnimationFrame(() => this.fit())).observe(this.scroller);
    new ResizeObserver(() => requestAnimationFrame(() => this.drawThread(false))).observe(this.list);
  }

  /** A line before the first step that this run does not share with another. */
  markParting(number) {
    const line = element("span", { class: "parting-line" }, element("span", {}, this.lesson.say("ui.part_here")));
    const row = this.rows[number - 1];
    if (row) {
      row.item.classList.add("parting");
      row.item.prepend(line);
    } else {
      this.list.append(element("li", { class: "row parting" }, line));
    }
  }

  /** Gives the rows the height at which all of them fit; when they cannot, the window is scrolled anyhow. */
  fit() {
    const wanted = Math.floor((this.scroller.clientHeight - PAGE_EDGES_PX) / this.beats);
    const height = wanted < ROW_PX.least ? ROW_PX.usual : Math.min(wanted, ROW_PX.most);
    this.scroller.style.setProperty("--fitting", `${height}px`);
    this.scroller.style.setProperty("--beats", this.beats);
    this.reveal(false);
  }

  /** Shows a step. Only the rows between the last step and this one change. */
  show(number, focus = false) {
    const target = this.run.clamp(number);
    const before = this.step;
    const [low, high] = before < target ? [before || 1, target] : [target, before];
    for (let place = before ? low : 1; place <= (before ? high : this.run.length); place += 1) {
      const tense = place < target ? "past" : place === target ? "now" : "future";
      this.rows[place - 1].item.dataset.tense = tense;
    }
    this.moveFocus(before, target, focus);
    this.step = target;
    this.fly(target === before + 1);
    this.isFresh = before === 0;
  }

  /** What needs to know where things are comes last, when everything is in its place. */
  settle() {
    if (this.isFresh) {
      this.fit();
    } else {
      this.reveal(true);
    }
  }

  moveFocus(before, target, focus) {
    if (before) {
      this.rows[before - 1].button.tabIndex = -1;
      this.rows[before - 1].button.removeAttribute("aria-current");
    }
    const { button } = this.rows[target - 1];
    button.tabIndex = 0;
    button.setAttribute("aria-current", "step");
    if (focus) {
      button.focus({ preventScroll: true });
    }
  }

  /** A dot flies along the arrow when the story goes one step on. */
  fly(forward) {
    this.traveller.remove();
    const arrow = this.rows[this.step - 1].item.querySelector(".arrow");
    if (forward && arrow && !isStill()) {
      arrow.append(this.traveller);
    }
  }

  /** Brings the step into the middle of the window, unless it is comfortably inside. */
  reveal(gently) {
    const { item } = this.rows[Math.max(this.step, 1) - 1];
    const { scroller } = this;
    const top = item.offsetTop - scroller.scrollTop;
    const margin = item.offsetHeight * 1.5;
    if (gently && top > margin && top + margin + item.offsetHeight < scroller.clientHeight) {
      return;
    }
    scroller.scrollTop = item.offsetTop - (scroller.clientHeight - item.offsetHeight) / 2;
  }

  /** Marks a value wherever it goes and draws a thread through it. */
  follow(pick) {
    if (pick === this.picked) {
      return;
    }
    this.picked = pick;
    for (const { tiles } of this.rows) {
      for (const node of tiles) {
        node.toggleAttribute("data-followed", node.dataset.value === pick);
      }
    }
    this.drawThread(true);
  }

  drawThread(fresh) {
    const value = this.picked === null ? null : this.lesson.value(this.picked);
    const stops = value ? this.rows.flatMap(({ tiles }) => tiles.filter((node) => "followed" in node.dataset)) : [];
    this.thread.draw(stops, this.list, value?.kind, fresh);
  }
}

/** The side on which a branch fits beside its arrow; nothing when it needs a line of its own. */
function roomForBranch(run, step) {
  const places = [run.lane(step.from), run.lane(step.to ?? step.from)];
  if (Math.max(...places) <= 0.56) {
    return "on-right";
  }
  return Math.min(...places) >= 0.44 && step.to ? "on-left" : null;
}

/** The thread of one value across the diagram. */
class Thread {
  constructor() {
    this.path = drawn("path", { pathLength: "1" });
    this.node = drawn("svg", { class: "thread", "aria-hidden": "true" }, this.path);
  }

  draw(stops, ground, kind, fresh) {
    const from = ground.getBoundingClientRect();
    const points = stops.map((stop) => {
      const box = stop.getBoundingClientRect();
      return [box.x + box.width / 2 - from.x, box.y + box.height / 2 - from.y];
    });
    this.node.dataset.kind = kind ?? "";
    this.path.setAttribute("d", points.length > 1 ? curve(points) : "");
    if (fresh && !isStill()) {
      this.path.getAnimations().forEach((animation) => animation.cancel());
      this.path.animate({ strokeDashoffset: ["1", "0"] }, { duration: 600, easing: "ease-in-out" });
    }
  }
}

/** A soft line through points that lie one below the other. */
function curve(points) {
  const [first, ...rest] = points.map((point) => point.map((place) => Math.round(place * 10) / 10));
  let [x, y] = first;
  const parts = rest.map(([nextX, nextY]) => {
    const bend = (y + nextY) / 2;
    const part = `C${x} ${bend} ${nextX} ${bend} ${nextX} ${nextY}`;
    [x, y] = [nextX, nextY];
    return part;
  });
  return `M${first.join(" ")}${parts.join("")}`;
}
