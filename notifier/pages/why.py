"""The page of /why: what the last round tried, what came of it, and what to do about what failed."""

import html
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo

import msgspec

from bus import reasons
from bus.language import Language
from bus.messages.rounds import Balance, Failure, Part, Rate, Snapshot
from bus.sources import FX
from notifier.texts.amounts import money
from notifier.texts.cures import cure
from notifier.texts.missing_accounts import marked_money, name_of
from notifier.texts.rate import earlier_day, rate_number
from notifier.texts.why import WORDS, Words

MOST_TRIED = 3
MOST_ACCOUNTS = 3
MOST_UNITS = 4000
_NAME_LENGTH, _REASON_LENGTH, _WALLETS_LENGTH = 20, 40, 60


class Reader(msgspec.Struct, frozen=True):
    """Who reads: in which language, in which zone, and whether of one source alone, which is told in more detail."""

    words: Words
    language: Language
    zone: tzinfo
    closed_at: datetime
    detailed: bool

    def at(self, moment: datetime) -> str:
        """Show a moment: to the second in detail, and else without its day where that is the round's.

        Args:
            moment: The moment, aware UTC.

        Returns:
            It in the reader's zone: `09:00`.
        """
        local = moment.astimezone(self.zone)
        if self.detailed:
            return f"{local:%Y-%m-%d %H:%M:%S}"
        same_day = local.date() == self.closed_at.astimezone(self.zone).date()
        return f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"

    def took(self, took_ms: int) -> str:
        """Show a length of time.

        Args:
            took_ms: The length, in milliseconds.

        Returns:
            It in milliseconds under a second, else in seconds.
        """
        if took_ms < 1000:
            return self.words.milliseconds.format(milliseconds=took_ms)
        return self.words.seconds.format(seconds=f"{took_ms / 1000:,.1f}")


def why_page(snapshot: Snapshot | None, *, platform: str | None, zone: tzinfo, language: Language) -> str:
    """Word what the last round tried.

    Args:
        snapshot: The newest closed round, None before the first.
        platform: A source's name or label, in any case; None for all of them.
        zone: Of the times.
        language: Of the chat.

    Returns:
        HTML for Telegram, one message long.
    """
    words = WORDS[language]
    if snapshot is None:
        return words.no_round
    parts = sorted(snapshot.parts, key=lambda part: part.platform.position)
    reader = Reader(words, language, zone, snapshot.closed_at, detailed=platform is not None)
    if platform is None:
        return _everything(snapshot, parts, reader)
    wanted = _folded(platform)
    if wanted in {FX, _folded(words.rate)}:
        return "\n".join([*_round(snapshot, reader), "", *_fx(snapshot, reader)])
    found = [part for part in parts if wanted in {_folded(part.platform.name), _folded(part.platform.label)}]
    if not found:
        names = ", ".join([*(_text(part.platform.label, _NAME_LENGTH) for part in parts), FX])
        return words.unknown.format(name=_text(platform, _NAME_LENGTH), names=names)
    return "\n".join([*_round(snapshot, reader), "", *_part(found[0], reader)])


def _everything(snapshot: Snapshot, parts: Iterable[Part], reader: Reader) -> str:
    """Word the round, every platform as far as there is room, and the rate."""
    first, last = "\n".join(_round(snapshot, reader)), "\n".join(_fx(snapshot, reader))
    blocks, room = [first], MOST_UNITS - _units(first) - _units(last) - 2 * len("\n\n…")
    for block in ("\n".join(_part(part, reader)) for part in parts):
        room -= _units(block) + 2
        if room < 0:
            blocks.append("…")
            break
        blocks.append(block)
    return "\n\n".join([*blocks, last])


