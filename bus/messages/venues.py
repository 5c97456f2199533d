"""What execution and the brokers say to one another: only inside of `Signed`, so that nobody else is obeyed.

A broker is a program (`broker-paper`), and serves one account or, the paper broker, all accounts of its kind. Accounts
are named by their uid in the ledger. All numbers are Decimals, all moments aware UTC. Whatever is said may be said
twice, late or never: execution repeats an order until its answer is a row, a broker says an answer again when asked.

    execution ──▶ broker    PlaceOrder  CancelOrder  LookUpOrder  SetMargin
                            AskAccount  AskQuote     AskInstrument  AskMargin
    broker ──▶ execution    OrderEvent  AccountState  Quote  InstrumentState  MarginState  BrokerState

What is said of a whole account is in `venue_accounts`; `venue_talk` gathers both sides.
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

import msgspec

from bus.messages.base import Message

Side = Literal["BUY", "SELL"]
OrderType = Literal["MARKET", "LIMIT", "STOP", "STOP_LIMIT", "TRAILING"]
TimeInForce = Literal["DAY", "GTC", "IOC", "FOK", "GTD", "OPG", "CLS"]
AssetType = Literal["CRYPTO", "EQUITY", "FUTURE", "FOREX", "ETF"]
MarginMode = Literal["ISOLATED", "CROSS"]
AtVenue = Literal["NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED", "UNKNOWN", "NOWHERE"]
"""What a venue says of an order: FIX's words; UNKNOWN: the answer was lost; NOWHERE: it surely never had it."""


class Signed(Message, frozen=True, kw_only=True):
    """An envelope: `content` is one of the messages named above, MessagePack; `bus.signing` makes and opens it.

    `to` and `sender` are programs. `boot` names one life of the sender, in which `sequence` grows from 1. After
    `expires_at` it is worth nothing. `mac` is HMAC-SHA256 over all of that, with a key that only the two know.
    """

    TOLD_APART_BY: ClassVar[str] = "to"

    to: str
    sender: str
    boot: str
    sequence: int
    expires_at: datetime
    content: bytes
    mac: bytes


