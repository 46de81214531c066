// Predict first: a question before the next step, with an explanation for each answer.

class Quiz {
  constructor(lesson) {
    this.lesson = lesson;
    this.given = new Map();
    this.body = element("div", { class: "quiz-body" });
    this.node = element("details", { class: "quiz card" }, element("summary", {}, lesson.say("ui.predict")), this.body);
  }

  /** Whether this step asks something that was not answered yet. */
  waits(quiz, place) {
    return Boolean(quiz) && !this.given.has(place);
  }

  show(quiz, place) {
    this.node.hidden = !quiz;
    if (!quiz || this.place === place) {
      return;
    }
    this.place = place;
    this.node.open = this.given.has(place);
    this.draw(quiz);
  }

  draw(quiz) {
    const given = this.given.get(this.place);
    const answers = quiz.answers.map((answer, index) => this.answer(quiz, answer, index, given));
    this.body.replaceChildren(element("p", { class: "question" }, this.lesson.say(quiz.question)),
      element("ul", { class: "answers" }, answers));
  }

  answer(quiz, answer, index, given) {
    const chosen = given === index;
    const shown = given !== undefined && (chosen || answer.right);
    const mark = shown ? (answer.right ? "right" : "wrong") : "";
    const choose = () => {
      this.given.set(this.place, index);
      this.draw(quiz);
      this.body.querySelectorAll(".answer")[index].focus();
    };
    return element("li", { "data-mark": mark },
      element("button", { type: "button", class: "answer", "aria-pressed": String(chosen), onclick: choose },
        element("span", { class: "answer-sign", "aria-hidden": "true" }, { right: "✓", wrong: "✕" }[mark] ?? ""),
        mark ? hidden(`${this.lesson.say(`ui.${mark}`)}: `) : null, this.lesson.say(answer.text)),
      shown ? element("p", { class: "because" }, this.lesson.say(answer.why)) : null);
  }
}
