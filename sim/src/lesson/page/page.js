// The page: one state, shown by parts that patch what changed.

class Page {
  constructor(data) {
    this.lesson = new Lesson(data);
    this.state = { run: null, step: 1, pick: null, view: "run" };
    this.address = new AddressBar(this.lesson);
    this.stage = document.getElementById("stage");
    this.transcript = document.getElementById("transcript");
    this.actions = {
      go: (step, focus) => this.go(step, focus),
      pick: (pick) => this.pick(pick),
      branch: (branch) => this.branch(branch),
      waits: () => this.waits(),
    };
    this.transport = new Transport(this.lesson, document.getElementById("transport"), this.actions);
    addEventListener("hashchange", () => this.arrive(readAddress()));
    addEventListener("beforeprint", () => writeTranscript(this.state.run, this.transcript));
    wearTheme(remembered("theme"));
    this.arrive(readAddress());
  }

  /** Goes where an address points; what it does not say, or says wrongly, stays at its beginning. */
  arrive({ run, step, language, pick, view }) {
    const { lesson, state } = this;
    lesson.language = lesson.data.languages.includes(language) ? language : preferred(lesson.data.languages, lesson.language);
    state.run = lesson.runs.get(run) ?? lesson.runs.get(lesson.data.scenarios[0].run);
    state.step = state.run.clamp(step);
    state.pick = pick && isPick(lesson, pick) ? pick : null;
    state.view = ["compare", "transcript"].includes(view) ? view : "run";
    this.lay();
  }

  /** Builds what depends on run, view and language, then shows the step. */
  lay() {
    const { lesson, state } = this;
    const scenario = lesson.scenarioOf(state.run.id);
    if (state.view === "compare" && !scenario.defence) {
      state.view = "run";
    }
    document.documentElement.lang = lesson.language;
    document.documentElement.dataset.view = state.view;
    this.layTop(scenario);
    this.layStage(scenario);
    this.transport.lay(this.leader(scenario), state.view === "run");
    this.go(state.step);
  }

  leader(scenario) {
    const { state, lesson } = this;
    if (state.view !== "compare") {
      return state.run;
    }
    const [attack, defence] = [lesson.runs.get(scenario.run), lesson.runs.get(scenario.defence)];
    return attack.length >= defence.length ? attack : defence;
  }

  layStage(scenario) {
    const { lesson, state } = this;
    if (state.view === "compare") {
      this.parts = [new Compare(lesson.runs.get(scenario.run), lesson.runs.get(scenario.defence), scenario.parts_at ?? 0, this.actions)];
    } else if (state.view === "transcript") {
      this.parts = [];
      writeTranscript(state.run, this.transcript);
    } else {
      this.parts = [new Diagram(state.run, this.actions), new Inspector(state.run, this.actions), new Knowledge(state.run, this.actions)];
    }
    this.stage.replaceChildren(...this.parts.map((part) => part.node));
  }

  layTop(scenario) {
    const title = this.lesson.say(this.lesson.data.title);
    document.title = title;
    setText(document.querySelector("h1"), title);
    document.querySelector("h1").title = title;
    setText(document.getElementById("seed"), this.lesson.say("ui.seed", { n: this.state.run.data.seed }));
    document.getElementById("controls").replaceChildren(...topControls(this, scenario));
  }

  go(number, focus = false) {
    const { state } = this;
    const leader = this.transport.run;
    state.step = leader.clamp(number);
    this.transport.show(state.step);
    for (const part of this.parts) {
      part.show(state.step, focus);
      part.follow?.(state.pick);
    }
    this.parts.forEach((part) => part.settle());
    this.address.write(state);
  }

  /** Follows a value; the same value again lets it go. */
  pick(pick) {
    this.state.pick = this.state.pick === pick ? null : pick;
    this.parts.forEach((part) => part.follow?.(this.state.pick));
    this.address.write(this.state);
  }

  turn(change) {
    const { state } = this;
    Object.assign(state, change);
    state.step = state.run.clamp(state.step);
    keepingFocus(() => this.lay());
  }

  branch({ run, step }) {
    this.turn({ run: this.lesson.runs.get(run), step: step ?? this.state.step, view: "run" });
  }

  speak(language) {
    this.lesson.language = language;
    remember("language", language);
    keepingFocus(() => this.lay());
  }

  /** Whether a question is to be answered before the play goes on; then it unfolds. */
  waits() {
    const inspector = this.parts.find((part) => part instanceof Inspector);
    const step = this.state.run.step(this.state.step);
    const waits = Boolean(inspector?.quiz.waits(step.quiz, `${this.state.run.id}/${this.state.step}`));
    if (waits) {
      inspector.quiz.node.open = true;
    }
    return waits;
  }
}

function isPick(lesson, pick) {
  return pick.startsWith("p:") ? pick.slice(2) in lesson.data.parameters : /^\d+$/.test(pick) && lesson.value(pick) !== undefined;
}

document.documentElement.classList.add("script");
new Page(JSON.parse(document.getElementById("lesson").textContent));
