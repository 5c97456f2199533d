"""The file of days, `portfolio_history.json`: `{"23-02-2026": {"USD": 42500.00, "RUB": 3932500.00}, …}`.

One day a line in the order of days, amounts as JSON numbers with two decimals: exact on the way out and on the way in,
never a float. The days are in the ledger; the file is a copy for people and other programs, and what an import reads.
"""

import json
import os
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import NoReturn

from bus.bounds import AMOUNT_LIMIT
from bus.money import DIGITS
from ledger.portfolio.history import Day
from ledger.store import file_of

NAME = "portfolio_history.json"
CURRENCIES = ("USD", "RUB")
MOST_BYTES = 16 * 1024 * 1024
MOST_FAULTS = 10
FIRST_YEAR = 1900

_CENT = Decimal("0.01")
_DATE = re.compile(r"(\d\d)-(\d\d)-(\d{4})", re.ASCII)


class BadHistory(ValueError):
    """The file is not what it should be; its text says which days are wrong, and how."""


def path_beside(url: str) -> Path:
    """Return where the file is: beside the ledger's own file, else in `data/`.

    Args:
        url: The ledger's SQLAlchemy URL.
    """
    ledger = file_of(url)
    return (Path("data") if ledger is None else ledger.parent) / NAME


def render(days: Iterable[Day]) -> bytes:
    """Return the file's bytes.

    Args:
        days: In the order of days.
    """
    lines = [f'  "{day.day:%d-%m-%Y}": {{"USD": {_cents(day.usd):f}, "RUB": {_cents(day.rub):f}}}' for day in days]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def parse(content: bytes, *, today: date) -> tuple[Day, ...]:
    """Read a file's bytes; amounts with more than two decimals are rounded, halves away from zero.

    Args:
        content: The file.
        today: In TIMEZONE; later days are refused.

    Returns:
        The days in their order, without a mark or a round.

    Raises:
        BadHistory: With a line for each of the first faults.
    """
    if len(content) > MOST_BYTES:
        raise BadHistory(f"it has {len(content)} bytes, at most {MOST_BYTES} are read")
    try:
        found = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_Pairs,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse,
        )
    except UnicodeDecodeError:
        raise BadHistory("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise BadHistory(f"it is not JSON: {error.msg} in line {error.lineno}") from None
    except (RecursionError, ArithmeticError):
        raise BadHistory("it is not a history of days") from None
    if not isinstance(found, _Pairs):
        raise BadHistory('it must be one object of days, such as {"23-02-2026": {"USD": 42500.00, "RUB": 3932500.00}}')
    return _days_in(found, today)


def write(path: Path, content: bytes) -> None:
    """Put a file in its place at once: whoever reads sees the old one or the new one, never a half.

    Args:
        path: Its folder is made when missing.
        content: Its bytes.

    Raises:
        OSError: It cannot be written; the old one is as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


class _Pairs(list[tuple[str, object]]):
    """A JSON object as it is written: keys that come twice are both there."""


def _days_in(found: _Pairs, today: date) -> tuple[Day, ...]:
    """Return the days in order; raise BadHistory with a line for each of the first faults."""
    days: dict[date, Day] = {}
    faults: list[str] = []
    for key, value in found:
        try:
            day = _day(key, value, today)
            if day.day in days:
                raise BadHistory("comes twice")
        except BadHistory as error:
            faults.append(f"{_cut(key)}: {error}")
        else:
            days[day.day] = day
    if faults:
        more = len(faults) - MOST_FAULTS
        raise BadHistory("\n".join([*faults[:MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]))
    return tuple(days[each] for each in sorted(days))


def _day(key: str, value: object, today: date) -> Day:
    """Return one day of the file; raise BadHistory for what it cannot be."""
    day = _date(key)
    if day > today:
        raise BadHistory(f"is in the future, today is {today:%d-%m-%Y}")
    if not isinstance(value, _Pairs):
        raise BadHistory("must be an object with USD and RUB")
    names = [name for name, _ in value]
    _refuse_names(names)
    amounts = dict(value)
    return Day(day=day, usd=_amount("USD", amounts["USD"]), rub=_amount("RUB", amounts["RUB"]))


def _date(key: str) -> date:
    """Return the day that a key is, written dd-mm-yyyy."""
    found = _DATE.fullmatch(key)
    try:
        if found is not None and int(found[3]) >= FIRST_YEAR:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise BadHistory("is no day; write dd-mm-yyyy")


def _refuse_names(names: Sequence[str]) -> None:
    """Raise BadHistory unless USD and RUB are there, once each, and nothing else."""
    for name in names:
        if name not in CURRENCIES:
            raise BadHistory(f"has an unknown key {_cut(name)}; only USD and RUB are known")
        if names.count(name) > 1:
            raise BadHistory(f"has {name} twice")
    for name in CURRENCIES:
        if name not in names:
            raise BadHistory(f"has no {name}")


def _amount(name: str, value: object) -> Decimal:
    """Return an amount in cents; raise BadHistory where it is no number, or too large."""
    if not isinstance(value, Decimal):
        raise BadHistory(f"{name} is not a number")
    if not -AMOUNT_LIMIT < value < AMOUNT_LIMIT:
        raise BadHistory(f"{name} is too large")
    return _cents(value)


def _cents(amount: Decimal) -> Decimal:
    """Return an amount rounded to two decimals, and never a negative zero."""
    with localcontext(prec=DIGITS):
        return amount.quantize(_CENT, rounding=ROUND_HALF_UP) + 0  # `+ 0` takes the sign off a negative zero


def _refuse(constant: str) -> NoReturn:
    """Raise BadHistory for NaN and Infinity, which Python's reader takes for numbers."""
    raise BadHistory(f"it holds {constant}, which is not a number")


def _cut(text: str) -> str:
    """Return a text fit for an error: one line, at most 40 signs."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return line if len(line) <= 40 else f"{line[:39]}…"
