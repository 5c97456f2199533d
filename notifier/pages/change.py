"""What changed since the slot before, yesterday, a week and a month ago, and how much of it the exchange rate did.

Let U be what is held in dollars, B in roubles and r the roubles for a dollar, then and now. The roubles' total is
U * r + B; the part of its change that came from the rate is U_then * (r_now - r_then). The dollars' total is U + B / r;
the part that came from the rate is B_then / r_now - B_then / r_then. Amounts and rates are rounded first, as the totals
are made. The part is rounded as it is shown, and what the holdings did is the rest of the printed change: so the two
lines add up to the one above them.

A total with something missing (`≥`, `ERROR`), then or now, is not compared, nor are totals in which a platform covers
less of an account than in the other. The platforms that answered both times are, where both numbers count the same: no
account is missing, and they cover the same part of the whole. A day that was imported has totals only.
"""

import html
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal, localcontext

import msgspec

from bus.language import Language
from bus.messages import partial_balance
from bus.messages.rounds import Balance, Part, Snapshot, Total
from bus.money import DIGITS, rounded, rounded_rate
from ledger.portfolio.history import STANDS_IN, WHOLE, Day
from notifier.texts.table_numbers import figure, percent

MOST_UNITS = 4000
CURRENCIES = ("USD", "RUB")

_LABEL, _AMOUNT, _SHARE = 10, 17, 7


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What the newest snapshot is compared with: `since` is slot, yesterday, week or month.

    `known` is None where there is no number for that time; `at` is then the time that was looked for, if there was any.
    """

    since: str
    at: datetime | date | None = None
    known: Snapshot | Day | None = None


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says."""

    title: str
    since: dict[str, str]
    no_slot: str
    no_day: str
    holdings: str
    rate: str
    not_compared: str
    no_answer: str
    new: str
    gone: str
    incomplete: str
    stands_in: str


WORDS: dict[Language, Words] = {
    "en": Words(
        title="Change",
        since={"slot": "Since the last slot", "yesterday": "In a day", "week": "In a week", "month": "In a month"},
        no_slot="no earlier slot",
        no_day="no number for that day",
        holdings="holdings",
        rate="rate",
        not_compared="not compared",
        no_answer="no answer",
        new="new",
        gone="gone",
        incomplete="Not compared: a source, or a part of one, is missing, then or now.",
        stands_in="≈ a last known value is inside",
    ),
    "ru": Words(
        title="Изменение",
        since={"slot": "С прошлой сводки", "yesterday": "За день", "week": "За неделю", "month": "За месяц"},
        no_slot="более ранней сводки нет",
        no_day="за этот день данных нет",
        holdings="активы",
        rate="курс",
        not_compared="нет сравнения",
        no_answer="нет ответа",
        new="новая",
        gone="убрана",
        incomplete="Нет сравнения: тогда или сейчас не хватает источника или его части.",
        stands_in="≈ с последним известным значением",
    ),
    "de": Words(
        title="Änderung",
        since={
            "slot": "Seit dem letzten Termin",
            "yesterday": "Zum Vortag",
            "week": "Zur Vorwoche",
            "month": "Zum Vormonat",
        },
        no_slot="kein früherer Termin",
        no_day="kein Wert für diesen Tag",
        holdings="Bestand",
        rate="Kurs",
        not_compared="kein Vergleich",
        no_answer="keine Antwort",
        new="neu",
        gone="entfernt",
        incomplete="Kein Vergleich: Damals oder jetzt fehlt eine Quelle oder ein Teil davon.",
        stands_in="≈ mit älterem Wert",
    ),
}


def change_page(newest: Snapshot, earlier: Sequence[Earlier], *, zone: tzinfo, language: Language) -> str:
    """Word what changed.

    Args:
        newest: What is compared.
        earlier: With what, in the order to be shown.
        zone: TIMEZONE.
        language: Of the words.

    Returns:
        HTML for Telegram. Where it would not fit one message, the platforms are left out.
    """
    words = WORDS[language]
    head = f"<b>{words.title}</b>, {_time(newest.scheduled_for or newest.closed_at, zone)}"
    for with_platforms in (True, False):
        blocks = [_block(newest, each, words, zone=zone, with_platforms=with_platforms) for each in earlier]
        text = "\n".join([head, _totals(newest), *(f"\n{block}" for block in blocks)])
        if len(text.encode("utf-16-le")) // 2 <= MOST_UNITS:
            break
    notes = [words.incomplete] if words.not_compared in text else []
    notes += [words.stands_in] if STANDS_IN in text else []
    return "\n".join([text, *([""] if notes else []), *notes])


def from_rate(then: Snapshot, now: Snapshot, currency: str) -> Decimal | None:
    """Return how much of a total's change came from the rate, as this file's first lines say; None without two rates.

    Args:
        then: The earlier snapshot, its totals whole.
        now: The later one.
        currency: The total's, USD or RUB.
    """
    if then.rate is None or now.rate is None:
        return None
    old, new = rounded_rate(then.rate.rate), rounded_rate(now.rate.rate)
    counted = (part.balance or part.last_known for part in then.parts)
    with localcontext(prec=DIGITS):
        held = sum(
            (
                rounded(partial_balance.worth(each), each.currency)
                for each in counted
                if each and each.currency != currency
            ),
            Decimal(0),
        )
        return rounded(held * (new - old) if currency == "RUB" else held / new - held / old, currency)


