// The line to type into, with the menu of the bot's commands that a slash opens.

import { byId, element } from "./dom.js";

const TALLEST_PX = 160;

let commands = [];
let shown = [];
let chosen = 0;
let closedFor = null; // the text for which Escape closed the menu

const line = () => byId("line");
const isOpen = () => !byId("menu").hidden;

function fit() {
  line().style.height = "auto";
  line().style.height = `${Math.min(line().scrollHeight, TALLEST_PX)}px`;
}

function matching(text) {
  if (!/^\/\w*$/.test(text) || text === closedFor) return [];
  return commands.filter(({ command }) => `/${command}`.startsWith(text.toLowerCase()));
}

function choose(index) {
  chosen = (index + shown.length) % shown.length;
  [...byId("menu").children].forEach((option, position) => {
    option.setAttribute("aria-selected", String(position === chosen));
    if (position === chosen) option.scrollIntoView({ block: "nearest" });
  });
  line().setAttribute("aria-activedescendant", `command-${chosen}`);
}

function optionOf({ command, description }, index, send) {
  const option = element("div", { className: "option", id: `command-${index}` });
  option.setAttribute("role", "option");
  option.append(element("b", {}, `/${command}`), element("span", {}, description));
  option.addEventListener("mousedown", (event) => event.preventDefault()); // the line keeps the focus
  option.addEventListener("click", () => send(`/${command}`));
  option.addEventListener("mousemove", () => chosen !== index && choose(index));
  return option;
}

function refresh(send) {
  shown = matching(line().value);
  const open = shown.length > 0;
  byId("menu").hidden = !open;
  byId("menu").replaceChildren(...shown.map((command, index) => optionOf(command, index, send)));
  line().setAttribute("aria-expanded", String(open));
  if (open) choose(0);
  else line().removeAttribute("aria-activedescendant");
}

function onKey(event, send) {
  if (event.isComposing) return;
  if (isOpen() && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (isOpen() && event.key === "Escape") {
    closedFor = line().value;
    refresh(send);
  } else if (isOpen() && event.key === "Tab" && !event.shiftKey && line().value !== `/${shown[chosen].command}`) {
    line().value = `/${shown[chosen].command}`;
    refresh(send);
  } else if (event.key === "Enter" && !event.shiftKey) {
    send(isOpen() ? `/${shown[chosen].command}` : line().value);
  } else return;
  event.preventDefault();
}

/** Take the bot's menu as it is now. */
export function showCommands(menu) {
  if (JSON.stringify(menu) === JSON.stringify(commands)) return;
  commands = menu;
  if (document.activeElement === line()) line().dispatchEvent(new Event("input"));
}

/** Let Enter and the button send; `submit(text)` returns a promise. */
export function setUpComposer(submit) {
  const send = async (text) => {
    if (!text.trim()) return;
    line().value = "";
    closedFor = null;
    fit();
    refresh(send);
    if (!(await submit(text)) && !line().value) line().value = text; // not sent: nothing typed is lost
  };
  line().addEventListener("input", () => {
    closedFor = null;
    fit();
    refresh(send);
  });
  line().addEventListener("keydown", (event) => onKey(event, send));
  line().addEventListener("blur", () => (byId("menu").hidden = true));
  line().addEventListener("focus", () => refresh(send));
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send(line().value);
  });
}
