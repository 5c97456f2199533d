"""The pretend Telegram through the real python-telegram-bot, and what it refuses."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from sandbox.control.client import Sandbox
from sandbox.telegram.service import CHAT_ID, TOKEN
from sandbox.telegram.wire import PNG, Wire

REFRESH = InlineKeyboardMarkup([[InlineKeyboardButton("Refresh", callback_data="refresh")]])


def with_bot(sandbox: Sandbox, scene: Callable[[Bot], Awaitable[None]], *, token: str = TOKEN) -> None:
    """Run a scene with the real Bot of python-telegram-bot."""

    async def run() -> None:
        async with Bot(token, base_url=f"{sandbox.addresses['telegram']}/bot") as bot:
            await scene(bot)

    asyncio.run(run())


def test_the_real_bot_sends_edits_and_uploads(sandbox: Sandbox) -> None:
    async def scene(bot: Bot) -> None:
        sent = await bot.send_message(CHAT_ID, "<b>A &amp; B</b> 😀", parse_mode="HTML", reply_markup=REFRESH)
        edited = await bot.edit_message_text("C", CHAT_ID, sent.message_id)
        photo = await bot.send_photo(CHAT_ID, PNG, caption="<i>chart</i>", parse_mode="HTML")
        document = await bot.send_document(CHAT_ID, b"a;b", filename="r.csv")

        assert (sent.text, sent.reply_markup) == ("A & B 😀", REFRESH)
        assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [("bold", 0, 5)]
        assert not isinstance(edited, bool)
        assert (edited.message_id, edited.text, edited.reply_markup) == (sent.message_id, "C", None)
        assert (photo.photo[0].width, photo.photo[0].height, photo.caption) == (800, 600, "chart")
        assert document.document is not None
        assert (document.document.file_name, document.document.mime_type) == ("r.csv", "text/csv")

    with_bot(sandbox, scene)
    messages = sandbox.messages(CHAT_ID)

    assert [(message.text, message.edited) for message in messages] == [("C", True), ("chart", False), ("", False)]
    assert sandbox.file(CHAT_ID, messages[1].message_id) == PNG
    assert [attempt.outcome for attempt in sandbox.attempts()] == ["accepted"] * 4


def test_the_real_application_polls_and_handles_commands_and_buttons(sandbox: Sandbox) -> None:
    async def now(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat is not None
        await update.effective_chat.send_message("Working", reply_markup=REFRESH)

    async def refresh(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer()
        await update.callback_query.edit_message_text("Done")

    async def scene() -> None:
        builder = Application.builder().token(TOKEN).base_url(f"{sandbox.addresses['telegram']}/bot")
        application = builder.job_queue(None).build()
        application.add_handler(CommandHandler("now", now))
        application.add_handler(CallbackQueryHandler(refresh))
        async with application:
            assert application.updater is not None
            await application.updater.start_polling()
            await application.start()
            await asyncio.to_thread(sandbox.type, "/now@balances_demo_bot please")
            working = await wait_for(sandbox, "Working")
            await asyncio.to_thread(sandbox.press, working, "refresh")
            done = await wait_for(sandbox, "Done")
            await application.updater.stop()
            await application.stop()

        assert done == working

    asyncio.run(scene())


async def wait_for(sandbox: Sandbox, text: str) -> int:
    """Wait for a message without holding up the loop; give its id."""
    found = await asyncio.to_thread(sandbox.wait_for_message, lambda message: message.text == text, timeout_s=10)
    return found.message_id


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"chat_id": 42, "text": ""}, "400 Bad Request: message text is empty"),
        ({"chat_id": 42, "text": " \n "}, "400 Bad Request: message text is empty"),
        ({"chat_id": 42, "text": "<b></b>", "parse_mode": "HTML"}, "400 Bad Request: message text is empty"),
        ({"text": "a"}, "400 Bad Request: chat_id is empty"),
        ({"chat_id": "@nobody", "text": "a"}, "400 Bad Request: chat not found"),
        ({"chat_id": 42, "text": "x" * 4097}, "400 Bad Request: message is too long"),
        ({"chat_id": 42, "text": "a", "parse_mode": "Wiki"}, "400 Bad Request: unsupported parse_mode"),
    ],
    ids=["empty", "blank", "only tags", "no chat", "a name", "too long", "parse mode"],
)
def test_a_message_that_cannot_be_is_refused(wire: Wire, fields: dict[str, object], refusal: str) -> None:
    assert wire.refusal("sendMessage", **fields) == refusal


def test_parameters_may_come_as_form_json_query_or_multipart(wire: Wire) -> None:
    url = f"{wire.url}/sendMessage"
    wire.client.post(url, data={"chat_id": 42, "text": "form"})
    wire.client.post(url, json={"chat_id": 42, "text": "json", "reply_markup": {"inline_keyboard": []}})
    wire.client.get(url, params={"chat_id": 42, "text": "query"})
    answer = wire.client.post(url, files={"chat_id": (None, "42"), "text": (None, "multipart")})

    assert answer.json()["result"]["text"] == "multipart"


def test_a_refused_edit_says_why(wire: Wire, sandbox: Sandbox) -> None:
    sent = wire("sendMessage", chat_id=42, text="<b>a</b>", parse_mode="HTML")["result"]
    assert isinstance(sent, dict)
    own, typed = sent["message_id"], sandbox.type("hi").message_id
    same = wire.refusal("editMessageText", chat_id=42, message_id=own, text="<b>a</b> ", parse_mode="HTML")

    assert same.startswith("400 Bad Request: message is not modified: specified new message content")
    assert wire("editMessageText", chat_id=42, message_id=own, text="a")["ok"] is True
    assert wire.refusal("editMessageText", chat_id=42, message_id=999, text="b").endswith("message to edit not found")
    assert wire.refusal("editMessageText", chat_id=42, message_id=typed, text="b").endswith("message can't be edited")


def test_a_deleted_message_can_no_longer_be_edited(wire: Wire) -> None:
    sent = wire("sendMessage", chat_id=42, text="a")["result"]
    assert isinstance(sent, dict)
    wire("deleteMessage", chat_id=42, message_id=sent["message_id"])

    assert wire.refusal("deleteMessage", chat_id=42, message_id=sent["message_id"]).endswith("to delete not found")
    assert wire.refusal("editMessageText", chat_id=42, message_id=sent["message_id"], text="b").endswith("not found")


def test_tokens_and_methods_that_are_unknown(wire: Wire, sandbox: Sandbox) -> None:
    base = sandbox.addresses["telegram"]
    paths = ["/botnonsense/getMe", f"/bot{TOKEN[:-1]}x/getMe", f"/bot{TOKEN}/fly", f"/{TOKEN}/getMe"]
    answers = [wire.client.post(base + path).json() for path in paths]

    assert [answer["error_code"] for answer in answers] == [404, 401, 404, 404]
    assert [answer["description"] for answer in answers] == ["Not Found", "Unauthorized", "Not Found", "Not Found"]


def test_no_token_is_ever_logged(wire: Wire, sandbox: Sandbox) -> None:
    wire("getMe")

    assert [seen.path for seen in sandbox.requests("telegram")] == ["/bot<token>/getMe"]


def test_the_real_bot_reads_every_refusal_as_its_own_exception(sandbox: Sandbox) -> None:
    sandbox.set_state("telegram", blocked=[1], unknown_chats=[2], migrated={"-3": -1003})
    expected: dict[int, type[TelegramError]] = {1: Forbidden, 2: BadRequest, -3: ChatMigrated}

    async def scene(bot: Bot) -> None:
        for chat_id, error in expected.items():
            with pytest.raises(error) as caught:
                await bot.send_message(chat_id, "a")
            if isinstance(caught.value, ChatMigrated):
                assert caught.value.new_chat_id == -1003

    with_bot(sandbox, scene)

    assert [attempt.outcome[:3] for attempt in sandbox.attempts()] == ["403", "400", "400"]


def test_a_token_that_is_revoked_in_mid_run_is_unauthorized(sandbox: Sandbox) -> None:
    async def scene(bot: Bot) -> None:
        await asyncio.to_thread(sandbox.set_state, "telegram", token=TOKEN[:-1] + "x")
        with pytest.raises(InvalidToken):
            await bot.send_message(CHAT_ID, "a")

    with_bot(sandbox, scene)


def test_a_chat_may_burst_and_is_then_told_to_wait(wire: Wire, sandbox: Sandbox) -> None:
    answers = [wire("sendMessage", chat_id=42, text=str(number)) for number in range(12)]
    refused = next(answer for answer in answers if not answer["ok"])
    other_chat = wire("sendMessage", chat_id=43, text="a")
    sandbox.set_state("telegram", flood_control=False)

    assert all(answer["ok"] for answer in answers[:5])
    assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 1})
    assert refused["description"] == "Too Many Requests: retry after 1"
    assert other_chat["ok"] is True
    assert wire("sendMessage", chat_id=42, text="free")["ok"] is True
