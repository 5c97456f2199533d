"""Coverage never shrinks in silence: not a platform's, and not by one account of several."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.coverage import DAY, jumped
from bus.messages.rounds import Account, Balance, Failure, Part, Platform, Snapshot
from tests.golden_messages import (
    BYBIT,
    CLOSED_AT,
    IBKR,
    LAST_AT,
    LAST_RATE,
    OKX,
    PLATFORMS,
    TBANK,
    account,
    answers,
    answers_with,
    balance,
    balance_of,
    close,
)

replace = msgspec.structs.replace
MOMENT = timedelta(microseconds=1)
TRADING = {"covers": "trading only", "wallets": ("trading",)}


def before(platform: Platform, *, age: timedelta = timedelta(hours=5), **changed: object) -> Balance:
    """Return what was known of a platform before this round."""
    return replace(balance(platform, fetched_at=CLOSED_AT - age), **changed)


def part_of(snapshot: Snapshot, platform: Platform) -> Part:
    """Return a platform's part."""
    return next(part for part in snapshot.parts if part.platform == platform)


def told(known: Balance, *said: Balance) -> Part:
    """Return a platform's part of a round in which it said that, and this was known of it before."""
    platform = next(each for each in PLATFORMS if each.name == known.platform)
    return part_of(close(answers_with(*said), known={known.platform: known}), platform)


def accounts_of(part: Part) -> dict[str, Account]:
    """Return the accounts of a part's balance by their endings."""
    assert part.balance is not None
    return {each.ending: each for each in part.balance.accounts}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda each: each.name)
@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=5), DAY - MOMENT])
def test_who_covered_all_within_the_day_and_covers_less_now_has_failed(platform: Platform, age: timedelta) -> None:
    """Fault N1: less than the whole account, right after all of it."""
    known = before(platform, age=age, wallets=("trading", "funding"))
    part = told(known, replace(balance(platform, "3750"), took_ms=12, tried=("timeout",), **TRADING))

    assert part.balance is None
    assert part.failure == Failure(
        round_id=balance(platform).round_id,
        platform=platform.name,
        reason="no permission",
        code="covers trading only now",
        took_ms=12,
        tried=("timeout",),
    )
    assert part.last_known == known


def test_after_a_day_it_may_cover_less() -> None:
    """Fault N1: after a day."""
    said = replace(balance(BYBIT, "3750"), **TRADING)

    assert told(before(BYBIT, age=DAY), said) == Part(platform=BYBIT, balance=said)


def test_the_day_is_a_day_however_short_a_last_known_number_may_stand_in() -> None:
    """Fault N1: a number that is too old to be shown still says what was covered."""
    played = close(answers_with(replace(balance(BYBIT), **TRADING)), known={"bybit": before(BYBIT)}, max_age_hours=1)
    part = part_of(played, BYBIT)

    assert part.failure is not None
    assert (part.failure.reason, part.last_known) == ("no permission", None)
    assert played.usd.mark == "≥"


@pytest.mark.parametrize(
    ("known", "said", "fails"),
    [
        ({"covers": ""}, {"covers": ""}, False),
        ({"covers": "", "wallets": ("trading", "funding")}, {"covers": "", "wallets": ("trading",)}, False),
        (TRADING, {"covers": ""}, False),
        (TRADING, TRADING, False),
        (TRADING, {"covers": "two wallets", "wallets": ("trading", "funding")}, False),
        (TRADING, {"covers": "funding only", "wallets": ("funding",)}, True),
        ({"covers": "two wallets", "wallets": ("trading", "funding")}, TRADING, True),
        ({"covers": "trading only"}, {"covers": "funding only"}, True),
        ({"covers": "trading only"}, {"covers": "trading only"}, False),
    ],
)
def test_less_is_what_lacks_a_part_that_was_covered(
    known: dict[str, object], said: dict[str, object], fails: bool
) -> None:
    """Fault N1: wallets. They say what is covered only where that is less than all: Bybit leaves empty ones out."""
    part = told(replace(before(OKX), **known), replace(balance(OKX), **said))

    assert (part.balance is None) is fails


def test_a_clock_that_was_set_back_does_not_make_less_believed() -> None:
    known = before(BYBIT, age=-timedelta(minutes=5))
    part = told(known, replace(balance(BYBIT), **TRADING))

    assert (part.balance, part.last_known) == (None, None)


def test_a_failed_platform_keeps_its_coverage_for_the_day() -> None:
    """Fault N1: a failure in between changes nothing."""
    failed = close(answers(failed=["bybit"]), known={"bybit": before(BYBIT)})
    known = part_of(failed, BYBIT).last_known
    assert known is not None

    assert told(known, replace(balance(BYBIT), **TRADING)).failure is not None


def test_an_account_with_a_reason_costs_only_itself_and_has_what_was_last_known_of_it() -> None:
    known = balance_of(TBANK, account("1234", "1000000"), account("4321", "200000"), fetched_at=LAST_AT)
    said = balance_of(TBANK, account("1234", "1034567"), account("4321"))
    part = told(known, said)

    assert part.failure is None
    assert part.balance is not None
    assert part.balance.amount == Decimal(1034567)
    assert accounts_of(part) == {
        "1234": account("1234", "1034567"),
        "4321": replace(account("4321"), last_amount=Decimal(200000), last_fetched_at=LAST_AT),
    }


