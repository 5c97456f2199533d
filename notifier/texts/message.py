"""The message: one snapshot as the plain text that the chat shows.

Pure: a snapshot and a View in, a text out. Numbers are printed as the sums were made (USD to cents, RUB to whole
roubles, the rate with two to four decimals, halves away from zero), so that what is printed adds up. Every number that
did not come from its platform in this round is marked, and every absent one named. Times are in the reader's zone.
A text always fits one Telegram message (Bot API, sendMessage: 4096 characters after entities are parsed; how it counts
signs beyond the BMP is not documented, so UTF-16 units are counted here, with a reserve).
"""

import html
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

import msgspec

from bus import reasons
from bus.messages.rounds import Balance, Part, Rate, Snapshot, Total
from notifier.texts.amounts import money
from notifier.texts.line_wrap import tied
from notifier.texts.missing_accounts import marked_money, notes_of, with_ages, without
from notifier.texts.plain import age, cut
from notifier.texts.rate import earlier_day, rate_flags, rate_number

MOST_UNITS = 4000
LATE_AFTER = timedelta(minutes=2)
MOST_MISSED_BY_NAME = 3
REPEAT_LINE = "⟳ Repeat: the first delivery was not confirmed"

_REASON_LENGTH = 40
_NOT_RECORDED_LENGTH = 200
_DROPPED_LINE_LENGTH = 80


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How a snapshot is to be told."""

    timezone: tzinfo
    include_crypto_breakdown: bool = True
    attempted_at: datetime | None = None  # when this message was first tried; None: now is not late
    repeat: bool = False  # an earlier try may have arrived
    folded: tuple[Snapshot, ...] = ()  # older ones that were never tried, told with this one


def render(snapshot: Snapshot, view: View) -> str:
    """Return the whole message as plain text, at most MOST_UNITS long in UTF-16 units.

    Where folded rounds do not fit, the oldest become one line that counts them.

    Args:
        view: How to tell the snapshot.
    """
    above = _above(snapshot, view)
    rest = "\n\n".join(
        block
        for block in (
            _platform_lines(snapshot, view),
            "\n".join((_usd_line(snapshot), _rub_line(snapshot, view))),
            "\n".join(_below(snapshot, view)),
        )
        if block
    )
    room = MOST_UNITS - _units("\n".join(above)) - _units(rest) - 3  # line breaks between them
    head = "\n".join([*above, *_folded(snapshot, view, room=room)])
    text = f"{head}\n\n{rest}" if head else rest
    return text if _units(text) <= MOST_UNITS else f"{text[: MOST_UNITS // 2 - 1]}…"  # a sign has two units at most


def to_html(text: str) -> str:
    """Return a text escaped for Telegram's HTML mode; what the reader sees is unchanged.

    Args:
        text: The text, without HTML.
    """
    return html.escape(text, quote=False)


def _above(snapshot: Snapshot, view: View) -> list[str]:
    """Return the lines above the numbers: that it comes late, or may be a repeat."""
    lines = []
    slot, tried = snapshot.scheduled_for, view.attempted_at
    if slot is not None and tried is not None and tried - slot > LATE_AFTER:
        same_day = _day(slot, view) == _day(tried, view)
        shown = [_time(moment, view, with_day=not same_day) for moment in (slot, tried)]
        lines.append(f"For {shown[0]}, delivered late at {shown[1]}")
    if view.repeat:
        lines.append(REPEAT_LINE)
    return lines


def _folded(snapshot: Snapshot, view: View, *, room: int) -> list[str]:
    """Return a line for each folded round, oldest first, within `room` UTF-16 units."""
    older = sorted(view.folded, key=_told_for)
    lines = [_folded_line(one, snapshot, view) for one in older]
    if not lines or _units("\n".join(lines)) <= room:
        return lines
    left, kept = room - _DROPPED_LINE_LENGTH, len(lines)
    while kept and left > _units(lines[kept - 1]):
        kept -= 1
        left -= _units(lines[kept]) + 1
    return [_dropped_line(older[:kept], view), *lines[kept:]]


def _dropped_line(older: Sequence[Snapshot], view: View) -> str:
    """Return the line that counts the folded rounds for which there is no room."""
    first, last = (_time(_told_for(one), view, with_day=True) for one in (older[0], older[-1]))
    return f"{len(older)} earlier rounds, {first} to {last}" if len(older) > 1 else f"1 earlier round, {first}"


def _folded_line(older: Snapshot, newest: Snapshot, view: View) -> str:
    """Return a folded round's line: its time, its totals, and what is missing from them."""
    moment = _told_for(older)
    shown_at = _time(moment, view, with_day=_day(moment, view) != _day(_told_for(newest), view))
    if older.usd.amount is None and older.usd == older.rub:
        return f"{shown_at}  {_total(older.usd, 'USD', older)}"
    notes = _notes(older)
    flags = rate_flags(older.rate) if older.rate is not None else ""
    if flags:
        notes.append(f"rate{flags}")
    totals = f"{_total(older.usd, 'USD', older)} | {_total(older.rub, 'RUB', older)}"
    return f"{shown_at}  {totals}{_behind(notes)}"


