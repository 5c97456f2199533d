"""Somebody on the bus who forges: an order to the paper broker, and a fill to execution, with a key of its own making.

    python -m tools.security.forging

Runs in the folder of a running system, for `tools.security.trading`.
"""

from datetime import UTC, datetime
from decimal import Decimal

from bus.messages.venues import Execution, OrderEvent, PlaceOrder, Signed, Traded
from bus.process import join
from bus.signing import Signer

ORDER = "f0" * 16
TIMES = 20
KEY = bytes(32)
PAUSE_S = 0.1


def main() -> None:
    """Say both again and again for two seconds: who has just joined is not heard at once."""
    order = PlaceOrder(
        account="forged",
        is_live=False,
        client_order_id=ORDER,
        instrument=Traded(symbol="ETH-USDT", asset_type="CRYPTO", currency="USDT"),
        side="BUY",
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal(1),
    )
    now = datetime.now(UTC)
    fill = Execution(broker_trade_id="forged", side="BUY", quantity=Decimal(1), price=Decimal(1), exec_time=now)
    event = OrderEvent(
        account="forged",
        client_order_id=ORDER,
        broker_order_id=None,
        status="FILLED",
        at=now,
        executions=(fill,),
        filled_quantity=Decimal(1),
    )
    to_broker, to_execution = (
        Signer(KEY, sender=sender, to=receiver)
        for sender, receiver in (("execution", "broker-paper"), ("broker-paper", "execution"))
    )
    with join("stranger", signals=False) as bus:
        for _ in range(TIMES):
            said: tuple[Signed, ...] = (to_broker.sign(order), to_execution.sign(event))
            for each in said:
                bus.publish(each)
            bus.receive(PAUSE_S)


if __name__ == "__main__":
    main()
