// The gallery: all lessons, each with its runs in small.

const DENSE_FROM_STEPS = 48;

class Gallery {
  constructor(data) {
    this.data = data;
    const asked = new URLSearchParams(location.hash.slice(1)).get("lang");
    this.language = data.languages.includes(asked) ? asked : preferred(data.languages, data.languages[0]);
    wearTheme(remembered("theme"));
    this.draw();
  }

  say(key, fields = {}) {
    return phrase(this.data.texts, this.language, key, fields);
  }

  draw() {
    const title = this.say(this.data.title);
    document.documentElement.lang = this.language;
    document.title = title;
    setText(document.querySelector("h1"), title);
    document.getElementById("controls").replaceChildren(this.languages(), themeButton(this.say("ui.theme")));
    document.getElementById("main").replaceChildren(
      element("p", { class: "gallery-about" }, this.say(this.data.about)),
      ...this.data.groups.flatMap((group) => [
        element("h2", {}, this.say(group.title)),
        element("ul", { class: "lessons" }, group.lessons.map((lesson) => this.card(lesson))),
      ]));
  }

  languages() {
    const options = this.data.languages.map((id) => ({ id, label: id.toUpperCase(), language: id }));
    const { node, press } = choice("language", this.say("ui.language"), options, (id) => {
      this.language = id;
      remember("language", id);
      keepingFocus(() => this.draw());
    });
    press(this.language);
    return node;
  }

  card({ file, title, note, runs }) {
    return element("li", { class: "lesson" },
      element("h3", {}, element("a", { href: `${file}#lang=${this.language}` }, this.say(title))),
      note ? element("p", { class: "lesson-note" }, this.say(note)) : null,
      element("ul", { class: "runs" }, runs.map((run) => this.run(run, this.say(run.label) !== this.say(title)))));
  }

  /** A run that is called like its page needs no name. */
  run({ label, steps, violated, words, ticks }, named) {
    const broken = violated.length > 0;
    const verdict = broken ? "violated" : "holds";
    return element("li", {},
      element("div", { class: "run-head" },
        element("span", { class: "lamp", "data-lamp": verdict, "aria-hidden": "true" }, broken ? "✕" : "✓"),
        named ? element("span", { class: "run-name" }, this.say(label)) : null,
        element("span", { class: "run-words", "data-lamp": verdict, title: violated.map((name) => this.say(name)).join(", ") }, this.say(words)),
        element("span", { class: "run-steps" }, this.say("ui.steps", { n: steps }))),
      element("div", { class: `mini${ticks.length > DENSE_FROM_STEPS ? " dense" : ""}`, "aria-hidden": "true" },
        ticks.map(({ role, local, violated: bad }) =>
          element("i", { "data-role": role, "data-local": Boolean(local), "data-violated": Boolean(bad) }))));
  }
}

new Gallery(JSON.parse(document.getElementById("gallery").textContent));
