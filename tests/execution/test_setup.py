"""What must be there before anything can trade: made where it is missing, and left alone where it is not."""

from decimal import Decimal
from typing import Any

import pytest

from bus.chats import ChatIds
from bus.settings import Secret
from execution.settings import Settings
from execution.setup import copy_tokens, give_limits, set_up
from ledger.inbox.opening import Inbox
from ledger.inbox.tokens import token
from ledger.store import Ledger
from ledger.trading.people import users
from ledger.trading.people.accounts import archive_account, list_accounts
from ledger.trading.people.admin_ids import NOBODY, AdminIds
from ledger.trading.people.beginning import begin_on_paper
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import list_strategies, new_version, set_mode, switch_off
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.people.strategy_tokens import token_hash, tokens_in_force
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limit_setting import NewLimit, limits_at_first, set_limit
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.policies import NewPolicy, limits_for, set_policy
from ledger.trading.tables.records import audit_log
from tests.ledger.trading.world import ALICE, BOSS, NOW, ask, do, let_in, principal, rows, uid_of

SECRET, OTHER = "a-secret-of-sixteen", "another-one-of-sixteen"


def settings(**changes: Any) -> Settings:
    """Return execution's settings in a private chat of an admin."""
    usual: dict[str, Any] = {"trading": "paper", "telegram_chat_id": ChatIds((str(BOSS),))}
    return Settings(**{**usual, **changes})


def begin(ledger: Ledger, **changes: Any) -> None:
    """Start with these settings."""
    set_up(ledger, settings(**changes), now=NOW)


def portfolio(ledger: Ledger) -> Portfolio:
    """Return the one portfolio that there is."""
    [found] = ask(ledger, list_portfolios, SYSTEM)
    return found


def strategy(ledger: Ledger) -> Strategy:
    """Return the one strategy that is in force."""
    [found] = ask(ledger, list_strategies, SYSTEM)
    return found


def limits(ledger: Ledger) -> Limits:
    """Return what holds for the portfolio."""
    return ask(ledger, limits_for, SYSTEM, portfolio=portfolio(ledger).uid).limits


def test_an_empty_ledger_gets_all_that_a_first_signal_needs(books: Ledger) -> None:
    begin(books, webhook_secret=Secret(SECRET), language="ru", timezone="Asia/Tokyo")
    [boss] = ask(books, users.list_users, SYSTEM)
    [account] = ask(books, list_accounts, SYSTEM)

    assert (boss.telegram_user_id, boss.role, boss.status) == (BOSS, "admin", "ACTIVE")
    assert (account.broker, account.base_currency, account.is_live, account.user) == ("PAPER", "USD", False, boss.uid)
    assert (portfolio(books).account, portfolio(books).is_default) == (account.uid, True)
    assert (strategy(books).name, strategy(books).mode) == ("default", "manual")
    assert [each.token_hash for each in ask(books, tokens_in_force, SYSTEM)] == [token_hash(SECRET)]


def test_a_second_start_changes_nothing(books: Ledger) -> None:
    told = {"webhook_secret": Secret(SECRET), "default_max_daily_loss": Decimal(500)}
    begin(books, **told)
    before = rows(books, audit_log)
    begin(books, **told)

    assert rows(books, audit_log) == before


def test_what_people_have_set_since_stays(books: Ledger) -> None:
    begin(books, default_max_daily_loss=Decimal(500), trading_default_mode="manual")
    do(books, set_mode, SYSTEM, strategy(books).uid, "closing_only")
    do(books, new_version, SYSTEM, strategy(books).uid, {"amount": "50"})
    mine = NewPolicy(
        scope_type="PORTFOLIO", scope=portfolio(books).uid, name="limits", config={"max_daily_loss": "900"}
    )
    do(books, set_policy, SYSTEM, mine)
    begin(books, default_max_daily_loss=Decimal(100), trading_default_mode="auto")

    assert (strategy(books).mode, strategy(books).version) == ("closing_only", 2)
    assert limits(books).max_daily_loss == Decimal(900)


def test_limits_stay_though_stricter_ones_of_the_user_hide_them_for_a_while(books: Ledger) -> None:
    begin(books)
    [boss] = ask(books, users.list_users, SYSTEM)
    mine = NewPolicy(
        scope_type="PORTFOLIO", scope=portfolio(books).uid, name="limits", config={"max_daily_loss": "900"}
    )
    strict = NewPolicy(scope_type="USER", scope=boss.uid, name="careful", config={"max_daily_loss": "1"})
    do(books, set_policy, SYSTEM, mine)
    do(books, set_policy, SYSTEM, strict)
    before = rows(books, audit_log)
    begin(books, default_max_daily_loss=Decimal(100))

    assert rows(books, audit_log) == before


def test_a_strategy_that_somebody_has_switched_off_stays_off(books: Ledger) -> None:
    begin(books, webhook_secret=Secret(SECRET))
    do(books, switch_off, SYSTEM, strategy(books).uid)
    begin(books, webhook_secret=Secret(SECRET))

    assert ask(books, list_strategies, SYSTEM) == ()
    assert ask(books, tokens_in_force, SYSTEM) == ()


