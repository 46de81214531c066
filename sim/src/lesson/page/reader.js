// What the reader likes: the language, light or dark; and how words are looked up.

/** The reader's own language, if the lesson speaks it. */
function preferred(languages, current) {
  const wishes = [remembered("language"), ...(navigator.languages ?? [])].filter(Boolean).map((wish) => wish.slice(0, 2));
  return wishes.find((wish) => languages.includes(wish)) ?? current;
}

/** Browsers may forbid a file to remember anything; then it forgets. */
function remembered(name) {
  try {
    return localStorage.getItem(`grantlab.${name}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`grantlab.${name}`, value);
  } catch {
    // Nothing depends on it.
  }
}

function wearTheme(theme) {
  if (theme) {
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
  }
}

function isDark() {
  const worn = document.documentElement.dataset.theme;
  return worn ? worn === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function themeButton(label) {
  return element("button", { type: "button", class: "single round", "aria-label": label, title: label,
    onclick: () => wearTheme(isDark() ? "light" : "dark") }, icon("theme"));
}

/** The words of a key, with `{name}` replaced; the key itself where there are none. */
function phrase(texts, language, key, fields) {
  const words = texts[language]?.[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}
