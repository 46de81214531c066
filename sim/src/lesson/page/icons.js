// Drawings of the parties and of the buttons; each is a list of strokes in a box of 24.

const ICONS = {
  browser: ["M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z", "M3 9h18", "M6 7h.01M8.5 7h.01"],
  client: ["M4 4h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Z", "m6 13 4-5 3 4 2-2 3 3", "M9 20h6", "M16 7.5h.01"],
  server: ["M12 3 4.5 6v5c0 5 3.2 8.2 7.5 10 4.3-1.8 7.5-5 7.5-10V6Z", "M12 9.2a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2", "M12 12.4V16"],
  resource: ["M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3Z", "M4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6", "M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3"],
  store: ["M4 4h16v6H4Z", "M4 14h16v6H4Z", "M7.5 7h.01M7.5 17h.01"],
  attacker: ["M3 8c3-1.6 6-1.6 9 0 3-1.6 6-1.6 9 0 0 5-2 9-5 9-1.8 0-2.8-1.4-4-1.4S9.8 17 8 17c-3 0-5-4-5-9Z", "M6.5 11.500c1-.8 2.4-.8 3.4 0M14.1 11.500c1-.8 2.4-.8 3.4 0"],
  tester: ["M9 3h6", "M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3", "M7.5 15h9"],
  first: ["M6 5v14", "M18 5.500v13L9 12Z"],
  back: ["M17 5.500v13L7 12Z"],
  play: ["M8 5v14l11-7Z"],
  pause: ["M8 5v14M16 5v14"],
  next: ["M7 5.500v13L17 12Z"],
  last: ["M18 5v14", "M6 5.500v13L15 12Z"],
  theme: ["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18", "M12 3a9 9 0 0 1 0 18Z"],
  transcript: ["M8 6h12M8 12h12M8 18h12", "M4 6h.01M4 12h.01M4 18h.01"],
  more: ["M5 12h.01M12 12h.01M19 12h.01"],
  branch: ["M12 21v-6", "M6 3v4c0 4 6 4 6 8", "M18 3v4c0 4-6 4-6 8"],
};

const LAMPS_OF_USUAL_SIZE = 8; // more of them are drawn smaller, in two rows

/** Draws an icon. */
function icon(name) {
  const strokes = (ICONS[name] ?? ICONS.client).map((d) => drawn("path", { d }));
  return drawn("svg", { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true" }, strokes);
}

/** The letter tile of a value: colour is never alone. */
function tile(value, extra = "") {
  return element("span", { class: `tile ${extra}`, "data-kind": value.kind, "aria-hidden": "true" }, value.letter);
}
