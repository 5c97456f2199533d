"""One or two of all that is said inside an envelope. Never change one: add another beside it."""

from decimal import Decimal

from bus.messages.venue_accounts import AccountState, AskAccount, Cash, CashEvent, Held, Working
from bus.messages.venues import (
    AskInstrument,
    AskMargin,
    AskQuote,
    BrokerState,
    CancelOrder,
    Execution,
    InstrumentState,
    LookUpOrder,
    MarginState,
    OrderEvent,
    PlaceOrder,
    Quote,
    Said,
    SetMargin,
    Traded,
)
from tests.bus.samples import LATER, SLOT

SHARE = Traded(symbol="BRK.B", asset_type="EQUITY", currency="USD", exchange="NYSE")
PERPETUAL = Traded(
    symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC", multiplier=Decimal("0.001")
)
ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
EXECUTION = Execution(
    broker_trade_id="0000e0d5.01",
    side="BUY",
    quantity=Decimal("0.123456789012345678"),
    price=Decimal("50000.10"),
    exec_time=LATER,
    fee=Decimal("0.05"),
    fee_currency="USDT",
    execution="0000e0d5",
    revision=1,
    client_order_id=ID,
    broker_order_id="1893",
    instrument=PERPETUAL,
    note="at the signal's price: no quote",
)
SAID: dict[str, Said] = {
    "placeorder": PlaceOrder(
        account="acc-1",
        is_live=False,
        client_order_id=ID,
        instrument=SHARE,
        side="BUY",
        type="MARKET",
        time_in_force="DAY",
        quantity=Decimal(3),
    ),
    "placeorder-of-a-leg": PlaceOrder(
        account="acc-1",
        is_live=True,
        client_order_id=ID,
        instrument=PERPETUAL,
        side="SELL",
        type="STOP_LIMIT",
        time_in_force="GTC",
        quantity=Decimal("0.5"),
        price=Decimal(49000),
        stop_price=Decimal(49500),
        reduce_only=True,
        expected_price=Decimal("50000.1"),
        parent="ffee",
        leg="SL",
        may_be_known=True,
    ),
    "placeorder-with-margin-and-legs": PlaceOrder(
        account="acc-1",
        is_live=False,
        number="VST123456",
        client_order_id=ID,
        instrument=PERPETUAL,
        side="BUY",
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal("0.5"),
        margin_mode="ISOLATED",
        leverage=5,
        stop_loss=Decimal(49000),
        take_profit=Decimal("52000.5"),
    ),
    "setmargin": SetMargin(id="m-7", account="acc-1", instrument=PERPETUAL, margin_mode="CROSS", leverage=10),
    "askmargin": AskMargin(id="m-8", account="acc-1", instrument=PERPETUAL),
    "marginstate": MarginState(
        id="m-7",
        account="acc-1",
        instrument=PERPETUAL,
        outcome="ROLLED_BACK",
        as_of=LATER,
        margin_mode="ISOLATED",
        leverage=5,
        most_leverage=125,
        reason="leverage refused",
        code="101209",
    ),
    "accountstate-of-two-wallets": AccountState(
        id="sync-8",
        account="acc-1",
        as_of=LATER,
        is_complete=True,
        balances=(
            Cash(currency="USDT", cash=Decimal(100), wallet="SPOT"),
            Cash(currency="USDT", cash=Decimal(50), available=Decimal(40), wallet="FUTURES"),
        ),
        cash_events=(
            CashEvent(
                id="f-1", type="FUNDING", amount=Decimal("-0.12"), currency="USDT", at=LATER, instrument=PERPETUAL
            ),
        ),
    ),
    "cancelorder": CancelOrder(account="acc-1", client_order_id=ID, broker_order_id="1893", instrument=PERPETUAL),
    "lookuporder": LookUpOrder(
        account="acc-1", client_order_id=ID, broker_order_id=None, instrument=PERPETUAL, placed_at=SLOT
    ),
    "askaccount": AskAccount(id="sync-7", account="acc-1", since=SLOT),
    "askquote": AskQuote(account="acc-1", instrument=SHARE),
    "askinstrument": AskInstrument(
        id="i-7", account="acc-1", symbol="BTCUSDT.P", exchange="BINGX", asset_type="FUTURE"
    ),
    "orderevent": OrderEvent(
        account="acc-1",
        client_order_id=ID,
        broker_order_id="1893",
        status="PARTIALLY_FILLED",
        at=LATER,
        executions=(EXECUTION,),
        filled_quantity=EXECUTION.quantity,
        reply_to="placeorder",
    ),
    "orderevent-of-a-busy-venue": OrderEvent(
        account="acc-1",
        client_order_id=ID,
        broker_order_id=None,
        status="NOWHERE",
        at=LATER,
        reason="rate limited",
        code="100410",
        retry_after_s=2.5,
        reply_to="placeorder",
    ),
    "accountstate": AccountState(
        id="sync-7",
        account="acc-1",
        as_of=LATER,
        is_complete=False,
        reason="timeout",
        balances=(Cash(currency="USDT", cash=Decimal(100), available=Decimal("99.5"), equity=Decimal(101)),),
        positions=(Held(instrument=PERPETUAL, quantity=Decimal("-0.5"), average_price=Decimal(50000)),),
        working=(
            Working(
                instrument=PERPETUAL,
                client_order_id="",
                broker_order_id="1894",
                side="SELL",
                type="STOP",
                quantity=Decimal(1),
                filled_quantity=Decimal(0),
                stop_price=Decimal(49500),
            ),
        ),
        executions=(EXECUTION,),
    ),
    "quote": Quote(
        account="acc-1",
        instrument=PERPETUAL,
        bid=Decimal("49999.9"),
        ask=Decimal("50000.1"),
        last=Decimal(50000),
        as_of=LATER,
        source="BingX",
        is_delayed=True,
    ),
    "instrumentstate": InstrumentState(
        id="i-7",
        account="acc-1",
        symbol="BRK.B",
        instrument=SHARE,
        quantity_step=Decimal(1),
        price_step=Decimal("0.01"),
        minimum_quantity=Decimal(1),
        minimum_value=Decimal(2),
        sessions=((SLOT, LATER),),
    ),
    "instrumentstate-of-none": InstrumentState(
        id="i-8", account="acc-1", symbol="BTC", instrument=None, reason="a coin and a share", is_always_open=True
    ),
    "brokerstate": BrokerState(
        broker="broker-paper",
        boot="00112233445566ff",
        is_connected=True,
        since=SLOT,
        reason="no permission",
        accounts=("acc-1",),
        proven_live=False,
        has_reduce_only=True,
        has_brackets=True,
    ),
}
