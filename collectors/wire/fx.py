"""The answers of the sources of USD/RUB, read: the Bank of Russia, Frankfurter, ExchangeRate-API; no network here.

Follows cbr.ru/development/SXML, frankfurter.dev (version 2) and exchangerate-api.com/docs/free, all read 2026-11.

Quirks: the Bank of Russia writes windows-1251, decimal commas and a rate for `Nominal` units, and now and then a page
that wants to see a browser, with status 200. Frankfurter's /v2/rates is an array, empty for an unknown provider.
ExchangeRate-API says errors with 200 and its day as a Unix time.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from bus import reasons
from bus.bounds import LARGEST_RATE, SMALLEST_RATE
from collectors.errors import Malformed
from collectors.wire.answer import parse_xml, read_amount, read_as, read_json

_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_COMMA_NUMBER = re.compile(r"[0-9]{1,10}(,[0-9]{1,30})?")
_NOMINAL = re.compile(r"[1-9][0-9]{0,5}")


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Roubles for one dollar, and the day that this is valid for."""

    rate: Decimal
    valid_for: date


class _FrankfurterRate(msgspec.Struct, frozen=True):
    """One object of the array; `rate` is looked at before it is a number, since a text would be read as one."""

    date: date
    base: Literal["USD"]
    quote: Literal["RUB"]
    rate: object


class _ErapiRates(msgspec.Struct, frozen=True):
    """The open endpoint's answer when it is a success."""

    result: Literal["success"]
    base_code: Literal["USD"]
    time_last_update_unix: Annotated[int, msgspec.Meta(ge=0, le=2**33)]
    rates: dict[str, object]


def read_cbr(body: bytes) -> Quote:
    """Read the daily list of the Bank of Russia.

    Args:
        body: The bytes as they came; the XML declares its own encoding.

    Returns:
        The official rate.

    Raises:
        Malformed: Not the list, no dollar in it, or a rate out of `bus.bounds`.
    """
    root = parse_xml(body)
    day = _DAY.fullmatch(root.get("Date", ""))
    dollars = [entry for entry in root.findall("Valute") if entry.findtext("CharCode") == "USD"]
    if root.tag != "ValCurs" or day is None or len(dollars) != 1:
        raise Malformed(reasons.BAD_ANSWER, code="not the daily list")
    value, nominal = dollars[0].findtext("Value") or "", dollars[0].findtext("Nominal") or ""
    if not _COMMA_NUMBER.fullmatch(value) or not _NOMINAL.fullmatch(nominal):
        raise Malformed(reasons.BAD_ANSWER, code="no rate")
    rate = read_amount(value.replace(",", "."), what="rate") / int(nominal)
    try:
        valid_for = date(int(day[3]), int(day[2]), int(day[1]))
    except ValueError:
        raise Malformed(reasons.BAD_ANSWER, code="no date") from None
    return _plausible(rate, valid_for)


def read_frankfurter(body: bytes) -> Quote:
    """Read Frankfurter's /v2/rates for one pair.

    Args:
        body: The whole body.

    Returns:
        The rate.

    Raises:
        Malformed: Not one rate of USD in RUB, or one out of `bus.bounds`.
    """
    rates = read_as(read_json(body), tuple[_FrankfurterRate, ...])
    if len(rates) != 1:
        raise Malformed(reasons.BAD_ANSWER, code="not one rate")
    return _plausible(_number(rates[0].rate), rates[0].date)


def read_erapi(body: bytes) -> Quote:
    """Read ExchangeRate-API's open endpoint.

    Args:
        body: The whole body.

    Returns:
        The rate, valid for the day in UTC of its last update.

    Raises:
        Malformed: Not a success, no rouble in it, or a rate out of `bus.bounds`.
    """
    answer = read_as(read_json(body), _ErapiRates)
    updated = datetime.fromtimestamp(answer.time_last_update_unix, UTC)
    return _plausible(_number(answer.rates.get("RUB")), updated.date())


def _plausible(rate: Decimal, valid_for: date) -> Quote:
    """Return the rate and its day as a Quote; one out of bounds is malformed."""
    if not SMALLEST_RATE <= rate <= LARGEST_RATE:
        raise Malformed(reasons.BAD_ANSWER, code="rate out of bounds")
    return Quote(rate=rate, valid_for=valid_for)


def _number(value: object) -> Decimal:
    """Return a JSON number as a Decimal; anything else is malformed."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Malformed(reasons.BAD_ANSWER, code="no rate")
    return Decimal(value)
