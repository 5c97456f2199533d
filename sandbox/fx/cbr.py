"""Pretend Bank of Russia: the daily list of official rates.

Follows cbr.ru/development/SXML (read 2026-11) and answers that users published.

Quirks: windows-1251 with Cyrillic names, decimal commas, rates for `Nominal` units, `VunitRate` in exponent form when
small; a malformed date is a 200 with an error text. The bank's lists are valid from Tuesday to Saturday, Saturday's
holds until Monday, and tomorrow's list shows from the afternoon on.
"""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from sandbox.fx.currencies import CURRENCIES, RATE, Currency, ValidDate
from sandbox.service import Service

MOSCOW = ZoneInfo("Europe/Moscow")
FAULTS = {"ddos": "the page that asks a browser to prove itself; `status` 403 (default) or 200"}
_NEW_LIST_HOUR = 16
_SMALL = Decimal("0.0001")
_LARGEST = Decimal(1_000_000_000)
_DDOS_PAGE = (
    "<!DOCTYPE html><html><head><title>DDoS-Guard</title></head><body><h1>Checking your browser</h1>"
    "<p>Please wait a few seconds. The website will open when this check is complete.</p></body></html>"
)


class State(msgspec.Struct):
    """The Bank of Russia's list.

    Attributes:
        rate: Roubles for one US dollar, with a dot; what is no number appears as it is.
        nominal: The number of dollars that `Value` is stated for.
        vunit_rate: How the dollar's VunitRate is written; "absent" leaves the element out.
        usd: Whether the list has the dollar at all.
        calendar: "every_day" has a list for each day; "moscow" keeps the bank's days and hours.
        valid_date: The list's Date, "yyyy-mm-dd", whatever was asked for; "" for the calendar's.
    """

    rate: str = RATE
    nominal: Annotated[int, msgspec.Meta(ge=1)] = 1
    vunit_rate: Literal["plain", "exponent", "absent"] = "plain"
    usd: bool = True
    calendar: Literal["every_day", "moscow"] = "every_day"
    valid_date: ValidDate = ""


class Cbr:
    """The daily list, in Russian and in English."""

    def __init__(self) -> None:
        """Make the source with the seed's rate."""
        self.state = State()
        routes = [
            web.get("/scripts/XML_daily.asp", self.daily),
            web.get("/scripts/XML_daily_eng.asp", self.daily),
        ]
        self.service = Service("cbr", state=self.state, routes=routes, faults=FAULTS)

    async def daily(self, request: web.Request) -> web.Response:
        """Answer with the list that is valid on `date_req` (DD/MM/YYYY), or with the newest."""
        fault = self.service.take("ddos", request.path)
        if fault is not None:
            return web.Response(status=fault.status or 403, text=_DDOS_PAGE, content_type="text/html")
        wanted = request.query.get("date_req")
        try:
            day = _day(wanted) if wanted else None
        except ValueError:
            return _windows_1251("<ValCurs>Error in parameters</ValCurs>")
        valid_on = date.fromisoformat(self.state.valid_date) if self.state.valid_date else self._valid_on(day)
        entries = "".join(self._entry(currency, english="_eng" in request.path) for currency in CURRENCIES)
        opening = f'<ValCurs Date="{valid_on:%d.%m.%Y}" name="Foreign Currency Market">'
        return _windows_1251(f"{opening}{entries}</ValCurs>")

    def _valid_on(self, wanted: date | None) -> date:
        local = self.service.now().astimezone(MOSCOW)
        today, tomorrow = local.date(), local.date() + timedelta(days=1)
        if self.state.calendar == "every_day":
            return wanted if wanted is not None and wanted <= tomorrow else today
        newest = tomorrow if local.hour >= _NEW_LIST_HOUR else today
        day = min(wanted or newest, newest)
        while day.weekday() in (6, 0):
            day -= timedelta(days=1)
        return day

    def _entry(self, currency: Currency, *, english: bool) -> str:
        dollar = currency.code == "USD"
        if dollar and not self.state.usd:
            return ""
        nominal = self.state.nominal if dollar else currency.nominal
        value, unit_value = _texts(self.state.rate, currency, nominal)
        form = self.state.vunit_rate if dollar else "plain"
        shown = _exponent(unit_value) if form == "exponent" else unit_value
        vunit = "" if form == "absent" else f"<VunitRate>{_comma(shown)}</VunitRate>"
        name = currency.english if english else currency.russian
        return (
            f'<Valute ID="{currency.identity}"><NumCode>{currency.number}</NumCode><CharCode>{currency.code}</CharCode>'
            f"<Nominal>{nominal}</Nominal><Name>{name}</Name><Value>{_comma(value)}</Value>{vunit}</Valute>"
        )


def _texts(rate: str, currency: Currency, nominal: int) -> tuple[str, str]:
    """Return the currency's Value and VunitRate with dots; four places at least, the dollar's never rounded."""
    roubles = _roubles(rate)
    if roubles is None:
        if currency.code == "USD":
            return rate, rate
        roubles = Decimal(RATE)
    value = roubles * currency.in_usd * nominal
    places = max(4, -int(value.as_tuple().exponent)) if currency.code == "USD" else 4
    value = value.quantize(Decimal(1).scaleb(-places))
    unit_value = value / nominal
    text = f"{unit_value.normalize():f}"
    return f"{value:f}", _exponent(text) if abs(unit_value) < _SMALL else text


def _roubles(rate: str) -> Decimal | None:
    try:
        number = Decimal(rate)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _LARGEST else None


def _exponent(text: str) -> str:
    try:
        number = Decimal(text).normalize()
    except InvalidOperation:
        return text
    exponent = number.adjusted()
    return f"{number.scaleb(-exponent):f}E{exponent:+03d}"


def _comma(text: str) -> str:
    return text.replace(".", ",")


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def _windows_1251(root: str) -> web.Response:
    body = f'<?xml version="1.0" encoding="windows-1251"?>{root}'.encode("windows-1251")
    return web.Response(body=body, headers={"Content-Type": "application/xml; charset=windows-1251"})
