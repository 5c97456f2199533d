"""What is told of orders: fills, ends, what is not known, what is not protected; in each language, plain text."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

import msgspec

from execution.refusal import number
from execution.texts.names import shown
from execution.texts.order_words import Words
from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.enumerations import Leg, Side

PLACES: Final = Decimal("1e-8")
HUNDRED: Final = Decimal(100)
SHOWN_DIGITS: Final = 8
"""So many digits of an order's uid are shown, and are enough to name it."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """An order, as it is named in a message."""

    symbol: str
    side: Side
    leg: Leg
    quantity: Decimal
    is_live: bool


class FilledOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a fill's message says; `reason` is why the rest will not come, None where it may; `is_dust`: what is held is
    less than any order can sell."""

    named: Named
    currency: str
    filled: Decimal
    average_price: Decimal
    expected_price: Decimal | None
    fees: tuple[tuple[str, Decimal], ...]
    fees_missing: int
    held: Decimal
    held_price: Decimal
    realized: Decimal
    is_dust: bool = False
    reason: str | None = None
    is_correction: bool = False


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument of which the venue holds something else than the books; `of` names it with its side, if any."""

    symbol: str
    of: str
    books: Decimal
    venue: Decimal


def filled(told: FilledOrder, words: Words) -> str:
    """Return the message of a fill.

    Args:
        told: What it says.
        words: The language's.
    """
    if not told.filled:
        return brief(told, words)
    lines = [_first_line(told, words)]
    if told.is_correction:
        lines.append(words.corrected)
    if told.expected_price:
        lines.append(_expected(told, told.expected_price, words))
    fees = [f"{short(amount)} {currency}" for currency, amount in told.fees]
    lines.append(f"{words.fee} {' + '.join(fees + [words.fee_unknown] * bool(told.fees_missing))}")
    held = f"{short(told.held)} @ {short(told.held_price)}" if told.held else words.flat
    lines.append(f"{words.position} {held}")
    if told.is_dust:
        lines.append(words.dust)
    return "\n".join([*lines, *_result(told, words)])


def brief(told: FilledOrder, words: Words) -> str:
    """Return the short message of a fill, beside the one that tells all of it.

    Args:
        told: What it says.
        words: The language's.
    """
    lines = [_first_line(told, words)]
    if told.is_correction:
        lines.append(words.corrected)
    return "\n".join([*lines, *_result(told, words)])


def done(named: Named, filled: Decimal, price: Decimal, words: Words) -> str:
    """Return what was bought or sold at which price.

    Args:
        named: The order.
        filled: How much of it.
        price: The average.
        words: The language's.
    """
    part = "" if filled >= named.quantity else f" {words.of} {short(named.quantity)}"
    verb = words.bought if named.side == "BUY" else words.sold
    return f"{verb} {short(filled)}{part} @ {short(price)}" if filled else f"{verb} 0{part}"


def ended(named: Named, template: str, reason: str, words: Words) -> str:
    """Return the message of an order that has ended without a fill, or of which nothing is known.

    Args:
        named: The order.
        template: One of the words that name `order` and perhaps `reason`.
        reason: Why.
        words: The language's.
    """
    verb = f"{named.side} {short(named.quantity)}"
    return template.format(order=f"{_head(named, words)} {verb}{_paper(named, words)}", reason=reason.rstrip("."))


def rest_ended(named: Named, filled: Decimal, reason: str, words: Words) -> str:
    """Return the message of an order of which a part was filled, and whose rest will not come.

    Args:
        named: The order.
        filled: The part.
        reason: Why the rest will not come.
        words: The language's.
    """
    with localcontext(ARITHMETIC):
        rest = short(named.quantity - filled)
    verb = words.bought if named.side == "BUY" else words.sold
    part = f"{verb} {short(filled)} {words.of} {short(named.quantity)}{_paper(named, words)}"
    return f"{_head(named, words)}: {part}\n{words.rest_canceled.format(rest=rest, reason=reason.rstrip('.'))}"


def waits(named: Named, opens: str, uid: str, words: Words) -> str:
    """Return the message of an order that waits for its market.

    Args:
        named: The order.
        opens: When that opens, in words.
        uid: The order's, by whose first digits it can be canceled.
        words: The language's.
    """
    verb = f"{named.side} {short(named.quantity)}"
    order = f"{_head(named, words)} {verb}{_paper(named, words)}"
    return words.waits.format(order=order, opens=opens, id=uid[:SHOWN_DIGITS])


