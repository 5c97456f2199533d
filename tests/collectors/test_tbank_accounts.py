"""One account of several at T-Bank: what costs that account alone, what costs the platform, and what is a true zero."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from bus import reasons
from bus.settings import Secret
from collectors.accounts import account_key
from collectors.errors import Busy, Denied, Malformed
from collectors.source import Deadline, Reading
from collectors.tbank import Settings, Tbank
from collectors.wire.tbank import read_portfolio
from sandbox.control.client import Sandbox
from sandbox.tbank.service import REFUSALS
from tests.collectors.test_tbank import ENOUGH_S, account, build, money

FIRST, SECOND = "2000123456", "2000654321"
ROUBLES_250 = {"currency": "rub", "units": "250", "nano": 250_000_000}
PLATFORMS = {"40003", "70001", "70002", "70003", "80001"}
"""Codes of the token, of the number of requests and of what passes."""


@pytest.fixture
def tbank(sandbox: Sandbox) -> Tbank:
    return build(sandbox.addresses["tbank"])


def two(sandbox: Sandbox, **second: object) -> None:
    sandbox.set_state("tbank", accounts=[account(FIRST), account(SECOND, **second)])


def amounts(reading: Reading) -> dict[str, Decimal | str]:
    """Tell of each account its amount, or why it has none."""
    return {each.ending: each.reason if each.amount is None else each.amount for each in reading.accounts}


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


# --- which error costs what


def test_every_account_is_told_with_its_amount_and_without_its_number(tbank: Tbank) -> None:
    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert amounts(reading) == {"3456": Decimal(1034567), "4321": Decimal(200000)}
    assert [each.key for each in reading.accounts] == [account_key(FIRST), account_key(SECOND)]


def test_the_only_account_is_told_too(tbank: Tbank, sandbox: Sandbox) -> None:
    """Else nobody would notice that another one is not listed any more."""
    sandbox.set_state("tbank", accounts=[account(FIRST)])

    assert amounts(tbank.fetch(Deadline(ENOUGH_S))) == {"3456": Decimal(100)}


def test_a_blocked_account_is_named_and_the_others_are_shown(
    tbank: Tbank, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault N5: one of two accounts answers 30082."""
    two(sandbox, failure="30082")

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == 100
    assert amounts(reading) == {"3456": Decimal(100), "4321": reasons.NO_PERMISSION}
    assert reading.accounts[1].code == "30082"
    assert 'account="…4321" reason="no permission" code=30082 cure="T-Bank has blocked' in caplog.text


def test_what_stays_missing_is_logged_once_and_its_return_too(
    tbank: Tbank, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="collectors")
    two(sandbox, failure="30082")
    for _ in range(3):
        tbank.fetch(Deadline(ENOUGH_S))
    two(sandbox)

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert caplog.text.count("an account is missing") == 1
    assert caplog.text.count("accounts are back") == 1
    assert reading.amount == 200


@pytest.mark.parametrize("code", [*sorted(REFUSALS.keys() - PLATFORMS - {"30081", "12002"}), "39999"])
def test_a_code_about_one_account_costs_that_account(tbank: Tbank, sandbox: Sandbox, code: str) -> None:
    """Fault N5: its kind. An unknown code too: while the others can be read, it can only be about that one."""
    two(sandbox, failure=code)

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == 100
    assert amounts(reading)["4321"] in {reasons.NO_PERMISSION, reasons.BAD_ANSWER}
    assert reading.accounts[1].code == code


@pytest.mark.parametrize("code", ["70001", "70002", "70003", "80001", "429", "503", "504"])
def test_what_passes_is_asked_again_and_never_called_missing(tbank: Tbank, sandbox: Sandbox, code: str) -> None:
    two(sandbox, failure=code)

    with pytest.raises(Busy):
        tbank.fetch(Deadline(ENOUGH_S))


@pytest.mark.parametrize("kind", ["hang", "reset", "drip"])
def test_a_broken_connection_is_never_called_a_missing_account(tbank: Tbank, sandbox: Sandbox, kind: str) -> None:
    two(sandbox)
    tbank.prefetch(Deadline(ENOUGH_S))
    sandbox.fault("tbank", kind, path="GetPortfolio")

    with pytest.raises(Busy):
        tbank.fetch(Deadline(1.2))


def test_a_token_revoked_between_two_accounts_is_the_platforms(tbank: Tbank, sandbox: Sandbox) -> None:
    two(sandbox, failure="40003")

    with pytest.raises(Denied, match=reasons.BAD_KEY):
        tbank.fetch(Deadline(ENOUGH_S))


@pytest.mark.parametrize("kind", ["garbage", "empty", "truncated"])
def test_a_portfolio_that_cannot_be_read_costs_its_account(tbank: Tbank, sandbox: Sandbox, kind: str) -> None:
    two(sandbox)
    sandbox.fault("tbank", kind, path="GetPortfolio", times=1)

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert amounts(reading) == {"3456": reasons.BAD_ANSWER, "4321": Decimal(100)}


