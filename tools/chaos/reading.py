"""Read a message back, as a person would, and add it up again; for the chaos run's checker.

Follows the project's description of the message, not the code that writes it: nothing here knows the renderer, so that
a mistake there is found. What cannot be read is a fault of the message.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

import msgspec

PLATFORMS = {"tbank": "T‑Bank", "ibkr": "IBKR", "bybit": "Bybit", "okx": "OKX"}
REPEAT_SIGN = "⟳"
_AMOUNT = r"-?\$?[\d,]+(?:\.\d\d)?(?: ₽)?"
_AGE = r"(?P<age>\d+) (?P<unit>min|h) ago"
_PARTIAL = r"(?:(?P<mark>[≈≥]) )?"
_NOTES = r"(?P<note>(?: +\([^)]*\))*)"
_LAST = rf"(?:, last {_PARTIAL}(?P<amount>{_AMOUNT}){_NOTES}, {_AGE})?"
_FRESH = re.compile(rf"{_PARTIAL}(?P<amount>{_AMOUNT})(?P<check> ⚠ check)?{_NOTES}")
_FAILED = re.compile(rf"ERROR \((?P<reason>[^)]*)\){_LAST}")
_FAILED_INSIDE = re.compile(rf"(?P<reason>[^,]+){_LAST}")
_ACCOUNT = re.compile(r"(…\w+): ")
_SUM = re.compile(rf"(?:(?P<mark>[≈≥]) )?(?P<amount>{_AMOUNT})(?P<check> ⚠ check)?(?:  (?P<note>[(\[].*[)\]]))?")
_ERROR = re.compile(r"ERROR \((?P<reason>.*)\)")
_RATE = re.compile(
    r"rate: (?P<rate>[\d.]+) RUB/USD, (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d)(?P<stale> STALE)?(?P<unconfirmed> UNCONFIRMED)?"
)
_MISSED = re.compile(r"^Missed: (?P<which>.+) \(not running\)$", re.MULTILINE)
_SPAN = re.compile(r"\d+ slots, (?P<first>\S+ \S+) to (?P<last>\S+ \S+)")


class UnreadableError(ValueError):
    """The message is not worded as described; the text names the line."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's number: from this round, or (`age_s` set) a last known one, or none.

    `mark` says that it lacks accounts, or has last known amounts of some; those are named in `accounts`.
    """

    amount: Decimal | None
    reason: str = ""
    mark: str = ""
    accounts: tuple[str, ...] = ()
    age_s: float | None = None
    age_step_s: float = 60
    check: bool = False


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """A total and its mark: empty, `≈`, `≥` or `ERROR`."""

    amount: Decimal | None
    mark: str
    note: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A whole message; `core` is its part that a repeat must not change, `rate_at` is to the minute, in UTC."""

    core: str
    above: tuple[str, ...]
    below: str
    parts: Mapping[str, Shown]
    crypto: Sum
    usd: Sum
    rub: Sum
    rate: Decimal | None
    rate_at: datetime | None
    stale: bool

    @property
    def repeated(self) -> bool:
        """Whether it says that it may be a repeat."""
        return any(line.startswith(REPEAT_SIGN) for line in self.above)


def read(text: str) -> Told:
    """Read a message.

    Args:
        text: As the chat shows it; the system's TIMEZONE is UTC, and all four platforms are configured.

    Returns:
        Everything that it says.

    Raises:
        UnreadableError: A line is missing or not worded as described.
    """
    lines = text.splitlines()
    heads = ("T‑Bank (RUB): ", "IBKR NLV (USD): ", "Crypto (USD): ", "TOTAL (USD): ", "TOTAL (RUB): ")
    places = [[number for number, line in enumerate(lines) if line.startswith(head)] for head in heads]
    if any(len(found) != 1 for found in places):
        raise UnreadableError(f"lines {[head for head, found in zip(heads, places, strict=True) if len(found) != 1]}")
    first, last = places[0][0], places[-1][0]
    tbank, ibkr, crypto, usd, rub = (
        lines[found[0]].removeprefix(head) for head, found in zip(heads, places, strict=True)
    )
    parts = {"tbank": _value(tbank), "ibkr": _value(ibkr)} | _members(crypto)
    rate = _RATE.search(rub)
    return Told(
        core="\n".join(lines[first : last + 1]),
        above=tuple(line for line in lines[:first] if line),
        below="\n".join(lines[last + 1 :]),
        parts=parts,
        crypto=_sum(crypto),
        usd=_sum(usd),
        rub=_sum(rub),
        rate=Decimal(rate["rate"]) if rate else None,
        rate_at=_moment(rate["at"]) if rate else None,
        stale=rate is not None and rate["stale"] is not None,
    )


def core_of(text: str) -> str:
    """Return the part of a message that its repeats share; empty for what is no snapshot."""
    try:
        return read(text).core
    except UnreadableError:
        return ""


