// Alerts of the pretend TradingView: written with fields or by hand, sent, and what became of each.

import { fireAlert, writeAlert } from "./api.js";
import { byId, element } from "./dom.js";
import { toast } from "./notices.js";

const SHOWN = 12;
const OPTIONAL = [
  ["alert-quantity", "quantity", "strategy.order.contracts"],
  ["alert-price", "price", "strategy.order.price"],
  ["alert-stop", "stop_loss", "plot_0"],
  ["alert-target", "take_profit", "plot_1"],
];
const MEANING = {
  sending: "being sent",
  delivered: "delivered",
  refused: "refused, not sent again",
  failed: "server error",
  timeout: "timed out, not sent again",
  unreachable: "unreachable",
  "alert stopped": "not sent: it fired too often. The next one starts it again.",
};

let alerts = [];

const valueOf = (id) => byId(id).value.trim();
const chosen = () => alerts.find(({ name }) => name === valueOf("alert-name"));

/** The message with the keys whose fields are filled, and without those that are empty; one written by hand stays. */
function fitted(message) {
  let keys;
  try {
    keys = JSON.parse(message);
  } catch {
    return message;
  }
  if (keys === null || typeof keys !== "object" || Array.isArray(keys)) return message;
  for (const [id, key, placeholder] of OPTIONAL) {
    const place = `{{${placeholder}}}`;
    if (valueOf(id) && !(key in keys)) keys[key] = place;
    if (!valueOf(id) && keys[key] === place) delete keys[key];
  }
  return JSON.stringify(keys, null, 2);
}

const fit = () => (byId("alert-message").value = fitted(byId("alert-message").value));

function choose(alert) {
  byId("alert-name").value = alert.name;
  byId("alert-url").value = alert.url;
  byId("alert-message").value = alert.message;
  fit();
}

function values() {
  const given = { ticker: valueOf("alert-symbol"), "strategy.order.action": valueOf("alert-action") };
  for (const [id, , placeholder] of OPTIONAL) if (valueOf(id)) given[placeholder] = valueOf(id);
  return given;
}

async function send() {
  const alert = { name: valueOf("alert-name"), url: valueOf("alert-url"), message: byId("alert-message").value };
  const known = chosen();
  const isWritten = known && !known.is_stopped && known.url === alert.url && known.message === alert.message;
  if (!isWritten) await writeAlert(alert);
  await fireAlert(alert.name, values());
}

const timeOf = (moment) => new Date(moment).toLocaleTimeString("en-GB");

function tryOf(delivery) {
  const status = delivery.status || MEANING[delivery.outcome];
  const line = `${timeOf(delivery.at)} · try ${delivery.attempt} · ${status} · ${Math.round(delivery.took_ms)} ms`;
  const node = element("li", {}, element("span", {}, line));
  if (delivery.answer) node.append(element("pre", { tabIndex: 0 }, delivery.answer));
  return node;
}

function statusOf(firing) {
  const last = firing.deliveries.at(-1);
  return last?.status ? `${last.status} · ${MEANING[firing.outcome]}` : MEANING[firing.outcome];
}

function rowOf(firing, signature, open) {
  const node = element("details", { open });
  const state = element("span", { className: "status" }, statusOf(firing));
  const title = element("b", {}, `${timeOf(firing.at)} ${firing.alert}`);
  node.append(element("summary", {}, title, " ", state));
  node.append(element("pre", { tabIndex: 0 }, firing.message), element("ol", {}, ...firing.deliveries.map(tryOf)));
  const row = element("li", {}, node);
  row.dataset.id = firing.id;
  row.dataset.outcome = firing.outcome;
  row.dataset.signature = signature;
  return row;
}

function showFirings(log) {
  const known = new Map([...byId("firings").children].map((row) => [row.dataset.id, row]));
  const rows = log.slice(-SHOWN).toReversed().map((firing) => {
    const [row, signature] = [known.get(String(firing.id)), JSON.stringify(firing)];
    if (row?.dataset.signature === signature) return row;
    return rowOf(firing, signature, row?.querySelector("details").open ?? false);
  });
  byId("no-firings").hidden = rows.length > 0;
  if (rows.length !== known.size || rows.some((row, index) => byId("firings").children[index] !== row)) {
    byId("firings").replaceChildren(...rows);
  }
}

/** Show the alerts and what became of each; without any alert there is nothing to show. */
export function showTradingView(tradingview) {
  const isFirst = alerts.length === 0;
  alerts = tradingview.alerts;
  byId("tradingview").hidden = alerts.length === 0;
  byId("alerts").replaceChildren(...alerts.map(({ name }) => element("option", { value: name })));
  if (isFirst && alerts.length > 0) choose(alerts[0]);
  showFirings(tradingview.log);
}

/** Let the fields change the message, and the button send it. */
export function setUpTradingView() {
  for (const [id] of OPTIONAL) byId(id).addEventListener("input", fit);
  byId("alert-name").addEventListener("change", () => chosen() && choose(chosen()));
  byId("alert-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("fire").disabled = true;
    try {
      await send();
    } catch (error) {
      toast(error.message, { bad: true });
    } finally {
      byId("fire").disabled = false;
      if (document.activeElement === document.body) byId("fire").focus(); // a disabled button has lost it
    }
  });
}
