"""One account of several at IBKR: read by its newest day, or missing alone, with its cure; and what a restart keeps."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bus import reasons
from collectors.accounts import account_key
from collectors.errors import Busy, Denied, Malformed
from collectors.ibkr import Ibkr
from collectors.ibkr_flex_state import RUNS_AHEAD, TOO_OLD
from collectors.market_calendar import newest_available
from collectors.source import Deadline, Reading
from collectors.wire.ibkr_accounts import FUTURE_REPORT, NO_ROW, AccountValue
from sandbox.control.client import Sandbox
from tests.collectors.contracts.subject import ENOUGH_S
from tests.collectors.flex import FRIDAY, Clock, account, follow, steps
from tests.collectors.wire.test_ibkr_statement import FORMATS, nav, one, pretend, reading, row

SECOND = "U3000009"
CURE = "take it out of the query; tick Account Information"


def told(found: Reading) -> dict[str, Decimal | str]:
    """Tell of each account its amount, or why it has none."""
    return {each.ending: each.reason if each.amount is None else each.amount for each in found.accounts}


def of(body: bytes) -> dict[str, tuple[Decimal | None, date | None, str]]:
    return {each.account: (each.amount, each.report_date, each.code) for each in reading(body).accounts}


def two(sandbox: Sandbox, **second: object) -> None:
    sandbox.set_state("ibkr", accounts=[account(), account("100") | {"account_id": SECOND} | second])


def rows(*totals: str, since: int = 0) -> list[dict[str, str]]:
    """Make rows of the days before the newest close, the oldest first."""
    days = range(since + len(totals) - 1, since - 1, -1)
    return [{"report_date": str(day), "total": total} for day, total in zip(days, totals, strict=True)]


def statement(number: str, inside: str) -> str:
    return f'<FlexStatement accountId="{number}">{inside}</FlexStatement>'


def report(*statements: str) -> bytes:
    count, inside = len(statements), "".join(statements)
    return f'<FlexQueryResponse><FlexStatements count="{count}">{inside}</FlexStatements></FlexQueryResponse>'.encode()


def days(*closes: tuple[str, str], currency: str = "USD") -> str:
    """Write an account's section with a row for each day."""
    found = "".join(row(total, day=day, more=f'currency="{currency}"') for day, total in closes)
    return f"<EquitySummaryInBase>{found}</EquitySummaryInBase>"


def nav_of(number: str, total: str) -> str:
    return f"<EquitySummaryInBase>{row(total).replace('U1', number)}</EquitySummaryInBase>"


# --- several statements of one account


def test_one_account_in_several_statements_is_read_by_its_newest_day() -> None:
    """Fault N2: "Breakout by Day", with two statements of one account."""
    body = report(statement("U1", days(("20250102", "159000"))), statement("U1", days(("20250103", "162500"))))

    assert of(body) == {"…U1": (Decimal(162500), date(2025, 1, 3), "")}


def test_the_day_before_may_stand_in_the_newer_statement_too() -> None:
    first, second = ("20250102", "159000"), ("20250103", "162500")

    assert of(report(statement("U1", days(first, second)), statement("U1", days(first))))["…U1"][0] == 162500


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_accounts_broken_out_by_day_are_read_in_every_layout(layout: str, currency: str) -> None:
    """Fault N2: its kind."""
    accounts = [one("1000", currency=currency), one("-20.25", number=SECOND)]
    body = pretend(format=layout, breakout_by_day=True, accounts=accounts[: 1 if layout == "csv_headers" else 2])

    found = of(body)

    assert len(found) == len(accounts[: 1 if layout == "csv_headers" else 2])
    assert found["…4567"][1] == date(2026, 11, 20)
    assert round(found["…4567"][0] or 0) in {1000, 1135, 1136}


def test_a_day_that_stands_in_two_statements_costs_that_account_alone() -> None:
    twice = statement("U1", days(("20250103", "5")))
    body = report(twice, twice, statement("U22", nav_of("U22", "7")))

    assert of(body) == {"…U1": (None, None, "a NAV row stands twice"), "…U22": (Decimal(7), date(2026, 11, 20), "")}


# --- an account without a value


@pytest.mark.parametrize("account_section", [True, False])
@pytest.mark.parametrize("layout", ["xml", "csv_full"])
def test_an_emptied_account_costs_itself_alone(layout: str, account_section: bool) -> None:
    """Fault N3: an empty section of one account."""
    accounts = [one(), one(number=SECOND)]
    accounts[1].rows.clear()

    found = of(pretend(format=layout, accounts=accounts, account_section=account_section))

    assert found == {"…4567": (Decimal("12345.67"), date(2026, 11, 20), ""), "…0009": (None, None, NO_ROW)}


