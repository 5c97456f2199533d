"""Pretend sources of the USD/RUB rate: the Bank of Russia (`sandbox.fx.cbr`), Frankfurter and ExchangeRate-API.

Follows frankfurter.dev with its published source (2.6) and exchangerate-api.com/docs/free, both read 2026-11.

Quirks: Frankfurter's `/v2/rates` is an array, empty for an unknown provider, `/v2/rate` an object; version 1 knows no
rouble. ExchangeRate-API's errors come with 200. Our guess: the texts of Frankfurter's 422, the body of the other's 429.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import format_datetime
from typing import Literal

import msgspec
from aiohttp import web

from sandbox.fx.cbr import Cbr
from sandbox.fx.currencies import CURRENCIES, RATE, ValidDate
from sandbox.service import Service

ERAPI_RATE = "92.30"
FRANKFURTER_FAULTS = {"code": "the JSON error of HTTP status `code`: 404, 422, 500 or 503 (with Retry-After)"}
ERAPI_FAULTS = {"code": "429, or an error-type: unsupported-code, malformed-request, inactive-account, quota-reached"}
_MESSAGES = {404: "not found", 422: "invalid parameter", 500: "internal server error", 503: "request timed out"}
_RETRY_AFTER_S = "5"
_PROVIDERS = {"CBR", "ECB"}
_EURO_BANK_CODES = {"AUD", "BRL", "CHF", "CNY", "EUR", "HKD", "HUF", "IDR", "INR", "JPY", "KRW", "NOK", "TRY", "USD"}
_UPDATED_AFTER = timedelta(seconds=151)


class FrankfurterState(msgspec.Struct):
    """Frankfurter's rates; `rate` is written into the JSON as it stands, so that it can be null or a string too.

    Attributes:
        rate: Roubles for one US dollar as a JSON literal.
        rub: Whether there is a rouble rate at all.
        calendar: "weekdays" drops Saturday and Sunday, as the real one does.
        valid_date: The rates' date, "yyyy-mm-dd"; "" for the calendar's.
    """

    rate: str = RATE
    rub: bool = True
    calendar: Literal["every_day", "weekdays"] = "every_day"
    valid_date: ValidDate = ""


class ErapiState(msgspec.Struct):
    """ExchangeRate-API's rates; `rate` is written into the JSON as it stands.

    Attributes:
        rate: Roubles for one US dollar as a JSON literal.
        rub: Whether there is a rouble rate at all.
        valid_date: The day of the last update, "yyyy-mm-dd"; "" for today (UTC).
    """

    rate: str = ERAPI_RATE
    rub: bool = True
    valid_date: ValidDate = ""


class Frankfurter:
    """Frankfurter, version 2, and what is left of version 1."""

    def __init__(self) -> None:
        """Make the source with the seed's rate."""
        self.state = FrankfurterState()
        routes = [
            web.get("/v2/rates", self.rates),
            web.get("/v2/rate/{base}/{quote}", self.rate),
            web.get("/v1/latest", self.latest),
            web.get("/{rest:.*}", self.lost),
        ]
        self.service = Service("frankfurter", state=self.state, routes=routes, faults=FRANKFURTER_FAULTS)

    async def rates(self, request: web.Request) -> web.Response:
        """Answer with an array: one object for each quoted currency that the asked providers have."""
        base, quotes = request.query.get("base", "EUR"), request.query.get("quotes", "")
        return self._query(request, base.upper(), [quote for quote in quotes.upper().split(",") if quote])

    async def rate(self, request: web.Request) -> web.Response:
        """Answer with one object."""
        return self._query(request, request.match_info["base"].upper(), [request.match_info["quote"].upper()])

    async def latest(self, request: web.Request) -> web.Response:
        """Answer version 1: the European Central Bank's currencies only, so 404 for the rouble."""
        known = _in_dollars()
        base = request.query.get("base", request.query.get("from", "EUR")).upper()
        asked = request.query.get("symbols", request.query.get("to", "")).upper()
        quotes = (set(asked.split(",")) if asked else _EURO_BANK_CODES) & _EURO_BANK_CODES - {base}
        if base not in _EURO_BANK_CODES or not quotes:
            return _json('{"message":"not found"}', status=404)
        texts = ",".join(f'"{quote}":{_significant(known[base] / known[quote])}' for quote in sorted(quotes))
        day = self._day(None).isoformat()
        return _json(f'{{"amount":1.0,"base":"{base}","date":"{day}","rates":{{{texts}}}}}')

    async def lost(self, request: web.Request) -> web.Response:  # noqa: ARG002 - every other path is unknown
        """Answer an unknown path."""
        return _failure(404)

    def _query(self, request: web.Request, base: str, quotes: list[str]) -> web.Response:
        fault = self.service.take("code", request.path)
        if fault is not None:
            return _failure(int(fault.code))
        known = {"RUB", *_in_dollars()}
        unknown = [code for code in (base, *quotes) if code not in known]
        if unknown:
            return _failure(422, f"invalid currency: {unknown[0]}")
        try:
            wanted = date.fromisoformat(request.query["date"]) if "date" in request.query else None
        except ValueError:
            return _failure(422, "invalid date")
        providers = request.query.get("providers")
        served = providers is None or bool(_PROVIDERS & set(providers.upper().split(",")))
        quoted = [quote for quote in quotes or sorted(known) if quote != base]
        records = list(self._records(base, quoted, self._day(wanted))) if served else []
        if request.path.startswith("/v2/rates"):
            return _json(f"[{','.join(records)}]")
        return _json(records[0]) if records else _failure(404)

    def _records(self, base: str, quotes: list[str], day: date) -> Iterable[str]:
        known = _in_dollars() | {"RUB": 1 / _number_or(self.state.rate, RATE)}
        for quote in quotes:
            if "RUB" in (base, quote) and not self.state.rub:
                continue
            exact = (base, quote) == ("USD", "RUB")
            text = self.state.rate if exact else _significant(known[base] / known[quote])
            yield f'{{"date":"{day.isoformat()}","base":"{base}","quote":"{quote}","rate":{text}}}'

    def _day(self, wanted: date | None) -> date:
        if self.state.valid_date:
            return date.fromisoformat(self.state.valid_date)
        today = self.service.now().date()
        day = min(wanted or today, today)
        while self.state.calendar == "weekdays" and day.weekday() > 4:
            day -= timedelta(days=1)
        return day


