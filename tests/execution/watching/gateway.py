"""Execution with a second venue, which is reached through a gateway that has resets and a weekly login."""

from typing import Any

from bus.messages.venues import BrokerState
from bus.signing import Signer, derive_key
from tests.execution.signals_desk.stage import MASTER
from tests.execution.watching.stage import WatchingStage
from tests.ledger.trading.world import account

CODE = "IBKR"
PROGRAM = "broker-ibkr"


class GatewayStage(WatchingStage):
    """The owner has an account on paper there; its broker says how it is until it is told to be silent.

    Attributes:
        at_gateway: How the broker is; None: it says nothing.
    """

    at_gateway: BrokerState | None = None

    def start(self) -> None:
        """Begin a new life of the program."""
        super().start()
        self._gateway = Signer(derive_key(MASTER, PROGRAM), sender=PROGRAM, to="execution", time=self.time)
        self.link.serve((PROGRAM,))

    def opens_account(self, *, is_live: bool = False, number: str = "DU1234567", who: Any = None) -> str:
        """Let somebody have an account there."""
        person = who or self.boss
        return account(self.ledger, person, f"Far {number}", is_live=is_live, broker=CODE, account_uid=number).uid

    def gateway(self, code: str = "", *, is_connected: bool = False, reason: str = "") -> None:
        """Let the broker be in a state from now on."""
        self.at_gateway = BrokerState(
            broker=PROGRAM,
            boot="1",
            is_connected=is_connected,
            since=self.time.now(),
            code=code,
            reason=reason,
        )
        self.turn(1)

    def turn(self, turns: int = 12) -> None:
        """Let everybody hear, answer and go on."""
        if self.at_gateway is not None:
            opened = self.link.open(self._gateway.sign(self.at_gateway))
            assert opened is not None
            self.orders.handle(*opened)
        super().turn(turns)

    def of_venues(self) -> list[str]:
        """Return what was told of venues."""
        return [text for text in self.told() if "IBKR" in text or "Interactive" in text]

    def passes(self, seconds: float, *, step_s: float = 1.0) -> None:
        """Let time pass, with a turn after each step."""
        left = seconds
        while left > 0:
            self.time.move_on(min(step_s, left))
            left -= step_s
            self.turn(1)
