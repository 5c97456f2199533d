"""What wakes the programs that trade, and how they are; nothing here is obeyed: what is to be done stands in rows."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

import msgspec

from bus.messages.base import Message


class SignalArrived(Message, frozen=True, kw_only=True):
    """The webhook has put a signal into the inbox: look there now. It is looked at every two seconds anyway."""

    uid: str


class TradingRequested(Message, frozen=True, kw_only=True):
    """A person wants something, or has answered: the row is in the ledger, look there now."""

    uid: str


class OutboxFilled(Message, frozen=True, kw_only=True):
    """There are new messages in the outbox: send them now. It is looked at every two seconds anyway."""


class JobDue(Message, frozen=True, kw_only=True):
    """A job's instant has come; repeated every few seconds until JobDone says that its row is written.

    `late_after_s`: what is that much older is told as missed and not done.
    """

    job: str
    due_at: datetime
    late_after_s: float


class JobDone(Message, frozen=True, kw_only=True):
    """A job's row is written, whatever became of it: `state` is DONE, FAILED or MISSED."""

    job: str
    due_at: datetime
    state: str


class BrokerHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one broker is, as execution sees it.

    `state` is `connected`, `connecting`, `lost`, `silent` or `refused`; `reason` says why it is not connected, `code`
    is the machine's word for it, and `attempts` counts how often it has tried since. `number` is what the account that
    it serves is called at its venue; empty where that is not proven, or there are many. `breaker_open`: openings are
    held back since too many calls in a row failed. `has_margin`: margin mode and leverage can be set at its venue.
    """

    name: str
    state: str
    since: datetime | None = None
    reason: str = ""
    breaker_open: bool = False
    code: str = ""
    attempts: int = 0
    number: str = ""
    has_margin: bool = False


class MarginRules(msgspec.Struct, frozen=True, kw_only=True):
    """How openings are margined where nothing else was chosen, and the most leverage that anybody may choose.

    `margin_mode` is `ISOLATED` or `CROSS`.
    """

    margin_mode: str
    leverage: int
    most_leverage: int


class PortfolioWorth(msgspec.Struct, frozen=True, kw_only=True):
    """What a portfolio's open positions have gained and not realized, in its account's currency.

    `portfolio` is its uid; `as_of` the time of the oldest quote that it stands on.
    """

    portfolio: str
    currency: str
    unrealized: Decimal
    as_of: datetime


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What something that a portfolio holds last cost, in its own currency, however long ago that was.

    `portfolio` and `instrument` are uids; `as_of` is the price's time, `is_delayed`: its venue tells prices late.
    """

    portfolio: str
    instrument: str
    price: Decimal
    as_of: datetime
    is_delayed: bool = False


class VenueSession(msgspec.Struct, frozen=True):
    """From when to when a market is open, aware UTC."""

    opens_at: datetime
    closes_at: datetime


class VenueHours(msgspec.Struct, frozen=True, kw_only=True):
    """The sessions that a venue itself has told of instruments of one kind, and that are not over.

    `broker` is its program, `symbols` are the first few of those that it has told them of; `sessions` in their order.
    """

    broker: str
    asset_type: str
    symbols: tuple[str, ...]
    sessions: tuple[VenueSession, ...]


class TradingState(Message, frozen=True, kw_only=True):
    """How trading is, from execution, every two seconds and when it changes; for health pages only.

    `mode` is `paper` or `live`. `killed`: why nothing may trade, empty where it may. `waiting` signals have not become
    orders yet, the oldest since `oldest_at`. `worths`: of the portfolios whose prices were all known within the last
    minutes; of others nobody knows it. `marks`: prices of what is held, as far as any was heard since execution began.
    `live_lock`: why live accounts open nothing, a word of `ledger.trading.flow.live_lock`; empty where they may.
    `margin`: as execution's settings have it.
    """

    TOLD_APART_BY: ClassVar[str] = ""

    mode: str
    killed: str
    waiting: int
    oldest_at: datetime | None
    brokers: tuple[BrokerHealth, ...] = ()
    worths: tuple[PortfolioWorth, ...] = ()
    marks: tuple[Mark, ...] = ()
    hours: tuple[VenueHours, ...] = ()
    live_lock: str = ""
    margin: MarginRules | None = None