def test_what_was_last_known_is_carried_from_balance_to_balance_with_the_time_it_was_fetched() -> None:
    read = balance_of(TBANK, account("1234", "1"), account("4321", "2"), fetched_at=CLOSED_AT - timedelta(hours=9))
    said = balance_of(TBANK, account("1234", "3"), account("4321"))
    first = told(read, replace(said, fetched_at=CLOSED_AT - timedelta(hours=4)))
    assert first.balance is not None
    second = told(first.balance, said)

    assert accounts_of(second)["4321"].last_amount == Decimal(2)
    assert accounts_of(second)["4321"].last_fetched_at == read.fetched_at


@pytest.mark.parametrize(("age", "stands_in"), [(DAY - MOMENT, True), (DAY, False), (-MOMENT, False)])
def test_a_last_amount_stands_in_while_it_is_young_when_the_round_closes(age: timedelta, stands_in: bool) -> None:
    known = balance_of(TBANK, account("1234", "1"), account("4321", "2"), fetched_at=CLOSED_AT - age)
    missing = accounts_of(told(known, balance_of(TBANK, account("1234", "3"), account("4321"))))["4321"]

    assert missing.last_amount == (Decimal(2) if stands_in else None)
    assert missing.last_fetched_at == known.fetched_at


def test_nobody_but_the_ledger_says_what_was_last_known() -> None:
    invented = replace(account("4321"), last_amount=Decimal(5), last_fetched_at=LAST_AT)
    part = told(
        balance_of(TBANK, account("1234", "1"), fetched_at=LAST_AT), balance_of(TBANK, account("1234", "1"), invented)
    )

    assert accounts_of(part)["4321"] == account("4321")


@pytest.mark.parametrize(("age", "is_missing"), [(timedelta(hours=5), True), (DAY - MOMENT, True), (DAY, False)])
def test_an_account_that_was_counted_within_the_day_and_is_not_told_of_is_missing(
    age: timedelta, is_missing: bool
) -> None:
    """Fault N1: one account of several."""
    known = balance_of(TBANK, account("1234", "1"), account("4321", "2"), fetched_at=CLOSED_AT - age)
    accounts = accounts_of(told(known, balance_of(TBANK, account("1234", "3"))))

    assert ("4321" in accounts) is is_missing
    if is_missing:
        assert (accounts["4321"].reason, accounts["4321"].last_amount) == ("no permission", Decimal(2))


def test_the_day_of_an_account_that_vanished_is_counted_from_when_it_was_last_read() -> None:
    vanished = replace(account("4321"), last_fetched_at=CLOSED_AT - DAY + timedelta(hours=1))
    known = balance_of(TBANK, account("1234", "1"), vanished, fetched_at=CLOSED_AT - timedelta(hours=2))
    said = balance_of(TBANK, account("1234", "3"))
    within = told(known, said)
    after = told(replace(known, accounts=(known.accounts[0], replace(vanished, last_fetched_at=CLOSED_AT - DAY))), said)

    assert list(accounts_of(within)) == ["1234", "4321"]
    assert list(accounts_of(after)) == ["1234"]


def test_who_told_its_accounts_and_tells_none_now_has_failed() -> None:
    known = balance_of(TBANK, account("1234", "1"), account("4321", "2"), fetched_at=LAST_AT)
    part = told(known, balance(TBANK))

    assert part.balance is None
    assert part.last_known == known


def test_when_all_accounts_fail_the_platform_fails_with_the_first_ones_reason() -> None:
    """Fault N5: all of them."""
    known = balance_of(TBANK, account("1234", "1"), account("4321", "2"), fetched_at=LAST_AT)
    part = told(known, balance_of(TBANK, account("1234", reason="bad answer"), account("4321")))

    assert part.failure is not None
    assert part.failure.reason == "bad answer"
    assert part.last_known == known


def test_a_last_known_number_has_its_accounts_aged_by_the_time_the_round_closes() -> None:
    young, old = (
        replace(account(ending), last_amount=Decimal(2), last_fetched_at=CLOSED_AT - age)
        for ending, age in (("1111", timedelta(hours=23)), ("2222", DAY))
    )
    known = balance_of(TBANK, account("1234", "1"), young, old, fetched_at=LAST_AT)
    played = close(answers(failed=["tbank"]), known={"tbank": known})
    last_known = part_of(played, TBANK).last_known

    assert last_known == replace(known, accounts=(known.accounts[0], young, replace(old, last_amount=None)))
    assert played.rub.mark == "≥"