def test_an_emptied_account_is_known_from_its_information_where_no_section_tells_of_it() -> None:
    """Fault N3: a CSV without section codes has nothing else of such an account."""
    accounts = [one(), one(number=SECOND)]
    accounts[1].rows.clear()

    assert of(pretend(format="csv_headers", accounts=accounts))["…0009"] == (None, None, NO_ROW)


def test_the_one_account_of_a_csv_without_numbers_is_not_missing_beside_itself() -> None:
    """Account ID is not ticked in the NAV section: who owns a row is not told."""
    body = (
        b'"ClientAccountID","CurrencyPrimary","DateOpened"\n"U1","USD","20200102"\n'
        b'"ReportDate","Total","Cash"\n"20261120","5","5"\n'
    )

    assert of(body) == {"…": (Decimal(5), date(2026, 11, 20), "")}


def test_an_emptied_account_is_written_as_ibkr_writes_it() -> None:
    """Fault N3: the shortest form."""
    body = report(statement("U22", nav_of("U22", "7")), statement(SECOND, "<EquitySummaryInBase/>"))

    assert of(body) == {"…U22": (Decimal(7), date(2026, 11, 20), ""), "…0009": (None, None, NO_ROW)}


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("kept", [0, 1])
def test_an_account_that_says_that_it_is_closed_is_left_out(layout: str, kept: int) -> None:
    accounts = [one(), one(number=SECOND)]
    accounts[1].closed_on = "1"
    accounts[1].rows = accounts[1].rows[:kept]

    assert set(of(pretend(format=layout, accounts=accounts))) == {"…4567"}


def test_an_account_closed_on_the_last_day_still_counts() -> None:
    accounts = [one(), one("0", number=SECOND)]
    accounts[1].closed_on = "0"

    assert of(pretend(accounts=accounts))["…0009"] == (Decimal(0), date(2026, 11, 20), "")


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<CashReport/>", reasons.NAV_SECTION_MISSING),
        (days(("20261120", "5"), currency="EUR"), reasons.NO_USD_RATE),
        (days(("20261120", "5"), currency=""), reasons.QUERY_INVALID),
        (days(("20261120", "--")), reasons.BAD_ANSWER),
        (days(("11/20/2026", "5")), reasons.BAD_ANSWER),
    ],
)
def test_an_account_whose_rows_cannot_be_read_costs_itself_alone(inside: str, reason: str) -> None:
    """Fault N3: its kind. Alone, the same account fails the platform."""
    bad, good = statement("U3", inside.replace("U1", "U3")), statement("U22", nav_of("U22", "7"))

    found = {each.account: each.reason for each in reading(report(bad, good)).accounts}

    assert found == {"…U3": reason, "…U22": ""}
    with pytest.raises((Denied, Malformed), match=reason):
        reading(report(bad))


def test_when_no_account_can_be_read_the_first_ones_reason_is_told() -> None:
    broken = statement("U3", days(("20261120", "N/A")).replace("U1", "U3"))

    with pytest.raises(Malformed, match=reasons.STATEMENT_NOT_READY):
        reading(report(statement(SECOND, "<EquitySummaryInBase/>"), broken))


def test_accounts_are_told_by_what_stands_for_their_number() -> None:
    assert reading(nav(row("5"))).accounts == (
        AccountValue(account="…U1", key=account_key("U1"), amount=Decimal(5), report_date=date(2026, 11, 20)),
    )


# --- from round to round