def _block(newest: Snapshot, earlier: Earlier, words: Words, *, zone: tzinfo, with_platforms: bool) -> str:
    """Return the block of one comparison: its heading, and a table or why there is none."""
    at = "" if earlier.at is None else f", {_time(earlier.at, zone)}"
    head = f"<b>{words.since[earlier.since]}</b>{at}"
    then = earlier.known
    if then is None:
        return f"{head}\n{words.no_slot if earlier.since == 'slot' else words.no_day}"
    lines = [line for currency in CURRENCIES for line in _total_lines(newest, then, currency, words)]
    if with_platforms and isinstance(then, Snapshot):
        lines += _platform_lines(newest.parts, then.parts, words)
    table = html.escape("\n".join(lines), quote=False)
    return f"{head}\n<pre>{table}</pre>"


def _total_lines(newest: Snapshot, then: Snapshot | Day, currency: str, words: Words) -> list[str]:
    """Return a total's change, and below it what the holdings did and what the rate did."""
    old, new = _total_of(then, currency), _total_of(newest, currency)
    summed = {old.mark, new.mark} <= {WHOLE, STANDS_IN} and _cover_alike(then, newest)
    if old.amount is None or new.amount is None or not summed:
        return [_line(currency, words.not_compared)]
    before = rounded(old.amount, currency)
    change = rounded(new.amount, currency) - before
    mark = STANDS_IN if STANDS_IN in (old.mark, new.mark) else ""
    lines = [_line(currency, f"{mark}{_change(change, currency)}", percent(change, before))]
    part = from_rate(then, newest, currency) if isinstance(then, Snapshot) else None
    if part is not None:
        lines.append(_line(f" {words.holdings}", _change(change - part, currency)))
        lines.append(_line(f" {words.rate}", _change(part, currency)))
    return lines


def _total_of(known: Snapshot | Day, currency: str) -> Total:
    """Return the total of a snapshot or a day in a currency."""
    amount = known.usd if currency == "USD" else known.rub
    return amount if isinstance(amount, Total) else Total(amount=amount)


def _platform_lines(now: Iterable[Part], then: Iterable[Part], words: Words) -> list[str]:
    """Return a line for each platform that is in either round, in the platforms' order."""
    old, new = ({part.platform.name: part for part in parts} for parts in (then, now))
    both = sorted((old | new).values(), key=lambda part: part.platform.position)
    return [_platform_line(part, old.get(part.platform.name), new.get(part.platform.name), words) for part in both]


def _platform_line(either: Part, then: Part | None, now: Part | None, words: Words) -> str:
    """Return a platform's change and its share, or why the two rounds cannot be compared."""
    label, currency = either.platform.label, either.platform.currency
    if then is None or now is None:
        return _line(label, words.new if then is None else words.gone)
    if then.balance is None or now.balance is None:
        return _line(label, words.no_answer)
    if not _are_alike(then.balance, now.balance):
        return _line(label, words.not_compared)
    before = rounded(then.balance.amount, currency)
    change = rounded(now.balance.amount, currency) - before
    return _line(label, _change(change, currency), percent(change, before))


def _are_alike(then: Balance, now: Balance) -> bool:
    """Tell whether two balances count the same: no account is missing, and they cover the same part."""
    return not partial_balance.mark(then) and not partial_balance.mark(now) and then.covers == now.covers


def _cover_alike(then: Snapshot | Day, now: Snapshot) -> bool:
    """Tell whether no platform covers another part of the whole now; of a day without a snapshot nobody knows."""
    if not isinstance(then, Snapshot):
        return True
    old, new = (
        {part.platform.name: known.covers for part in each.parts if (known := part.balance or part.last_known)}
        for each in (then, now)
    )
    return all(old[name] == new[name] for name in old.keys() & new.keys())


def _change(amount: Decimal, currency: str) -> str:
    """Return a change as it stands in its column, signed."""
    return figure(amount, currency, width=_AMOUNT - len(STANDS_IN), signed=True)


def _line(label: str, amount: str, share: str = "") -> str:
    """Return one line of the table, in three columns."""
    return f"{label[:_LABEL]:<{_LABEL}}{amount:>{_AMOUNT}}{share:>{_SHARE}}".rstrip()


def _totals(snapshot: Snapshot) -> str:
    """Return the newest totals with their marks, both currencies in one line."""
    shown = []
    for currency in CURRENCIES:
        total = _total_of(snapshot, currency)
        mark = f"{total.mark} " if total.mark and total.amount is not None else total.mark
        shown.append(mark if total.amount is None else f"{mark}{figure(total.amount, currency, width=MOST_UNITS)}")
    return " | ".join(shown)


def _time(moment: datetime | date, zone: tzinfo) -> str:
    """Return a moment in the reader's zone, or a day."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment}"