class Erapi:
    """ExchangeRate-API's open endpoint, renewed once a day soon after midnight UTC."""

    def __init__(self) -> None:
        """Make the source with the seed's rate."""
        self.state = ErapiState()
        routes = [web.get("/v6/latest/{base}", self.latest)]
        self.service = Service("erapi", state=self.state, routes=routes, faults=ERAPI_FAULTS)

    async def latest(self, request: web.Request) -> web.Response:
        """Answer with all rates of a base currency (only USD is known here), or with an error-type."""
        fault = self.service.take("code", request.path)
        if fault is not None and fault.code == "429":
            return web.Response(status=429, text="Too Many Requests\n")
        if fault is not None:
            return _json(f'{{"result":"error","error-type":"{fault.code}"}}', status=fault.status or 200)
        if request.match_info["base"].upper() != "USD":
            return _json('{"result":"error","error-type":"unsupported-code"}')
        return _json(f'{{"result":"success",{self._heading()},"base_code":"USD","rates":{{{self._rates()}}}}}')

    def _heading(self) -> str:
        updated = self._updated()
        following = updated + timedelta(days=1, seconds=40)
        site = "https://www.exchangerate-api.com"
        return (
            f'"provider":"{site}","documentation":"{site}/docs/free","terms_of_use":"{site}/terms",'
            f'"time_last_update_unix":{int(updated.timestamp())},"time_last_update_utc":"{format_datetime(updated)}",'
            f'"time_next_update_unix":{int(following.timestamp())},"time_next_update_utc":"{format_datetime(following)}",'
            '"time_eol_unix":0'
        )

    def _updated(self) -> datetime:
        now = self.service.now()
        day = date.fromisoformat(self.state.valid_date) if self.state.valid_date else (now - _UPDATED_AFTER).date()
        return datetime.combine(day, time(tzinfo=UTC)) + _UPDATED_AFTER

    def _rates(self) -> str:
        texts = {"USD": "1"} | {code: _significant(1 / worth) for code, worth in _in_dollars().items() if code != "USD"}
        if self.state.rub:
            texts["RUB"] = self.state.rate
        return ",".join(f'"{code}":{text}' for code, text in texts.items())


def create() -> list[Service]:
    """Make the three pretend sources: cbr, frankfurter, erapi."""
    return [Cbr().service, Frankfurter().service, Erapi().service]


def _in_dollars() -> dict[str, Decimal]:
    return {currency.code: currency.in_usd for currency in CURRENCIES}


def _number_or(text: str, otherwise: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(0)
    return number if number.is_finite() and number else Decimal(otherwise)


def _significant(number: Decimal) -> str:
    return f"{number.quantize(Decimal(1).scaleb(number.adjusted() - 5)).normalize():f}"


def _failure(status: int, message: str = "") -> web.Response:
    text = message or _MESSAGES.get(status, "error")
    answer = _json(f'{{"status":{status},"message":"{text}"}}', status=status)
    if status == 503:
        answer.headers["Retry-After"] = _RETRY_AFTER_S
    return answer


def _json(text: str, *, status: int = 200) -> web.Response:
    return web.Response(status=status, text=text, content_type="application/json", charset="utf-8")
