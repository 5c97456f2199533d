// The message that is replied to: one that somebody chose, or the one that asks for a reply, as clients open it.

import { byId } from "./dom.js";

let target = null; // what the next message replies to
let asking = 0; // the newest message that asked for a reply; it opens one once

function show(message) {
  target = message;
  byId("replying").hidden = message === null;
  byId("replying-to").textContent = message?.sender ?? "";
  byId("replying-text").textContent = message?.text ?? "";
}

/** Begin an answer to a message. */
export function replyTo(message) {
  show(message);
  byId("line").focus();
}

/** Open the reply that the newest question asks for, unless who looks has written since. */
export function showAsked(messages) {
  const at = messages.findLastIndex((message) => message.asks);
  if (at < 0 || messages[at].message_id <= asking) return;
  asking = messages[at].message_id;
  if (!messages.slice(at).some((message) => message.own)) replyTo(messages[at]);
}

/** Send with `send(messageId)` what replies to the chosen message, or (0) to none; it is kept where that fails. */
export async function takeReply(send) {
  const replied = target;
  await send(replied?.message_id ?? 0);
  if (target === replied) show(null);
}

/** Let the reply be called off. */
export function setUpReplying() {
  byId("no-reply").addEventListener("click", () => {
    show(null);
    byId("line").focus();
  });
}
