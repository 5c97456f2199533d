"""Pretend Flex statements have the shapes of real ones, and every trap can be set."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from sandbox.ibkr.body import body_of
from sandbox.ibkr.service import create
from sandbox.ibkr.statement import Statement

NAV = "EquitySummaryByReportDateInBase"


class Query:
    """The seed's statement as of a moment; changed as the control API would change it."""

    def __init__(self) -> None:
        [self.service] = create()
        self.moment = datetime(2026, 2, 11, 9, 55, tzinfo=UTC)  # a Wednesday

    def change(self, **fields: object) -> None:
        self.service.change(fields)

    def body(self) -> bytes:
        assert isinstance(self.service.state, Statement)
        return body_of(self.service.state, self.moment)[0]

    def root(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body())

    def nav(self) -> list[tuple[str | None, str | None, str | None]]:
        return [(row.get("accountId"), row.get("reportDate"), row.get("total")) for row in self.root().iter(NAV)]

    def table(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.body().decode("utf-8-sig"))))


@pytest.fixture
def query() -> Query:
    return Query()


@pytest.mark.parametrize(
    ("moment", "lag", "newest"),
    [
        ("2026-02-09T15:00:00+00:00", 0, "20260206"),  # Monday: Friday's close
        ("2026-02-08T15:00:00+00:00", 0, "20260206"),
        ("2026-02-11T03:00:00+00:00", 0, "20260209"),  # still Tuesday in New York
        ("2026-02-11T09:55:00+00:00", 3, "20260205"),
    ],
)
def test_the_newest_close_follows_new_yorks_business_days(query: Query, moment: str, lag: int, newest: str) -> None:
    query.moment = datetime.fromisoformat(moment)
    query.change(lag_business_days=lag)

    assert max(day or "" for _, day, _ in query.nav()) == newest


def test_components_are_triples_that_add_up_to_the_total(query: Query) -> None:
    row = list(query.root().iter(NAV))[-1]
    names = [name for name in row.attrib if f"{name}Long" in row.attrib]

    assert len(names) > 20
    assert Decimal(row.get("cash", "")) + Decimal(row.get("stock", "")) == Decimal("12345.67")
    assert (row.get("totalLong"), row.get("totalShort")) == ("12345.67", "0")


def two_accounts() -> list[dict[str, object]]:
    rows = [{"report_date": "0", "total": "-100.5", "model": "A"}, {"report_date": "0", "total": "7", "model": "B"}]
    dated = [{"report_date": "2026-02-06", "total": "1"}]
    return [{"account_id": "U1", "currency": "EUR", "rows": rows}, {"account_id": "U2", "rows": dated}]


def test_each_account_has_its_own_statement_with_its_own_base_and_rates(query: Query) -> None:
    query.change(accounts=two_accounts())
    root = query.root()
    statements = list(root.iter("FlexStatement"))
    to_euro = {rate.get("fromCurrency"): rate.get("rate") for rate in statements[0].iter("ConversionRate")}

    assert root.find("FlexStatements[@count='2']") is not None
    assert [statement.get("accountId") for statement in statements] == ["U1", "U2"]
    assert [row.get("model") for row in statements[0].iter(NAV)] == ["A", "B"]
    assert to_euro["USD"] == "0.88067"
    assert "EUR" not in to_euro


def test_a_consolidated_statement_carries_all_accounts_rows(query: Query) -> None:
    query.change(accounts=two_accounts(), consolidated=True)
    root = query.root()

    assert [statement.get("accountId") for statement in root.iter("FlexStatement")] == ["-"]
    assert {row.get("accountId") for row in root.iter(NAV)} == {"U1", "U2"}


def test_rates_differ_from_day_to_day_and_can_be_given_or_left_out(query: Query) -> None:
    rates = {rate.get("reportDate"): rate.get("rate") for rate in query.root().iterfind(".//*[@fromCurrency='EUR']")}
    query.change(rate_texts={"EUR": "0"})
    given = {rate.get("rate") for rate in query.root().iterfind(".//*[@fromCurrency='EUR']")}
    query.change(conversion_rates=False)

    assert rates == {"20260209": "1.12414", "20260210": "1.1355"}
    assert given == {"0"}
    assert query.root().find(".//ConversionRates") is None


@pytest.mark.parametrize("text", ["", "-", "--", "N/A", "1E+400"])
def test_only_the_newest_total_can_be_replaced_by_a_text(query: Query, text: str) -> None:
    query.change(total_text=text)

    assert [total for _, _, total in query.nav()] == ["12298.4412", text]


