// The pretend world: each platform's mode and figures, and the last requests that it saw.

import { allWell, pull } from "./api.js";
import { byId, element } from "./dom.js";
import { toast } from "./notices.js";

const NUMBER = /^-?\d{1,15}(\.\d{1,9})?$/;

const cards = new Map();

async function change(card, what) {
  card.setAttribute("aria-busy", "true");
  try {
    await what();
    return true;
  } catch (error) {
    toast(error.message, { bad: true });
    return false;
  } finally {
    card.removeAttribute("aria-busy");
  }
}

function selectOf(lever, card) {
  const id = `mode-${lever.name}`;
  const select = element("select", { id, ariaLabel: `${lever.title}: how it is` });
  for (const mode of lever.modes) select.append(element("option", { value: mode.name }, mode.title));
  select.append(element("option", { value: "", hidden: true, disabled: true }, "Set by hand"));
  select.addEventListener("change", async () => {
    const done = await change(card, () => pull(lever.name, { mode: select.value }));
    if (!done) select.value = select.dataset.now;
  });
  return select;
}

function figureOf(lever, figure, card) {
  const id = `figure-${lever.name}-${figure.name}`;
  const input = element("input", { id, inputMode: "decimal", autocomplete: "off" });
  const set = element("button", { type: "submit", className: "set", hidden: true }, "Set");
  const form = element(
    "form",
    { className: "figure" },
    element("label", { htmlFor: id }, figure.title),
    element("span", { className: "amount" }, input, element("span", { className: "unit" }, figure.unit)),
    set,
  );
  const show = () => (set.hidden = input.value === input.dataset.now);
  input.addEventListener("input", show);
  input.addEventListener("blur", (event) => {
    if (event.relatedTarget === set) return;
    input.value = input.dataset.now;
    show();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const value = input.value.replace(/[\s,]/g, ""); // as people group their digits
    if (!NUMBER.test(value)) return toast(`${input.value} is no number; write digits, such as 12345.67`, { bad: true });
    const done = await change(card, () => pull(lever.name, { figures: { [figure.name]: value } }));
    if (done) input.dataset.now = input.value = value;
    show();
  });
  return form;
}

function requestLine(seen) {
  const at = new Date(seen.at).toLocaleTimeString("en-GB");
  const status = element("td", { className: seen.status >= 400 || !seen.status ? "bad" : "" }, seen.status ? String(seen.status) : "–");
  return element("tr", {}, element("td", {}, at), element("td", { className: "path", title: seen.path }, `${seen.method} ${seen.path}`), status);
}

function cardOf(lever) {
  const card = element("section", { className: "lever" });
  card.dataset.name = lever.name;
  card.setAttribute("aria-labelledby", `lever-${lever.name}`);
  const head = element(
    "div",
    { className: "head" },
    element("span", { className: "lamp", ariaHidden: "true" }),
    element("h3", { id: `lever-${lever.name}` }, lever.title),
    selectOf(lever, card),
  );
  card.append(head, element("p", { className: "says" }));
  card.append(element("div", { className: "figures" }));
  if (lever.keeps) card.append(element("p", { className: "keeps" }, lever.keeps));
  const table = element("table", {}, element("tbody"));
  card.append(element("details", {}, element("summary", {}, "Last requests"), table));
  return card;
}

function saysOf(lever) {
  const mode = lever.modes.find((each) => each.name === lever.mode);
  return mode ? mode.hint : "Set by hand, through the control port.";
}

function showFigures(lever, card) {
  const box = card.querySelector(".figures");
  const names = lever.figures.map((figure) => figure.name).join();
  if (box.dataset.names !== names) {
    box.dataset.names = names;
    box.replaceChildren(...lever.figures.map((figure) => figureOf(lever, figure, card)));
  }
  for (const figure of lever.figures) {
    const input = byId(`figure-${lever.name}-${figure.name}`);
    const untouched = (input.value === (input.dataset.now ?? ""));
    input.dataset.now = figure.value;
    if (untouched) input.value = figure.value;
  }
}

function showLever(lever) {
  if (!cards.has(lever.name)) {
    cards.set(lever.name, cardOf(lever));
    byId("levers").append(cards.get(lever.name));
  }
  const card = cards.get(lever.name);
  card.dataset.mode = lever.mode;
  card.classList.toggle("well", lever.mode === "works");
  const select = card.querySelector("select");
  select.value = select.dataset.now = lever.mode;
  const says = saysOf(lever);
  if (card.querySelector(".says").textContent !== says) card.querySelector(".says").textContent = says;
  showFigures(lever, card);
  card.querySelector("tbody").replaceChildren(...lever.requests.toReversed().map(requestLine));
}

function summaryOf(levers) {
  const troubled = levers.filter((lever) => lever.mode !== "works");
  const name = (lever) => lever.modes.find((mode) => mode.name === lever.mode)?.title ?? "Set by hand";
  return troubled.map((lever) => `${lever.title}: ${name(lever).toLowerCase()}`).join(" · ");
}

/** Show the levers as they are now. */
export function showLevers(levers) {
  levers.forEach(showLever);
  const summary = summaryOf(levers);
  const troubled = levers.filter((lever) => lever.mode !== "works").length;
  if (byId("summary").textContent !== (summary || "All is well")) byId("summary").textContent = summary || "All is well";
  byId("badge").hidden = troubled === 0;
  byId("badge").textContent = String(troubled);
  byId("all-well").disabled = troubled === 0;
}

function setOpen(open) {
  document.body.classList.toggle("panel-open", open);
  byId("open-panel").setAttribute("aria-expanded", String(open));
}

/** Let the drawer open and close where the screen is narrow, and all be well again. */
export function setUpPanel() {
  const narrow = matchMedia("(max-width: 56rem)");
  const isOpen = () => document.body.classList.contains("panel-open");
  byId("open-panel").addEventListener("click", () => {
    setOpen(!isOpen());
    if (narrow.matches && isOpen()) byId("close-panel").focus();
  });
  const close = () => {
    setOpen(false);
    byId("open-panel").focus();
  };
  byId("close-panel").addEventListener("click", close);
  byId("shade").addEventListener("click", close);
  byId("panel").addEventListener("keydown", (event) => event.key === "Escape" && narrow.matches && close());
  byId("all-well").addEventListener("click", () => change(byId("panel"), allWell));
  setOpen(!narrow.matches);
  narrow.addEventListener("change", () => setOpen(!narrow.matches));
}
