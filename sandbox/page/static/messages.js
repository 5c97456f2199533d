// The messages of the chat, newest at the bottom; only what changed is made anew.

import { press } from "./api.js";
import { byId, clock, element, icon } from "./dom.js";
import { write } from "./entities.js";
import { alertWith, enlarge, toast } from "./notices.js";

const NEAR_END_PX = 80;
const QUERY_MS = 15_000;
const DAY_MS = 86_400_000;

const pressed = new Map(); // query id -> the button's place
let answers = [];
let botName = "";
let onCommand = () => {};
let onReply = () => {};

const place = (messageId, data) => `${messageId} ${data}`;
const isWaiting = (where) => [...pressed.values()].includes(where);

function dayOf(date) {
  const midnight = (day) => new Date(day).setHours(0, 0, 0, 0);
  const ago = Math.round((midnight(Date.now()) - midnight(date)) / DAY_MS);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

function sizeOf(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

function markWaiting(where, waiting) {
  for (const button of byId("log").querySelectorAll(".keys button")) {
    if (button.dataset.place === where) button.classList.toggle("waiting", waiting);
  }
}

function settle(queryId) {
  const where = pressed.get(queryId);
  pressed.delete(queryId);
  if (where !== undefined && !isWaiting(where)) markWaiting(where, false);
}

function hearAnswers() {
  for (const answer of answers) {
    if (!pressed.has(answer.query_id)) continue;
    settle(answer.query_id);
    if (answer.text && answer.show_alert) alertWith(botName, answer.text);
    else if (answer.text) toast(answer.text);
  }
}

async function pressButton(messageId, data) {
  const where = place(messageId, data);
  markWaiting(where, true);
  try {
    const { query_id: queryId } = await press(messageId, data);
    pressed.set(queryId, where);
    setTimeout(() => settle(queryId), QUERY_MS);
    hearAnswers();
  } catch (error) {
    markWaiting(where, false);
    toast(error.message, { bad: true });
  }
}

function keyOf(message, button) {
  if (button.url) {
    return element("a", { className: "key", href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text);
  }
  const node = element("button", { type: "button", className: "key" }, button.text);
  node.dataset.place = place(message.message_id, button.callback_data);
  node.classList.toggle("waiting", isWaiting(node.dataset.place));
  node.addEventListener("click", () => pressButton(message.message_id, button.callback_data));
  return node;
}

function keysOf(message) {
  const rows = message.buttons.map((row) =>
    element("div", { className: "row" }, ...row.map((button) => keyOf(message, button))),
  );
  return element("div", { className: "keys" }, ...rows);
}

function photoOf(message) {
  const { url, width, height } = message.photo;
  const picture = element("img", { src: url, alt: message.text || "Picture", width, height });
  const button = element("button", { type: "button", className: "photo", ariaLabel: "Show the picture large" }, picture);
  button.addEventListener("click", () => enlarge(button.querySelector("img")));
  return button;
}

function documentOf(message) {
  const { url, name, bytes } = message.document;
  const about = element("span", {}, element("b", {}, name || "File"), element("small", {}, sizeOf(bytes)));
  return element("a", { className: "document", href: url, download: name }, icon("document"), about);
}

function metaOf(message) {
  const date = new Date(message.date * 1000);
  const time = element("time", { dateTime: date.toISOString() }, clock(date));
  const meta = element("span", { className: "meta" }, time);
  if (message.edited) meta.prepend(element("span", { className: "edited" }, "edited"), " ");
  return meta;
}

function quoteOf([sender, text]) {
  return element("blockquote", { className: "quote" }, element("b", {}, sender), element("span", {}, text));
}

function replyTo(message) {
  const node = element("button", { type: "button", className: "reply", ariaLabel: `Reply to ${message.sender}` }, icon("reply"));
  node.addEventListener("click", () => onReply(message));
  return node;
}

function bubbleOf(message) {
  const bubble = element("div", { className: "bubble" });
  if (!message.from_bot && !message.own) bubble.append(element("p", { className: "sender" }, message.sender));
  if (message.replied) bubble.append(quoteOf(message.replied));
  if (message.photo) bubble.append(photoOf(message));
  if (message.document) bubble.append(documentOf(message));
  const text = element("div", { className: "text", dir: "auto" });
  write(text, message.text, message.entities, onCommand);
  text.append(metaOf(message));
  bubble.classList.toggle("only-picture", Boolean(message.photo) && !message.text);
  bubble.append(text);
  return bubble;
}

function rowOf(message, signature) {
  const node = element("article", { className: message.own ? "message own" : "message" }, bubbleOf(message));
  node.setAttribute("aria-label", message.own ? "You" : message.sender);
  node.dataset.id = message.message_id;
  node.dataset.signature = signature;
  if (!message.own) node.querySelector(".bubble").append(replyTo(message));
  if (message.buttons.length) node.append(keysOf(message));
  return node;
}

function replace(old, fresh) {
  const [before, after] = [old.querySelector(".photo img"), fresh.querySelector(".photo img")];
  if (before && after && before.src === after.src) after.replaceWith(before);
  const focused = [...old.querySelectorAll("button, a")].indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (focused >= 0) fresh.querySelectorAll("button, a")[focused]?.focus();
}

function dayLine(name) {
  const node = element("p", { className: "day" }, element("span", {}, name));
  node.dataset.day = name;
  return node;
}

function arrange(messages) {
  const log = byId("log");
  const known = new Map([...log.querySelectorAll(".message")].map((node) => [node.dataset.id, node]));
  const wanted = [];
  let day = "";
  for (const message of messages) {
    const itsDay = dayOf(new Date(message.date * 1000));
    if (itsDay !== day) wanted.push(log.querySelector(`[data-day="${itsDay}"]`) ?? dayLine(itsDay));
    day = itsDay;
    const signature = JSON.stringify(message);
    let node = known.get(String(message.message_id));
    if (node?.dataset.signature !== signature) {
      const fresh = rowOf(message, signature);
      if (node) replace(node, fresh);
      node = fresh;
    }
    wanted.push(node);
  }
  for (const node of [...log.children]) if (!wanted.includes(node)) node.remove();
  wanted.forEach((node, index) => {
    if (log.children[index] !== node) log.insertBefore(node, log.children[index] ?? null);
  });
}

const isAtEnd = () => {
  const scroll = byId("scroll");
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
};

export function scrollToEnd() {
  const scroll = byId("scroll");
  scroll.scrollTop = scroll.scrollHeight;
}

/** Show the chat as it is now; stay at its end where the person was there. */
export function showMessages(chat) {
  const stay = isAtEnd();
  botName = chat.bot_name;
  answers = chat.answers;
  arrange(chat.messages);
  byId("nothing").hidden = chat.messages.length > 0;
  hearAnswers();
  if (stay) scrollToEnd();
}

/** Let commands in messages be sent by a click, let `reply(message)` begin an answer, and offer the way to the end. */
export function setUpMessages(send, reply) {
  [onCommand, onReply] = [send, reply];
  const [scroll, toEnd] = [byId("scroll"), byId("to-end")];
  scroll.addEventListener("scroll", () => (toEnd.hidden = isAtEnd()));
  scroll.addEventListener("load", () => toEnd.hidden && scrollToEnd(), { capture: true });
  new ResizeObserver(() => toEnd.hidden && scrollToEnd()).observe(scroll);
  toEnd.addEventListener("click", scrollToEnd);
}