def _platform_lines(snapshot: Snapshot, view: View) -> str:
    """Return a line for each heading, in the platforms' order."""
    headings: dict[str, list[Part]] = {}
    for part in sorted(snapshot.parts, key=lambda part: part.platform.position):
        headings.setdefault(part.platform.heading, []).append(part)
    lines = []
    for heading, members in headings.items():
        group = snapshot.groups.get(heading)
        text = _value(members[0], snapshot) if group is None else _group(group, members, snapshot, view=view)
        lines.append(f"{heading}: {text}")
    return "\n".join(lines)


def _group(group: Total, members: Sequence[Part], snapshot: Snapshot, *, view: View) -> str:
    """Return a heading's sum, and its platforms behind it where they are wanted or one is marked."""
    if group.amount is None:
        if len(members) == 1:
            return _value(members[0], snapshot)
        failures = (f"{part.platform.label}: {_reason(part)}{_last(part, snapshot)}" for part in members)
        return f"ERROR ({' | '.join(failures)})"
    number = _marked(group, members[0].platform.currency, check=_any_check(members))
    marked = any(_is_marked(part, snapshot) for part in members)
    if not (view.include_crypto_breakdown or marked):
        return number
    return f"{number}  [{' | '.join(f'{part.platform.label} {_value(part, snapshot)}' for part in members)}]"


def _is_marked(part: Part, snapshot: Snapshot) -> bool:
    """Tell whether a platform's number needs a word: it failed, is to be checked, or is not the whole."""
    balance = part.balance
    return balance is None or part.check or bool(balance.covers or _scope(balance, snapshot))


def _value(part: Part, snapshot: Snapshot) -> str:
    """Return a platform's amount with its marks, or the error with the last known one."""
    balance = part.balance
    if balance is None:
        return f"ERROR ({_reason(part)}){_last(part, snapshot)}"
    check = " ⚠ check" if part.check else ""
    gap = " " if part.platform.heading in snapshot.groups else "  "
    return f"{marked_money(balance)}{check}{_covers(balance)}{_behind(_scope(balance, snapshot), gap=gap)}"


def _last(part: Part, snapshot: Snapshot) -> str:
    """Return the last known amount and its age, empty where there is none."""
    known = part.last_known
    if known is None:
        return ""
    scope = f"{_covers(known)}{_behind(_scope(known, snapshot), gap=' ')}"
    return f", last {marked_money(known)}{scope}, {age(known.fetched_at, snapshot.closed_at)}"


def _scope(balance: Balance, snapshot: Snapshot) -> list[str]:
    """Return how old a number's statement is, and which accounts are not in it or only by a last amount."""
    close = [f"close of {balance.close_of}"] if balance.close_of else []
    return [*close, *notes_of(balance, snapshot.closed_at)]


def _covers(balance: Balance) -> str:
    """Return what the amount covers, in parentheses; empty where it covers everything."""
    return f" ({cut(balance.covers, _REASON_LENGTH)})" if balance.covers else ""


def _reason(part: Part) -> str:
    """Return why a platform has no amount."""
    return cut(part.failure.reason, _REASON_LENGTH) if part.failure is not None else reasons.BAD_ANSWER


def _usd_line(snapshot: Snapshot) -> str:
    """Return the line of the total in dollars, with what is missing from it."""
    notes = _notes(snapshot) if snapshot.usd.amount is not None else []
    return f"TOTAL (USD): {_total(snapshot.usd, 'USD', snapshot)}{_behind(notes)}"


def _rub_line(snapshot: Snapshot, view: View) -> str:
    """Return the line of the total in roubles, with its rate and what is missing from it."""
    notes: list[str] = []
    if snapshot.rub.amount is not None:
        rate = [_rate_note(snapshot.rate, snapshot, view)] if snapshot.rate is not None else []
        notes = [*rate, *_notes(snapshot)]
    return f"TOTAL (RUB): {_total(snapshot.rub, 'RUB', snapshot)}{_behind(notes)}"


