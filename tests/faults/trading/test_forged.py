"""What somebody on the bus makes up, alters, or says again: nothing is traded on it, nothing is booked, and it is told.

The forger runs as everybody else does here, but knows no key; where all programs share one user it could read one, as
SECURITY.md says.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from bus.connection import Bus
from bus.messages.venues import Execution, OrderEvent, PlaceOrder, Signed, Traded
from bus.signing import Signer
from tests.faults.trading.system import Stage
from tests.running import hear, on_the_bus

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
ETH = Traded(symbol="ETH-USDT", asset_type="CRYPTO", currency="USDT", base_currency="ETH")
WRONG = bytes(32)


@contextlib.contextmanager
def forger(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """Join the system's bus as a program of no rights; it hears all that execution and the broker say."""
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(stage.home)
        with on_the_bus("stranger", says=[Signed]) as bus:
            yield bus


def test_a_forged_order_an_altered_one_and_a_repeated_one_are_not_obeyed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault T33: orders, made up, altered and said again."""
    account = str(stage.rows("SELECT uid FROM accounts")[0][0])
    forged = PlaceOrder(
        account=account,
        is_live=False,
        client_order_id="0" * 32,
        instrument=ETH,
        side="BUY",
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal(1),
    )
    before = stage.executions()
    ignored = stage.system.log("broker-paper").count("not signed, ignored")
    with forger(stage, monkeypatch) as bus:
        bus.publish(Signer(WRONG, sender="execution", to="broker-paper").sign(forged))
        stage.bring("t33")
        honest = hear(bus, Signed, where=lambda each: each.to == "broker-paper" and each.sender == "execution")
        for copy in (honest, msgspec.structs.replace(honest, sequence=honest.sequence + 1)):
            bus.publish(copy)
        stage.wait_done("t33")

        def is_ignored() -> bool:
            """Say it once more, since of many that are ignored ever fewer are logged; tell whether one was."""
            bus.publish(Signer(WRONG, sender="execution", to="broker-paper").sign(forged))
            return stage.system.log("broker-paper").count("not signed, ignored") > ignored

        stage.wait_until(is_ignored, what="it is ignored")

    assert stage.executions() == before + 1
    stage.must_be_right(["t33"])


def test_a_forged_fill_is_not_booked_and_the_owner_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault T33: an order event."""
    stage.bring("t33 event")
    stage.wait_done("t33 event")
    query = (
        "SELECT client_order_id, accounts.uid FROM orders JOIN accounts ON accounts.id = account_id ORDER BY orders.id"
    )
    client_order_id, account = map(str, stage.rows(query)[-1])
    now = datetime.now(UTC)
    fill = Execution(broker_trade_id="forged", side="BUY", quantity=Decimal(1), price=Decimal(1), exec_time=now)
    event = OrderEvent(
        account=account,
        client_order_id=client_order_id,
        broker_order_id=None,
        status="FILLED",
        at=now,
        executions=(fill,),
        filled_quantity=Decimal(1),
    )
    with forger(stage, monkeypatch) as bus:
        bus.publish(Signer(WRONG, sender="broker-paper", to="execution").sign(event))
        stage.said("Execution ignored what no broker had signed")

    assert stage.rows("SELECT count(*) FROM trades WHERE broker_trade_id = 'forged'") == [(0,)]
    stage.must_be_right()
