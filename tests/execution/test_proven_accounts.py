"""The account of a venue at which the key alone says whose it is: made once, when its broker has proven its number."""

from decimal import Decimal
from typing import Any

import pytest

from bus.connection import Bus
from bus.messages.venue_accounts import AskAccount
from bus.messages.venue_talk import Order
from bus.messages.venues import BrokerState
from bus.settings import Secret
from bus.signing import Opener, Signer, derive_key
from execution.desks import Desks
from execution.settings import Settings
from ledger.inbox.opening import Inbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.people.accounts import archive_account, list_accounts
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.policies import limits_for
from tests.execution.signals_desk.stage import LIMITS, MASTER, Wire
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import ALICE, BOSS, NOW, account, ask, do, let_in, rows

BROKER = "broker-bingx"
DEMO, LIVE = "VST123456", "123456"


class Trading:
    """Execution's desks without their process, and a broker that says which account it serves."""

    def __init__(self, ledger: Ledger, inbox: Inbox) -> None:
        """Let an admin in, and start."""
        self.ledger, self.inbox, self.time = ledger, inbox, FalseTime(NOW)
        let_in(ledger, BOSS, "admin")
        self.boots = 0
        self.start()

    def start(self) -> None:
        """Begin a new life of the program."""
        self.boots += 1
        self.time.move_on(0.001)
        key = derive_key(MASTER, BROKER)
        self.wire = Wire(Opener(key, sender="execution", to=BROKER, kinds=Order.__args__, time=self.time), BROKER)
        self.signer = Signer(key, sender=BROKER, to="execution", time=self.time)
        settings = Settings(trading="paper", order_key=Secret(MASTER.hex()), **LIMITS)
        bus: Bus = self.wire  # type: ignore[assignment]  # it publishes, no more
        self.desks = Desks(settings, self.ledger, self.inbox, bus, time=self.time)
        self.desks.start()

    def proves(self, number: str, *, is_live: bool | None = None, is_connected: bool = True) -> None:
        """Let the broker say which account it serves, and execution look after what there is."""
        state = BrokerState(
            broker=BROKER,
            boot="1",
            is_connected=is_connected,
            since=self.time.now(),
            number=number,
            proven_live=number == LIVE if is_live is None else is_live,
        )
        self.desks.handle(self.signer.sign(state))
        self.desks.look_after()
        self.desks.turn()

    def accounts(self) -> list[tuple[str, str | None, bool]]:
        """Return the names, numbers and kinds of all accounts, oldest first."""
        return [(each.name, each.account_uid, each.is_live) for each in ask(self.ledger, list_accounts, SYSTEM)]

    def told(self) -> list[str]:
        """Return the messages in the outbox."""
        return [str(each["text"]) for each in rows(self.ledger, outbox)]

    def brokers(self) -> list[tuple[str, str]]:
        """Return how the brokers are that are told of."""
        return [(each.name, each.state) for each in self.desks.state().brokers]


@pytest.fixture
def trading(books: Ledger, inbox: Inbox) -> Trading:
    """Give execution, whose user trades on paper."""
    return Trading(books, inbox)


@pytest.mark.parametrize(("number", "is_live", "kind"), [(DEMO, False, "paper"), (LIVE, True, "live")])
def test_the_account_that_a_broker_proves_is_made_told_and_read_without_a_restart(
    trading: Trading, number: str, is_live: bool, kind: str
) -> None:
    before = trading.brokers()
    trading.proves(number)
    [_, portfolio] = ask(trading.ledger, list_portfolios, SYSTEM)
    limits = ask(trading.ledger, limits_for, SYSTEM, portfolio=portfolio.uid).limits

    assert before == [("broker-paper", "silent")]
    assert trading.accounts() == [("paper", None, False), ("bingx", number, is_live)]
    assert (portfolio.name, portfolio.is_default, limits.buy_amount) == ("bingx", False, Decimal(1000))
    assert len(trading.told()) == 1
    assert f"The account {number} ({kind}) at BINGX is here now, as the portfolio bingx" in trading.told()[0]
    assert [each.account for each in trading.wire.ever if isinstance(each, AskAccount)] == [portfolio.account]
    assert ("broker-bingx", "connected") in trading.brokers()


def test_it_is_made_once_whatever_is_said_again_and_however_often_execution_starts(trading: Trading) -> None:
    trading.proves(DEMO)
    trading.proves(DEMO)
    trading.start()
    trading.proves(DEMO)

    assert trading.accounts() == [("paper", None, False), ("bingx", DEMO, False)]
    assert len(trading.told()) == 1


@pytest.mark.parametrize(
    "said",
    [{"number": ""}, {"number": DEMO, "is_connected": False}, {"number": DEMO, "is_live": True}],
    ids=["no number", "not connected", "of the other kind"],
)
def test_nothing_is_made_of_what_proves_no_account(trading: Trading, said: dict[str, Any]) -> None:
    trading.proves(**said)

    assert trading.accounts() == [("paper", None, False)]
    assert trading.told() == []
    assert trading.brokers() == [("broker-paper", "silent")]


def test_another_number_than_the_known_accounts_is_not_served_and_not_made(trading: Trading) -> None:
    trading.proves(DEMO)
    trading.proves(LIVE)
    health = next(each for each in trading.desks.state().brokers if each.name == BROKER)

    assert trading.accounts() == [("paper", None, False), ("bingx", DEMO, False)]
    assert (health.state, health.code) == ("refused", "not_served")


def test_an_account_that_was_put_away_is_not_made_again_and_that_is_told_once(trading: Trading) -> None:
    trading.proves(DEMO)
    [_, mine] = ask(trading.ledger, list_accounts, SYSTEM)
    do(trading.ledger, archive_account, SYSTEM, mine.uid)
    for _ in range(2):
        trading.start()
        trading.proves(DEMO)

    assert trading.accounts() == [("paper", None, False)]
    assert len(trading.told()) == 2
    assert "was archived here" in trading.told()[-1]
    assert "Take the key out of .env" in trading.told()[-1]


def test_an_account_that_another_user_has_is_not_made_and_that_is_told_once(books: Ledger, inbox: Inbox) -> None:
    account(books, let_in(books, ALICE), "hers", broker="BINGX", account_uid=DEMO)
    trading = Trading(books, inbox)
    for _ in range(2):
        trading.proves(DEMO)
        trading.start()

    assert trading.accounts() == [("hers", DEMO, False), ("paper", None, False)]
    assert len(trading.told()) == 1
    assert "another user here has that account" in trading.told()[0]


def test_an_account_with_a_number_is_spoken_of_with_its_own_broker_alone(trading: Trading) -> None:
    trading.proves(DEMO)
    said = len(trading.wire.ever)
    trading.start()
    trading.desks.turn()
    unproven = list(trading.wire.ever)
    trading.proves(DEMO)

    assert said > 0
    assert unproven == []
    assert [each for each in trading.wire.ever if isinstance(each, AskAccount)]
