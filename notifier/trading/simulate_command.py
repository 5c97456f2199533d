"""`/simulate`: an alert is read as the webhook reads it, without its secret, and execution says what it would do."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from ledger.inbox.alert import Alert, Fault, read_alert
from ledger.trading.flow import requests
from ledger.trading.flow.records import NewRequest
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategies import list_strategies
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import Principal, must_be_admin
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_orders import WORDS, OrderWords
from notifier.trading.desk import Desk, escaped, place

ANY_AGE_S: Final = int(timedelta(days=3650).total_seconds())
"""An alert that is tried may be of any day: it is read as if it came now."""
SHOWN: Final = 12

log = logger(__name__)


class SimulateCommand:
    """Who answers `/simulate`."""

    def __init__(self, desk: Desk) -> None:
        """Read alerts, and write requests.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk

    def typed(self) -> dict[str, Handler]:
        """Return who answers the command."""
        return {"simulate": self._desk.told(self.simulate)}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button: there is none."""
        return {}

    async def simulate(self, asked: Interaction) -> None:
        """Ask execution what an alert would do; what is wrong with it is said at once."""
        name, brace, rest = " ".join(asked.arguments).partition("{")
        if not brace:
            await self._desk.replies.say(asked.chat_id, self._words.simulate_usage.format())
            return
        raw = f"{brace}{rest}".encode(errors="replace")
        reading = read_alert(raw, now=self._desk.books.now(), max_age_s=ANY_AGE_S)
        lines = [] if reading.secret is None else [self._words.simulate_secret]
        if isinstance(reading.content, Fault):
            lines.insert(0, self._wrong(reading.content))
        else:
            lines.insert(0, self._ask(asked, name.strip(), reading.content))
        await self._desk.replies.say(asked.chat_id, "\n".join(lines))

    def _ask(self, asked: Interaction, name: str, alert: Alert) -> str:
        """Write the request, and return what is answered."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_be_admin(principal)
            mine = place(principal, work.connection)
            known = _strategies(principal, work.connection, mine)
            meant = [each for each in known if each.name == name] if name else known
            if len(meant) != 1:
                names = escaped(", ".join(each.name for each in known[:SHOWN]) or "–")
                return self._words.simulate_which.format(names=names)
            said = {"strategy": meant[0].uid, "alert": dict(alert.body)}
            key = f"update-{asked.update_id}"
            new = NewRequest(kind="simulate", portfolio=mine.uid, key=key, arguments=said)
            request = requests.ask(principal, work, new).request
        log.info("asked of execution", kind="simulate", request=request.uid)
        self._desk.wake(request.uid)
        return self._words.simulate_taken.format(name=escaped(meant[0].name))

    def _wrong(self, fault: Fault) -> str:
        """Return what is wrong with an alert, and the cure."""
        field = f"<code>{escaped(fault.field)}</code>: " if fault.field else ""
        return self._words.simulate_wrong.format(field=field, cure=escaped(fault.cure))

    @property
    def _words(self) -> OrderWords:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]


def _strategies(principal: Principal, connection: Connection, mine: Portfolio) -> Sequence[Strategy]:
    """Return the strategies whose alerts come to a portfolio: its own and, to the default one, those that name none."""
    found = list_strategies(principal, connection, user=mine.user)
    return [each for each in found if each.portfolio == mine.uid or (each.portfolio is None and mine.is_default)]
