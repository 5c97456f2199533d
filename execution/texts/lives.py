"""One message for each order, edited as it lives: all that there is to tell of it by now, in three languages.

Plain text, made from rows alone, so that whoever tells it again says the same. What has become of the order stands
first, in the words of `execution.texts.orders`; then its protective legs; then when what was, in the user's zone.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from execution.texts import orders
from execution.texts.life_words import WORDS, Words
from execution.texts.moments import Reader
from execution.texts.names import shown
from execution.texts.order_words import words_of
from execution.texts.orders import FilledOrder, Named
from ledger.trading.enumerations import OrderStatus
from ledger.trading.orders.lives import AskedAbout

LONGEST: Final = 3500
"""UTF-16 units of a message; Telegram takes 4096, and joiners and marks come on top."""
MOST_LEGS: Final = 6


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The question before: when it was asked, and who answered what when; `executes` is None where nobody did."""

    asked_at: datetime
    executes: bool | None
    answered_at: datetime | None
    answered_by: str


class ToldLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A protective leg: at which price, what became of it since when, and what it has done."""

    named: Named
    price: Decimal
    status: OrderStatus
    since: datetime
    filled: Decimal
    average_price: Decimal | None
    realized: Decimal
    currency: str
    reason: str


class ToldOrder(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told of an order.

    Attributes:
        fill: What its executions have done; None before the first.
        last_fill_at: When the last of them was.
        since: Since when its state is what it is.
        reason: Why it has ended.
        waits: The whole line of one that waits for its market; empty for others.
        kept: The line of what was kept of its money for slippage; empty where nothing was.
    """

    named: Named
    status: OrderStatus
    ordered_at: datetime
    since: datetime
    reason: str
    asked: Asked | None
    fill: FilledOrder | None
    last_fill_at: datetime | None
    legs: tuple[ToldLeg, ...]
    waits: str = ""
    kept: str = ""


def life(told: ToldOrder, reader: Reader) -> str:
    """Return an order's message.

    Args:
        told: What it says.
        reader: Who reads it.
    """
    lines = _state(told, reader)
    lines += [told.kept] if told.kept else []
    lines += [_leg(each, reader) for each in told.legs[-MOST_LEGS:]]
    lines.append(_moments(_order_moments(told, WORDS[reader.language]), reader.zone))
    return _cut("\n".join(lines))


def asked_before(asked: AskedAbout | None) -> Asked | None:
    """Return the question before an order, as it is told.

    Args:
        asked: The question; None where there was none.
    """
    if asked is None:
        return None
    return Asked(
        asked_at=asked.asked_at,
        executes=None if asked.answer is None else asked.answer == "execute",
        answered_at=asked.answered_at,
        answered_by=asked.answered_by or "",
    )


def with_question(text: str, asked: Asked | None, reader: Reader) -> str:
    """Return a signal's message with when it was asked about, and who answered what.

    Args:
        text: What has become of the signal.
        asked: The question; None where there was none.
        reader: Who reads it.
    """
    if asked is None:
        return text
    return _cut(f"{text}\n{_moments(_question_moments(asked, WORDS[reader.language]), reader.zone)}")


def _state(told: ToldOrder, reader: Reader) -> list[str]:
    """Return what has become of an order."""
    words, order_words = WORDS[reader.language], words_of(reader.language)
    ends = {
        "CANCELED": order_words.canceled,
        "EXPIRED": order_words.expired,
        "REJECTED": order_words.rejected,
        "NOT_PLACED": order_words.not_placed,
    }
    templates = {
        "PENDING_NEW": words.sent,
        "NEW": words.working,
        "UNKNOWN": order_words.unknown,
        "PENDING_CANCEL": order_words.cancel_pending,
        **ends,
    }
    lines = [] if told.fill is None else [orders.filled(told.fill, order_words)]
    if told.waits:
        lines.append(told.waits)
    elif told.status in templates and not (lines and told.status in {*ends, "NEW"}):
        lines.append(orders.ended(told.named, templates[told.status], told.reason, order_words))
    return lines


def _leg(leg: ToldLeg, reader: Reader) -> str:
    """Return the line of a protective leg."""
    head = f"{orders.leg_name(leg.named.leg, words_of(reader.language))} {orders.short(leg.price)}: "
    done = []
    if leg.filled and leg.average_price is not None:
        done.append(orders.done(leg.named, leg.filled, leg.average_price, words_of(reader.language)))
        done.append(f"{words_of(reader.language).realized} {orders.signed(leg.realized)} {leg.currency}")
    if leg.status != "FILLED":
        state = WORDS[reader.language].leg_states[leg.status]
        done.append(f"{state}: {leg.reason}" if leg.reason and leg.status in WORDS[reader.language].ended_at else state)
    return f"{head}{', '.join(done)}, {leg.since.astimezone(ZoneInfo(reader.zone)):%m-%d %H:%M:%S}"


def _question_moments(asked: Asked, words: Words) -> list[tuple[str, datetime]]:
    """Return when was asked, and when who answered what."""
    moments = [(words.asked, asked.asked_at)]
    if asked.executes is not None and asked.answered_at is not None:
        template = words.executes if asked.executes else words.rejects
        moments.append((template.format(name=shown(asked.answered_by)), asked.answered_at))
    return moments


def _order_moments(told: ToldOrder, words: Words) -> list[tuple[str, datetime]]:
    """Return what was when, in its order."""
    moments = [] if told.asked is None else _question_moments(told.asked, words)
    moments.append((words.ordered_at, told.ordered_at))
    if told.last_fill_at is not None:
        moments.append((words.filled_at if told.status == "FILLED" else words.filled_part_at, told.last_fill_at))
    if told.status in words.ended_at:
        moments.append((words.ended_at[told.status], told.since))
    return moments


def _moments(moments: Sequence[tuple[str, datetime]], zone: str) -> str:
    """Return moments in one line: the day and the zone with the first, the day again where it is another one."""
    told, before = [], None
    for word, at in moments:
        there = at.astimezone(ZoneInfo(zone))
        form = "%Y-%m-%d %H:%M:%S %Z" if before is None else "%H:%M:%S" if there.date() == before else "%m-%d %H:%M:%S"
        told.append(f"{word} {there:{form}}")
        before = there.date()
    return ", ".join(told)


def _cut(text: str) -> str:
    """Return a text that fits into a message."""
    units = len(text.encode("utf-16-le")) // 2
    return text if units <= LONGEST else f"{text[: LONGEST // 2 - 1]}…"  # a sign has two units at most