def missed_in(told: Told) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of slots that a message names as missed; a single slot is a span from itself to itself."""
    found = _MISSED.search(told.below)
    if found is None:
        return
    span = _SPAN.fullmatch(found["which"])
    if span is not None:
        yield _moment(span["first"]), _moment(span["last"])
        return
    for written in found["which"].split(", "):
        slot = _today_at(written) if len(written) == 5 else _moment(written)
        yield slot, slot


def misadded(told: Told) -> list[str]:
    """Add the shown parts up again; return what does not agree."""
    parts = told.parts
    wrong = _compare("Crypto", told.crypto, _expected([parts["bybit"], parts["okx"]], Decimal("0.01")))
    everything = list(parts.values())
    if all(part.amount is None or part.age_s is not None for part in everything) or told.rate is None:
        expected = Sum(amount=None, mark="ERROR")
        return wrong + _compare("TOTAL (USD)", told.usd, expected) + _compare("TOTAL (RUB)", told.rub, expected)
    with localcontext(prec=60):
        dollars = sum((parts[name].amount or Decimal(0) for name in ("ibkr", "bybit", "okx")), Decimal(0))
        roubles = parts["tbank"].amount or Decimal(0)
        usd = (dollars + roubles / told.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        rub = (roubles + dollars * told.rate).quantize(Decimal(1), ROUND_HALF_UP)
    mark = _mark(everything)
    wrong += _compare("TOTAL (USD)", told.usd, Sum(amount=usd, mark=mark))
    wrong += _compare("TOTAL (RUB)", told.rub, Sum(amount=rub, mark=mark))
    return wrong + _unnamed(told)


def _unnamed(told: Told) -> list[str]:
    """Return the failed platforms and the missing accounts that the totals' notes do not name."""
    failed = [PLATFORMS[name] for name, part in told.parts.items() if part.reason]
    failed += [f"{PLATFORMS[name]} {account}" for name, part in told.parts.items() for account in part.accounts]
    return [f"{name} is not named behind the totals" for name in failed for line in (told.usd, told.rub)
            if name not in line.note]  # fmt: skip


def _compare(name: str, said: Sum, expected: Sum) -> list[str]:
    if (said.amount, said.mark) == (expected.amount, expected.mark):
        return []
    return [f"{name} says {said.mark} {said.amount}, its parts make {expected.mark} {expected.amount}"]


def _expected(parts: list[Shown], step: Decimal) -> Sum:
    if all(part.amount is None or part.age_s is not None for part in parts):
        return Sum(amount=None, mark="ERROR")
    total = sum((part.amount for part in parts if part.amount is not None), Decimal(0))
    return Sum(amount=total.quantize(step), mark=_mark(parts))


def _mark(parts: list[Shown]) -> str:
    if any(part.amount is None or part.mark == "≥" for part in parts):
        return "≥"
    return "≈" if any(part.age_s is not None or part.mark for part in parts) else ""


def _members(text: str) -> dict[str, Shown]:
    failed = _ERROR.fullmatch(text)
    inside = failed["reason"] if failed else text.partition("[")[2].removesuffix("]")
    found: dict[str, Shown] = {}
    for written in inside.split(" | "):
        for name in ("bybit", "okx"):
            label = PLATFORMS[name]
            if failed and written.startswith(f"{label}: "):
                found[name] = _known(_FAILED_INSIDE.fullmatch(written.removeprefix(f"{label}: ")), written)
            elif not failed and written.startswith(f"{label} "):
                found[name] = _value(written.removeprefix(f"{label} "))
    if len(found) != 2:
        raise UnreadableError(f"Crypto (USD): {text}")
    return found


def _value(text: str) -> Shown:
    fresh = _FRESH.fullmatch(text)
    if fresh is not None:
        return Shown(
            amount=_number(fresh["amount"]),
            mark=fresh["mark"] or "",
            accounts=_accounts(fresh),
            check=fresh["check"] is not None,
        )
    return _known(_FAILED.fullmatch(text), text)


def _known(found: re.Match[str] | None, text: str) -> Shown:
    if found is None:
        raise UnreadableError(text)
    if found["amount"] is None:
        return Shown(amount=None, reason=found["reason"])
    step_s = 60 if found["unit"] == "min" else 3600
    age_s = int(found["age"]) * step_s
    return Shown(
        amount=_number(found["amount"]),
        reason=found["reason"],
        mark=found["mark"] or "",
        accounts=_accounts(found),
        age_s=age_s,
        age_step_s=step_s,
    )


def _accounts(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(_ACCOUNT.findall(found["note"]))


def _sum(text: str) -> Sum:
    error = _ERROR.fullmatch(text)
    if error is not None:
        return Sum(amount=None, mark="ERROR", note=error["reason"])
    found = _SUM.fullmatch(text)
    if found is None:
        raise UnreadableError(text)
    return Sum(amount=_number(found["amount"]), mark=found["mark"] or "", note=found["note"] or "")


def _number(written: str) -> Decimal:
    return Decimal(written.replace("$", "").replace(",", "").replace(" ₽", ""))


def _moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def _today_at(written: str) -> datetime:
    """Return the last moment with this time of day: a message names the day of other days."""
    hour, minute = (int(each) for each in written.split(":"))
    now = datetime.now(UTC)
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment <= now else moment - timedelta(days=1)
