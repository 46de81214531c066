// Runs in a page that holds the lesson in a frame, uses it as a reader does, and writes what it found into the document.
// `plan` comes from the Rust side: { lessons: [{ name, page, seeing }], only: [test], gallery: { page, seeing }, still }.

const DESK = [1280, 800];
const HAND = [390, 844];
const frame = document.getElementById("frame");
const findings = [];
let opened = 0;
let place = "";

function assert(holds, words) {
  if (!holds) {
    findings.push(`${place}: ${words}`);
  }
}

function equal(found, wanted, words) {
  assert(found === wanted, `${words}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Opens a page in the frame, as a fresh document. */
async function open(file, hash = "", [width, height] = DESK) {
  frame.width = width;
  frame.height = height;
  opened += 1;
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.src = `${file}?${opened}#${hash}`;
  await loaded;
  const { contentDocument: doc, contentWindow: win } = frame;
  const one = (selector) => doc.querySelector(selector);
  const all = (selector) => [...doc.querySelectorAll(selector)];
  const data = one("#lesson") ? JSON.parse(one("#lesson").textContent) : null;
  return { doc, win, one, all, data };
}

const text = (node) => (node ? node.textContent.trim() : null);
const say = (data, key, language) => data.texts[language][key];
const isSeen = (node) => node.getClientRects().length > 0;

function press(view, target, key) {
  target.dispatchEvent(new view.win.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function next(view) {
  view.all("#transport .key")[3].click();
}

/** The verdicts after each step, folded anew. */
function lampsOf(data, run) {
  let lamps = Object.fromEntries(data.invariants.map(({ id }) => [id, "not_exercised"]));
  return run.steps.map((step) => (lamps = { ...lamps, ...step.invariants }));
}

/** What each party knows after each step, folded anew. */
function knowledgeOf(run) {
  const known = new Map(run.parties.map((party) => [party, new Map()]));
  return run.steps.map((step) => {
    for (const { party, sign, path, text: words } of step.deltas) {
      if (sign === "-") {
        known.get(party)?.delete(path);
      } else {
        known.get(party)?.set(path, words);
      }
    }
    return new Map([...known].map(([party, facts]) => [party, [...facts.values()].sort().join("\n")]));
  });
}

const tests = {
  async "every step of every run is shown as the data say"({ page }) {
    const { data } = await open(page);
    for (const run of data.runs) {
      const view = await open(page, `trace=${run.id}&step=1&lang=en`);
      const lamps = lampsOf(data, run);
      const known = knowledgeOf(run);
      run.steps.forEach((step, index) => {
        place = `${run.id} ${index + 1}`;
        equal(text(view.one("h2")), say(data, step.title, "en"), "title");
        equal(text(view.one(".prose")), `${say(data, step.what, "en")} ${say(data, step.why, "en")}`.trim(), "prose");
        equal(view.all(".beat[aria-current=step]").length, 1, "rows that are now");
        equal(view.all(".row[data-tense=past]").length, index, "rows that are past");
        equal(text(view.one(".count")), `${index + 1} / ${run.steps.length}`, "count");
        equal(view.one(".scrubber").getAttribute("aria-valuenow"), String(index + 1), "scrubber");
        equal(view.all(".lamps .lamp").map((lamp) => lamp.dataset.lamp).join(), Object.values(lamps[index]).join(), "lamps");
        equal(view.one(".alarm").hidden, step.violated.length === 0, "no alarm");
        equal(view.one(".message").hidden, !step.message, "no message");
        equal(view.all(".check").length, step.checks.length, "checks");
        run.parties.forEach((party) => {
          const facts = view.all(`[data-party="${party}"] .fact:not([data-sign="-"]) .fact-text`);
          equal(facts.map((fact) => fact.textContent).sort().join("\n"), known[index].get(party), `what ${party} knows`);
        });
        next(view);
      });
    }
  },

  async "rows can be chosen, and arrows move among them"({ page }) {
    const view = await open(page, "lang=en");
    view.all(".beat")[4].click();
    equal(text(view.one(".count")).split(" ")[0], "5", "a click on a row");
    view.all(".beat")[4].focus();
    press(view, view.all(".beat")[4], "ArrowDown");
    equal(text(view.one(".count")).split(" ")[0], "6", "arrow down");
    equal(view.doc.activeElement, view.all(".beat")[5], "the focus goes along");
    equal(view.all(".beat[tabindex='0']").length, 1, "one row is in the order of the keyboard");
  },

  async "keys of the toolbar work there and only there"({ page }) {
    const view = await open(page, "step=3&lang=en");
    const slider = view.one(".scrubber");
    const total = view.data.runs[0].steps.length;
    const at = () => Number(slider.getAttribute("aria-valuenow"));
    for (const [key, wanted] of [["ArrowRight", 4], ["ArrowLeft", 3], ["End", total], ["ArrowRight", total], ["Home", 1], ["ArrowLeft", 1]]) {
      press(view, slider, key);
      equal(at(), wanted, key);
    }
    press(view, view.doc.body, "ArrowRight");
    equal(at(), 1, "a key outside the toolbar");
    const play = view.one(".key.primary");
    press(view, slider, " ");
    equal(play.getAttribute("aria-label"), say(view.data, "ui.pause", "en"), "space plays");
    await pause(2000);
    equal(at(), 2, "a step later");
    press(view, slider, " ");
    equal(play.getAttribute("aria-label"), say(view.data, "ui.play", "en"), "space pauses");
  },

  async "an address leads back to the same moment"({ page }) {
    const view = await open(page, "lang=fr&step=2");
    for (let count = 0; count < 20 && !view.one(".message button.chip"); count += 1) {
      next(view);
    }
    view.one(".message button.chip").click();
    await pause(400);
    const { hash } = view.win.location;
    const seen = (other) => [text(other.one("h2")), text(other.one(".explained")), text(other.one(".count")), other.doc.documentElement.lang].join("|");
    const again = await open(page, hash.slice(1));
    equal(seen(again), seen(view), hash);
    equal(again.all(".chip[aria-pressed=true]").length > 0, true, "the value is picked");
    for (const name of ["trace", "seed", "step", "lang", "pick"]) {
      assert(new URLSearchParams(hash.slice(1)).has(name), `no ${name} in ${hash}`);
    }
    const lost = await open(page, "trace=nowhere&step=99999&lang=xx&pick=p:nothing&view=sideways");
    equal(lost.all(".beat[aria-current=step]").length, 1, "an address that leads nowhere");
  },

  async "every value and parameter is explained, and followed"({ page }) {
    const view = await open(page, "lang=en");
    const { data } = view;
    for (let count = data.runs[0].steps.length; count; count -= 1) {
      for (const chip of view.all(".message button.chip")) {
        place = `${text(view.one(".count"))} ${chip.textContent}`;
        chip.click();
        assert(text(view.one(".explanation p"))?.length > 10, "no explanation");
        assert(text(view.one(".explanation .wrong"))?.length > 20, "not said what happens if it is wrong");
        const marked = view.all(".tile[data-followed]").length;
        equal(view.one(".thread path").getAttribute("d").length > 0, marked > 1, "a thread");
        if (/^\d+$/.test(chip.dataset.pick)) {
          const way = data.runs[0].paths.find(({ value }) => value === Number(chip.dataset.pick));
          assert(!way || way.steps.length > 10 || view.all(".stop").length === way.steps.length, "the path has other stops");
        }
        chip.click();
        equal(view.all(".tile[data-followed]").length, 0, "still followed");
      }
      next(view);
    }
  },

  async "the raw view has the octets"({ page }) {
    const view = await open(page, "lang=en");
    view.all(".message .choice button")[1].click();
    for (const { message } of view.data.runs[0].steps) {
      if (message) {
        equal(view.one(".message pre").textContent, message.octets, "octets");
        equal(new TextEncoder().encode(message.octets).length, message.length, "count");
      }
      next(view);
    }
  },

  async "attack and defence: the toggle keeps the step, the comparison parts where the data say"({ page }) {
    const { data } = await open(page);
    for (const { run, defence, parts_at } of data.scenarios.filter((one) => one.defence)) {
      const view = await open(page, `trace=${run}&step=3&lang=en`);
      view.all(".choice button").find(({ dataset }) => dataset.id === defence).click();
      equal(text(view.one(".count")).split(" ")[0], "3", "the step stays");
      const compare = await open(page, `trace=${run}&step=${parts_at}&lang=en&view=compare`);
      equal(compare.all(".side-run").length, 2, "sides");
      equal(compare.all(".parting-line").length, parts_at ? 2 : 0, "lines where they part");
      for (const line of compare.all(".parting-line")) {
        const beat = line.parentElement.querySelector(".beat");
        equal(beat ? beat.dataset.step : String(parts_at), String(parts_at), "the step that they part at");
      }
      const longest = Math.max(...data.runs.filter(({ id }) => id === run || id === defence).map(({ steps }) => steps.length));
      press(compare, compare.one(".scrubber"), "End");
      equal(text(compare.one(".count")), `${longest} / ${longest}`, "one scrubber for both");
      const ends = [run, defence].map((id) => data.runs.find((one) => one.id === id).verdict.violated.length);
      const words = compare.all(".run-verdict").map(({ dataset }) => dataset.lamp);
      equal(words.join(), ends.map((violated) => (violated ? "violated" : "holds")).join(), "how both end");
    }
  },

  async "branches lead to their run"({ page }) {
    const { data } = await open(page);
    for (const run of data.runs) {
      for (const [index, step] of run.steps.entries()) {
        for (const [number, branch] of step.branches.entries()) {
          const view = await open(page, `trace=${run.id}&step=${index + 1}&lang=en`);
          view.all(".row")[index].querySelectorAll(".branch")[number].click();
          await pause(400);
          const hash = new URLSearchParams(view.win.location.hash.slice(1));
          equal(`${hash.get("trace")} ${hash.get("step")}`, `${branch.run} ${branch.step}`, say(data, branch.label, "en"));
          if (data.runs.find(({ id }) => id === branch.run).branch_of) {
            equal(view.all(".parting-line").length, 1, "a line where the branch parts");
            view.one(".return").click();
            equal(text(view.one("h2")), say(data, step.title, "en"), "back where the branch began");
          }
        }
      }
    }
  },

  async "a question has one right answer and explains what was chosen"({ page }) {
    const { data } = await open(page);
    for (const run of data.runs) {
      for (const [index, { quiz }] of run.steps.entries()) {
        if (!quiz) {
          continue;
        }
        place = `${run.id} ${index + 1}`;
        const view = await open(page, `trace=${run.id}&step=${index + 1}&lang=en`);
        const wrong = quiz.answers.findIndex(({ right }) => !right);
        equal(quiz.answers.filter(({ right }) => right).length, 1, "right answers");
        equal(view.one(".quiz").open, false, "the question is folded");
        view.one(".quiz summary").click();
        view.all(".answer")[wrong].click();
        equal(view.all("[data-mark=right]").length, 1, "answers marked right");
        equal(view.all("[data-mark=wrong]").length, 1, "answers marked wrong");
        equal(view.all(".because").length, 2, "explanations");
        equal(view.doc.activeElement, view.all(".answer")[wrong], "the focus stays");
      }
    }
  },

  async "every language is spoken everywhere"({ page }) {
    const { data } = await open(page);
    for (const language of data.languages) {
      const view = await open(page, "lang=en&step=2");
      const button = view.all(".languages button").find(({ dataset }) => dataset.id === language);
      place = language;
      button.focus();
      button.click();
      equal(view.doc.activeElement?.dataset.id, language, "the focus stays on the button");
      equal(view.doc.documentElement.lang, language, "lang");
      equal(view.doc.title, say(data, data.title, language), "title");
      equal(text(view.one("h2")), say(data, data.runs[0].steps[1].title, language), "title of the step");
      const bare = view.all("body *:not(script)").filter((node) => !node.childElementCount && /^ui\.\w+$/.test(text(node)));
      equal(bare.length, 0, "keys without words");
      const names = view.all("[aria-label]").filter((node) => /\bui\./.test(node.getAttribute("aria-label")));
      equal(names.length, 0, "names without words");
    }
  },

  async "light and dark"({ page }) {
    const view = await open(page, "lang=en");
    const paper = () => view.win.getComputedStyle(view.one(".diagram")).backgroundColor;
    const before = paper();
    view.one(".secondary .round:last-child").click();
    const after = paper();
    assert(before !== after, "the theme did not change");
    view.one(".secondary .round:last-child").click();
    equal(paper(), before, "and back");
  },

  async "nothing is cut on a desk"({ page }) {
    const { data } = await open(page);
    for (const language of data.languages) {
      for (const run of data.runs) {
        const view = await open(page, `trace=${run.id}&lang=${language}`);
        place = `${run.id} ${language}`;
        fits(view, DESK[0]);
        const cut = view.all(".label-text").filter((label) => label.scrollWidth > label.clientWidth + 1);
        equal(cut.map(text).join(" | "), "", "labels that are cut");
        const parties = view.all(".party-name").filter((name) => name.scrollWidth > name.clientWidth + 1);
        equal(parties.map(text).join(" | "), "", "names that are cut");
      }
    }
  },

  async "a phone needs no sideways scrolling, and every button can be hit"({ page }) {
    const { data } = await open(page);
    for (const size of [HAND, [320, 640]]) {
      for (const view of ["run", "compare", "transcript"]) {
        for (const run of data.runs) {
          const language = data.languages[data.runs.indexOf(run) % data.languages.length];
          const seen = await open(page, `trace=${run.id}&step=4&lang=${language}&view=${view}`, size);
          place = `${run.id} ${view} ${language} ${size[0]}`;
          seen.one(".fold").click();
          fits(seen, size[0]);
          smallest(seen);
        }
      }
    }
    const view = await open(page, "lang=en", HAND);
    const bar = view.one("#transport").getBoundingClientRect();
    equal(Math.round(bar.bottom), HAND[1], "the buttons stay below");
    assert(view.all("#transport .key").filter(isSeen).every((key) => key.getBoundingClientRect().height >= 40), "keys of 40 px");
  },

  async "things move only where the reader wants it"({ page }) {
    const view = await open(page, "step=2&lang=en");
    next(view);
    const moves = view.doc.getAnimations().length;
    equal(moves > 0, !plan.still, "a dot flies");
  },

  async "the transcript has every step, on the screen and on paper"({ page }) {
    const { data } = await open(page);
    for (const run of data.runs) {
      const view = await open(page, `trace=${run.id}&lang=en&view=transcript`);
      equal(view.all(".transcript li[value]").length, run.steps.length, "steps");
      view.win.dispatchEvent(new view.win.Event("beforeprint"));
      equal(view.all(".transcript li[value]").length, run.steps.length, "steps on paper");
    }
  },

  async "nothing was fetched"({ page }) {
    const view = await open(page);
    equal(view.win.performance.getEntriesByType("resource").length, 0, "requests");
    const away = view.all("[src], link, img, iframe, object, embed, form, base").map((node) => node.outerHTML);
    equal(away.join(), "", "elements that could fetch");
    const links = view.all("a[href]").map(({ href }) => href).filter((href) => !/^https:\/\/[\w.-]+\//.test(href));
    equal(links.join(), "", "links that lead elsewhere than to a text");
  },

  async "axe finds nothing"({ seeing }) {
    if (!seeing) {
      return;
    }
    const { data } = await open(seeing);
    const attack = data.scenarios.find(({ defence }) => defence);
    const deciding = data.runs[0].steps.findIndex(({ checks }) => checks.length) + 1;
    const views = [
      ["run", "step=4", DESK], ["check", `step=${deciding || 1}`, DESK], ["transcript", "step=2&view=transcript", DESK], ["phone", "step=4", HAND],
      ...(attack ? [["attack", `trace=${attack.run}&step=9999`, DESK], ["compare", `trace=${attack.run}&view=compare&step=6`, DESK],
        ["compare on a phone", `trace=${attack.run}&view=compare&step=6`, HAND]] : []),
    ];
    for (const theme of ["light", "dark"]) {
      for (const [name, hash, size] of views) {
        const view = await open(seeing, `${hash}&lang=en`, size);
        place = `${name} ${theme}`;
        view.doc.documentElement.dataset.theme = theme;
        view.one(".fold").click();
        view.all("details").forEach((node) => { node.open = true; });
        view.one(".message:not([hidden]) button.chip")?.click();
        await axe(view);
      }
    }
  },
};

function fits(view, width) {
  const wide = view.doc.scrollingElement.scrollWidth;
  assert(wide <= width, `${wide} px wide on ${width}`);
}

function smallest(view) {
  for (const node of view.all("button, select, a[href], summary").filter(isSeen)) {
    const { width, height } = node.getBoundingClientRect();
    const inText = node.matches(".specification a, .lesson h3 a"); // a card is hit anywhere
    assert(inText || Math.min(width, height) >= 24, `${node.className || text(node)} is ${Math.round(width)} × ${Math.round(height)}`);
  }
}

async function axe(view) {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations, passes } = await view.win.axe.run(view.doc, { runOnly: tags });
  assert(passes.length > 10, "axe looked at nothing");
  for (const { id, nodes } of violations) {
    for (const node of nodes.slice(0, 3)) {
      assert(false, `axe: ${id}: ${node.html.slice(0, 160)} ${node.any.concat(node.all)[0]?.message ?? ""}`);
    }
  }
}

async function checkGallery({ page, seeing }) {
  place = "gallery";
  const view = await open(page, "lang=en");
  const { groups } = JSON.parse(view.one("#gallery").textContent);
  const lessons = groups.flatMap((group) => group.lessons);
  equal(view.all(".lesson").length, lessons.length, "cards");
  equal(view.all(".lesson h3 a").map((link) => link.getAttribute("href").split("#")[0]).join(), lessons.map(({ file }) => file).join(), "links");
  equal(view.all(".runs > li").length, lessons.flatMap(({ runs }) => runs).length, "runs");
  for (const size of [HAND, [320, 640]]) {
    const small = await open(page, "lang=ru", size);
    fits(small, size[0]);
    smallest(small);
  }
  for (const theme of seeing ? ["light", "dark"] : []) {
    const seen = await open(seeing, "lang=en");
    seen.doc.documentElement.dataset.theme = theme;
    await axe(seen);
  }
}

async function run() {
  const done = [];
  for (const lesson of plan.lessons) {
    for (const [name, test] of Object.entries(tests).filter(([name]) => !plan.only || plan.only.includes(name))) {
      place = "";
      const before = findings.length;
      try {
        await test(lesson);
      } catch (error) {
        findings.push(`${place}: ${error.stack}`);
      }
      done.push({ lesson: lesson.name, test: name, findings: findings.slice(before) });
    }
  }
  if (plan.gallery) {
    const before = findings.length;
    await checkGallery(plan.gallery).catch((error) => findings.push(`${place}: ${error.stack}`));
    done.push({ lesson: "gallery", test: "the gallery has every lesson", findings: findings.slice(before) });
  }
  document.getElementById("report").textContent = JSON.stringify(done);
}

run();