def _round(snapshot: Snapshot, reader: Reader) -> list[str]:
    """Return the lines about the round itself: whose it was, when it closed, how long it took."""
    words, slot = reader.words, snapshot.scheduled_for
    what = words.asked if slot is None else words.slot.format(at=f"{slot.astimezone(reader.zone):%Y-%m-%d %H:%M}")
    closed = f"{snapshot.closed_at.astimezone(reader.zone):%Y-%m-%d %H:%M:%S}"
    return [
        f"<b>{words.title}</b>",
        what,
        words.closed.format(at=closed),
        words.lasted.format(took=reader.took(snapshot.took_ms)),
    ]


def _part(part: Part, reader: Reader) -> list[str]:
    """Return the lines about one platform: its answer, or its failure and the last known value."""
    label = _text(part.platform.label, _NAME_LENGTH)
    if part.balance is not None:
        return _answered(part, part.balance, reader)
    lines = _failed(label, part.platform.name, part.failure, reader)
    if part.last_known is None:
        return [*lines, reader.words.no_last_known]
    known = reader.words.last_known.format(amount=marked_money(part.last_known))
    accounts = _missing_accounts(part.last_known, part.platform.name, reader)
    return [*lines, known, *_covers(part.last_known, reader), *_times(part.last_known, reader), *accounts]


def _answered(part: Part, balance: Balance, reader: Reader) -> list[str]:
    """Return the lines about a platform that answered."""
    words, label = reader.words, _text(part.platform.label, _NAME_LENGTH)
    accounts = _missing_accounts(balance, part.platform.name, reader)
    lines = [
        f"{'⚠' if accounts else '✓'} <b>{label}</b>: {words.answered.format(took=reader.took(balance.took_ms))}",
        _attempts(balance.tried, reader),
    ]
    if reader.detailed:
        lines.append(words.amount.format(amount=marked_money(balance)))
    if balance.wallets:
        lines.append(words.wallets.format(wallets=_text(", ".join(balance.wallets), _WALLETS_LENGTH)))
    lines += [*_covers(balance, reader), *_times(balance, reader), *accounts]
    return [*lines, words.check] if part.check else lines


def _covers(balance: Balance, reader: Reader) -> list[str]:
    """Say what a number leaves out, and of which earlier day it is."""
    lines = []
    if balance.covers:
        lines.append(reader.words.covers.format(covers=_text(balance.covers, _REASON_LENGTH)))
    if balance.close_of is not None:
        lines.append(reader.words.close_of.format(day=balance.close_of))
    return lines


def _missing_accounts(balance: Balance, source: str, reader: Reader) -> list[str]:
    """Say of each account that was not read why, what stands in for it, and what to do; of many the first."""
    words, lines = reader.words, []
    unread = [account for account in balance.accounts if account.amount is None]
    for account in unread[:MOST_ACCOUNTS]:
        name, reason = html.escape(name_of(account), quote=False), account.reason
        lines.append(f"✗ {name}: {_text(reason, _REASON_LENGTH)}")
        if reader.detailed and account.code:
            lines.append(words.code.format(code=_text(account.code, _REASON_LENGTH)))
        if account.last_amount is None or account.last_fetched_at is None:
            lines.append(words.no_last_known)
        else:
            used = words.last_known.format(amount=money(account.last_amount, balance.currency))
            lines.append(f"{used} ({reader.at(account.last_fetched_at)})")
        lines += _cure(reason, source, reader)
    more = len(unread) - MOST_ACCOUNTS
    return [*lines, words.more_accounts.format(count=more)] if more > 0 else lines


def _times(balance: Balance, reader: Reader) -> list[str]:
    """Return when a number was true and when it was fetched, in one line or, in detail, in two."""
    as_of = reader.words.as_of.format(at=reader.at(balance.as_of))
    fetched = reader.words.fetched.format(at=reader.at(balance.fetched_at))
    return [as_of, fetched] if reader.detailed else [f"{as_of}, {fetched[0].lower()}{fetched[1:]}"]


