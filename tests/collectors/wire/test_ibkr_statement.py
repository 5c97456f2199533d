"""The readers of IBKR's statements, against the pretend platform's bodies and bodies of their own."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.market_calendar import is_business_day, last_business_day, newest_available
from collectors.wire.answer import parse_xml
from collectors.wire.ibkr_accounts import Statement
from collectors.wire.ibkr_service import DENIED, Ordered, Pending, read_order, read_report, refusal
from collectors.wire.ibkr_statement import read_csv, read_xml
from sandbox.ibkr.body import body_of
from sandbox.ibkr.service import MESSAGES
from sandbox.ibkr.statement import Account, Row
from sandbox.ibkr.statement import Statement as Pretended

NOW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)
FORMATS: tuple[Literal["xml", "csv_full", "csv_headers"], ...] = ("xml", "csv_full", "csv_headers")


def one(total: str = "12345.67", *, number: str = "U1234567", currency: str = "USD", model: str = "") -> Account:
    rows = [Row("1", "12298.4412", model), Row("0", total, model)]
    return Account(number, currency, rows)


def pretend(**fields: object) -> bytes:
    """Write a statement as the pretend platform does; one account unless others are given."""
    statement = msgspec.convert({"accounts": [msgspec.to_builtins(one())]}, Pretended)
    for name, value in fields.items():
        setattr(statement, name, value)
    return body_of(statement, NOW)[0]


def reading(body: bytes) -> Statement:
    read = read_report(body, "auto")
    assert isinstance(read, Statement)
    return read


def amount(body: bytes) -> Decimal:
    return sum((account.amount for account in reading(body).accounts if account.amount is not None), Decimal(0))


def nav(rows: str, *, more: str = "") -> bytes:
    return (
        f'<FlexQueryResponse><FlexStatements count="1"><FlexStatement accountId="U1"><EquitySummaryInBase>{rows}'
        f"</EquitySummaryInBase>{more}</FlexStatement></FlexStatements></FlexQueryResponse>"
    ).encode()


def row(total: str, *, day: str = "20261120", more: str = 'currency="USD"') -> str:
    return f'<EquitySummaryByReportDateInBase accountId="U1" reportDate="{day}" total="{total}" {more}/>'


# --- the number


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("out_of_order", [False, True])
@pytest.mark.parametrize("date_format", ["yyyyMMdd", "yyyy-MM-dd"])
def test_the_newest_day_counts_in_any_order_and_layout(layout: str, out_of_order: bool, date_format: str) -> None:
    body = pretend(format=layout, rows_out_of_order=out_of_order, date_format=date_format, extra_sections=True)

    account = reading(body).accounts[0]

    assert (account.amount, account.report_date) == (Decimal("12345.67"), FRIDAY)


@pytest.mark.parametrize("fields", [{"csv_official": True}, {"csv_bom": True}])
@pytest.mark.parametrize("layout", ["csv_full", "csv_headers"])
def test_csv_is_read_as_documented_and_as_captured(layout: str, fields: dict[str, object]) -> None:
    assert amount(pretend(format=layout, **fields)) == Decimal("12345.67")


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("consolidated", [False, True])
def test_several_accounts_are_kept_apart(layout: str, consolidated: bool) -> None:
    accounts = [one("100.5"), one("-20.25", number="U7654321")]

    found = reading(pretend(format=layout, accounts=accounts, consolidated=consolidated)).accounts

    assert [account.amount for account in found] == [Decimal("100.5"), Decimal("-20.25")]
    assert [account.account for account in found] == ["…4567", "…4321"]


@pytest.mark.parametrize("layout", FORMATS)
def test_models_of_one_day_are_summed(layout: str) -> None:
    account = one("100")
    account.rows += [Row("0", "23", "Growth"), Row("1", "7", "Growth")]

    assert amount(pretend(format=layout, accounts=[account])) == 123


@pytest.mark.parametrize("layout", FORMATS)
def test_another_base_currency_is_turned_into_dollars_by_the_days_own_rate(layout: str) -> None:
    body = pretend(
        format=layout, accounts=[one("1000", currency="EUR")], conversion_rates=True, rate_texts={"USD": "0.8"}
    )

    assert amount(body) == 1250


@pytest.mark.parametrize("layout", ["xml", "csv_full"])
def test_accounts_with_different_base_currencies_are_each_turned_into_dollars(layout: str) -> None:
    accounts = [one("100"), one("1000", number="U2", currency="EUR")]

    assert amount(pretend(format=layout, accounts=accounts, rate_texts={"USD": "0.8"})) == 1350


def test_a_rate_to_dollars_multiplies() -> None:
    rate = '<ConversionRates><ConversionRate reportDate="20261120" fromCurrency="EUR" toCurrency="USD" rate="1.25"/>'
    body = nav(row("1000", more='currency="EUR"'), more=f"{rate}</ConversionRates>")

    assert amount(body) == 1250


@pytest.mark.parametrize("layout", FORMATS)
def test_the_base_currency_is_also_found_in_the_account_information(layout: str) -> None:
    body = pretend(format=layout, accounts=[one("1000", currency="EUR")], row_currency=False, rate_texts={"USD": "0.8"})

    assert amount(body) == 1250


@pytest.mark.parametrize("layout", FORMATS)
def test_thousands_commas_are_stripped(layout: str) -> None:
    assert amount(pretend(format=layout, thousands_commas=True, accounts=[one("1234567.89")])) == Decimal("1234567.89")


def test_an_unknown_section_attribute_or_order_changes_nothing() -> None:
    """Fault 47: new fields."""
    more = '<Novelty total="9"/><EquitySummaryInBaseLater><X total="1"/></EquitySummaryInBaseLater>'

    assert amount(nav(row("5", more='currency="USD" novelty="7"'), more=more)) == 5


# --- no number


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("total", ["", "-", "--", "N/A", "NaN", "Infinity", "1e400", "1,2", "12,34.5", "９"])
def test_a_total_that_is_none_is_malformed_and_never_zero(layout: str, total: str) -> None:
    """Fault 44."""
    with pytest.raises(Malformed, match=reasons.BAD_ANSWER):
        reading(pretend(format=layout, total_text=total))


@pytest.mark.parametrize("layout", FORMATS)
def test_a_missing_nav_section_is_named(layout: str) -> None:
    with pytest.raises(Denied, match=reasons.NAV_SECTION_MISSING):
        reading(pretend(format=layout, nav_section="absent", extra_sections=True))


@pytest.mark.parametrize("layout", ["xml", "csv_full"])
def test_an_empty_nav_section_is_a_statement_that_is_not_ready(layout: str) -> None:
    with pytest.raises(Malformed, match=reasons.STATEMENT_NOT_READY):
        reading(pretend(format=layout, nav_section="empty"))


def test_a_closed_account_without_rows_is_left_out() -> None:
    closed = (
        '<FlexStatement accountId="U2"><AccountInformation accountId="U2" currency="USD" dateClosed="20240101"/>'
        "<EquitySummaryInBase/></FlexStatement></FlexStatements>"
    )
    body = nav(row("5")).replace(b'count="1"', b'count="2"').replace(b"</FlexStatements>", closed.encode())

    assert amount(body) == 5


@pytest.mark.parametrize("layout", FORMATS)
def test_without_a_dollar_rate_the_cure_is_named(layout: str) -> None:
    """Fault 48: no rate in a statement."""
    with pytest.raises(Denied, match=reasons.NO_USD_RATE):
        reading(pretend(format=layout, accounts=[one(currency="EUR")], conversion_rates=False))


@pytest.mark.parametrize("rate", ["", "-", "--", "N/A"])
def test_a_blank_dollar_rate_is_a_missing_one(rate: str) -> None:
    with pytest.raises(Denied, match=reasons.NO_USD_RATE):
        reading(pretend(accounts=[one(currency="EUR")], rate_texts={"USD": rate}))


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "1e400", "0,8"])
def test_an_impossible_dollar_rate_is_malformed(rate: str) -> None:
    with pytest.raises(Malformed):
        reading(pretend(accounts=[one(currency="EUR")], rate_texts={"USD": rate}))


def test_the_rate_of_another_day_is_not_used() -> None:
    rate = '<ConversionRates><ConversionRate reportDate="20261119" fromCurrency="EUR" toCurrency="USD" rate="1.25"/>'

    with pytest.raises(Denied, match=reasons.NO_USD_RATE):
        reading(nav(row("1000", more='currency="EUR"'), more=f"{rate}</ConversionRates>"))


def test_an_amount_whose_currency_nobody_says_is_refused() -> None:
    with pytest.raises(Denied, match=reasons.QUERY_INVALID):
        reading(pretend(row_currency=False, account_section=False))


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("date_format", ["MM/dd/yyyy", "MM/dd/yy", "dd/MM/yyyy", "dd/MM/yy", "dd-MMM-yy"])
def test_a_date_that_could_be_two_days_is_refused(layout: str, date_format: str) -> None:
    with pytest.raises(Malformed, match="date format"):
        reading(pretend(format=layout, date_format=date_format))


def test_a_csv_without_headers_is_refused() -> None:
    with pytest.raises(Malformed, match="without column headers"):
        reading(pretend(format="csv_bare"))


@pytest.mark.parametrize("entities", ["billion_laughs", "external"])
def test_entities_are_refused(entities: str) -> None:
    """Fault 43: an entity bomb."""
    with pytest.raises(Malformed, match="not XML"):
        reading(pretend(xml_entities=entities))


@pytest.mark.parametrize(
    "body",
    [
        nav(row("5") + row("5")),
        nav(row("5")).replace(b'count="1"', b'count="2"'),
        nav(row("5", day="20261320")),
        nav(row("5", day="2026-1120")),
        b"<FlexQueryResponse/>",
        b'"BOF","U1"\n"BOA","U1"\n"BOS","EQUT","NAV"\n"HEADER","EQUT","Total","ReportDate"\n',
        b'"ReportDate","Total","Cash"\n"20261120","5"\n',
        b'"ReportDate","Total","Cash\n',
        b"",
        b"\xff\xfe",
        b"<html><body>maintenance</body></html>",
    ],
)
def test_a_report_with_something_twice_or_missing_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        reading(body)


@pytest.mark.parametrize(("layout", "wanted"), [("xml", "csv"), ("csv_full", "xml")])
def test_a_query_of_another_format_than_the_one_set_is_refused(layout: str, wanted: str) -> None:
    with pytest.raises(Denied, match=reasons.QUERY_INVALID):
        read_report(pretend(format=layout), wanted)


# --- the service's own answers


def failure(code: str, status: str = "Fail") -> bytes:
    elements = f"<Status>{status}</Status><ErrorCode>{code}</ErrorCode><ErrorMessage>Try U1234567</ErrorMessage>"
    return f"<FlexStatementResponse timestamp='x'>{elements}</FlexStatementResponse>".encode()


def test_every_published_code_but_two_is_an_error_with_a_known_reason() -> None:
    """Faults 40 and 41."""
    errors = {code: refusal(code) for code in MESSAGES}

    assert all(reasons.is_known(error.reason) for error in errors.values())
    assert {code for code, error in errors.items() if isinstance(error, Denied)} == set(DENIED)
    assert not [code for code, error in errors.items() if isinstance(error, Malformed)]


@pytest.mark.parametrize("status", ["Warn", "Fail"])
def test_the_code_counts_and_not_the_status(status: str) -> None:
    assert isinstance(read_report(failure("1019", status), "csv"), Pending)
    with pytest.raises(Busy, match=reasons.RATE_LIMITED):
        read_order(failure("1018", status))


@pytest.mark.parametrize("code", ["1002", "9999", "wrong"])
def test_an_unknown_code_is_malformed(code: str) -> None:
    with pytest.raises(Malformed):
        read_order(failure(code))


@pytest.mark.parametrize("url", ["", "<Url>https://elsewhere.invalid/</Url>", "<url>https://elsewhere.invalid/</url>"])
def test_the_url_of_an_order_does_not_matter(url: str) -> None:
    body = f"<FlexStatementResponse><Status>Success</Status><ReferenceCode>12</ReferenceCode>{url}"

    assert read_order(f"{body}</FlexStatementResponse>".encode()) == Ordered("12")


@pytest.mark.parametrize("reference", ["", "1 2", "x", "1" * 40])
def test_an_order_without_a_plain_reference_is_malformed(reference: str) -> None:
    body = f"<FlexStatementResponse><Status>Success</Status><ReferenceCode>{reference}</ReferenceCode>"

    with pytest.raises(Malformed):
        read_order(f"{body}</FlexStatementResponse>".encode())


# --- anything at all

ACCOUNTS = [one(), Account("U3000009", closed_on="1"), Account("U7654321"), one("9", number="U5")]
BODIES = [pretend(format=layout, extra_sections=True) for layout in FORMATS] + [failure("1019"), nav(row("5"))]
BODIES += [pretend(format=layout, accounts=ACCOUNTS, breakout_by_day=True) for layout in FORMATS]


def spoiled(body: bytes) -> st.SearchStrategy[bytes]:
    piece = st.sampled_from([b"", b'"', b"<", b">", b"\n", b",", b"&x;", b"\x00", b"\xff", b"-", b"99999999", b"total"])
    places = st.tuples(st.integers(0, len(body)), st.integers(0, 40), piece)
    return places.map(lambda at: body[: at[0]] + at[2] + body[at[0] + at[1] :])


@given(st.one_of(st.binary(), st.text().map(str.encode), *(spoiled(body) for body in BODIES)))
def test_no_body_makes_the_readers_raise_anything_but_their_own_errors(body: bytes) -> None:
    for read in (lambda: read_report(body, "auto"), lambda: read_order(body), lambda: read_csv(body)):
        with contextlib.suppress(PlatformError):
            look_at(read())
    with contextlib.suppress(PlatformError):
        look_at(read_xml(parse_xml(body)))


def look_at(answer: object) -> None:
    """See that a statement has an amount, and each of its accounts either one with its day or a reason."""
    if isinstance(answer, Statement):
        assert any(account.amount is not None for account in answer.accounts)
        assert len({account.key for account in answer.accounts}) == len(answer.accounts)
    for account in answer.accounts if isinstance(answer, Statement) else ():
        assert (account.amount is None) == (account.report_date is None) == bool(account.reason)
        assert account.amount is None or account.amount.is_finite()
        assert not account.reason or reasons.is_known(account.reason)


# --- New York


@pytest.mark.parametrize(
    ("now", "available", "business"),
    [
        ("2026-11-21T09:59:00+00:00", "2026-11-19", "2026-11-20"),
        ("2026-11-21T10:00:00+00:00", "2026-11-20", "2026-11-20"),
        ("2026-11-23T12:00:00+00:00", "2026-11-20", "2026-11-20"),
        ("2026-11-24T04:59:00+00:00", "2026-11-20", "2026-11-20"),
        ("2026-11-24T05:01:00+00:00", "2026-11-20", "2026-11-23"),
        ("2026-11-27T12:00:00+00:00", "2026-11-26", "2026-11-25"),
        ("2026-07-07T08:59:00+00:00", "2026-07-03", "2026-07-06"),
        ("2026-07-07T09:00:00+00:00", "2026-07-06", "2026-07-06"),
    ],
)
def test_which_close_can_be_expected_in_new_york(now: str, available: str, business: str) -> None:
    at = datetime.fromisoformat(now)

    assert newest_available(at).isoformat() == available
    assert last_business_day(at).isoformat() == business


def test_the_exchanges_holidays_of_two_years() -> None:
    published = [
        "2026-01-01",
        "2026-01-19",
        "2026-02-16",
        "2026-04-03",
        "2026-05-25",
        "2026-06-19",
        "2026-07-03",
        "2026-09-07",
        "2026-11-26",
        "2026-12-25",
        "2022-01-17",
        "2022-02-21",
        "2022-04-15",
        "2022-05-30",
        "2022-06-20",
        "2022-07-04",
        "2022-09-05",
        "2022-11-24",
        "2022-12-26",
    ]
    weekdays = [date.fromordinal(day) for day in range(date(2022, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]

    closed = [day.isoformat() for day in weekdays if day.weekday() < 5 and not is_business_day(day)]

    assert {day for day in closed if day[:4] in ("2022", "2026")} == set(published)
