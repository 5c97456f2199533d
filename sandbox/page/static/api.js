// What the page asks of the control port, and following it: told of a change, it looks again.

const QUIET_MS = 1000;

const asked = new URLSearchParams(location.search);
export const chatId = Number(asked.get("chat")) || 42;
export const personId = Number(asked.get("as")) || Math.abs(chatId);

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(path, options);
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? `HTTP ${answer.status}`);
  return said;
}

export const type = (text, replyTo = 0) =>
  ask("/telegram/type", { chat_id: chatId, from_id: personId, text, reply_to: replyTo });
export const press = (messageId, data) =>
  ask("/telegram/press", { chat_id: chatId, from_id: personId, message_id: messageId, data });
export const changeControl = (name, change) => ask(`/panel-controls/${name}`, change);
export const allWell = () => ask("/panel-controls", {});
export const writeAlert = (alert) => ask("/tradingview/alerts", alert);
export const fireAlert = (name, values) => ask("/tradingview/fire", { name, values });

async function look(after) {
  const { count } = await ask(`/page/news?after=${after}`);
  const [chat, controls, tradingview] = await Promise.all([
    ask(`/telegram/chat/${chatId}?as=${personId}`),
    ask("/panel-controls"),
    ask("/tradingview"),
  ]);
  return { count, chat, controls, tradingview };
}

/** Call `show(chat, controls, tradingview)` whenever something may have changed, and `lost()` while the sandbox is away. */
export async function follow(show, lost) {
  let count = 0;
  for (;;) {
    const seen = await look(count).catch(() => null);
    if (seen) {
      count = seen.count;
      show(seen.chat, seen.controls, seen.tradingview);
    } else {
      count = 0;
      lost();
      await new Promise((done) => setTimeout(done, QUIET_MS));
    }
  }
}
