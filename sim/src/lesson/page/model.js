// The lesson as the simulator wrote it, with what is read often worked out once.

class Lesson {
  constructor(data) {
    this.data = data;
    this.language = data.languages[0];
    this.runs = new Map(data.runs.map((run) => [run.id, new Run(this, run)]));
    this.parties = new Map(data.parties.map((party) => [party.id, party]));
    this.invariants = data.invariants;
  }

  /** The words of a key in the language of the moment. */
  say(key, fields = {}) {
    return phrase(this.data.texts, this.language, key, fields);
  }

  party(id) {
    return this.parties.get(id);
  }

  /** A followed value by its number, or nothing. */
  value(number) {
    return this.data.values[number];
  }

  /** The short name of a party. */
  short(id) {
    return this.say(this.party(id).short);
  }

  /** The two sentences of a step. */
  prose(step) {
    return `${this.say(step.what)} ${this.say(step.why)}`;
  }

  /** The scenario that a run belongs to: the one that shows it, or whose defence it is; of a branch, that of its stem. */
  scenarioOf(runId) {
    const { scenarios } = this.data;
    const stem = this.runs.get(runId).data.branch_of?.run;
    return scenarios.find(({ run, defence }) => run === runId || defence === runId)
      ?? (stem ? this.scenarioOf(stem) : scenarios[0]);
  }
}

class Run {
  constructor(lesson, data) {
    this.lesson = lesson;
    this.id = data.id;
    this.data = data;
    this.steps = data.steps;
    this.parties = data.parties;
    this.lamps = foldLamps(data.steps);
    this.paths = new Map(data.paths.map((path) => [path.value, path]));
  }

  /** The same run in a diagram with other lanes. */
  inLanes(parties) {
    return Object.assign(Object.create(Run.prototype), this, { parties });
  }

  get length() {
    return this.steps.length;
  }

  step(number) {
    return this.steps[number - 1];
  }

  /** The nearest step that this run has. */
  clamp(number) {
    return Math.min(Math.max(Math.trunc(number) || 1, 1), this.length);
  }

  /** The place of a party's lane, as a share of the width. */
  lane(partyId) {
    return (this.parties.indexOf(partyId) + 0.5) / this.parties.length;
  }

  role(partyId) {
    return this.lesson.party(partyId).role;
  }

  /** Where a value was made in this run, and the steps that carry it. */
  path(value) {
    return this.paths.get(value) ?? { steps: [] };
  }

  /** What every party knows after a step: for each party a map from names to what they hold. */
  knowledge(number) {
    const known = new Map(this.parties.map((party) => [party, new Map()]));
    for (const step of this.steps.slice(0, number)) {
      for (const delta of step.deltas) {
        apply(known.get(delta.party), delta);
      }
    }
    return known;
  }
}

function apply(facts, delta) {
  if (!facts) {
    return;
  }
  if (delta.sign === "-") {
    facts.delete(delta.path);
  } else {
    facts.set(delta.path, delta);
  }
}

/** For each step the verdict on each invariant so far. */
function foldLamps(steps) {
  let lamps = {};
  return steps.map((step) => {
    lamps = Object.keys(step.invariants).length ? { ...lamps, ...step.invariants } : lamps;
    return lamps;
  });
}

/** A time of the run in the largest unit that says it without a fraction. */
function duration(milliseconds) {
  const units = [["d", 86400000], ["h", 3600000], ["min", 60000], ["s", 1000]];
  const [unit, size] = units.find(([, size]) => milliseconds >= size && milliseconds % size === 0) ?? ["ms", 1];
  return `${(milliseconds / size).toLocaleString("en").replaceAll(",", "\u202f")} ${unit}`;
}
