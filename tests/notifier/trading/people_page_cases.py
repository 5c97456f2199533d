"""What the pages about people and places are about, for their golden texts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bus.language import Language
from bus.messages.trading import BrokerHealth
from ledger.trading.people.accounts import Account
from ledger.trading.people.brokers import Broker
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.user_rows import User
from notifier.texts.trading_people import WORDS as PEOPLE
from notifier.texts.trading_places import WORDS as PLACES
from notifier.trading.account_marks import Marks
from notifier.trading.people_pages import accounts_page, brokers_page, portfolios_page, users_page

NOW = datetime(2026, 11, 27, 14, 30, 5, tzinfo=UTC)
LONG = "<b>a name of more signs</b> than a line & a phone takes"


def user(number: int, **changes: Any) -> User:
    """Return a user."""
    values: dict[str, Any] = {
        "uid": str(number),
        "telegram_user_id": 4_503_599_627_000_000 + number,
        "username": f"person{number}",
        "role": "trader",
        "status": "ACTIVE",
        "language": "en",
        "timezone": "UTC",
        "chosen_portfolio": None,
        "notifications": {},
        "approved_at": None,
        "created_at": NOW,
    }
    return User(**{**values, **changes})


def account(uid: str, **changes: Any) -> Account:
    """Return an account."""
    values: dict[str, Any] = {
        "uid": uid,
        "user": "1",
        "broker": "PAPER",
        "name": uid,
        "account_uid": None,
        "base_currency": "USD",
        "is_live": False,
        "archived_at": None,
        "created_at": NOW,
    }
    return Account(**{**values, **changes})


def portfolio(uid: str, **changes: Any) -> Portfolio:
    """Return a portfolio."""
    values: dict[str, Any] = {
        "uid": uid,
        "user": "1",
        "account": "paper",
        "name": uid,
        "description": "",
        "is_live": False,
        "is_default": False,
        "archived_at": None,
        "created_at": NOW,
    }
    return Portfolio(**{**values, **changes})


def cases(language: Language) -> dict[str, str]:
    """Return the pages by what they are about."""
    people, places = PEOPLE[language], PLACES[language]
    asked = [user(number, status="REQUESTED", username=LONG) for number in range(22)]
    some = [user(1, role="admin"), user(2, username=LONG, role="viewer"), user(3, status="BLOCKED"), asked[0]]
    accounts = [account("paper"), account("Big <1>", broker="IBKR", is_live=True, base_currency="EUR"), account(LONG)]
    mine = [portfolio("paper", is_default=True), portfolio("coins"), portfolio(LONG, account="Big <1>", is_live=True)]
    brokers = [
        Broker(code="PAPER", name="Paper", paper=3, live=0),
        Broker(code="IBKR", name="Interactive Brokers", paper=0, live=1),
        Broker(code="BINGX", name="BingX", paper=1, live=0),
        Broker(code="OKX", name="OKX", paper=0, live=0),
    ]
    away = BrokerHealth(name="broker-ibkr", state="lost", since=NOW, reason="the Gateway <closed>", breaker_open=True)
    health = [
        BrokerHealth(name="broker-paper", state="connected", since=NOW - timedelta(hours=2)),
        msgspec.structs.replace(away, attempts=3),
    ]
    other = BrokerHealth(name="broker-ibkr", state="refused", number="DU7654321")
    marks = Marks(language=language, lock="old", health=[other])
    own = BrokerHealth(name="broker-ibkr-ann", state="connected", number="DU1234567")
    further = [msgspec.structs.replace(each, program="broker-ibkr-ann") for each in accounts if each.broker == "IBKR"]
    return {
        "users of all kinds": users_page(some, people, zone=UTC),
        "many who wait": users_page(asked, people, zone=UTC),
        "accounts": accounts_page(accounts, mine, places, marks=Marks(language=language)),
        "accounts that are locked or not served": accounts_page(accounts, mine, places, marks=marks),
        "a further account": accounts_page(further, mine, places, marks=Marks(language=language, health=[other, own])),
        "no accounts": accounts_page([], [], places, marks=Marks(language=language)),
        "one portfolio": portfolios_page(mine[:1], accounts, places, in_use="paper"),
        "several portfolios": portfolios_page(mine, accounts, places, in_use="coins"),
        "venues": brokers_page(brokers, health, places, zone=UTC, language=language),
        "venues while execution is silent": brokers_page(brokers, None, places, zone=UTC, language=language),
    }
