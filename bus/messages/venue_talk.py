"""All that execution says to a broker, and a broker to execution: what an envelope may hold, each way."""

from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import (
    AskInstrument,
    AskMargin,
    AskQuote,
    BrokerState,
    CancelOrder,
    InstrumentState,
    LookUpOrder,
    MarginState,
    OrderEvent,
    PlaceOrder,
    Quote,
    SetMargin,
)

Order = PlaceOrder | CancelOrder | LookUpOrder | AskAccount | AskQuote | AskInstrument | SetMargin | AskMargin
Answer = OrderEvent | AccountState | Quote | InstrumentState | BrokerState | MarginState
