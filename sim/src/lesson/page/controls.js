// The bar above: which run, with or without the defence, side by side, language and light.

const BUTTONS_MAX = 3; // more runs than this, or longer names, become a menu
const BUTTON_LETTERS_MAX = 60;

function topControls(page, scenario) {
  const secondary = element("div", { class: "secondary" }, transcriptButton(page), languageChoice(page), themeButton(page.lesson.say("ui.theme")));
  return [returnButton(page), scenarioChoice(page, scenario), defenceChoice(page, scenario), compareButton(page, scenario),
    foldButton(page, secondary), secondary].filter(Boolean);
}

/** On a phone, what is rarely needed lies behind a button. */
function foldButton(page, secondary) {
  const label = page.lesson.say("ui.more");
  const button = element("button", { type: "button", class: "single round fold", "aria-label": label, title: label,
    "aria-expanded": "false", onclick: () => button.setAttribute("aria-expanded", String(secondary.classList.toggle("open"))) },
  icon("more"));
  return button;
}

/** From a branch back to the run that it left, at the step where it did. */
function returnButton(page) {
  const { lesson, state } = page;
  const stem = state.run.data.branch_of;
  if (!stem) {
    return null;
  }
  const run = lesson.runs.get(stem.run);
  return element("button", { type: "button", class: "single return", onclick: () => page.turn({ run, step: stem.shared, view: "run" }) },
    icon("back"), lesson.say("ui.return", { run: lesson.say(run.data.label) }));
}

function scenarioChoice(page, scenario) {
  const { lesson } = page;
  const { scenarios } = lesson.data;
  if (scenarios.length < 2) {
    return null;
  }
  const go = (id) => page.turn({ run: lesson.runs.get(scenarios.find((one) => one.id === id).run) });
  const letters = scenarios.reduce((sum, { label }) => sum + lesson.say(label).length, 0);
  if (scenarios.length > BUTTONS_MAX || letters > BUTTON_LETTERS_MAX) {
    return scenarioMenu(lesson, scenario, go);
  }
  const { node, press } = choice("scenario", lesson.say("ui.scenario"), scenarios.map(({ id, label }) =>
    ({ id, label: lesson.say(label) })), go);
  press(scenario.id);
  return node;
}

function scenarioMenu(lesson, scenario, go) {
  const options = lesson.data.scenarios.map(({ id, label }) =>
    element("option", { value: id, selected: id === scenario.id }, lesson.say(label)));
  return element("select", { class: "menu", "data-control": "scenario", "aria-label": lesson.say("ui.scenario"),
    onchange: (event) => go(event.target.value) }, options);
}

function defenceChoice(page, scenario) {
  const { lesson, state } = page;
  if (!scenario.defence || state.view === "compare") {
    return null;
  }
  const options = [
    { id: scenario.run, label: lesson.say(scenario.run_label ?? "ui.weak"), tone: "bad" },
    { id: scenario.defence, label: lesson.say(scenario.defence_label ?? "ui.defended"), tone: "good" },
  ];
  const { node, press } = choice("defence", lesson.say("ui.defence"), options, (id) => page.turn({ run: lesson.runs.get(id) }));
  press(state.run.id);
  return node;
}

function compareButton(page, scenario) {
  return scenario.defence ? viewButton(page, "compare", "ui.compare") : null;
}

function transcriptButton(page) {
  const button = viewButton(page, "transcript", "ui.transcript");
  button.title = button.textContent;
  button.setAttribute("aria-label", button.textContent);
  button.replaceChildren(icon("transcript"));
  button.classList.add("round");
  return button;
}

function viewButton(page, view, word) {
  const pressed = page.state.view === view;
  return element("button", { type: "button", class: "single", "data-control": view, "aria-pressed": String(pressed),
    onclick: () => page.turn({ view: pressed ? "run" : view }) }, page.lesson.say(word));
}

function languageChoice(page) {
  const { lesson } = page;
  const options = lesson.data.languages.map((id) => ({ id, label: id.toUpperCase(), language: id }));
  const { node, press } = choice("language", lesson.say("ui.language"), options, (id) => page.speak(id));
  node.classList.add("languages");
  press(lesson.language);
  return node;
}
