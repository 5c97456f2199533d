// The page: a chat with the bot, and the pretend world beside it.

import { follow, type } from "./api.js";
import { setUpComposer, showCommands } from "./composer.js";
import { byId } from "./dom.js";
import { scrollToEnd, setUpMessages, showMessages } from "./messages.js";
import { setUpViewer, toast } from "./notices.js";
import { setUpPanel, showControls } from "./panel.js";
import { setUpPeople, showPeople } from "./people.js";
import { replyTo, setUpReplying, showAsked, takeReply } from "./replying.js";
import { setUpTradingView, showTradingView } from "./tradingview.js";

const ACTIONS = { typing: "typing", upload_photo: "sending a picture", upload_document: "sending a file" };
let actionEnds = 0;

function showStatus(text, acting = false) {
  const status = byId("bot-status");
  status.classList.toggle("acting", acting);
  if (status.textContent !== text) status.textContent = text;
}

function showBot(chat) {
  byId("bot-name").textContent = chat.bot_name;
  clearTimeout(actionEnds);
  if (!chat.action) return showStatus("bot");
  showStatus(ACTIONS[chat.action] ?? "busy", true);
  actionEnds = setTimeout(() => showStatus("bot"), chat.action_ms);
}

async function send(text) {
  try {
    await takeReply((messageId) => type(text, messageId));
    scrollToEnd();
    return true;
  } catch (error) {
    toast(error.message, { bad: true });
    return false;
  }
}

setUpMessages(send, replyTo);
setUpReplying();
setUpComposer(send);
setUpPanel();
setUpPeople();
setUpTradingView();
setUpViewer();
byId("first").addEventListener("click", () => send("/now"));
if (matchMedia("(hover: hover)").matches) byId("line").focus(); // a phone would raise its keyboard

follow(
  (chat, controls, tradingview) => {
    showBot(chat);
    showPeople(chat);
    showCommands(chat.commands);
    showMessages(chat);
    showAsked(chat.messages);
    showTradingView(tradingview);
    showControls(controls);
  },
  () => showStatus("waiting for the sandbox"),
);
