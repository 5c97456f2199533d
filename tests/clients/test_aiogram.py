"""aiogram, unmodified, against the pretend Telegram: its base address is the only thing that it is told.

Follows https://docs.aiogram.dev, "Use Custom API server" (read 2026-11). aiogram reads every answer into models that
refuse what the Bot API never says, so a field that is missing or of the wrong type fails here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatType, MessageEntityType, ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.filters import Command
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)

from sandbox.control.client import Sandbox
from sandbox.telegram.chat import CHAT_ID, TOKEN

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\3\x20\0\0\2\x58"  # the head of an 800 x 600 picture is enough
OTHER_PNG = PNG + b"\0"
FORUM = -1_005
GROUP = -5
REFRESH = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Refresh", callback_data="refresh")]])
SOON_S = 30.0

Scene = Callable[[Bot], Awaitable[None]]


def play(sandbox: Sandbox, scene: Scene, *, token: str = TOKEN) -> None:
    """Run a scene with a real bot of aiogram."""

    async def run() -> None:
        session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.addresses["telegram"]))
        async with Bot(token, session=session) as bot:
            await scene(bot)

    asyncio.run(run())


def picture(content: bytes = PNG) -> BufferedInputFile:
    """Return a picture to upload."""
    return BufferedInputFile(content, filename="chart.png")


async def polled(bot: Bot, dispatcher: Dispatcher, until: asyncio.Event, *steps: Callable[[], object]) -> None:
    """Poll as a whole program does, while a person takes these steps, until an event is set."""
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    for step in steps:
        await asyncio.to_thread(step)
    async with asyncio.timeout(SOON_S):
        await until.wait()
    await dispatcher.stop_polling()
    await polling


def test_a_bot_learns_who_it_is_and_what_its_chats_are(sandbox: Sandbox) -> None:
    sandbox.topic(FORUM)

    async def scene(bot: Bot) -> None:
        me, private, forum = await bot.get_me(), await bot.get_chat(CHAT_ID), await bot.get_chat(FORUM)
        await bot.set_my_commands([BotCommand(command="now", description="Fetch now")])
        commands = await bot.get_my_commands()

        assert (me.id, me.is_bot, me.username) == (bot.id, True, "balances_demo_bot")
        assert (private.type, private.first_name) == (ChatType.PRIVATE, "Ann")
        assert (forum.type, forum.is_forum) == (ChatType.SUPERGROUP, True)
        assert [(each.command, each.description) for each in commands] == [("now", "Fetch now")]

    play(sandbox, scene)


def test_texts_are_sent_edited_and_deleted_with_their_entities(sandbox: Sandbox) -> None:
    async def scene(bot: Bot) -> None:
        markup = 'é😀 <b>a</b> <a href="https://x.org">l</a> https://y.org/a /now <code>c</code>'
        sent = await bot.send_message(CHAT_ID, markup, parse_mode=ParseMode.HTML, reply_markup=REFRESH)
        found = [(each.type, each.extract_from(sent.text or "")) for each in sent.entities or []]
        edited = await bot.edit_message_text("b", chat_id=CHAT_ID, message_id=sent.message_id)
        deleted = await bot.delete_message(CHAT_ID, sent.message_id)

        assert found == [
            (MessageEntityType.BOLD, "a"),
            (MessageEntityType.TEXT_LINK, "l"),
            (MessageEntityType.URL, "https://y.org/a"),
            (MessageEntityType.BOT_COMMAND, "/now"),
            (MessageEntityType.CODE, "c"),
        ]
        assert (sent.entities or [])[1].url == "https://x.org"
        assert sent.html_text == markup
        assert sent.reply_markup is not None
        assert sent.reply_markup.model_dump() == REFRESH.model_dump()
        assert isinstance(edited, Message)
        assert (edited.text, edited.reply_markup, deleted) == ("b", None, True)

    play(sandbox, scene)


def test_pictures_are_uploaded_replaced_captioned_sent_again_and_fetched(sandbox: Sandbox) -> None:
    sandbox.set_state("telegram", flood_control=False)

    async def scene(bot: Bot) -> None:
        sent = await bot.send_photo(CHAT_ID, picture(), caption="<i>old</i>", parse_mode=ParseMode.HTML)
        number = sent.message_id
        media = InputMediaPhoto(media=picture(OTHER_PNG), caption="<b>new</b>", parse_mode=ParseMode.HTML)
        replaced = await bot.edit_message_media(media, chat_id=CHAT_ID, message_id=number)
        captioned = await bot.edit_message_caption(chat_id=CHAT_ID, message_id=number, caption="newer")
        assert sent.photo is not None
        again = await bot.send_photo(CHAT_ID, sent.photo[-1].file_id)
        fetched = BytesIO()
        await bot.download(sent.photo[-1], destination=fetched)

        assert (sent.photo[0].width, sent.photo[0].height, sent.caption) == (800, 600, "old")
        assert isinstance(replaced, Message)
        assert isinstance(captioned, Message)
        assert (replaced.caption, captioned.caption) == ("new", "newer")
        assert [each.type for each in replaced.caption_entities or []] == [MessageEntityType.BOLD]
        assert replaced.photo == captioned.photo != sent.photo
        assert again.photo == sent.photo
        assert fetched.getvalue() == PNG

    play(sandbox, scene)
    messages = sandbox.messages(CHAT_ID)

    assert [sandbox.file(CHAT_ID, message.message_id) for message in messages] == [OTHER_PNG, PNG]


def test_a_text_becomes_a_document(sandbox: Sandbox) -> None:
    async def scene(bot: Bot) -> None:
        sent = await bot.send_message(CHAT_ID, "Working…")
        media = InputMediaDocument(media=BufferedInputFile(b"a;b", filename="r.csv"))
        edited = await bot.edit_message_media(media, chat_id=CHAT_ID, message_id=sent.message_id)
        document = await bot.send_document(CHAT_ID, BufferedInputFile(b"c;d", filename="s.csv"))

        assert isinstance(edited, Message)
        assert edited.document is not None
        assert document.document is not None
        assert (edited.text, edited.document.file_name, document.document.file_name) == (None, "r.csv", "s.csv")

    play(sandbox, scene)


def test_polling_hears_commands_and_buttons_and_answers_them(sandbox: Sandbox) -> None:
    pressed = asyncio.Event()

    async def now(message: Message) -> None:
        sent = await message.answer("Total", reply_markup=REFRESH)
        await asyncio.to_thread(sandbox.press, sent.message_id, "refresh")

    async def refresh(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer("Fetching")
        await query.message.edit_text("Done")
        pressed.set()

    async def scene(bot: Bot) -> None:
        dispatcher = Dispatcher()
        dispatcher.message.register(now, Command("now"))
        dispatcher.callback_query.register(refresh)
        await polled(bot, dispatcher, pressed, lambda: sandbox.type("/now@balances_demo_bot please"))

    play(sandbox, scene)

    assert [(message.text, message.edited) for message in sandbox.messages()] == [("Done", True)]


def test_topics_and_replies_are_seen_and_answered_where_they_were_asked(sandbox: Sandbox) -> None:
    heard: list[Message] = []
    enough = asyncio.Event()

    async def hear(message: Message) -> None:
        heard.append(message)
        if message.text == "/now":
            await message.reply("Total")
            enough.set()

    async def scene(bot: Bot) -> None:
        dispatcher = Dispatcher()
        dispatcher.message.register(hear)
        steps = (lambda: sandbox.topic(FORUM, 77), lambda: sandbox.type_in("/now", chat_id=FORUM, thread_id=77))
        await polled(bot, dispatcher, enough, *steps)

    play(sandbox, scene)
    opened, asked = heard
    answer = sandbox.messages(FORUM)[0]

    assert opened.forum_topic_created is not None
    assert (asked.message_thread_id, asked.is_topic_message, asked.chat.is_forum) == (77, True, True)
    assert (answer.thread_id, answer.reply_to) == (77, asked.message_id)


def test_a_reply_shows_what_it_replies_to(sandbox: Sandbox) -> None:
    typed = sandbox.type("hi").message_id

    async def scene(bot: Bot) -> None:
        reply = await bot.send_message(CHAT_ID, "a", reply_parameters=ReplyParameters(message_id=typed))
        lenient = ReplyParameters(message_id=999_999, allow_sending_without_reply=True)
        alone = await bot.send_message(CHAT_ID, "b", reply_parameters=lenient)

        assert reply.reply_to_message is not None
        assert (reply.reply_to_message.text, alone.reply_to_message) == ("hi", None)

    play(sandbox, scene)


def test_a_group_that_becomes_a_supergroup_says_so_in_both_chats(sandbox: Sandbox) -> None:
    heard: list[Message] = []
    both = asyncio.Event()

    async def hear(message: Message) -> None:
        heard.append(message)
        if len(heard) == 2:
            both.set()

    async def scene(bot: Bot) -> None:
        dispatcher = Dispatcher()
        dispatcher.message.register(hear)
        await polled(bot, dispatcher, both, lambda: sandbox.migrate(GROUP))

    play(sandbox, scene)

    assert (heard[0].chat.id, heard[0].migrate_to_chat_id) == (GROUP, FORUM)
    assert (heard[1].chat.id, heard[1].migrate_from_chat_id) == (FORUM, GROUP)


def test_a_webhook_is_set_told_and_deleted_and_forbids_polling(sandbox: Sandbox) -> None:
    async def scene(bot: Bot) -> None:
        done = await bot.set_webhook("https://example.org/hook", secret_token="a", allowed_updates=["message"])
        told = await bot.get_webhook_info()
        with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        deleted = await bot.delete_webhook()
        after = await bot.get_webhook_info()

        assert (done, told.url, told.allowed_updates) == (True, "https://example.org/hook", ["message"])
        assert (deleted, after.url, await bot.get_updates()) == (True, "", [])

    play(sandbox, scene)


def refused(sandbox: Sandbox, call: Callable[[Bot], Awaitable[object] | TelegramMethod[object]]) -> TelegramAPIError:
    """Return the error that a call ends in."""
    errors: list[TelegramAPIError] = []

    async def scene(bot: Bot) -> None:
        with pytest.raises(TelegramAPIError) as caught:
            await call(bot)
        errors.append(caught.value)

    play(sandbox, scene)
    return errors[0]


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"unknown_chats": [GROUP]}, TelegramBadRequest, "chat not found"),
        ({"blocked": [GROUP]}, TelegramForbiddenError, "bot was kicked from the group chat"),
        ({"muted": [GROUP]}, TelegramBadRequest, "not enough rights to send text messages to the chat"),
        ({"migrated": {"-5": FORUM}}, TelegramMigrateToChat, "supergroup"),
        ({"token": TOKEN[:-1] + "x"}, TelegramUnauthorizedError, "Unauthorized"),
    ],
    ids=["unknown", "kicked", "muted", "migrated", "revoked"],
)
def test_a_refusal_is_the_error_that_aiogram_has_for_it(
    sandbox: Sandbox, state: dict[str, object], error: type[TelegramAPIError], words: str
) -> None:
    sandbox.set_state("telegram", **state)
    caught = refused(sandbox, lambda bot: bot.send_message(GROUP, "a"))

    assert type(caught) is error
    assert words in str(caught)
    if isinstance(caught, TelegramMigrateToChat):
        assert caught.migrate_to_chat_id == FORUM


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("404", TelegramNotFound),
        ("409", TelegramConflictError),
        ("413", TelegramEntityTooLarge),
        ("429", TelegramRetryAfter),
        ("500", TelegramServerError),
    ],
)
def test_an_error_code_is_the_error_that_aiogram_has_for_it(
    sandbox: Sandbox, code: str, error: type[TelegramAPIError]
) -> None:
    sandbox.fault("telegram", "code", code=code, seconds=7)
    caught = refused(sandbox, lambda bot: bot.send_message(CHAT_ID, "a"))

    assert type(caught) is error
    if isinstance(caught, TelegramRetryAfter):
        assert caught.retry_after == 7


def test_a_burst_is_told_how_long_to_wait(sandbox: Sandbox) -> None:
    async def burst(bot: Bot) -> None:
        for number in range(12):
            await bot.send_message(CHAT_ID, str(number))

    caught = refused(sandbox, burst)

    assert isinstance(caught, TelegramRetryAfter)
    assert caught.retry_after == 1


def test_a_closed_topic_and_an_unknown_one_are_bad_requests(sandbox: Sandbox) -> None:
    sandbox.topic(FORUM, 77)
    sandbox.topic(FORUM, 77, closed=True)
    closed = refused(sandbox, lambda bot: bot.send_message(FORUM, "a", message_thread_id=77))
    unknown = refused(sandbox, lambda bot: bot.send_message(FORUM, "a", message_thread_id=78))

    assert isinstance(closed, TelegramBadRequest)
    assert closed.message == "Bad Request: TOPIC_CLOSED"
    assert unknown.message == "Bad Request: message thread not found"


def test_a_refused_connection_is_a_network_error(sandbox: Sandbox) -> None:
    sandbox.fault("telegram", "refuse")
    caught = refused(sandbox, lambda bot: bot.get_me())
    sandbox.clear("telegram")

    assert isinstance(caught, TelegramNetworkError)


def test_an_update_of_an_unknown_kind_does_not_end_the_polling(sandbox: Sandbox) -> None:
    asked = asyncio.Event()

    async def now(_message: Message) -> None:
        asked.set()

    async def scene(bot: Bot) -> None:
        dispatcher = Dispatcher()
        dispatcher.message.register(now, Command("now"))
        steps = (lambda: sandbox.inject({"hologram": {"date": 1}}), lambda: sandbox.type("/now"))
        await polled(bot, dispatcher, asked, *steps)

    play(sandbox, scene)

    assert asked.is_set()
