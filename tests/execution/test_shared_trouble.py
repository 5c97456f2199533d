"""What several executions on one PostgreSQL tell together of a ledger that cannot be used: once, and each time."""

from bus.chats import ChatIds
from bus.messages.base import Message
from bus.messages.delivery import Alert
from bus.settings import Secret
from execution.__main__ import PATIENCE_S, Execution
from execution.settings import Settings
from ledger.engine import WRITERS
from ledger.inbox.opening import open_inbox
from ledger.store import open_ledger
from tests.execution.signals_desk.stage import LIMITS, MASTER
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW
from tests.postgresql import Server


class Said:
    """What is said on the bus."""

    name = program = "execution"

    def __init__(self) -> None:
        """Have heard nothing."""
        self.alerts: dict[str, str] = {}

    def publish(self, message: Message) -> None:
        """Note an alert; what is said again is the same one."""
        if isinstance(message, Alert):
            self.alerts[message.id] = message.key


def test_a_trouble_is_told_also_when_it_comes_again_within_minutes(postgresql: Server, migrated: str) -> None:
    """Fault T2: the ledger cannot be used, can be, and cannot be again."""
    database = postgresql.new_database(like=migrated)
    url, time, said = postgresql.url(database), FalseTime(NOW), Said()
    settings = Settings(
        trading="paper",
        order_key=Secret(MASTER.hex()),
        telegram_chat_id=ChatIds(("101",)),
        database_url=Secret(url),
        **LIMITS,
    )
    lock, unlock = (f"SELECT pg_advisory_{what}lock({WRITERS})" for what in ("", "un"))
    told: list[list[str]] = []
    with open_inbox(url) as inbox, open_ledger(url, busy_ms=50) as ledger, postgresql.connect(database) as other:
        execution = Execution(settings, ledger, inbox, said, time=time)  # type: ignore[arg-type]  # it publishes

        def passes(seconds: float) -> None:
            time.move_on(seconds)
            execution.turn()
            execution.turn()  # what was raised is said with the next one
            told.append(list(said.alerts.values()))

        for pause_s in (PATIENCE_S, 600.0):
            other.execute(lock)
            execution.desks = None
            passes(2)
            passes(PATIENCE_S + 1)
            passes(pause_s)
            other.execute(unlock)
            passes(2)

    once = ["trading_waits", "trading_goes_on"]
    assert told == [[], once[:1], once[:1], once, once, once, [*once, once[0]], once * 2]