def test_every_portfolio_without_limits_gets_those_of_the_settings_exactly(books: Ledger) -> None:
    begin(books)
    assert limits(books) == Limits()

    begin(
        books, default_max_open_positions=3, default_min_cash_reserve=Decimal(0), default_max_order_value=Decimal("0.1")
    )

    assert limits(books) == Limits(max_open_positions=3, reserve=Decimal(0), max_order_value=Decimal("0.1"))


@pytest.mark.parametrize("who", [BOSS, ALICE])
def test_a_portfolio_of_which_one_limit_was_set_before_execution_saw_it_gets_the_rest(books: Ledger, who: int) -> None:
    begin(books)
    let_in(books, ALICE)
    uid = do(books, begin_on_paper, SYSTEM, uid_of(books, ALICE))
    do(books, set_limit, principal(books, who), NewLimit(portfolio=uid, name="max_daily_buys", value=7))
    given = settings(default_max_open_positions=3, default_max_daily_buys=5)
    for _ in range(2):
        give_limits(books, given, [uid], now=NOW)
    applied = ask(books, limits_for, SYSTEM, portfolio=uid)

    assert applied.limits == Limits(max_open_positions=3, max_daily_buys=7)
    assert [each.set_by_user_id for each in applied.policies] == [principal(books, who).user_id]
    assert ask(books, limits_at_first, SYSTEM, uid) == Limits(max_open_positions=3, max_daily_buys=5)

    do(books, set_limit, principal(books, who), NewLimit(portfolio=uid, name="max_open_positions", value=None))
    give_limits(books, given, [uid], now=NOW)

    assert ask(books, limits_for, SYSTEM, portfolio=uid).limits == Limits(max_daily_buys=7)


def test_a_limit_that_is_new_in_the_settings_is_added_until_somebody_has_set_limits(books: Ledger) -> None:
    begin(books, default_max_open_positions=3)
    begin(books, default_max_open_positions=4, default_buy_amount_usd=Decimal(1000))
    assert limits(books) == Limits(max_open_positions=3, buy_amount=Decimal(1000))

    new = NewLimit(portfolio=portfolio(books).uid, name="buy_amount", value=None)
    do(books, set_limit, principal(books, BOSS), new)
    begin(books, default_buy_amount_usd=Decimal(1000), default_max_daily_buys=5)

    assert limits(books) == Limits(max_open_positions=3)


def test_who_has_put_everything_away_begins_anew_under_another_name(books: Ledger) -> None:
    begin(books)
    do(books, archive_account, SYSTEM, portfolio(books).account)
    begin(books)

    assert portfolio(books).name == "paper 2"


@pytest.mark.parametrize("written", [f"user{ALICE}", str(ALICE)])
def test_the_default_user_may_be_named_by_either_name(books: Ledger, written: str) -> None:
    let_in(books, BOSS, "admin")
    alice = let_in(books, ALICE, "trader")
    begin(books, trading_default_username=written)

    assert [each.uid for each in ask(books, list_portfolios, alice)] == [portfolio(books).uid]


def test_without_anybody_who_may_trade_it_says_what_to_do_and_makes_nothing(
    books: Ledger, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    begin(books, telegram_chat_id=ChatIds(("-1001234",)), telegram_admin_ids=NOBODY)

    assert "nobody may trade yet" in caplog.text + capsys.readouterr().err
    assert ask(books, list_accounts, SYSTEM) == ()


def test_a_group_has_the_admins_that_the_settings_name(books: Ledger) -> None:
    begin(books, telegram_chat_id=ChatIds(("-1001234",)), telegram_admin_ids=AdminIds((BOSS, ALICE)))

    assert {each.telegram_user_id for each in ask(books, users.list_users, SYSTEM)} == {BOSS, ALICE}


def test_another_secret_takes_the_place_of_the_first_also_in_the_inbox(books: Ledger, inbox: Inbox) -> None:
    begin(books, webhook_secret=Secret(SECRET))
    copy_tokens(books, inbox, now=NOW)
    begin(books, webhook_secret=Secret(OTHER))
    listed = copy_tokens(books, inbox, now=NOW)
    with inbox.reading() as connection:
        old, new = token(connection, token_hash(SECRET)), token(connection, token_hash(OTHER))

    assert [each.token_hash for each in listed] == [token_hash(OTHER)]
    assert (old.retired_at, new.retired_at) == (NOW, None)
    assert new.strategy_uid == strategy(books).uid


def test_the_secret_moves_to_the_strategy_that_the_settings_name_now(books: Ledger) -> None:
    begin(books, webhook_secret=Secret(SECRET))
    begin(books, webhook_secret=Secret(SECRET), trading_default_session="other")
    [held] = ask(books, tokens_in_force, SYSTEM)

    assert held.name == "other"
    assert len(ask(books, list_strategies, SYSTEM)) == 2


def test_the_secret_follows_a_strategy_to_its_next_version(books: Ledger) -> None:
    begin(books, webhook_secret=Secret(SECRET))
    do(books, new_version, SYSTEM, strategy(books).uid, {"amount": "50"})
    begin(books, webhook_secret=Secret(SECRET))

    assert [each.strategy_uid for each in ask(books, tokens_in_force, SYSTEM)] == [strategy(books).uid]
