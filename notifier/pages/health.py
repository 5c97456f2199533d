"""The page of /health: every program, each source's last number, what waits to be sent, what comes next, the keys."""

import html
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

import msgspec

from bus.language import Language
from bus.messages.operations import KeyHealth, Program
from bus.messages.partial_balance import INCOMPLETE
from bus.sources import FX
from ledger.portfolio.dead_letters import Unsent
from notifier.texts.health import WORDS, Words

SHOWN_SILENT_AFTER_S = 15.0
"""The page calls a program silent whose last beat is older: one is due every five seconds."""
KEY_SOON_DAYS = 14
MOST_DEAD = 5
MOST_ROWS = 25
_DOWN, _OFF, _RUNS, _STARTS = {"BACKOFF", "FATAL"}, {"STOPPED", "STOPPING", "EXITED"}, "RUNNING", "STARTING"
_REASON_LENGTH, _CHAT_LENGTH, _LABEL_LENGTH, _TROUBLE_LENGTH = 60, 20, 10, 120


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of everybody.

    `programs` is None when the sentinel does not answer, `next_slot` when the clock does not. `last_success` is when
    each source last gave a number, `not_whole` are those whose last number is less than all that they hold, `labels`
    are the sources' names for people; all by name. `ledger_unavailable` says why the ledger told nothing: then nobody
    knows what waits, what is dead, and whether the schedule is paused.
    """

    now: datetime
    programs: tuple[Program, ...] | None
    last_success: dict[str, datetime] = {}
    not_whole: frozenset[str] = frozenset()
    keys: tuple[KeyHealth, ...] = ()
    waiting: int = 0
    dead: tuple[Unsent, ...] = ()
    next_slot: datetime | None = None
    interval_minutes: int | None = None
    paused: bool = False
    ledger_unavailable: str = ""
    labels: dict[str, str] = {}


def health_page(report: HealthReport, *, zone: tzinfo, language: Language) -> str:
    """Word how everybody is.

    Args:
        report: What is known.
        zone: Of the next slot's time.
        language: Of the chat.

    Returns:
        HTML for Telegram, one message long.
    """
    words = WORDS[language]
    blocks = [
        _programs(report, words),
        _sources(report, words),
        _next(report, words, zone),
        _outbox(report, words),
        _keys(report, words),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _programs(report: HealthReport, words: Words) -> list[str]:
    """Return the table of programs, or that the sentinel does not answer."""
    if report.programs is None:
        return [f"⚠ {words.no_sentinel}"]
    rows = [(words.program, words.state, words.uptime, words.beat, words.memory)]
    for each in report.programs[:MOST_ROWS]:
        up = _span(report.now - each.started_at, words) if each.started_at is not None else "-"
        beat = _span(timedelta(seconds=each.beat_age_s), words) if each.beat_age_s is not None else "-"
        rows.append((each.name, _state(each, words), up, beat, _megabytes(each.pss_kb)))
    rows.append((words.total, "", "", "", _megabytes(sum(each.pss_kb for each in report.programs))))
    return [_table(f"{name[:10]:<10} {state:<6} {up:>5} {beat:>5} {size:>4}" for name, state, up, beat, size in rows)]


def _state(program: Program, words: Words) -> str:
    """Return the word for a program's state; one that runs but does not beat is silent."""
    if program.state == _RUNS:
        beats = program.beat_age_s is not None and program.beat_age_s <= SHOWN_SILENT_AFTER_S
        return words.ok if beats else words.silent
    if program.state in _DOWN:
        return words.down
    if program.state in _OFF:
        return words.off
    return words.starts if program.state == _STARTS else "?"


def _sources(report: HealthReport, words: Words) -> list[str]:
    """Return the table of each source's last number and its age; nothing before the first."""
    if not report.last_success:
        return []
    known = [name for name in report.labels if name in report.last_success]
    names = [*known, *sorted(report.last_success.keys() - set(known))]
    ages = {
        name: words.ago.format(span=_span(report.now - report.last_success[name], words)) for name in names[:MOST_ROWS]
    }
    marks = {name: f" {INCOMPLETE}" if name in report.not_whole else "" for name in ages}
    rows = [f"{_label(name, report, words):<{_LABEL_LENGTH}} {age}{marks[name]}" for name, age in ages.items()]
    return [f"<b>{words.last_success}</b>", _table(rows), *([words.not_whole] if any(marks.values()) else [])]