class Said(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Root of what is said inside of an envelope."""


class Traded(msgspec.Struct, frozen=True, kw_only=True):
    """What is traded, as the venue names it.

    `multiplier`: a price's value for one of the quantity. `base_currency`: of a pair, what is bought.
    """

    symbol: str
    asset_type: AssetType
    currency: str
    exchange: str | None = None
    base_currency: str | None = None
    multiplier: Decimal = Decimal(1)


class PlaceOrder(Said, frozen=True, kw_only=True):
    """Place an order, once, whatever is repeated.

    `may_be_known`: it was said before, perhaps to an earlier life of the broker: ask the venue before placing it, but
    where `boot` names this very life of the broker: it was made then, and if this life has not heard of it, nobody has.
    `is_live` and `number` (the account's at its venue; empty where it has none) must be what the broker has proven.
    `expected_price` is the signal's or the quote's; the paper venue fills at it where no quote is to be had, and says
    so. `parent` is the opening that a leg protects.

    `margin_mode` and `leverage`: what the instrument must have at its venue when this opening goes out; the broker sees
    to it, or refuses. `stop_loss` and `take_profit`: prices of protective legs that go with this opening where the
    venue takes them so; an order of their own follows for each of them, and the broker knows it again.
    """

    account: str
    is_live: bool
    number: str = ""
    client_order_id: str
    instrument: Traded
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    reduce_only: bool = False
    expected_price: Decimal | None = None
    parent: str | None = None
    leg: str = ""
    may_be_known: bool = False
    boot: str = ""
    margin_mode: MarginMode | None = None
    leverage: int | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None


class CancelOrder(Said, frozen=True, kw_only=True):
    """Cancel an order; answered by an OrderEvent with what it is then: a fill that crossed it wins."""

    account: str
    client_order_id: str
    broker_order_id: str | None
    instrument: Traded


class LookUpOrder(Said, frozen=True, kw_only=True):
    """Find out what has become of an order; answered by an OrderEvent, NOWHERE only when the venue's rule allows it."""

    account: str
    client_order_id: str
    broker_order_id: str | None
    instrument: Traded
    placed_at: datetime


class AskQuote(Said, frozen=True, kw_only=True):
    """Answered by a Quote, fresh or not at all."""

    account: str
    instrument: Traded


class AskInstrument(Said, frozen=True, kw_only=True):
    """What a venue knows under a signal's symbol; answered by InstrumentState `id`.

    `exchange` and `asset_type` are as the signal has them, None where it does not say.
    """

    id: str
    account: str
    symbol: str
    exchange: str | None = None
    asset_type: AssetType | None = None


class SetMargin(Said, frozen=True, kw_only=True):
    """Set how an instrument is margined at its venue; answered by MarginState `id` with what was read back."""

    id: str
    account: str
    instrument: Traded
    margin_mode: MarginMode
    leverage: int


class AskMargin(Said, frozen=True, kw_only=True):
    """Read how an instrument is margined at its venue; answered by MarginState `id`."""

    id: str
    account: str
    instrument: Traded


class MarginState(Said, frozen=True, kw_only=True):
    """How an instrument is margined at its venue; answer to SetMargin or AskMargin `id`.

    `outcome`: READ, it was only asked; SET, it is as was wanted; REFUSED, nothing was changed; ROLLED_BACK, a half was
    changed and is again what it was; UNKNOWN, nobody knows what it is now. Modes and leverages are as they were read
    back, None where they are not known. `most_leverage` is the most that the venue allows for the instrument.
    """

    id: str
    account: str
    instrument: Traded
    outcome: Literal["READ", "SET", "REFUSED", "ROLLED_BACK", "UNKNOWN"]
    as_of: datetime
    margin_mode: MarginMode | None = None
    leverage: int | None = None
    most_leverage: int | None = None
    reason: str = ""
    code: str = ""


class Execution(msgspec.Struct, frozen=True, kw_only=True):
    """A fill. `execution` is what it and its corrections share, the highest `revision` of them counts."""

    broker_trade_id: str
    side: Side
    quantity: Decimal
    price: Decimal
    exec_time: datetime
    fee: Decimal | None = None
    fee_currency: str | None = None
    execution: str = ""
    revision: int = 0
    client_order_id: str | None = None
    broker_order_id: str | None = None
    instrument: Traded | None = None
    note: str = ""
    """Such as `at the signal's price: no quote`, or `LIQUIDATION`."""


class OrderEvent(Said, frozen=True, kw_only=True):
    """What is known of an order, with all of its executions so far; said again it changes nothing.

    `client_order_id` is empty for an order that none of ours is. `code` is the venue's own, for the log; `reason` is
    fit for the chat. `retry_after_s`: the venue was busy, and the order is surely not there.
    """

    account: str
    client_order_id: str
    broker_order_id: str | None
    status: AtVenue
    at: datetime
    executions: tuple[Execution, ...] = ()
    filled_quantity: Decimal = Decimal(0)
    reason: str = ""
    code: str = ""
    retry_after_s: float | None = None
    reply_to: str = ""
    """`placeorder`, `cancelorder`, `lookuporder`, or empty where the venue spoke by itself."""


class Quote(Said, frozen=True, kw_only=True):
    """What an instrument costs. `source` is who says so, such as `BingX`; a zero or crossed quote is never sent."""

    account: str
    instrument: Traded
    bid: Decimal
    ask: Decimal
    last: Decimal
    as_of: datetime
    source: str
    is_delayed: bool = False


class InstrumentState(Said, frozen=True, kw_only=True):
    """What a venue knows of an instrument; answer to AskInstrument `id`.

    `instrument` is None where there is none, or several: `reason` says which. `quantity_step`, `price_step`: what
    quantities and prices are multiples of. `sessions` are the venue's own opening hours of the coming days, pairs of
    aware UTC moments; empty where it never closes or does not say (`is_always_open` tells which).
    """

    id: str
    account: str
    symbol: str
    instrument: Traded | None
    reason: str = ""
    quantity_step: Decimal = Decimal(1)
    price_step: Decimal | None = None
    minimum_quantity: Decimal | None = None
    minimum_value: Decimal | None = None
    is_always_open: bool = False
    sessions: tuple[tuple[datetime, datetime], ...] = ()


class BrokerState(Said, frozen=True, kw_only=True):
    """How a broker is, every two seconds and when it changes.

    `boot` changes when the broker's program starts anew: what it was told before it may have forgotten. `accounts` are
    those that it serves; empty: every account of its kind. `proven_live` is what it found its venue's account to be,
    and `number` what that is called there; empty where it has many. While it is not connected, `code` is a word of this
    program's for the reason (`connecting` where there is none), and `attempts` counts how often it has tried. While it
    is connected, they say what is not to be had all the same, such as quotes; orders go on. `has_margin`: margin mode
    and leverage can be set at its venue.
    """

    broker: str
    boot: str
    is_connected: bool
    since: datetime
    reason: str = ""
    code: str = ""
    attempts: int = 0
    accounts: tuple[str, ...] = ()
    proven_live: bool | None = None
    number: str = ""
    has_reduce_only: bool = False
    has_brackets: bool = False
    has_margin: bool = False
