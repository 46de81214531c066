// A check: what came, what it is compared with, and what comes of it.

const CHECK_SIGNS = { equal: "=", different: "≠", skipped: "?" };

function checkCard(lesson, check) {
  const { result } = check;
  return element("div", { class: "check", "data-result": result },
    element("p", { class: "check-about" }, lesson.say(check.about)),
    element("div", { class: "sides" }, checkSide(lesson, check.left),
      element("span", { class: "comparison", role: "img", "aria-label": lesson.say(`ui.check_${result}`) }, CHECK_SIGNS[result]),
      checkSide(lesson, check.right)),
    element("div", { class: "check-end" }, element("p", { class: "outcome" }, lesson.say(`ui.outcome_${result}`)),
      specification(lesson, check.rfc)));
}

function checkSide(lesson, { name, value, text }) {
  const kind = value === undefined ? "plain" : lesson.value(value).kind;
  return element("div", { class: "side" }, element("span", { class: "side-name" }, name),
    text === undefined
      ? element("span", { class: "absent" }, lesson.say("ui.absent"))
      : element("span", { class: "chip", "data-kind": kind }, text));
}
