"""What must be there before anything can trade, made at each start where it is missing; what is there is left alone.

The machine's owner is the first admin. The default user has the accounts that the settings name, or else one on paper,
each with a portfolio, the strategy that the common webhook secret belongs to, and the limits of `.env`, until somebody
sets others. The secret itself stays out of the ledger: its hash is there, and, as every strategy's, in the inbox, where
the webhook looks it up.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from bus.log import logger
from bus.messages.venues import BrokerState
from execution.settings import Settings
from execution.venue_accounts import make_accounts, make_proven, tell_of
from ledger.inbox import tokens as inbox_tokens
from ledger.inbox.opening import Inbox
from ledger.inbox.records import Token
from ledger.store import Ledger
from ledger.trading.configuration import written
from ledger.trading.people import strategies, users
from ledger.trading.people.admin_ids import first_admin_ids
from ledger.trading.people.beginning import begin_on_paper
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.people.strategy_tokens import set_token_hash, token_hash, tokens_in_force
from ledger.trading.people.user_rows import Spoken, User, awaited_admins
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.risk.limit_setting import limits_at_first
from ledger.trading.risk.limits import LIMITS
from ledger.trading.risk.policies import NewPolicy, limits_for, set_policy
from ledger.trading.work import Work

FROM_SETTINGS = {
    "buy_amount": "default_buy_amount_usd",
    "max_open_positions": "default_max_open_positions",
    "max_daily_buys": "default_max_daily_buys",
    "max_invested": "default_max_total_investment",
    "max_per_ticker": "default_max_per_ticker",
    "max_daily_loss": "default_max_daily_loss",
    "reserve": "default_min_cash_reserve",
    "max_order_value": "default_max_order_value",
    "max_spread_percent": "default_max_spread_percent",
    "max_orders_per_day": "default_max_orders_per_day",
}
"""The limits of `ledger.trading.risk.limits.Limits`, and the settings that they come from at first."""

log = logger(__name__)


def set_up(ledger: Ledger, settings: Settings, *, now: datetime) -> None:
    """Make what is missing: the first admins, the default user's account, portfolio, strategy, and limits.

    Args:
        ledger: Open, at this program's schema.
        settings: Execution's.
        now: The moment, aware UTC.

    Raises:
        LedgerUnavailable: The ledger cannot be used now.
    """
    with ledger.writing() as connection:
        work = Work(connection, now)
        chats = settings.telegram_chat_id
        awaited = awaited_admins(connection, first_admin_ids(settings.telegram_admin_ids, chats))
        users.first_admins(work, awaited, spoken=Spoken(language=settings.language, timezone=settings.timezone))
        user = _default_user(work, settings)
        if user is None:
            log.warning("nobody may trade yet", cure="set TELEGRAM_ADMIN_IDS, or: make add-user")
            return
        found = make_accounts(work, user.uid, settings)
        portfolio = begin_on_paper(SYSTEM, work, user.uid)
        tell_of(work, portfolio, found)
        _strategy(work, user, portfolio, settings)
        for each in list_portfolios(SYSTEM, connection):
            _limits(work, each.uid, settings)


def add_proven(ledger: Ledger, settings: Settings, state: BrokerState, *, now: datetime) -> bool:
    """Make the account that a broker has proven to serve, where the default user has none at its venue.

    Args:
        ledger: Open.
        settings: Execution's.
        state: What the broker says of itself; connected, with a number.
        now: The moment, aware UTC.

    Returns:
        Whether that is settled; not while there is nobody who trades by default.

    Raises:
        LedgerUnavailable: The ledger cannot be used now.
    """
    with ledger.writing() as connection:
        work = Work(connection, now)
        user = _default_user(work, settings)
        if user is None:
            return False
        found = make_proven(work, user.uid, state)
        tell_of(work, begin_on_paper(SYSTEM, work, user.uid), found)
    return True


def give_limits(ledger: Ledger, settings: Settings, portfolios: Iterable[str], *, now: datetime) -> None:
    """Give portfolios that were made since the start the limits of the settings, where they have none of their own.

    Args:
        ledger: Open.
        settings: Execution's.
        portfolios: Their uids.
        now: The moment, aware UTC.

    Raises:
        LedgerUnavailable: The ledger cannot be used now.
    """
    with ledger.writing() as connection:
        work = Work(connection, now)
        for uid in portfolios:
            _limits(work, uid, settings)


def copy_tokens(ledger: Ledger, inbox: Inbox, *, now: datetime) -> tuple[Token, ...]:
    """Tell the inbox whose secrets are in force; those that are no longer are retired there.

    Args:
        ledger: Open.
        inbox: Open.
        now: The moment, aware UTC.

    Returns:
        The list, by which the caller sees whether it is another one than before.

    Raises:
        LedgerUnavailable: One of the two cannot be used now.
    """
    with ledger.reading() as connection:
        found = tokens_in_force(SYSTEM, connection)
    listed = tuple(Token(token_hash=each.token_hash, strategy_uid=each.strategy_uid, name=each.name) for each in found)
    with inbox.writing() as connection:
        inbox_tokens.put_tokens(Work(connection, now), listed)
    return listed


def _default_user(work: Work, settings: Settings) -> User | None:
    """Return the user who trades by default: the one of that name, else the first active admin; None where none is."""
    active = users.list_users(SYSTEM, work.connection, status="ACTIVE")
    name = settings.trading_default_username
    if name:
        return next((each for each in active if name in {each.username, str(each.telegram_user_id)}), None)
    return next((each for each in active if each.role == "admin"), None)


def _strategy(work: Work, user: User, portfolio: str, settings: Settings) -> None:
    """See that the default strategy is there, and that the common secret is its own."""
    name = settings.trading_default_session
    mine = strategies.list_strategies(SYSTEM, work.connection, user=user.uid, every_version=True)
    found: Strategy | None = next((each for each in mine if each.name == name and each.is_active), None)
    if found is None and any(each.name == name for each in mine):
        return  # somebody has switched it off
    if found is None:
        new = strategies.NewStrategy(
            name=name, portfolio=portfolio, mode=settings.trading_default_mode, params={}, user=user.uid
        )
        found = strategies.create_strategy(SYSTEM, work, new)
    if settings.webhook_secret is not None:
        set_token_hash(SYSTEM, work, found.uid, token_hash(settings.webhook_secret.reveal()))


def _limits(work: Work, portfolio: str, settings: Settings) -> None:
    """Give a portfolio those limits of the settings that it lacks, until somebody has set its limits.

    Who set one before the settings' were given has set that one alone: they get the rest, and keep it as their own.
    """
    applied = limits_for(SYSTEM, work.connection, portfolio=portfolio)
    own = next((each for each in applied.policies if each.name == LIMITS and each.scope_type == "PORTFOLIO"), None)
    setter = None if own is None else own.set_by_user_id
    if setter is not None and limits_at_first(SYSTEM, work.connection, portfolio).set_ones:
        return
    known = {} if own is None else written(own.limits)
    values = {limit: getattr(settings, setting) for limit, setting in FROM_SETTINGS.items()}
    config: dict[str, object] = {
        name: value if isinstance(value, int) else str(value) for name, value in values.items() if value is not None
    }
    if config.keys() - known.keys():
        given = NewPolicy(scope_type="PORTFOLIO", scope=portfolio, name=LIMITS, config={**config, **known})
        if setter is not None:
            set_policy(SYSTEM, work, msgspec.structs.replace(given, config=config))
        set_policy(Principal(user_id=setter, role="admin"), work, given)