def unprotected(named: Named, legs: Sequence[Leg], words: Words) -> str:
    """Return the message of a position whose legs are missing.

    Args:
        named: An opening of it, with the quantity that is held.
        legs: Those that do not work.
        words: The language's.
    """
    missing = ", ".join(leg_name(leg, words) for leg in legs)
    text = words.unprotected.format(symbol=shown(named.symbol), quantity=short(named.quantity), legs=missing)
    return f"{text}{_paper(named, words)}"


def liquidated(named: Named, price: Decimal, words: Words) -> str:
    """Return the message of what a venue has closed by itself.

    Args:
        named: What was closed.
        price: At which.
        words: The language's.
    """
    quantity, price_text = short(named.quantity), short(price)
    text = words.liquidation.format(symbol=shown(named.symbol), side=named.side, quantity=quantity, price=price_text)
    return f"{text}{_paper(named, words)}"


def differences(account: str, found: Sequence[Difference], words: Words, *, since: str = "") -> str:
    """Return the message of a reconciliation that has found differences.

    Args:
        account: The account's name.
        found: The differences.
        words: The language's.
        since: From when on the venue lists executions, where it lists none of before; else empty.
    """
    lines = [f"{shown(account)}. {words.gap.format(since=since) if since else words.external}"]
    for each in found:
        with localcontext(ARITHMETIC):
            outside = each.venue - each.books
        lines.append(
            words.difference.format(
                symbol=shown(each.symbol),
                of=shown(each.of),
                books=short(each.books),
                venue=short(each.venue),
                outside=signed(outside),
            )
        )
    return "\n".join([*lines, words.gap_cure] if since else lines)


def _first_line(told: FilledOrder, words: Words) -> str:
    """Return what was bought or sold, of which order."""
    said = done(told.named, told.filled, told.average_price, words)
    currency = f" {told.currency}" if told.filled else ""
    return f"{_head(told.named, words)}: {said}{currency}{_paper(told.named, words)}"


def _result(told: FilledOrder, words: Words) -> list[str]:
    """Return what was realized, and what of the order is not filled."""
    lines = []
    if told.realized or (told.filled and not told.held):
        lines.append(f"{words.realized} {signed(told.realized)} {told.currency}")
    if told.reason is not None and told.filled < told.named.quantity:
        with localcontext(ARITHMETIC):
            rest = told.named.quantity - told.filled
        lines.append(words.rest_canceled.format(rest=short(rest), reason=told.reason.rstrip(".")))
    return lines


def _head(named: Named, words: Words) -> str:
    """Return the symbol, with the leg where it is a protective one."""
    leg = leg_name(named.leg, words)
    symbol = shown(named.symbol)
    return f"{symbol} {leg}" if leg else symbol


def leg_name(leg: Leg, words: Words) -> str:
    """Return a protective leg's name; nothing for the others.

    Args:
        leg: Which.
        words: The language's.
    """
    if leg == "STOP_LOSS":
        return words.stop_loss
    return words.take_profit if leg == "TAKE_PROFIT" else ""


def _paper(named: Named, words: Words) -> str:
    """Return the mark of an order that costs nothing."""
    return "" if named.is_live else f" ({words.paper})"


def _expected(told: FilledOrder, expected: Decimal, words: Words) -> str:
    """Return the line of the price that was expected; slippage above zero cost something."""
    with localcontext(ARITHMETIC):
        worse = (told.average_price - expected) * (1 if told.named.side == "BUY" else -1)
        percent = (worse * HUNDRED / expected).quantize(Decimal("0.01"))
    return f"{words.expected} {short(expected)}, {words.slippage} {signed(worse)} ({signed(percent)} %)"


def signed(value: Decimal) -> str:
    """Return a number with its sign; zero has none.

    Args:
        value: Any.
    """
    return f"+{short(value)}" if value > ZERO else short(value)


def short(value: Decimal) -> str:
    """Return a number with at most 8 places, marked where it had more.

    Args:
        value: Any.
    """
    if not value:
        return "0"
    with localcontext(ARITHMETIC):
        short = value.quantize(PLACES)
        return number(value) if short == value else f"≈{number(short)}"