def _failed(label: str, source: str, failure: Failure | None, reader: Reader) -> list[str]:
    """Word a failure; a silence without any time was not told by its source, but concluded by who waited."""
    words = reader.words
    reason = failure.reason if failure is not None else reasons.BAD_ANSWER
    lines = [f"✗ <b>{label}</b>: {_text(reason, _REASON_LENGTH)}"]
    if failure is None or (reason in {reasons.NOT_RUNNING, reasons.TIMEOUT} and not failure.took_ms):
        lines.append(words.silent)
    else:
        lines += [_attempts(failure.tried, reader), words.gave_up.format(took=reader.took(failure.took_ms))]
    if reader.detailed and failure is not None and failure.code:
        lines.append(words.code.format(code=_text(failure.code, _REASON_LENGTH)))
    return [*lines, *_cure(reason, source, reader)]


def _cure(reason: str, source: str, reader: Reader) -> list[str]:
    """Return the line that says what to do about a reason; nothing where there is nothing to do."""
    what_to_do = cure(reason, source=source, language=reader.language)
    return [f"→ {_text(what_to_do, len(what_to_do))}"] if what_to_do else []


def _attempts(tried: tuple[str, ...], reader: Reader) -> str:
    """Count the attempts, and name why the earlier ones failed."""
    counted = reader.words.attempts.format(count=len(tried) + 1)
    if not tried:
        return counted
    named = [_text(reason, _REASON_LENGTH) + (f" ×{count}" if count > 1 else "") for reason, count in _often(tried)]
    more = [] if len(named) <= MOST_TRIED else ["…"]
    return f"{counted} ({reader.words.before}: {', '.join([*named[:MOST_TRIED], *more])})"


def _often(tried: Iterable[str]) -> list[tuple[str, int]]:
    """Return each reason with how often it came, in the order of the attempts."""
    return list(Counter(tried).items())


def _fx(snapshot: Snapshot, reader: Reader) -> list[str]:
    """Return the lines about the exchange rate: what was used, and what failed."""
    words, rate, failure = reader.words, snapshot.rate, snapshot.rate_failure
    if failure is not None:
        lines = _failed(words.rate, FX, failure, reader)
        if rate is None:
            return [*lines, words.no_rate]
        used = words.last_rate.format(rate=rate_number(rate.rate), source=_source(rate.source))
        return [*lines, used, *_rate(rate, reader)]
    if rate is None:
        return [f"✗ <b>{words.rate}</b>: {words.no_rate}"]
    used = words.rate_used.format(rate=rate_number(rate.rate), source=_source(rate.source))
    attempts = [_attempts(rate.tried, reader)] if rate.tried or reader.detailed else []
    return [f"✓ <b>{words.rate}</b>: {used}", *attempts, *_rate(rate, reader)]


def _rate(rate: Rate, reader: Reader) -> list[str]:
    """Return the lines about a rate: its second source, its day, and what is doubtful about it."""
    words = reader.words
    lines = [words.second_missing]
    if rate.second_rate is not None:
        apart = f"{(rate.second_rate - rate.rate) / rate.rate * 100:+.2f}"
        second = rate_number(rate.second_rate)
        lines = [words.second.format(source=_source(rate.second_source), rate=second, apart=apart)]
    day, at = earlier_day(rate, reader.closed_at, reader.zone), reader.at(rate.fetched_at)
    lines.append(words.rate_fetched.format(at=at) if day is None else words.valid_for.format(day=day, at=at))
    lines += [words.stale] if rate.stale else []
    return [*lines, words.unconfirmed] if rate.unconfirmed else lines


def _units(text: str) -> int:
    """Return a text's length in UTF-16 units, which Telegram counts."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def _source(name: str) -> str:
    """Return the name of a rate's source, cut and escaped."""
    return _text(name, _NAME_LENGTH)


def _folded(name: str) -> str:
    """Return a name without what people write differently: case, spaces and hyphens."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _text(text: str, length: int) -> str:
    """Shorten a text that others wrote to one printable line, and escape it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return html.escape(line if len(line) <= length else f"{line[: length - 1]}…", quote=False)