def test_a_missing_account_is_told_with_its_cure_once(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault N3: the account's last digits and the cure, in the log."""
    two(sandbox, rows=[])
    ibkr = make_ibkr()

    found = [ibkr.fetch(Deadline(ENOUGH_S)) for _ in range(3)]

    assert [each.amount for each in found] == [Decimal("12345.67")] * 3
    assert told(found[0]) == {"4567": Decimal("12345.67"), "0009": reasons.STATEMENT_NOT_READY}
    assert found[0].close_of is None
    assert caplog.text.count("an account is missing") == 1
    assert 'account="…0009" reason="statement not ready"' in caplog.text
    assert CURE in caplog.text


def test_the_only_account_without_a_value_is_told_with_the_cure_too(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.set_state("ibkr", nav_section="empty")

    with pytest.raises(Malformed, match=reasons.STATEMENT_NOT_READY):
        make_ibkr().fetch(Deadline(ENOUGH_S))

    assert CURE in caplog.text


def test_a_restart_keeps_which_account_is_missing(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    """Fault N3: over a restart."""
    two(sandbox, rows=[])
    first = make_ibkr().fetch(Deadline(ENOUGH_S))
    sandbox.fault("ibkr", "refuse")

    assert make_ibkr().fetch(Deadline(ENOUGH_S)) == first


def test_an_account_that_was_only_late_is_found_an_hour_later(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    two(sandbox, rows=[])
    ibkr = make_ibkr()
    ibkr.fetch(Deadline(ENOUGH_S))
    two(sandbox)
    flex_clock.advance(hours=1, minutes=1)

    assert told(ibkr.fetch(Deadline(ENOUGH_S))) == {"4567": Decimal("12345.67"), "0009": Decimal(100)}


def test_an_account_that_is_gone_for_ever_is_not_looked_for_all_day(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    two(sandbox, rows=[])
    ibkr = make_ibkr()
    for _ in range(60):
        ibkr.fetch(Deadline(ENOUGH_S))
        flex_clock.advance(minutes=15)

    assert steps(sandbox).count("SendRequest") == RUNS_AHEAD


def test_an_account_that_lags_behind_dates_the_line(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    two(sandbox, rows=rows("100", since=1))

    found = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert told(found) == {"4567": Decimal("12345.67"), "0009": Decimal(100)}
    assert found.close_of == date.fromisoformat(FRIDAY)


def test_an_account_whose_own_close_is_too_old_is_missing_alone(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault N3: an account that stopped, in a query of more than a day, never comes back by itself."""
    two(sandbox, rows=rows("90", "100", since=4))

    found = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert told(found) == {"4567": Decimal("12345.67"), "0009": reasons.STATEMENT_NOT_READY}
    assert (found.accounts[1].code, found.close_of) == (TOO_OLD, None)
    assert CURE in caplog.text


def test_a_day_to_come_costs_its_account_alone(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    to_come = (flex_clock().date().replace(year=flex_clock().year + 1)).isoformat()
    two(sandbox, rows=[{"report_date": to_come, "total": "5"}])

    found = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert found.amount == Decimal("12345.67")
    assert found.accounts[1].code == FUTURE_REPORT


def test_a_newer_statement_counts_though_one_of_its_accounts_lags(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    two(sandbox, rows=[])
    ibkr = make_ibkr()
    ibkr.fetch(Deadline(ENOUGH_S))
    two(sandbox, rows=rows("100", since=1))
    flex_clock.advance(hours=1, minutes=1)

    assert told(ibkr.fetch(Deadline(ENOUGH_S)))["0009"] == 100


def test_a_memory_of_an_older_version_is_shown_until_the_next_statement(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, tmp_path: Path
) -> None:
    make_ibkr().fetch(Deadline(ENOUGH_S))
    memory = json.loads((tmp_path / "ibkr.json").read_bytes())
    memory["accounts"] = [
        {name: each[name] for name in ("account", "amount", "report_date")} for each in memory["accounts"]
    ]
    (tmp_path / "ibkr.json").write_text(json.dumps(memory))
    before = steps(sandbox)

    found = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert (found.amount, found.accounts) == (Decimal("12345.67"), ())
    assert steps(sandbox) == before


# --- what does not heal by itself, and what does


def test_no_statement_for_the_period_is_not_yet_where_there_was_one(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    ibkr = make_ibkr()
    first = ibkr.fetch(Deadline(ENOUGH_S))
    before = newest_available(flex_clock())
    while newest_available(flex_clock()) == before:
        flex_clock.advance(hours=1)
    follow(flex_clock, sandbox)
    sandbox.fault("ibkr", "code", code="1003")

    found = ibkr.fetch(Deadline(ENOUGH_S))

    assert found.amount == first.amount
    assert found.close_of is not None
    flex_clock.advance(days=6)
    with pytest.raises(Denied, match=reasons.QUERY_INVALID):
        ibkr.fetch(Deadline(ENOUGH_S))


def test_a_pause_of_a_day_that_the_service_asks_for_does_not_end_at_once(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.fault("ibkr", "status", status=429, headers={"Retry-After": "86400"})
    for _ in range(12):
        with pytest.raises(Busy, match=reasons.RATE_LIMITED):
            make_ibkr().fetch(Deadline(ENOUGH_S))
        flex_clock.advance(minutes=15)

    assert steps(sandbox) == ["SendRequest"]


@pytest.mark.parametrize("token", ["123кey", "\udcff12"])
def test_a_token_that_is_not_ascii_is_a_bad_key_and_never_sent(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    """Fault P8: at IBKR."""
    with pytest.raises(Denied, match=reasons.BAD_KEY):
        make_ibkr(token=token).fetch(Deadline(ENOUGH_S))

    assert steps(sandbox) == []
    assert "copy IBKR_FLEX_TOKEN anew" in caplog.text