def test_rows_can_come_newest_first_and_with_thousands_commas(query: Query) -> None:
    query.change(rows_out_of_order=True, thousands_commas=True)

    assert [(day, total) for _, day, total in query.nav()] == [("20260210", "12,345.67"), ("20260209", "12,298.4412")]


@pytest.mark.parametrize(
    ("date_format", "shown"), [("yyyy-MM-dd", "2026-02-10"), ("dd/MM/yy", "10/02/26"), ("dd-MMM-yy", "10-Feb-26")]
)
def test_dates_are_written_in_the_querys_format(query: Query, date_format: str, shown: str) -> None:
    query.change(date_format=date_format)

    assert query.nav()[-1][1] == shown


def test_an_unticked_section_is_absent_and_one_without_data_is_empty(query: Query) -> None:
    query.change(nav_section="empty", account_section=False)
    empty = query.root()
    query.change(nav_section="absent")

    assert [len(section) for section in empty.iter("EquitySummaryInBase")] == [0]
    assert empty.find(".//AccountInformation") is None
    assert query.root().find(".//EquitySummaryInBase") is None


def test_the_full_csv_frames_its_sections_and_can_begin_with_a_mark(query: Query) -> None:
    query.change(format="csv_full", csv_bom=True)
    lines = query.table()
    header = next(line for line in lines if line[:2] == ["HEADER", "EQUT"])
    data = [dict(zip(header, line, strict=True)) for line in lines if line[:2] == ["DATA", "EQUT"]]

    assert query.body().startswith(b'\xef\xbb\xbf"BOF",')
    assert [lines[0][0], lines[1][0], lines[-2][0], lines[-1][0]] == ["BOF", "BOA", "EOA", "EOF"]
    assert (len(lines[0]), ["BOS", "EQUT", "Net Asset Value (NAV) in Base"] in lines) == (9, True)
    assert data[-1]["ReportDate"] == "20260210"
    assert (data[-1]["ClientAccountID"], data[-1]["CurrencyPrimary"]) == ("U1234567", "USD")
    assert data[-1]["Total"] == "12345.67"


def test_the_other_csv_layouts_drop_the_frames_and_then_the_headers(query: Query) -> None:
    query.change(format="csv_full", csv_official=True)
    official = query.table()
    query.change(format="csv_headers")
    headers = query.table()
    query.change(format="csv_bare")
    bare = query.table()

    assert (len(official[0]), ["EQUT", "BOS", "Net Asset Value (NAV) in Base"] in official) == (8, True)
    assert ["Date/Time", "FromCurrency", "ToCurrency", "Rate"] in headers
    assert sum("ReportDate" in line and "Total" in line for line in headers) == 1
    assert not any({"Total", "DATA", "BOF", "Rate"} & set(line) for line in bare)
    assert sum("12345.67" in line for line in bare) == 1


def test_rows_can_lack_the_currency_as_they_did_long_ago(query: Query) -> None:
    before = {row.get("currency") for row in query.root().iter(NAV)}
    query.change(row_currency=False)

    assert before == {"USD"}
    assert {row.get("currency") for row in query.root().iter(NAV)} == {None}


def test_extra_sections_hold_other_totals_and_leave_the_value_alone(query: Query) -> None:
    query.change(extra_sections=True)
    root = query.root()

    assert root.find(".//ChangeInNAV[@endingValue='12345.67']") is not None
    assert root.find(".//LaterAddition[@total='888888.88']") is not None
    assert [row.get("levelOfDetail") for row in root.iter("OpenPosition")] == ["SUMMARY", "LOT"]
    assert [row.get("total") for row in root.iter(NAV)] == ["12298.4412", "12345.67"]


def test_breakout_by_day_gives_each_day_a_statement_of_its_own(query: Query) -> None:
    query.change(breakout_by_day=True)

    statements = list(query.root().iter("FlexStatement"))

    assert [(each.get("accountId"), each.get("fromDate"), each.get("toDate")) for each in statements] == [
        ("U1234567", "20260209", "20260209"),
        ("U1234567", "20260210", "20260210"),
    ]
    assert [total for _, _, total in query.nav()] == ["12298.4412", "12345.67"]


@pytest.mark.parametrize(("closed_on", "written"), [(None, ""), ("1", "20260209")])
def test_an_account_without_a_value_has_an_empty_section(query: Query, closed_on: str | None, written: str) -> None:
    query.change(accounts=[{"account_id": "U3000009", "closed_on": closed_on}], breakout_by_day=True)

    [section], [owner] = query.root().iter("EquitySummaryInBase"), query.root().iter("AccountInformation")

    assert len(section) == 0
    assert (owner.get("accountId"), owner.get("dateClosed")) == ("U3000009", written)
