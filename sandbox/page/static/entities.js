// A text and its entities as DOM nodes. Offsets are UTF-16 units, which is what JavaScript counts in.

import { element } from "./dom.js";

const SAFE_LINK = /^(https?|tg|mailto):/i;
const PLAIN = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

function link(url) {
  // What is no plain address stays a text: nobody shall run a script by following a link.
  if (!SAFE_LINK.test(url)) return element("span");
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" });
}

function spoiler() {
  const node = element("span", { className: "spoiler", role: "button", tabIndex: 0, ariaLabel: "Hidden text, press to show" });
  const reveal = () => {
    node.classList.add("revealed");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    reveal();
  });
  return node;
}

function pre(language) {
  const node = element("pre", { tabIndex: 0 });
  if (language) node.dataset.language = language;
  return node;
}

function wrapper(entity, text, onCommand) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url);
    case "url":
      return link(/^\w+:/.test(text) ? text : `https://${text}`);
    case "spoiler":
      return spoiler();
    case "pre":
      return pre(entity.language);
    case "bot_command": {
      const node = element("button", { type: "button", className: "command" });
      node.addEventListener("click", () => onCommand(text));
      return node;
    }
    default:
      return element(PLAIN[entity.type] ?? "span");
  }
}

function fill(parent, text, [from, to], entities, onCommand) {
  const queue = [...entities];
  let at = from;
  while (queue.length) {
    const entity = queue.shift();
    const begin = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= begin) continue;
    parent.append(text.slice(at, begin));
    const inner = [];
    while (queue.length && queue[0].offset < end) inner.push(queue.shift());
    const node = wrapper(entity, text.slice(begin, end), onCommand);
    fill(node, text, [begin, end], inner, onCommand);
    parent.append(node);
    // A block ends its line by itself, as at Telegram.
    const behind = entity.type === "pre" && text[end] === "\n" ? 1 : 0;
    // What reaches beyond this entity goes on behind it.
    queue.unshift(
      ...inner
        .filter((other) => other.offset + other.length > end)
        .map((other) => ({ ...other, offset: end, length: other.offset + other.length - end })),
    );
    at = end + behind;
  }
  parent.append(text.slice(at, to));
}

/** Put a text into a node, marked up as its entities say, which are ordered by offset. */
export function write(parent, text, entities, onCommand) {
  fill(parent, text, [0, text.length], entities, onCommand);
}
