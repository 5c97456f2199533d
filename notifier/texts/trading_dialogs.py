"""What dialogs say, and what Change asks, in each language.

Texts are HTML for Telegram, but for the notes (`toast_…`) and what stands on buttons.
"""

from collections.abc import Mapping

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


class ChangeWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence about another size, or other protective legs, for a signal that is asked about.

    Attributes:
        legs: What protective legs are called, by their names in a question's details.
        none: Stands for a leg that is not wanted, in a sentence.
    """

    ask: str
    ask_what: str
    button_quantity: str
    quantity: str
    amount: str
    both: str
    bad: str
    bad_currency: str
    no_amount: str
    fixed: str
    taken: str
    decided: str
    toast_ask: str
    legs: Mapping[str, str]
    none: str
    button_none: str
    ask_leg: str
    bad_leg: str
    no_percent: str
    must_below: str
    must_above: str


CHANGE_WORDS: dict[Language, ChangeWords] = {
    "en": ChangeWords(
        ask="<b>Another size</b> instead of {quantity}, for:\n{question}\n\nWrite {what}. You are asked again then; "
        "nothing is ordered before you say Execute.",
        ask_what="<b>Change what</b>, for:\n{question}\n\nPress it, or write another size right away: {what}. You are "
        "asked again then; nothing is ordered before you say Execute.",
        button_quantity="Quantity",
        quantity="a quantity, such as <code>5</code> or <code>0.25</code>",
        amount="an amount, such as <code>500 {currency}</code>",
        both="{quantity}; or {amount}",
        bad="<code>{text}</code> is no size. Write {what}.",
        bad_currency="An amount is in {currency}, the account's currency. Write {what}.",
        no_amount="A closing takes a quantity. Write {what}.",
        fixed="This one has no other size: reject it, or send the signal anew.",
        taken="Taken: {size}. You are asked again in a moment.",
        decided="✎ {size} – {name}, {at}",
        toast_ask="Press what is to change, or write.",
        legs={"stop_loss": "Stop loss", "take_profit": "Take profit"},
        none="none",
        button_none="None",
        ask_leg="<b>{leg}</b> instead of {now}, for:\n{question}\n\nPress it, or write a price, such as "
        "<code>{example}</code>, a distance, such as <code>2%</code>, or <code>none</code>. You are asked again then; "
        "nothing is ordered before you say Execute.",
        bad_leg="<code>{text}</code> is no price. Write a price, such as <code>{example}</code>, a distance, such as "
        "<code>2%</code>, or <code>none</code>.",
        no_percent="No price is known here to measure a distance from. Write a price, such as <code>{example}</code>.",
        must_below="{leg} {price} lies not below the price, {at}. Write a lower one.",
        must_above="{leg} {price} lies not above the price, {at}. Write a higher one.",
    ),
    "ru": ChangeWords(
        ask="<b>Другой размер</b> вместо {quantity}:\n{question}\n\nНапишите {what}. Потом будет новый вопрос; "
        "без «Исполнить» ничего не заказывается.",
        ask_what="<b>Что изменить</b>:\n{question}\n\nНажмите или сразу напишите другой размер: {what}. Потом будет "
        "новый вопрос; без «Исполнить» ничего не заказывается.",
        button_quantity="Количество",
        quantity="количество, например <code>5</code> или <code>0.25</code>",
        amount="сумму, например <code>500 {currency}</code>",
        both="{quantity}; или {amount}",
        bad="<code>{text}</code> – не размер. Напишите {what}.",
        bad_currency="Сумма – в валюте счёта, {currency}. Напишите {what}.",
        no_amount="Для закрытия нужно количество. Напишите {what}.",
        fixed="Здесь другого размера нет: отклоните или пришлите сигнал заново.",
        taken="Принято: {size}. Сейчас придёт новый вопрос.",
        decided="✎ {size} – {name}, {at}",
        toast_ask="Нажмите, что изменить, или напишите.",
        legs={"stop_loss": "Стоп-лосс", "take_profit": "Тейк-профит"},
        none="нет",
        button_none="Нет",
        ask_leg="<b>{leg}</b>, сейчас {now}:\n{question}\n\nНажмите или напишите цену, например "
        "<code>{example}</code>, расстояние, например <code>2%</code>, или <code>none</code> – без него. Потом будет "
        "новый вопрос; без «Исполнить» ничего не заказывается.",
        bad_leg="<code>{text}</code> – не цена. Напишите цену, например <code>{example}</code>, расстояние, например "
        "<code>2%</code>, или <code>none</code>.",
        no_percent="Цена неизвестна, расстояние мерить не от чего. Напишите цену, например <code>{example}</code>.",
        must_below="{leg} {price} не ниже цены {at}. Напишите ниже.",
        must_above="{leg} {price} не выше цены {at}. Напишите выше.",
    ),
    "de": ChangeWords(
        ask="<b>Eine andere Größe</b> statt {quantity}, für:\n{question}\n\nBitte {what} schreiben. Danach kommt eine "
        "neue Frage; ohne «Ausführen» wird nichts bestellt.",
        ask_what="<b>Was ändern</b>, bei:\n{question}\n\nBitte drücken, oder gleich eine andere Größe schreiben: "
        "{what}. Danach kommt eine neue Frage; ohne «Ausführen» wird nichts bestellt.",
        button_quantity="Menge",
        quantity="eine Menge, etwa <code>5</code> oder <code>0.25</code>",
        amount="einen Betrag, etwa <code>500 {currency}</code>",
        both="{quantity}; oder {amount}",
        bad="<code>{text}</code> ist keine Größe. Bitte {what} schreiben.",
        bad_currency="Ein Betrag steht in {currency}, der Währung des Kontos. Bitte {what} schreiben.",
        no_amount="Eine Schließung braucht eine Menge. Bitte {what} schreiben.",
        fixed="Hier gibt es keine andere Größe: ablehnen oder das Signal neu senden.",
        taken="Notiert: {size}. Gleich kommt die neue Frage.",
        decided="✎ {size} – {name}, {at}",
        toast_ask="Wählen, was sich ändert, oder schreiben.",
        legs={"stop_loss": "Stop-Loss", "take_profit": "Take-Profit"},
        none="keiner",
        button_none="Keiner",
        ask_leg="<b>{leg}</b> statt {now}, für:\n{question}\n\nBitte drücken, oder einen Preis schreiben, etwa "
        "<code>{example}</code>, einen Abstand, etwa <code>2%</code>, oder <code>none</code> für keinen. Danach kommt "
        "eine neue Frage; ohne «Ausführen» wird nichts bestellt.",
        bad_leg="<code>{text}</code> ist kein Preis. Bitte einen Preis schreiben, etwa <code>{example}</code>, einen "
        "Abstand, etwa <code>2%</code>, oder <code>none</code>.",
        no_percent="Hier ist kein Preis bekannt, von dem ein Abstand zählt. Bitte einen Preis schreiben, etwa "
        "<code>{example}</code>.",
        must_below="{leg} {price} liegt nicht unter dem Preis {at}. Bitte tiefer.",
        must_above="{leg} {price} liegt nicht über dem Preis {at}. Bitte höher.",
    ),
}
