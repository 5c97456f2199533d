"""Amounts as BingX writes them: texts, numbers, or nothing; exact, and never guessed.

Follows the samples of BingX's reference (read 2026-11). Quirks: the same field is a text in one answer and a number in
the next, and `""` where it does not apply.
"""

import re
from decimal import Decimal

import msgspec

from brokers.venue import Malformed
from bus import reasons

ABSENT = msgspec.Raw(b"null")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?")
_decimal = msgspec.json.Decoder(Decimal)
_text = msgspec.json.Decoder(str | int)


def amount(written: msgspec.Raw) -> Decimal:
    """Read an amount that must be there.

    Args:
        written: As it stands in the answer.

    Returns:
        The number, exact.

    Raises:
        Malformed: There is none, or it is none that can be.
    """
    found = optional_amount(written)
    if found is None:
        raise Malformed(reasons.BAD_ANSWER, code="no amount")
    return found


def optional_amount(written: msgspec.Raw) -> Decimal | None:
    """Read an amount that may be missing.

    Args:
        written: As it stands in the answer.

    Returns:
        The amount; None where it is `""`, null or not there.

    Raises:
        Malformed: It is none that can be.
    """
    if is_blank(written):
        return None
    try:
        found = _decimal.decode(written)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="amount") from None
    if not found.is_finite() or abs(found.adjusted()) > 20 or not _NUMBER.fullmatch(format(found, "f")):
        raise Malformed(reasons.BAD_ANSWER, code="amount")
    return found


def number_text(written: msgspec.Raw) -> str:
    """Read a number that names something, such as an account, whether it is written as a text or as a number.

    Args:
        written: As it stands in the answer.

    Returns:
        Its digits; empty where there is none.

    Raises:
        Malformed: It is no such number.
    """
    if is_blank(written):
        return ""
    try:
        found = str(_text.decode(written))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="number") from None
    if not re.fullmatch(r"[0-9]{1,20}", found):
        raise Malformed(reasons.BAD_ANSWER, code="number")
    return found


def identity(number: int | str) -> str:
    """Return a number that names something, such as an order, as text.

    Args:
        number: As it stands in the answer.

    Raises:
        Malformed: It is none, or zero.
    """
    text = str(number)
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise Malformed(reasons.BAD_ANSWER, code="no number")
    return text


def is_blank(written: msgspec.Raw) -> bool:
    """Tell whether nothing is written.

    Args:
        written: As it stands in the answer.
    """
    return bytes(written).strip() in {b'""', b"null", b""}
