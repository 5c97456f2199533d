// What the page asks of the control port, and following it: told of a change, it looks again.

const QUIET_MS = 1000;

export const chatId = Number(new URLSearchParams(location.search).get("chat")) || 42;

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(path, options);
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? `HTTP ${answer.status}`);
  return said;
}

export const type = (text) => ask("/telegram/type", { chat_id: chatId, text });
export const press = (messageId, data) =>
  ask("/telegram/press", { chat_id: chatId, message_id: messageId, data });
export const changeControl = (name, change) => ask(`/panel-controls/${name}`, change);
export const allWell = () => ask("/panel-controls", {});

async function look(after) {
  const { count } = await ask(`/page/news?after=${after}`);
  const [chat, controls] = await Promise.all([ask(`/telegram/chat/${chatId}`), ask("/panel-controls")]);
  return { count, chat, controls };
}

/** Call `show(chat, controls)` whenever something may have changed, and `lost()` while the sandbox is away. */
export async function follow(show, lost) {
  let count = 0;
  for (;;) {
    const seen = await look(count).catch(() => null);
    if (seen) {
      count = seen.count;
      show(seen.chat, seen.controls);
    } else {
      count = 0;
      lost();
      await new Promise((done) => setTimeout(done, QUIET_MS));
    }
  }
}