def _behind(notes: Sequence[str], *, gap: str = "  ") -> str:
    """Return notes in parentheses, empty without any."""
    return f"{gap}({'; '.join(notes)})" if notes else ""


def _rate_note(rate: Rate, snapshot: Snapshot, view: View) -> str:
    """Return the rate and when it was fetched, with what is doubtful about it."""
    fetched = _time(rate.fetched_at, view, with_day=True)
    earlier = earlier_day(rate, snapshot.closed_at, view.timezone)
    other_day = f", for {earlier}" if earlier else ""
    return f"rate: {rate_number(rate.rate)} RUB/USD, {fetched}{rate_flags(rate)}{other_day}"


def _notes(snapshot: Snapshot) -> list[str]:
    """Return who is missing from the totals, then whose last known value stands in and how old it is."""
    missing: list[str] = []
    old: list[str] = []
    for part in sorted(snapshot.parts, key=lambda part: part.platform.position):
        label, counted = part.platform.label, part.balance or part.last_known
        if counted is None:
            missing.append(label)
            continue
        if part.balance is None:
            old.append(f"{label} {age(counted.fetched_at, snapshot.closed_at)}")
        missing += without(label, counted)
        old += with_ages(label, counted, snapshot.closed_at)
    return [*([f"without {', '.join(missing)}"] if missing else []), *([", ".join(old)] if old else [])]


def _below(snapshot: Snapshot, view: View) -> list[str]:
    """Return the lines below the numbers: all failed, missed slots, not recorded."""
    lines = []
    if all(part.balance is None for part in snapshot.parts):
        lines.append("All sources failed in this run")
    lines += _missed((snapshot, *view.folded), view)
    if not snapshot.recorded:
        reason = cut(snapshot.not_recorded_because, _NOT_RECORDED_LENGTH)
        lines.append(f"⚠ Not recorded: {reason or 'reason unknown'}")
    return lines


def _missed(told: Sequence[Snapshot], view: View) -> list[str]:
    """Return the line of missed slots, those of folded rounds included: their own message is never sent."""
    slots = sorted({slot for one in told for slot in one.missed})
    count = len(slots) + sum(max(0, one.missed_count - len(one.missed)) for one in told)
    if not count:
        return []
    if count == len(slots) <= MOST_MISSED_BY_NAME:
        today = _day(_told_for(told[0]), view)
        named = ", ".join(_time(slot, view, with_day=_day(slot, view) != today) for slot in slots)
        return [f"Missed: {named} (not running)"]
    span = ", {} to {}".format(*(_time(slot, view, with_day=True) for slot in (slots[0], slots[-1]))) if slots else ""
    return [f"Missed: {count} slots{span} (not running)"]


def _total(total: Total, currency: str, snapshot: Snapshot) -> str:
    """Return a total with its mark; a platform that is to be checked marks it too."""
    return _marked(total, currency, check=_any_check(snapshot.parts))


def _marked(total: Total, currency: str, *, check: bool) -> str:
    """Return a sum with its mark, or the mark and why there is no sum."""
    if total.amount is None:
        return f"{total.mark} ({total.reason})"
    mark = f"{total.mark} " if total.mark else ""
    return f"{mark}{money(total.amount, currency)}{' ⚠ check' if check else ''}"


def _any_check(parts: Iterable[Part]) -> bool:
    """Tell whether any amount of this round is to be checked."""
    return any(part.check for part in parts if part.balance is not None)


def _told_for(snapshot: Snapshot) -> datetime:
    """Return the moment that a snapshot is named by: its slot, else when it closed."""
    return snapshot.scheduled_for or snapshot.closed_at


def _day(moment: datetime, view: View) -> str:
    """Return a moment's day in the reader's zone."""
    return f"{moment.astimezone(view.timezone):%Y-%m-%d}"


def _time(moment: datetime, view: View, *, with_day: bool) -> str:
    """Return a moment's time in the reader's zone, with its day if wanted."""
    local = moment.astimezone(view.timezone)
    return f"{local:%Y-%m-%d %H:%M}" if with_day else f"{local:%H:%M}"


def _units(text: str) -> int:
    """Return the length in UTF-16 units that a text has once `tied`."""
    shown = tied(text)
    return len(shown) + sum(sign > "\uffff" for sign in shown)
