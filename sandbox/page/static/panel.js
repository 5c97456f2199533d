// The pretend world: each platform's mode and figures, and the last requests that it saw.

import { allWell, changeControl } from "./api.js";
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

function selectOf(control, card) {
  const id = `mode-${control.name}`;
  const select = element("select", { id, ariaLabel: `${control.title}: how it is` });
  for (const mode of control.modes) select.append(element("option", { value: mode.name }, mode.title));
  select.append(element("option", { value: "", hidden: true, disabled: true }, "Set by hand"));
  select.addEventListener("change", async () => {
    const done = await change(card, () => changeControl(control.name, { mode: select.value }));
    if (!done) select.value = select.dataset.now;
  });
  return select;
}

function figureOf(control, figure, card) {
  const id = `figure-${control.name}-${figure.name}`;
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
    const done = await change(card, () => changeControl(control.name, { figures: { [figure.name]: value } }));
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

function cardOf(control) {
  const card = element("section", { className: "control" });
  card.dataset.name = control.name;
  card.setAttribute("aria-labelledby", `control-${control.name}`);
  const head = element(
    "div",
    { className: "head" },
    element("span", { className: "lamp", ariaHidden: "true" }),
    element("h3", { id: `control-${control.name}` }, control.title),
    selectOf(control, card),
  );
  card.append(head, element("p", { className: "says" }));
  card.append(element("ul", { className: "lines" }), element("div", { className: "figures" }), element("div", { className: "actions" }));
  if (control.keeps) card.append(element("p", { className: "keeps" }, control.keeps));
  const table = element("table", {}, element("tbody"));
  card.append(element("details", {}, element("summary", {}, "Last requests"), table));
  return card;
}

function saysOf(control) {
  const mode = control.modes.find((each) => each.name === control.mode);
  return mode ? mode.hint : "Set by hand, through the control port.";
}

function showFigures(control, card) {
  const box = card.querySelector(".figures");
  const names = control.figures.map((figure) => figure.name).join();
  if (box.dataset.names !== names) {
    box.dataset.names = names;
    box.replaceChildren(...control.figures.map((figure) => figureOf(control, figure, card)));
  }
  for (const figure of control.figures) {
    const input = byId(`figure-${control.name}-${figure.name}`);
    const untouched = (input.value === (input.dataset.now ?? ""));
    input.dataset.now = figure.value;
    if (untouched) input.value = figure.value;
  }
}

function actionOf(control, action, card) {
  const button = element("button", { type: "button", className: "set" }, action.title);
  button.addEventListener("click", () => change(card, () => changeControl(control.name, { action: action.name })));
  return button;
}

function showActions(control, card) {
  const box = card.querySelector(".actions");
  const names = control.actions.map((action) => `${action.name} ${action.title}`).join();
  if (box.dataset.names === names) return; // a button that stays keeps the focus
  box.dataset.names = names;
  box.replaceChildren(...control.actions.map((action) => actionOf(control, action, card)));
}

function showControl(control) {
  if (!cards.has(control.name)) {
    cards.set(control.name, cardOf(control));
    byId("panel-controls").append(cards.get(control.name));
  }
  const card = cards.get(control.name);
  card.dataset.mode = control.mode;
  card.classList.toggle("well", control.mode === "works");
  const select = card.querySelector("select");
  select.value = select.dataset.now = control.mode;
  const says = saysOf(control);
  if (card.querySelector(".says").textContent !== says) card.querySelector(".says").textContent = says;
  card.querySelector(".lines").replaceChildren(...control.lines.map((line) => element("li", {}, line)));
  showFigures(control, card);
  showActions(control, card);
  card.querySelector("tbody").replaceChildren(...control.requests.toReversed().map(requestLine));
}

function summaryOf(controls) {
  const troubled = controls.filter((control) => control.mode !== "works");
  const name = (control) => control.modes.find((mode) => mode.name === control.mode)?.title ?? "Set by hand";
  return troubled.map((control) => `${control.title}: ${name(control).toLowerCase()}`).join(" · ");
}

/** Show the controls as they are now. */
export function showControls(controls) {
  for (const [name, card] of cards) {
    if (controls.some((control) => control.name === name)) continue;
    card.remove();
    cards.delete(name);
  }
  controls.forEach(showControl);
  const summary = summaryOf(controls);
  const troubled = controls.filter((control) => control.mode !== "works").length;
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
