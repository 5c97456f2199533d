"""A whole system that trades at Interactive Brokers on paper, through the pretend gateway, and its chat.

with at_gateway(home) as stage:
    stage.buy("1", symbol="AAPL")
    stage.wait_done("1")
    stage.must_agree()
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from sandbox.control.client import Sandbox, start
from sandbox.system import supervised
from sandbox.telegram.chat import Sent
from tests.faults.trading.system import SETTINGS, Stage, prepared
from tests.notifier.trading.stage import buttons, first_button
from tests.running import flat

GATEWAY = "ibgateway"
ACCOUNT = "DU1234567"
ANSWER_S = 30.0
ANYTHING = re.compile("")
BEGINS = {
    "/status": re.compile("Trading: "),
    "/positions": re.compile(r"ib · paper|ib: |Nothing is held"),
    "/pnl": re.compile("P&L"),
    "/pnl_week": re.compile("P&L"),
    "/market": re.compile("Markets"),
    "/queue": re.compile("ib · paper"),
    "/settings": re.compile("Settings"),
    "/pause": re.compile("⏸"),
    "/kill": re.compile("🛑|⚠ NOT"),
    "/clear_queue": re.compile("Nothing waits"),
    "/mode": re.compile("default: "),
}
"""How answers begin; notices may come between."""
LIMITS = {"DEFAULT_BUY_AMOUNT_USD": "600"}
"""Enough for two shares."""


class Fill(msgspec.Struct):
    """An execution, as the gateway has it."""

    id: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    commission: Decimal
    ref: str = ""


class AtGateway(msgspec.Struct):
    """What the gateway has; amounts in USD."""

    positions: Mapping[str, Decimal]
    cash: Decimal
    executions: list[Fill]
    orders: list[Mapping[str, object]]
    clients: list[int]


class IbStage(Stage):
    """The system, with the gateway in its world."""

    def __init__(self, home: Path, world: Sandbox, port: int) -> None:
        """Watch a system in a folder."""
        super().__init__(home, world, port)
        self.programs = ("hub", "clock", "aggregator", "notifier", "sentinel", "webhook", "execution", "broker-ibkr")

    def wait_well(self) -> None:
        """Wait until everybody runs, and execution can trade."""
        self.wait_until(lambda: all(map(self.system.pid, self.programs)), what="everybody runs")
        self.wait_until(lambda: self._health() == "pass", what="the webhook says that all is well")

    def gateway(self) -> AtGateway:
        """Return what the gateway has now."""
        return self.world.ask("GET", f"/{GATEWAY}", kind=AtGateway)

    def order_gateway(self, what: str, **told: object) -> None:
        """Order something of the gateway, such as a trade by hand."""
        self.world.ask("POST", f"/{GATEWAY}/{what}", kind=object, body=told)

    def told(self, text: str) -> str:
        """Type something, and return what is answered, each line as it stands."""
        command = text.split(maxsplit=1)[0]
        begins = BEGINS.get(command, ANYTHING)
        typed = self.world.type(text).message_id
        answer = self.world.wait_for_message(
            lambda each: each.message_id > typed and bool(begins.match(each.text)), timeout_s=ANSWER_S
        )
        return answer.text

    def asked_all(self, text: str, count: int) -> str:
        """Type something that so many messages answer; return all of them."""
        typed = self.world.type(text).message_id
        found: list[Sent] = []

        def are_there() -> bool:
            found[:] = [each for each in self.world.messages() if each.message_id > typed and "/" in each.text]
            return len(found) >= count

        self.wait_until(are_there, what=f"{text} is answered")
        return "\n".join(each.text for each in found)

    def pressed_if_asked(self, text: str) -> None:
        """Type something; where it asks, press its first button."""
        typed = self.world.type(text).message_id
        answer = self.world.wait_for_message(lambda each: each.message_id > typed, timeout_s=ANSWER_S)
        if buttons(answer):
            self.world.press(answer.message_id, first_button(answer))

    def pressed(self, text: str) -> str:
        """Type something that asks, press its first button, and return what stands in the question's place then."""
        question = self.question(text)
        self.world.press(question.message_id, first_button(question))

        def now() -> Sent:
            return next(each for each in self.world.messages() if each.message_id == question.message_id)

        self.wait_until(lambda: now().text != question.text, what=f"{text} is done")
        return flat(now().text)

    def question(self, text: str) -> Sent:
        """Type something that asks; return its question."""
        typed = self.world.type(text).message_id
        return self.world.wait_for_message(
            lambda each: each.message_id > typed and bool(buttons(each)), timeout_s=ANSWER_S
        )

    def must_agree(self) -> None:
        """Make sure that each execution of ours at the gateway is one row, and that what is held is the same.

        Raises:
            AssertionError: Something is not.
        """
        at_gateway = self.gateway()
        ours = [(each.symbol, each.side, each.quantity, each.price) for each in at_gateway.executions if each.ref]
        query = "SELECT symbol, trades.side, trades.quantity, trades.price FROM trades JOIN instruments"
        rows = self.rows(f"{query} ON instruments.id = trades.instrument_id WHERE order_id IS NOT NULL")
        sides = {"BUY": "BOT", "SELL": "SLD"}
        booked = [(str(one), sides[str(side)], Decimal(str(size)), Decimal(str(at))) for one, side, size, at in rows]
        if sorted(ours) != sorted(booked):
            raise AssertionError(f"executions at the gateway {ours}, in the books {booked}")


@contextlib.contextmanager
def at_gateway(home: Path, **variables: str) -> Iterator[IbStage]:
    """Run a system that trades at the pretend gateway, and the world in which it does.

    Args:
        home: An empty folder with a short path.
        variables: Of its `.env`, in place of the usual ones.

    Yields:
        The stage, before the system has started: `running` starts it.
    """
    with start(home) as world:
        host, _, port = world.addresses[GATEWAY].removeprefix("tcp://").partition(":")
        ours = {"IB_HOST": host, "IB_PORT": port, "IB_ACCOUNT": ACCOUNT}
        world.set_state("telegram", flood_control=False)
        made = prepared(home, world, **(SETTINGS | LIMITS | ours | variables))
        yield IbStage(home, world, made.port)


@contextlib.contextmanager
def running(stage: IbStage) -> Iterator[None]:
    """Run the system of a stage for as long as the `with` lasts; it can trade when this is entered."""
    with supervised(stage.home, stage.world):
        stage.wait_well()
        stage.wait_until(lambda: "IBKR: connected" in stage.told("/status"), what="the chat says that it is connected")
        yield
