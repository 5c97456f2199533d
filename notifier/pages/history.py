"""The last thirty days as a table: what they were worth, and how much the dollars changed from one to the next.

A day is what its last whole slot said. Where the newest message said something else, that is the first row, so that the
page begins with what the reader has just read.
"""

import html
from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from bus.language import Language
from bus.messages.rounds import Snapshot, Total
from ledger.portfolio.history import STANDS_IN, WHOLE, Day
from notifier.texts.table_numbers import NO_NUMBER, figure, percent

MOST = 30
WIDTH = 34


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says."""

    title: str
    columns: tuple[str, str, str, str]
    now: str
    newest: str
    stands_in: str
    incomplete: str
    empty: str


WORDS: dict[Language, Words] = {
    "en": Words(
        title="History",
        columns=("day", "USD", "RUB", "change"),
        now="now",
        newest="now: the newest message, {at}. A day: its last scheduled message in which no source is missing.",
        stands_in="≈ a last known value is inside",
        incomplete="≥ a source is missing",
        empty="No day yet. The first one comes with the first scheduled message in which no source is missing.",
    ),
    "ru": Words(
        title="История",
        columns=("день", "USD", "RUB", "изм."),
        now="сейч.",
        newest="сейч.: последняя сводка, {at}. День: его последняя сводка по расписанию, где есть все источники.",
        stands_in="≈ с последним известным значением",
        incomplete="≥ без какого-то источника",
        empty="Пока пусто. Первый день появится после первой сводки по расписанию, где есть все источники.",
    ),
    "de": Words(
        title="Verlauf",
        columns=("Tag", "USD", "RUB", "Änd."),
        now="jetzt",
        newest="jetzt: die neueste Nachricht, {at}. Tag: seine letzte geplante Nachricht, in der keine Quelle fehlt.",
        stands_in="≈ mit älterem Wert",
        incomplete="≥ eine Quelle fehlt",
        empty="Noch kein Tag. Der erste kommt mit der ersten geplanten Nachricht, in der keine Quelle fehlt.",
    ),
}


def history_page(days: Sequence[Day], newest: Snapshot | None, *, zone: tzinfo, language: Language) -> str:
    """Word the history.

    Args:
        days: Oldest first; of more than thirty the newest are shown. The change of each is against the one before it
            in this list, so the oldest shown has one only if there are more.
        newest: The newest snapshot; it has a row of its own unless it is the one that stands for the newest day.
        zone: TIMEZONE.
        language: Of the words.

    Returns:
        HTML for Telegram.
    """
    words = WORDS[language]
    if newest is not None and days and days[-1].round_id == newest.round_id:
        newest = None
    if not days and newest is None:
        return f"<b>{words.title}</b>\n{words.empty}"
    before: list[Day | None] = [None, *days]
    lines = [_line(*words.columns)]
    if newest is not None:
        lines.append(_newest_row(newest, days[-1] if days else None, words))
    year = 0
    shown = list(zip(days, before, strict=False))[: -MOST - 1 : -1]
    for day, earlier in shown:
        if day.day.year != year:
            year = day.day.year
            lines.append(f"{year:-^{WIDTH}}")
        lines.append(_row(day, earlier))
    table = html.escape("\n".join(lines), quote=False)
    notes = [note for mark, note in ((STANDS_IN, words.stands_in), ("≥", words.incomplete)) if mark in table]
    if newest is not None:
        at = (newest.scheduled_for or newest.closed_at).astimezone(zone)
        notes.append(words.newest.format(at=f"{at:%Y-%m-%d %H:%M}"))
    notes += [] if days else [words.empty]
    return "\n".join([f"<b>{words.title}</b>", f"<pre>{table}</pre>", *notes])


def _row(day: Day, earlier: Day | None) -> str:
    """Return a day's line, with the change from the day before it."""
    change = "" if earlier is None else percent(day.usd - earlier.usd, earlier.usd)
    usd, rub = (figure(amount, name, width=10, bare=True) for name, amount in (("USD", day.usd), ("RUB", day.rub)))
    return _line(f"{day.day:%d-%m}", usd, rub, change, mark=day.mark)


def _newest_row(newest: Snapshot, day: Day | None, words: Words) -> str:
    """Word the newest snapshot; what lacks a source is not compared with the newest day."""
    usd, rub = (_total(total, name) for name, total in (("USD", newest.usd), ("RUB", newest.rub)))
    marks = [total.mark for total in (newest.usd, newest.rub) if total.amount is not None]
    change = ""
    if day is not None and newest.usd.amount is not None and newest.usd.mark in (WHOLE, STANDS_IN):
        change = percent(newest.usd.amount - day.usd, day.usd)
    return _line(words.now, usd, rub, change, mark=max(marks, key=("", STANDS_IN, "≥").index, default=""))


def _total(total: Total, currency: str) -> str:
    """Return a total as it stands in its column, or what stands for it."""
    if total.amount is None:
        return total.mark or NO_NUMBER
    return figure(total.amount, currency, width=10, bare=True)


def _line(day: str, usd: str, rub: str, change: str, *, mark: str = "") -> str:
    """Return one line of the table, in its columns."""
    return f"{day:<5}{mark:1}{usd:>10} {rub:>10} {change:>6}".rstrip()
