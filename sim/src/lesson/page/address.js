// The address of this very moment: `#trace=…&seed=…&step=…&lang=…&pick=…`.

const ADDRESS_PAUSE_MS = 250; // browsers refuse more than 200 changes of the address in 30 s

function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  return {
    run: fields.get("trace"),
    step: Number(fields.get("step")) || 1,
    language: fields.get("lang"),
    pick: fields.get("pick"),
    view: fields.get("view"),
  };
}

function addressOf(lesson, state) {
  const fields = new URLSearchParams({
    trace: state.run.id,
    seed: state.run.data.seed,
    step: String(state.step),
    lang: lesson.language,
  });
  if (state.pick) {
    fields.set("pick", state.pick);
  }
  if (state.view !== "run") {
    fields.set("view", state.view);
  }
  return `#${fields}`;
}

/** Keeps the address in step with the state, a little later, so that a held key does not flood the history. */
class AddressBar {
  constructor(lesson) {
    this.lesson = lesson;
    this.pending = null;
  }

  write(state) {
    clearTimeout(this.pending);
    this.pending = setTimeout(() => {
      const address = addressOf(this.lesson, state);
      if (address !== location.hash) {
        history.replaceState(null, "", address);
      }
    }, ADDRESS_PAUSE_MS);
  }
}
