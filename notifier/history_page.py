"""The last thirty days as a table: what they were worth, and how much the dollars changed from one to the next."""

import html
from collections.abc import Sequence

import msgspec

from ledger.history import STANDS_IN, Day
from notifier.figures import money, percent
from notifier.language import Language

MOST = 30
WIDTH = 34


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says."""

    title: str
    columns: tuple[str, str, str, str]
    stands_in: str
    empty: str


WORDS: dict[Language, Words] = {
    "en": Words(
        title="History",
        columns=("day", "USD", "RUB", "change"),
        stands_in="≈ a last known value is inside",
        empty="No day yet. The first one comes with the first scheduled message in which no source is missing.",
    ),
    "ru": Words(
        title="История",
        columns=("день", "USD", "RUB", "изм."),
        stands_in="≈ с последним известным значением",
        empty="Пока пусто. Первый день появится после первой сводки по расписанию, где есть все источники.",
    ),
}


def history_page(days: Sequence[Day], *, language: Language) -> str:
    """Word the history.

    Args:
        days: Oldest first; of more than thirty the newest are shown. The change of each is against the one before it
            in this list, so the oldest shown has one only if there are more.
        language: Of the words.

    Returns:
        HTML for Telegram.
    """
    words = WORDS[language]
    if not days:
        return f"<b>{words.title}</b>\n{words.empty}"
    before: list[Day | None] = [None, *days]
    lines = [_line(*words.columns)]
    year = 0
    shown = list(zip(days, before, strict=False))[: -MOST - 1 : -1]
    for day, earlier in shown:
        if day.day.year != year:
            year = day.day.year
            lines.append(f"{year:-^{WIDTH}}")
        lines.append(_row(day, earlier))
    legend = f"\n{words.stands_in}" if any(day.mark == STANDS_IN for day, _ in shown) else ""
    table = html.escape("\n".join(lines), quote=False)
    return f"<b>{words.title}</b>\n<pre>{table}</pre>{legend}"


def _row(day: Day, earlier: Day | None) -> str:
    change = "" if earlier is None else percent(day.usd - earlier.usd, earlier.usd)
    usd, rub = (money(amount, name, width=10, bare=True) for name, amount in (("USD", day.usd), ("RUB", day.rub)))
    return _line(f"{day.day:%d-%m}", usd, rub, change, mark=day.mark)


def _line(day: str, usd: str, rub: str, change: str, *, mark: str = "") -> str:
    return f"{day:<5}{mark:1}{usd:>10} {rub:>10} {change:>6}".rstrip()