def test_when_no_account_can_be_read_the_platform_fails_with_the_first_ones_reason(
    tbank: Tbank, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.set_state("tbank", accounts=[account(FIRST, failure="30082"), account(SECOND, total=None)])

    with pytest.raises(Denied, match="30082"):
        tbank.fetch(Deadline(ENOUGH_S))

    assert caplog.text.count("an account is missing") == 2


def test_an_account_that_is_closed_though_listed_is_left_out(tbank: Tbank, sandbox: Sandbox) -> None:
    two(sandbox, failure="30081")

    assert amounts(tbank.fetch(Deadline(ENOUGH_S))) == {"3456": Decimal(100)}


def test_a_bank_account_that_is_blocked_is_named(tbank: Tbank, sandbox: Sandbox) -> None:
    two(sandbox, kind="DEBIT", failure="30082")

    assert amounts(tbank.fetch(Deadline(ENOUGH_S)))["4321"] == reasons.NO_PERMISSION


def test_bank_accounts_without_a_portfolio_are_no_zero(tbank: Tbank, sandbox: Sandbox) -> None:
    sandbox.set_state("tbank", accounts=[account(FIRST, kind="DEBIT", failure="50004")])

    with pytest.raises(Denied, match=reasons.NO_PERMISSION):
        tbank.fetch(Deadline(ENOUGH_S))


# --- TBANK_ACCOUNT_ID


@pytest.mark.parametrize("fields", [{"status": "CLOSED"}, {"access": "NO_ACCESS"}, {"kind": "INVEST_BOX"}, None])
def test_a_named_account_that_is_not_open_is_missing_and_not_the_platform(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, fields: dict[str, object] | None
) -> None:
    listed = [account(FIRST)] if fields is None else [account(FIRST), account(SECOND, **fields)]
    sandbox.set_state("tbank", accounts=listed)
    tbank = build(sandbox.addresses["tbank"], accounts=f"{SECOND}, {FIRST}, {FIRST}")

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert amounts(reading) == {"4321": reasons.NO_PERMISSION, "3456": Decimal(100)}
    assert "correct TBANK_ACCOUNT_ID" in caplog.text
    assert SECOND not in caplog.text


def test_when_no_named_account_is_open_the_platform_fails(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    tbank = build(sandbox.addresses["tbank"], accounts="9999999999")

    with pytest.raises(Denied, match=reasons.NO_PERMISSION):
        tbank.fetch(Deadline(ENOUGH_S))

    assert "correct TBANK_ACCOUNT_ID" in caplog.text
    assert "9999999999" not in caplog.text


@pytest.mark.parametrize(("kind", "code"), [("TINKOFF", "30081"), ("DEBIT", "50004")])
def test_a_named_account_is_never_left_out(sandbox: Sandbox, kind: str, code: str) -> None:
    two(sandbox, kind=kind, failure=code)
    tbank = build(sandbox.addresses["tbank"], accounts=f"{FIRST},{SECOND}")

    assert amounts(tbank.fetch(Deadline(ENOUGH_S)))["4321"] == reasons.NO_PERMISSION


# --- unknown kinds


@pytest.mark.parametrize("total", [None, money("0")])
def test_an_account_of_digital_assets_is_added_and_logged(
    tbank: Tbank, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, total: object
) -> None:
    """Fault N4: an account without a total of the portfolio, or with a zero there."""
    caplog.set_level("INFO", logger="collectors")
    two(sandbox, kind="DFA", total=total, dfa=money("250.25"))

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == Decimal("350.25")
    assert 'event="an account of an unknown kind" platform=tbank account="…4321" kind=ACCOUNT_TYPE_DFA' in caplog.text


def test_an_unknown_kind_whose_amount_is_not_told_costs_that_account_only(tbank: Tbank, sandbox: Sandbox) -> None:
    """Fault N4: an unknown shape."""
    two(sandbox, kind="NOVELTY", total=None)

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert reading.amount == 100
    assert amounts(reading)["4321"] == reasons.BAD_ANSWER


def test_an_unknown_kind_with_a_total_is_added(tbank: Tbank, sandbox: Sandbox) -> None:
    two(sandbox, kind="NOVELTY")

    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 200


def test_an_account_of_an_unspecified_status_is_asked_for(tbank: Tbank, sandbox: Sandbox) -> None:
    two(sandbox, status="UNSPECIFIED")

    assert tbank.fetch(Deadline(ENOUGH_S)).amount == 200


@pytest.mark.parametrize(
    ("total", "shares", "amount"),
    [
        ("0", "0", "250.25"),
        ("250.25", "0", "250.25"),
        ("1000", "1000", "1250.25"),
        ("1250.25", "1000", "1250.25"),
        ("-10", "-10", "240.25"),
    ],
)
def test_digital_assets_are_counted_once(total: str, shares: str, amount: str) -> None:
    """Fault N4: beside a total of the portfolio that may or may not hold them, its parts decide."""
    sums = {"totalAmountPortfolio": total, "totalAmountShares": shares}
    answer = body(
        totalAmountDfa=ROUBLES_250, **{name: {"currency": "rub"} | money(text) for name, text in sums.items()}
    )

    assert read_portfolio(answer, FIRST) == Decimal(amount)


@pytest.mark.parametrize(
    "fields",
    [
        {"totalAmountPortfolio": {"currency": "rub", "units": "1000"}, "totalAmountDfa": ROUBLES_250},
        {"totalAmountShares": {"currency": "rub", "units": "7"}, "totalAmountDfa": ROUBLES_250},
        {"totalAmountDfa": ROUBLES_250 | {"currency": "usd"}},
        {"totalAmountDfa": {"currency": "rub"}},
        {"totalAmountDfa": 250.25},
    ],
)
def test_digital_assets_in_doubt_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_portfolio(body(**fields), FIRST)


@pytest.mark.parametrize("novelty", [{"currency": "rub", "units": "5"}, {"currency": "rub", "units": 5}, "5"])
def test_a_total_that_nobody_knows_is_passed_over_in_known_kinds_only(novelty: object) -> None:
    answer = body(totalAmountPortfolio={"currency": "rub", "units": "0"}, totalAmountNovelty=novelty)

    assert read_portfolio(answer, FIRST) == 0
    with pytest.raises(Malformed):
        read_portfolio(answer, FIRST, is_of_known_kind=False)


# --- what is left out


@pytest.mark.parametrize(
    "total",
    [
        {"currency": "", "units": "0"},
        {"currency": "", "units": "0", "nano": 0},
        {"currency": "rub"},
        {"currency": "RUB", "nano": 0},
        {"currency": "rub", "units": "-0"},
        {},
    ],
)
def test_a_zero_that_is_left_out_is_a_zero(total: dict[str, object]) -> None:
    """Fault N6: fields that are zero are left out, or have no currency."""
    assert read_portfolio(body(totalAmountPortfolio=total), FIRST) == 0


@pytest.mark.parametrize(("total", "amount"), [({"units": "7"}, "7"), ({"nano": -5_000_000}, "-0.005")])
def test_a_part_of_a_sum_that_is_left_out_is_a_zero(total: dict[str, object], amount: str) -> None:
    assert read_portfolio(body(totalAmountPortfolio={"currency": "rub"} | total), FIRST) == Decimal(amount)


@pytest.mark.parametrize(
    "fields",
    [
        {"positions": [{"ticker": "SBER"}]},
        {"totalAmountShares": {"currency": "rub", "units": "5"}},
        {
            "totalAmountShares": {"currency": "rub", "units": "5"},
            "totalAmountCurrencies": {"currency": "rub", "units": "-5"},
        },
    ],
)
def test_a_sum_without_a_currency_beside_holdings_is_no_zero(fields: dict[str, object]) -> None:
    """Fault N6: an unset sum looks like a zero, and only the rest of the answer tells them apart."""
    with pytest.raises(Malformed):
        read_portfolio(body(totalAmountPortfolio={"currency": "", "units": "0"}, **fields), FIRST)


def test_a_total_that_is_not_there_at_all_is_no_zero() -> None:
    with pytest.raises(Malformed, match="no total"):
        read_portfolio(body(accountId=FIRST, positions=[]), FIRST)


def test_a_gateway_that_leaves_out_all_zeros_is_read(tbank: Tbank, sandbox: Sandbox) -> None:
    """Fault N6: the same account, as the JSON of proto3 may write it."""
    two(sandbox, total=money("0"))
    sandbox.set_state("tbank", zeros_omitted=True)

    reading = tbank.fetch(Deadline(ENOUGH_S))

    assert amounts(reading) == {"3456": Decimal(100), "4321": Decimal(0)}


def test_a_doubtful_zero_costs_its_account_alone(tbank: Tbank, sandbox: Sandbox) -> None:
    """Fault N6: else that account alone."""
    two(sandbox, total=None)

    assert amounts(tbank.fetch(Deadline(ENOUGH_S))) == {"3456": Decimal(100), "4321": reasons.BAD_ANSWER}


# --- the token


@pytest.mark.parametrize("token", ["t.SANDBOXкey", "t.\udcff", " t.spaced", "t.two\nlines"])
@pytest.mark.parametrize("work", [Tbank.fetch, Tbank.prefetch])
def test_a_token_that_cannot_be_sent_is_a_bad_key(
    sandbox: Sandbox, token: str, work: Callable[[Tbank, Deadline], object]
) -> None:
    """Fault P8: a Cyrillic letter in a token."""
    address = f"{sandbox.addresses['tbank']}/rest"
    tbank = Tbank(Settings(tbank_token=Secret(token), tbank_base_url=address))

    with pytest.raises(Denied, match=reasons.BAD_KEY):
        work(tbank, Deadline(ENOUGH_S))
