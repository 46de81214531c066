// The HTTP message of a step: with every parameter to be asked about, or octet by octet.

class MessageCard {
  constructor(lesson, { pick }) {
    this.lesson = lesson;
    this.pick = pick;
    this.raw = false;
    this.chips = [];
    this.title = element("span", { class: "message-title" });
    this.tabs = choice("message", lesson.say("ui.message_view"), [
      { id: "readable", label: lesson.say("ui.readable") },
      { id: "raw", label: lesson.say("ui.raw") },
    ], (id) => this.turn(id === "raw"));
    this.body = element("div", { class: "message-body", tabindex: "0", role: "group", "aria-label": lesson.say("ui.message") });
    this.node = element("section", { class: "message card" },
      element("header", {}, this.title, this.tabs.node), this.body);
  }

  turn(raw) {
    this.raw = raw;
    this.draw();
  }

  show(message) {
    this.node.hidden = !message;
    this.message = message;
    if (message) {
      const kind = this.lesson.say(`ui.message_${message.kind}`);
      setText(this.title, `${kind} · ${this.lesson.say("ui.bytes", { n: message.length })}`);
      this.draw();
    }
  }

  draw() {
    this.tabs.press(this.raw ? "raw" : "readable");
    this.chips = [];
    this.body.classList.toggle("raw", this.raw);
    this.body.replaceChildren(...(this.raw ? [element("pre", {}, this.message.octets)] : this.lines()));
    this.follow(this.picked);
  }

  lines() {
    return this.message.lines.map((line) => {
      const node = element("div", { class: "line" });
      node.append(...line.map((piece) => this.piece(piece)));
      return node;
    });
  }

  piece(piece) {
    const value = piece.value === undefined ? null : this.lesson.value(piece.value);
    const pick = value ? String(piece.value) : piece.parameter && `p:${piece.parameter}`;
    if (piece.style !== "value" || !pick || piece.text === "\"") {
      return element("span", { class: piece.style }, piece.text);
    }
    const chip = element("button", { type: "button", class: "chip", "data-kind": value?.kind ?? "none",
      "data-pick": pick, onclick: () => this.pick(pick) }, piece.text);
    chip.setAttribute("aria-label", `${piece.parameter ?? value.name}: ${piece.text}`);
    this.chips.push(chip);
    return chip;
  }

  /** Marks the value that is followed. */
  follow(pick) {
    this.picked = pick;
    for (const chip of this.chips) {
      chip.setAttribute("aria-pressed", String(chip.dataset.pick === pick));
    }
  }
}
