"""What is told of a venue that is away: why, by its broker's word for it, and what to do; in each language, plain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from bus.language import Language
from execution.texts.moments import moment, reader_of


class Words(NamedTuple):
    """What stands around that, in one language."""

    lost: str
    back: str
    ill: str
    well: str
    login: str


WORDS: Final[Mapping[Language, Words]] = {
    "en": Words(
        lost="⚠ {broker}: no connection since {since} ({minutes} min). {why} What rests at the venue stays; it is "
        "tried again all the time.",
        back="✔ {broker} is back after {minutes} min. Its orders, executions, positions and cash are compared with the "
        "books; what differs is told.",
        ill="⚠ {broker} is connected, and something is wrong since {since}. {why}",
        well="✔ {broker} is well again after {minutes} min.",
        login="🔑 {broker} ends its sessions at the weekend, and is not connected: log in before the market opens, "
        "{opens}, or nothing can be ordered there. This comes again until it is connected.",
    ),
    "ru": Words(
        lost="⚠ {broker}: нет связи с {since} ({minutes} мин). {why} Что выставлено на площадке, остаётся; попытки "
        "продолжаются.",
        back="✔ {broker} снова на связи, спустя {minutes} мин. Заявки, сделки, позиции и деньги сверяются с книгами; о "
        "расхождениях будет сообщено.",
        ill="⚠ {broker} на связи, но с {since} что‑то не так. {why}",
        well="✔ {broker}: всё снова в порядке, спустя {minutes} мин.",
        login="🔑 {broker} завершает сеансы в выходные, и связи нет: войдите до открытия рынка, {opens}, иначе заявок "
        "там не будет. Сообщение повторится, пока связи нет.",
    ),
    "de": Words(
        lost="⚠ {broker}: seit {since} keine Verbindung ({minutes} min). {why} Was am Handelsplatz liegt, bleibt; es "
        "wird ständig neu versucht.",
        back="✔ {broker} ist nach {minutes} min wieder da. Aufträge, Ausführungen, Positionen und Geld werden mit den "
        "Büchern abgeglichen; was abweicht, wird gemeldet.",
        ill="⚠ {broker} ist verbunden, doch seit {since} stimmt etwas nicht. {why}",
        well="✔ {broker}: nach {minutes} min ist alles wieder in Ordnung.",
        login="🔑 {broker} beendet am Wochenende die Sitzungen und ist nicht verbunden: anmelden, bevor die Börse "
        "öffnet, {opens}, sonst ist dort kein Auftrag möglich. Das kommt wieder, bis die Verbindung steht.",
    ),
}


def trouble_told(user: Row[Any], since: datetime, *, minutes: int, why: str, is_lost: bool) -> str:
    """Return that a venue is away, or that something else is wrong with it.

    Args:
        user: Who is told: a row with `language`, `timezone` and `broker`.
        since: Since when, aware.
        minutes: How long that is by now.
        why: What it is and what to do, in words of the user.
        is_lost: Whether it is away; else it is connected.
    """
    reader = reader_of(user)
    words = WORDS[reader.language]
    template = words.lost if is_lost else words.ill
    return template.format(broker=user.broker, since=moment(since, reader), minutes=minutes, why=why)


def end_told(user: Row[Any], *, minutes: int, is_lost: bool) -> str:
    """Return that a venue is back, or that what was wrong with it is over.

    Args:
        user: Who is told: a row with `language` and `broker`.
        minutes: How long it was so.
        is_lost: Whether it was away.
    """
    words = WORDS[reader_of(user).language]
    return (words.back if is_lost else words.well).format(broker=user.broker, minutes=minutes)


def login_told(user: Row[Any], opens: datetime | None) -> str:
    """Return the reminder to log in.

    Args:
        user: Who is told: a row with `language`, `timezone` and `broker`.
        opens: When the market opens, aware; None where nobody knows it.
    """
    reader = reader_of(user)
    return WORDS[reader.language].login.format(broker=user.broker, opens=moment(opens, reader))
