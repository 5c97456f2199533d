"""The pretend rate sources behave on the wire as the real ones are documented to."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
import requests

from sandbox.fx.service import create
from sandbox.service import Fault, Service

DAILY = "/scripts/XML_daily.asp"
RATES = "/v2/rates?base=USD&quotes=RUB&providers=CBR"


class Sources:
    """The three running sources and a client that knows their ports."""

    def __init__(self, services: list[Service], loop: asyncio.AbstractEventLoop) -> None:
        self.services, self.loop = {service.name: service for service in services}, loop

    def change(self, name: str, **fields: object) -> None:
        self.services[name].change(fields)

    def fault(self, name: str, kind: str, code: str = "", status: int = 0) -> None:
        fault = Fault(kind=kind, code=code, status=status, times=1)
        asyncio.run_coroutine_threadsafe(self.services[name].add(fault), self.loop).result(5)

    def set_clock(self, moment: str) -> None:
        for service in self.services.values():
            service.skew_s = (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()

    def get(self, name: str, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.services[name].port}{path}", timeout=5)

    def text(self, name: str, path: str) -> str:
        return self.get(name, path).text

    def cbr(self, query: str = "", path: str = DAILY) -> ElementTree.Element:
        return ElementTree.fromstring(self.get("cbr", path + query).content)

    def valid_on(self, query: str = "") -> str | None:
        return self.cbr(query).get("Date")


@pytest.fixture
def sources() -> Iterator[Sources]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    services = create()
    for service in services:
        asyncio.run_coroutine_threadsafe(service.start(), loop).result(5)
    running = Sources(services, loop)
    running.set_clock("2026-02-11T09:55:00+00:00")  # a Wednesday, 12:55 in Moscow
    yield running
    for service in services:
        asyncio.run_coroutine_threadsafe(service.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def entry(root: ElementTree.Element, code: str) -> dict[str, str]:
    [valute] = [valute for valute in root.iter("Valute") if valute.findtext("CharCode") == code]
    return {child.tag: child.text or "" for child in valute}


def per_unit(fields: dict[str, str]) -> Decimal:
    return Decimal(fields["Value"].replace(",", ".")) / int(fields["Nominal"])


def test_the_daily_list_is_windows_1251_with_cyrillic_names_and_decimal_commas(sources: Sources) -> None:
    answer = sources.get("cbr", f"{DAILY}?date_req=11/02/2026")
    root = ElementTree.fromstring(answer.content)

    assert answer.headers["Content-Type"] == "application/xml; charset=windows-1251"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="windows-1251"?>')
    assert "Доллар США".encode("windows-1251") in answer.content
    assert entry(root, "USD")["Value"] == entry(root, "USD")["VunitRate"] + "00" == "92,3200"
    assert root.find("Valute[@ID='R01235']") is not None


def test_the_english_list_has_the_same_rates_under_english_names(sources: Sources) -> None:
    russian, english = sources.cbr(), sources.cbr(path="/scripts/XML_daily_eng.asp")

    assert entry(english, "USD") == entry(russian, "USD") | {"Name": "US Dollar"}
    assert len(english) == len(russian) > 20


def test_rates_are_stated_for_one_to_many_units_and_small_ones_in_exponent_form(sources: Sources) -> None:
    root = sources.cbr()
    nominals = {int(valute.findtext("Nominal", "")) for valute in root.iter("Valute")}
    rial = entry(root, "IRR")

    assert {1, 10, 100, 1000, 10000} < nominals
    assert rial["VunitRate"] == "5,15146E-05"
    for code in ("JPY", "VND", "IRR", "EUR"):
        assert per_unit(entry(root, code)) == Decimal(entry(root, code)["VunitRate"].replace(",", "."))


def test_the_dollars_rate_can_be_for_a_hundred_in_exponent_form_or_missing(sources: Sources) -> None:
    sources.change("cbr", rate="101.123456", nominal=100, vunit_rate="exponent")
    hundred = entry(sources.cbr(), "USD")
    sources.change("cbr", vunit_rate="absent")
    bare = entry(sources.cbr(), "USD")
    sources.change("cbr", usd=False)
    codes = {valute.findtext("CharCode") for valute in sources.cbr().iter("Valute")}

    assert (hundred["Value"], hundred["VunitRate"]) == ("10112,345600", "1,01123456E+02")
    assert "VunitRate" not in bare
    assert "USD" not in codes
    assert "EUR" in codes


@pytest.mark.parametrize("rate", ["", "NaN", "abc", "-1", "0", "1e400"])
def test_a_strange_rate_reaches_the_wire_and_breaks_nothing_else(sources: Sources, rate: str) -> None:
    sources.change("cbr", rate=rate)
    sources.change("frankfurter", rate=rate)
    fields = entry(sources.cbr(), "USD")

    assert fields["Value"] != "92,3200"
    assert sources.text("frankfurter", RATES).endswith(f'"rate":{rate}}}]')


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", "11.02.2026"), ("?date_req=08/02/2026", "08.02.2026"), ("?date_req=01/01/2030", "11.02.2026")],
)
def test_by_default_every_day_has_its_list_and_an_unknown_day_the_latest(
    sources: Sources, query: str, shown: str
) -> None:
    assert sources.valid_on(query) == shown


@pytest.mark.parametrize(
    ("moment", "query", "shown"),
    [
        ("2026-02-11T12:59:00+00:00", "", "11.02.2026"),
        ("2026-02-11T13:01:00+00:00", "", "12.02.2026"),  # 16:01 in Moscow: tomorrow's
        ("2026-02-11T13:01:00+00:00", "?date_req=11/02/2026", "11.02.2026"),
        ("2026-02-13T13:01:00+00:00", "", "14.02.2026"),  # Friday afternoon: Saturday's
        ("2026-02-15T09:00:00+00:00", "?date_req=15/02/2026", "14.02.2026"),  # Sunday
        ("2026-02-15T13:01:00+00:00", "", "14.02.2026"),
        ("2026-02-16T09:00:00+00:00", "?date_req=16/02/2026", "14.02.2026"),  # Saturday's holds on Monday
        ("2026-02-16T13:01:00+00:00", "", "17.02.2026"),
        ("2026-02-11T09:00:00+00:00", "?date_req=01/01/2030", "11.02.2026"),
    ],
)
def test_the_moscow_calendar_keeps_the_banks_days_and_hours(
    sources: Sources, moment: str, query: str, shown: str
) -> None:
    sources.change("cbr", calendar="moscow")
    sources.set_clock(moment)

    assert sources.valid_on(query) == shown


def test_a_stated_date_wins_over_every_calendar(sources: Sources) -> None:
    sources.change("cbr", valid_date="2026-01-31")
    sources.change("frankfurter", valid_date="2026-01-31")
    sources.change("erapi", valid_date="2026-01-31")

    assert sources.valid_on("?date_req=11/02/2026") == "31.01.2026"
    assert sources.get("frankfurter", RATES).json()[0]["date"] == "2026-01-31"
    assert sources.get("erapi", "/v6/latest/USD").json()["time_last_update_utc"].startswith("Sat, 31 Jan 2026")


@pytest.mark.parametrize("text", ["2026-02-11", "31/02/2026", "x"])
def test_a_malformed_date_is_an_error_text_with_status_200(sources: Sources, text: str) -> None:
    answer = sources.get("cbr", f"{DAILY}?date_req={text}")

    assert answer.status_code == 200
    assert answer.content.endswith(b"<ValCurs>Error in parameters</ValCurs>")


@pytest.mark.parametrize(("status", "seen"), [(0, 403), (200, 200)])
def test_the_page_against_robots_is_html_and_passes_when_cleared(sources: Sources, status: int, seen: int) -> None:
    sources.fault("cbr", "ddos", status=status)
    answer = sources.get("cbr", DAILY)

    assert (answer.status_code, answer.headers["Content-Type"]) == (seen, "text/html; charset=utf-8")
    assert b"ValCurs" not in answer.content
    assert sources.valid_on() == "11.02.2026"


def test_frankfurters_rates_are_an_array_and_its_rate_an_object(sources: Sources) -> None:
    expected = '{"date":"2026-02-11","base":"USD","quote":"RUB","rate":92.32}'

    assert sources.text("frankfurter", RATES) == f"[{expected}]"
    assert sources.text("frankfurter", "/v2/rate/USD/RUB") == expected
    assert sources.text("frankfurter", "/v2/rate/usd/rub?providers=cbr") == expected


def test_frankfurter_knows_other_pairs_and_days(sources: Sources) -> None:
    pairs = sources.get("frankfurter", "/v2/rates?base=USD&quotes=RUB,EUR&date=2026-02-03").json()
    inverse = sources.get("frankfurter", "/v2/rate/RUB/USD").json()["rate"]

    assert [(pair["quote"], pair["rate"], pair["date"]) for pair in pairs] == [
        ("RUB", 92.32, "2026-02-03"),
        ("EUR", 0.880669, "2026-02-03"),
    ]
    assert inverse == 0.0108319


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/v1/latest?base=USD&symbols=RUB", 404, {"message": "not found"}),
        ("/v2/rate/USD/RUB?providers=XYZ", 404, {"status": 404, "message": "not found"}),
        ("/v2/rates?base=USD&quotes=RUB&providers=XYZ", 200, []),
        ("/v2/rate/USD/XYZ", 422, {"status": 422, "message": "invalid currency: XYZ"}),
        ("/v2/rate/USD/RUB?date=11-02-2026", 422, {"status": 422, "message": "invalid date"}),
        ("/v2/nothing", 404, {"status": 404, "message": "not found"}),
    ],
)
def test_frankfurters_refusals_have_their_own_status_and_body(
    sources: Sources, path: str, status: int, body: object
) -> None:
    answer = sources.get("frankfurter", path)

    assert (answer.status_code, answer.json()) == (status, body)


def test_frankfurter_version_1_still_knows_the_euro_banks_currencies(sources: Sources) -> None:
    answer = sources.get("frankfurter", "/v1/latest?base=USD&symbols=EUR,RUB").json()

    assert answer == {"amount": 1.0, "base": "USD", "date": "2026-02-11", "rates": {"EUR": 0.880669}}


@pytest.mark.parametrize("code", ["404", "422", "500", "503"])
def test_frankfurters_errors_can_be_switched_on(sources: Sources, code: str) -> None:
    sources.fault("frankfurter", "code", code)
    answer = sources.get("frankfurter", RATES)

    assert (answer.status_code, answer.json()["status"]) == (int(code), int(code))
    assert ("Retry-After" in answer.headers) == (code == "503")


def test_frankfurter_can_lack_the_rouble_and_drop_the_weekend(sources: Sources) -> None:
    sources.change("frankfurter", calendar="weekdays")
    sources.set_clock("2026-02-15T09:00:00+00:00")
    sunday = sources.get("frankfurter", RATES).json()[0]["date"]
    sources.change("frankfurter", rub=False)

    assert sunday == "2026-02-13"
    assert sources.get("frankfurter", RATES).json() == []
    assert sources.get("frankfurter", "/v2/rate/USD/RUB").status_code == 404


def test_erapi_lists_all_rates_of_the_dollar_with_its_times(sources: Sources) -> None:
    answer = sources.get("erapi", "/v6/latest/USD").json()
    updated = datetime.fromtimestamp(answer["time_last_update_unix"], UTC)

    assert (answer["result"], answer["base_code"], answer["time_eol_unix"]) == ("success", "USD", 0)
    assert (answer["rates"]["RUB"], answer["rates"]["USD"], answer["rates"]["EUR"]) == (92.3, 1, 0.880669)
    assert updated.date() == date(2026, 2, 11)
    assert answer["time_last_update_utc"] == "Wed, 11 Feb 2026 00:02:31 +0000"
    assert 86_400 <= answer["time_next_update_unix"] - answer["time_last_update_unix"] < 90_000


def test_erapi_refuses_in_its_own_ways(sources: Sources) -> None:
    unknown = sources.get("erapi", "/v6/latest/XYZ")
    sources.fault("erapi", "code", "quota-reached")
    quota = sources.get("erapi", "/v6/latest/USD")
    sources.fault("erapi", "code", "429")
    limited = sources.get("erapi", "/v6/latest/USD")
    sources.change("erapi", rub=False)

    assert (unknown.status_code, unknown.json()) == (200, {"result": "error", "error-type": "unsupported-code"})
    assert (quota.status_code, quota.json()["error-type"]) == (200, "quota-reached")
    assert (limited.status_code, limited.headers["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert "RUB" not in sources.get("erapi", "/v6/latest/USD").json()["rates"]
