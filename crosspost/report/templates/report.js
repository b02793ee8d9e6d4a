// Works on the page alone: the policy lets it ask for nothing. Without it everything can be read.
"use strict";
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const findings = all(".f");
const tools = find(".tools");
const notes = new Map(); // finding -> {outcome, place, words}
let exported = true;

// ---------------------------------------------------------------- search and filter

// As a reader types it: no case, no accents, no vowel signs, and one of the Arabic letters that are written for each other.
const LETTERS = { "\u0671": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643" };
const folded = (text) =>
  text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").replace(/[\u0671\u0649\u06cc\u0629\u06a9]/g, (letter) => LETTERS[letter]).toLowerCase();
const texts = new WeakMap(); // finding -> its folded text, made when it is first asked for
const textOf = (finding) => {
  if (!texts.has(finding)) texts.set(finding, folded(finding.textContent));
  return texts.get(finding);
};

let search = 0; // a newer search ends the older
async function filter() {
  const mine = ++search;
  const words = folded(tools.elements.words.value).split(/\s+/).filter(Boolean);
  const level = tools.elements.level.value;
  let shown = 0;
  let since = performance.now();
  for (const finding of findings) {
    if (performance.now() - since > 40) { // lets the page breathe
      await new Promise((resume) => setTimeout(resume));
      if (mine !== search) return;
      since = performance.now();
    }
    const fits = (!level || find(`summary .${level}`, finding)) && words.every((word) => textOf(finding).includes(word));
    if (finding.hidden === fits) finding.hidden = !fits;
    shown += fits;
  }
  find("output", tools).value = words.length || level ? `${shown} of ${findings.length} shown` : "";
  find(".none").hidden = shown > 0;
}

// ---------------------------------------------------------------- words that correspond

let lit = [];
function light(event) {
  const mark = event.target.closest?.("[data-w]");
  lit.forEach((other) => other.classList.remove("lit"));
  lit = mark ? all(`[data-w="${mark.dataset.w}"]`, mark.closest(".f, .group") ?? mark) : [];
  lit.forEach((other) => other.classList.add("lit"));
}

// ---------------------------------------------------------------- notes

function noteOf(finding) {
  if (find(".note", finding)) return;
  const form = find("#note").content.cloneNode(true).firstElementChild;
  const outcome = form.elements.outcome;
  const option = (value, text) => outcome.append(new Option(text, value));
  for (const claim of all(".c > [data-place]", finding)) {
    option(`place ${claim.dataset.place}`, `the place is ${find("p > b", claim).textContent}`);
  }
  option("other-place", "it is another place");
  option("other-media", "not the same media");
  option("open", "cannot be told");
  const note = notes.get(finding.id);
  if (note) [outcome.value, form.elements.words.value] = [note.outcome, note.words];
  form.addEventListener("input", () => {
    notes.set(finding.id, { outcome: outcome.value, words: form.elements.words.value });
    exported = false;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  finding.append(form);
}

function exportNotes() {
  const written = findings
    .filter((finding) => notes.get(finding.id)?.outcome || notes.get(finding.id)?.words)
    .map((finding) => ({ finding: finding.id, ...notes.get(finding.id) }));
  const file = new Blob([JSON.stringify({ schema: "crosspost.notes/1", notes: written }, null, 1) + "\n"], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "crosspost-notes.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  exported = true;
}

async function loadNotes() {
  const said = find("output", tools);
  try {
    const given = JSON.parse(await tools.elements.load.files[0].text());
    if (given.schema !== "crosspost.notes/1") throw new TypeError();
    const known = new Map(findings.map((finding) => [finding.id, finding]));
    let taken = 0;
    for (const { finding, outcome, words } of given.notes) {
      if (!known.has(finding)) continue;
      notes.set(finding, { outcome: String(outcome ?? ""), words: String(words ?? "") });
      find(".note", known.get(finding))?.remove();
      if (known.get(finding).open) noteOf(known.get(finding));
      taken += 1;
    }
    said.value = `${taken} of ${given.notes.length} notes belong to findings of this report`;
  } catch {
    said.value = "not a file of notes: one that was exported here was expected";
  }
  tools.elements.load.value = "";
}

// ---------------------------------------------------------------- the page

if (tools) {
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.elements.words.addEventListener("input", filter);
  tools.elements.level.addEventListener("input", filter);
  tools.elements.export.addEventListener("click", exportNotes);
  tools.elements.load.addEventListener("change", loadNotes);
  for (const finding of findings) {
    if (finding.open) noteOf(finding);
    finding.addEventListener("toggle", () => finding.open && noteOf(finding));
  }
  addEventListener("beforeunload", (event) => exported || event.preventDefault());
}
document.addEventListener("pointerover", light);

// A link to a post leads into what is folded.
function unfold() {
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();
