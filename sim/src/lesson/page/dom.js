// The document: elements are made once and patched afterwards, and values reach it only as text.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. A child that is not a node becomes text; `null` is left out. */
function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an element of a drawing. */
function drawn(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (name.startsWith("--")) {
      node.style.setProperty(name, value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Changes the text of a node only where it differs, so that nothing is laid out in vain. */
function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Words for those who hear the page. */
function hidden(text) {
  return element("span", { class: "hidden" }, text);
}

/** Does something that may make controls anew, and gives the focus back to the one that had it. */
function keepingFocus(change) {
  const control = document.activeElement?.dataset.control;
  change();
  if (control) {
    [...document.querySelectorAll("[data-control]")].find((node) => node.dataset.control === control)?.focus();
  }
}

/** The long words where there is room, the short ones where there is not. */
function eitherLength(long, short) {
  return [element("span", { class: "wide" }, long), element("span", { class: "narrow" }, short)];
}

/** A row of buttons of which one is pressed; answers with a function that presses one. */
function choice(group, name, options, chosen) {
  const buttons = options.map(({ id, label, tone, language }) =>
    element(
      "button",
      { type: "button", "data-id": id, "data-control": `${group} ${id}`, "data-tone": tone, lang: language, onclick: () => chosen(id) },
      label,
    ),
  );
  const node = element("div", { class: "choice", role: "group", "aria-label": name }, buttons);
  const press = (id) => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.id === id));
    }
  };
  return { node, press };
}

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether whoever looks has asked for stillness. */
function isStill() {
  return stillness.matches;
}
