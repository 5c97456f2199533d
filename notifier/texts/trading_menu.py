"""What dialogs and the menu of trading say, in each language; HTML for Telegram, but for the notes (`toast_…`)."""

import msgspec

from bus.language import Language


class DialogWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of dialogs; a missing translation is a type error."""

    cancel: str
    cancel_word: str
    how_private: str
    how_group: str
    again: str
    over: str
    not_asked: str
    toast_not_asked: str
    nothing_done: str


DIALOG_WORDS: dict[Language, DialogWords] = {
    "en": DialogWords(
        cancel="Cancel",
        cancel_word="cancel",
        how_private="Write it here within 10 minutes.",
        how_group="Reply to this message within 10 minutes; <code>cancel</code> calls it off.",
        again="{why}\n\nWhat shall it be?",
        over="Too late: a question waits for 10 minutes. Nothing was done; begin anew.",
        not_asked="That message asks for nothing any more. What is asked now stands in the newest question.",
        toast_not_asked="That is not asked any more, or not of you.",
        nothing_done="Called off. Nothing was done.",
    ),
    "ru": DialogWords(
        cancel="Отмена",
        cancel_word="отмена",
        how_private="Напишите здесь в течение 10 минут.",
        how_group="Ответьте на это сообщение в течение 10 минут; <code>отмена</code> отменит вопрос.",
        again="{why}\n\nЧто записать?",
        over="Поздно: вопрос ждёт 10 минут. Ничего не сделано; начните заново.",
        not_asked="Это сообщение больше ни о чём не спрашивает. Сейчас действует самый новый вопрос.",
        toast_not_asked="Об этом больше не спрашивают, или спрашивают не вас.",
        nothing_done="Отменено. Ничего не сделано.",
    ),
    "de": DialogWords(
        cancel="Abbrechen",
        cancel_word="abbrechen",
        how_private="Hier schreiben, innerhalb von 10 Minuten.",
        how_group="Innerhalb von 10 Minuten auf diese Nachricht antworten; <code>abbrechen</code> bricht ab.",
        again="{why}\n\nWas soll es sein?",
        over="Zu spät: eine Frage wartet 10 Minuten. Nichts wurde getan; bitte neu beginnen.",
        not_asked="Diese Nachricht fragt nichts mehr. Gefragt ist, was in der neuesten Frage steht.",
        toast_not_asked="Das wird nicht mehr gefragt, oder jemand anderes ist gefragt.",
        nothing_done="Abgebrochen. Nichts wurde getan.",
    ),
}
CANCEL_WORDS = frozenset(each.cancel_word for each in DIALOG_WORDS.values())
"""Whatever the chat's language: what calls a question off is understood in all of them."""