@pytest.mark.parametrize(
    "said",
    [
        replace(balance_of(TBANK, account("1234", "1"), account("4321", "2")), amount=Decimal(4)),
        balance_of(TBANK, account("1234", "1"), account("1234", "2")),
        balance_of(TBANK, replace(account("1234", "1"), reason="timeout")),
        balance_of(TBANK, account("1234", "1"), replace(account("4321"), reason="")),
        replace(balance_of(TBANK, account("1234", "NaN")), amount=Decimal(1)),
        replace(balance_of(TBANK, account("1234", "1e15"), account("4321", "-1e15")), amount=Decimal(0)),
        balance_of(TBANK, account("1234", "1"), replace(account("4321"), last_amount=Decimal("Infinity"))),
        balance_of(
            TBANK,
            account("1234", "1"),
            replace(account("4321"), last_fetched_at=datetime(2026, 2, 11, 4)),  # noqa: DTZ001 - the fault under test
        ),
    ],
)
def test_accounts_that_cannot_be_true_are_a_bad_answer(said: Balance) -> None:
    """Fault 44: one account of several."""
    part = part_of(close(answers_with(said)), TBANK)

    assert part.balance is None
    assert part.failure is not None
    assert part.failure.reason == "bad answer"


def test_a_reason_that_is_not_on_the_list_is_a_bad_answer_of_its_account() -> None:
    said = balance_of(TBANK, account("1234", "1"), replace(account("4321", reason="<b>strange</b>"), code="77"))

    assert accounts_of(part_of(close(answers_with(said)), TBANK))["4321"] == replace(
        account("4321", reason="bad answer"), code="77"
    )


def test_accounts_that_were_converted_may_differ_by_what_a_division_rounds() -> None:
    thirds = [account(ending, f"{Decimal(100) / 3}") for ending in ("1111", "2222", "3333")]
    said = replace(balance_of(IBKR, *thirds), amount=Decimal(100))

    assert part_of(close(answers_with(said)), IBKR).balance == said


MANY = (account("1111", "100"), account("2222", "900"))


@pytest.mark.parametrize(
    ("known", "said", "is_jump"),
    [
        (MANY, (account("1111", "100"), account("2222")), False),
        ((account("1111", "100"), account("2222")), MANY, False),
        (MANY, (account("1111", "201"), account("2222")), True),
        ((account("1111", "100"), account("2222")), (account("1111", "49"), account("2222", "900")), True),
        (MANY, (account("1111", "100"),), False),
        ((account("1111", "100"),), MANY, True),
        (MANY, (account("1111", "500"), account("2222", "500")), False),
        (
            (account("1111", "100"), replace(account("2222"), last_amount=Decimal(900))),
            (account("1111", "100"), account("2222", "100")),
            True,
        ),
    ],
)
def test_only_what_both_cover_can_jump(known: tuple[Account, ...], said: tuple[Account, ...], is_jump: bool) -> None:
    assert jumped(balance_of(TBANK, *said), balance_of(TBANK, *known)) is is_jump


def test_a_balance_with_a_missing_account_is_not_compared_with_one_that_told_no_accounts() -> None:
    assert not jumped(balance_of(TBANK, account("1111", "1"), account("2222")), balance(TBANK))
    assert jumped(balance_of(TBANK, account("1111", "1"), account("2222", "0")), balance(TBANK))


def test_what_covers_less_is_not_compared_with_what_covered_all() -> None:
    """Fault N1: the jump that is none."""
    assert not jumped(balance(BYBIT), replace(balance(BYBIT, "1"), **TRADING))
    assert not jumped(replace(balance(BYBIT, "1"), **TRADING), balance(BYBIT))


AMOUNTS = st.none() | st.decimals(0, "1e9", places=2)


@given(
    rounds=st.lists(st.lists(AMOUNTS, min_size=3, max_size=3), min_size=1, max_size=6),
    told_of=st.lists(st.sets(st.integers(0, 2)), min_size=6, max_size=6),
)
def test_within_a_day_no_account_that_was_counted_is_ever_lost(
    rounds: list[list[Decimal | None]], told_of: list[set[int]]
) -> None:
    """Fault N1: whatever is read, refused or left out, each account's newest amount is in the sum."""
    known: dict[str, Balance] = {}
    newest: dict[int, Decimal] = {}
    for number, amounts in enumerate(rounds):
        shown = {place: amount for place, amount in enumerate(amounts) if place in told_of[number]}
        said = balance_of(
            TBANK,
            *(account(f"{place}", "" if amount is None else f"{amount}") for place, amount in shown.items()),
            fetched_at=CLOSED_AT - timedelta(hours=20 - number),
        )
        part = part_of(close(answers_with(said), known=known), TBANK)
        if part.balance is not None:
            newest |= {place: amount for place, amount in shown.items() if amount is not None}
            known = {"tbank": part.balance}
            held = {int(each.ending): each.amount or each.last_amount or Decimal(0) for each in part.balance.accounts}

            assert {place: held[place] for place in newest} == newest


def test_a_round_with_missing_accounts_does_not_depend_on_who_answers_first() -> None:
    known = {"tbank": balance_of(TBANK, *MANY, fetched_at=LAST_AT)}
    said = answers_with(balance_of(TBANK, account("1111", "5")))

    assert close(said, known=known, known_rate=LAST_RATE) == close(said[::-1], known=known, known_rate=LAST_RATE)
