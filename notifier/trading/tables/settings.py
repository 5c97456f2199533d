"""Limits, and how a user is spoken to."""

from notifier.commands.table import Command


def _limit(name: str, *, en: str, ru: str, de: str, whole: bool = False) -> Command:
    """Return a command that shows a limit, or sets it."""
    number, number_ru, number_de = ("NUMBER", "ЧИСЛО", "ZAHL") if whole else ("AMOUNT", "СУММА", "BETRAG")
    return Command(
        name=name,
        en=en,
        ru=ru,
        de=de,
        arguments=f"[{number}|off]",
        arguments_ru=f"[{number_ru}|off]",
        arguments_de=f"[{number_de}|off]",
        changes=True,
        who="trader",
    )


SETTINGS: tuple[Command, ...] = (
    Command(
        name="risk",
        en="limits used, and broken",
        ru="лимиты и нарушения",
        de="Limits und Verletzungen",
        arguments="[portfolio]",
        arguments_ru="[портфель]",
        arguments_de="[Portfolio]",
        who="viewer",
    ),
    Command(
        name="settings",
        en="limits and preferences",
        ru="лимиты и предпочтения",
        de="Limits und Vorlieben",
        who="viewer",
    ),
    _limit("set_amount", en="what an opening spends", ru="сумма покупки", de="Betrag je Kauf"),
    _limit("set_max_positions", en="positions at once", ru="позиций сразу", de="Positionen zugleich", whole=True),
    _limit("set_max_daily", en="openings a day", ru="покупок в день", de="Käufe am Tag", whole=True),
    _limit("set_max_invest", en="invested in all", ru="вложено всего", de="investiert insgesamt"),
    _limit("set_max_per_ticker", en="openings per symbol", ru="покупок инструмента", de="Käufe je Symbol", whole=True),
    _limit("set_max_loss", en="loss of a day", ru="убыток за день", de="Tagesverlust"),
    _limit("set_reserve", en="cash never spent", ru="резерв денег", de="Barreserve"),
    Command(
        name="set_budget",
        en="a strategy's budget",
        ru="бюджет стратегии",
        de="Budget einer Strategie",
        arguments="[STRATEGY AMOUNT|off]",
        arguments_ru="[СТРАТЕГИЯ СУММА|off]",
        arguments_de="[STRATEGIE BETRAG|off]",
        changes=True,
        who="trader",
    ),
    _limit("set_max_order", en="value of one order", ru="сумма одной заявки", de="Wert einer Order"),
    _limit("set_leverage_cap", en="highest leverage", ru="наибольшее плечо", de="höchster Hebel", whole=True),
    Command(
        name="language",
        en="your language",
        ru="ваш язык",
        de="eigene Sprache",
        arguments="[en|ru|de]",
        changes=True,
        who="viewer",
    ),
    Command(
        name="timezone",
        en="your time zone",
        ru="ваш часовой пояс",
        de="eigene Zeitzone",
        arguments="[Europe/Berlin]",
        arguments_ru="[Europe/Moscow]",
        arguments_de="[Europe/Berlin]",
        changes=True,
        who="viewer",
    ),
    Command(
        name="notify",
        en="how notices come",
        ru="как приходят сообщения",
        de="wie Meldungen kommen",
        arguments="[KIND on|silent|off]",
        arguments_ru="[ВИД on|silent|off]",
        arguments_de="[ART on|silent|off]",
        changes=True,
        who="viewer",
    ),
)