def _next(report: HealthReport, words: Words, zone: tzinfo) -> list[str]:
    """Return when the next slot is and how often they come, or that the clock does not answer."""
    lines = [words.paused] if report.paused else []
    if report.next_slot is None:
        return [*lines, f"⚠ {words.no_clock}"]
    slot = f"{report.next_slot.astimezone(zone):%Y-%m-%d %H:%M}"
    lines.append((words.would_be_next if report.paused else words.next_slot).format(at=slot))
    every = words.by_cron if report.interval_minutes is None else words.every.format(minutes=report.interval_minutes)
    return [*lines, every]


def _outbox(report: HealthReport, words: Words) -> list[str]:
    """Return how many messages wait and which are dead, or why the ledger cannot tell."""
    if report.ledger_unavailable:
        return [f"⚠ {words.ledger_unavailable.format(reason=_text(report.ledger_unavailable, _TROUBLE_LENGTH))}"]
    lines = [words.waiting.format(count=report.waiting)]
    if not report.dead:
        return lines
    lines.append(f"⚠ {words.dead.format(count=len(report.dead))}")
    for each in report.dead[-MOST_DEAD:]:
        reason = _text(each.reason or "?", _REASON_LENGTH)
        lines.append(words.dead_one.format(id=each.id, chat=_text(each.chat_id, _CHAT_LENGTH), reason=reason))
    return [*lines, words.resend]


def _keys(report: HealthReport, words: Words) -> list[str]:
    """Return a line for each key: what it may do and when it ends; a warning stands in front."""
    lines = []
    for key in sorted(report.keys, key=lambda key: key.platform)[:MOST_ROWS]:
        days = (key.expires_at - report.now).days if key.expires_at is not None else None
        until = _until(key, days, words)
        warned = key.rights == "can trade" or (days is not None and days <= KEY_SOON_DAYS)
        rights = words.rights.get(key.rights) or _text(key.rights, _CHAT_LENGTH)
        label = html.escape(_label(key.platform, report, words), quote=False)
        lines.append(f"{'⚠ ' if warned else ''}{label}: {rights}, {until}")
    return [f"<b>{words.keys}</b>", *lines] if lines else []


def _until(key: KeyHealth, days: int | None, words: Words) -> str:
    """Return when a key ends, in words."""
    if days is None:
        return words.no_expiry if key.told_by else words.expiry_unknown
    return words.expired if days < 0 else words.days_left.format(days=days)


def _label(name: str, report: HealthReport, words: Words) -> str:
    """Return what a source is called in the table, cut to its column."""
    label = report.labels.get(name) or (words.rate if name == FX else name)
    return label if len(label) <= _LABEL_LENGTH else f"{label[: _LABEL_LENGTH - 1]}…"


def _megabytes(kilobytes: int) -> str:
    """Return an amount of memory in whole megabytes, `-` where it is not known."""
    return f"{min(round(kilobytes / 1024), 9999)}" if kilobytes else "-"


def _span(length: timedelta, words: Words) -> str:
    """Show a length of time in at most five columns: `3d4h`, `12d`, `4h9m`, `45s`."""
    seconds = max(0, int(length.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    day, hour, minute, second = words.units
    if days:
        return f"{min(days, 9999)}{day}" if days > 9 else f"{days}{day}{hours}{hour}"
    if hours:
        return f"{hours}{hour}" if hours > 9 else f"{hours}{hour}{minutes}{minute}"
    return f"{minutes}{minute}" if minutes else f"{seconds}{second}"


def _table(rows: Iterable[str]) -> str:
    """Return rows as a table in Telegram's HTML."""
    return "<pre>" + "\n".join(html.escape(row.rstrip(), quote=False) for row in rows) + "</pre>"


def _text(text: str, length: int) -> str:
    """Shorten a text that others wrote to one printable line, and escape it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return html.escape(line if len(line) <= length else f"{line[: length - 1]}…", quote=False)
