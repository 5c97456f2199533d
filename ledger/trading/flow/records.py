"""What goes into the rows of the flow, and how they are read back; rows are named by their uids."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from ledger.trading.enumerations import AssetType, CashEventType, QuestionState, SignalState, Wallet

RequestKind = Literal[
    "close",
    "sell_all",
    "cancel",
    "clear_queue",
    "place_again",
    "retry",
    "reconcile",
    "adopt",
    "buy",
    "sell",
    "screen",
    "simulate",
    "margin",
]
"""What a person may ask of execution; halts, modes and answers to questions are rows of their own."""
RequestState = Literal["WAITING", "WORKING", "DONE", "REFUSED"]
HaltKind = Literal["KILL", "PAUSE"]
"""KILL: no signal at all; PAUSE: no openings."""
HaltScope = Literal["ALL", "USER", "PORTFOLIO"]
Answer = Literal["execute", "change", "reject"]
NoPrice = Literal["none"]
NO_PRICE: Final[NoPrice] = "none"
"""Stands for a protective leg that is not wanted."""


class NewSize(msgspec.Struct, frozen=True, kw_only=True):
    """What a question is to ask about instead; what is None stays as it was asked.

    Attributes:
        quantity: How much, above zero; or `amount`, never both.
        amount: The same in the account's currency.
        stop_loss: At which price what is opened is closed at a loss, above zero; NO_PRICE: nowhere.
        take_profit: The same at a gain.
    """

    quantity: Decimal | None = None
    amount: Decimal | None = None
    stop_loss: Decimal | NoPrice | None = None
    take_profit: Decimal | NoPrice | None = None


class NewSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal as it comes into the ledger; `inbox_uid` makes it the same one when it is said again."""

    portfolio: str
    action: str
    symbol: str
    received_at: datetime
    strategy: str | None = None
    inbox_uid: str | None = None
    external_id: str | None = None
    exchange: str | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    body: Mapping[str, object] = {}


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal of the ledger, with the names of where it belongs; ids are the ledger's own.

    Attributes:
        instrument: The uid of what it was resolved to; None before.
        body: All that it said, without its secret.
        code: Why it is refused, ended or held.
    """

    id: int
    uid: str
    user_id: int
    portfolio: str
    portfolio_name: str
    account: str
    account_id: int
    broker: str
    is_live: bool
    strategy: str | None
    strategy_name: str | None
    instrument: str | None
    inbox_uid: str | None
    external_id: str | None
    action: str
    symbol: str
    exchange: str | None
    quantity: Decimal | None
    amount: Decimal | None
    percent: Decimal | None
    price: Decimal | None
    stop_loss: Decimal | None
    take_profit: Decimal | None
    body: dict[str, Any]
    state: SignalState
    code: str | None
    received_at: datetime
    updated_at: datetime


class SignalEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A step in a signal's life."""

    state: SignalState
    code: str | None
    details: dict[str, Any]
    created_at: datetime


class NewQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be asked before a signal becomes an order.

    Attributes:
        details: What Execute would do, with the price that it was asked at; amounts as text.
    """

    signal: str
    text: str
    details: Mapping[str, object]
    expires_at: datetime


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question; only the user whose portfolio it is, or an admin, may answer it, once."""

    id: int
    uid: str
    signal: str | None
    portfolio: str
    user_id: int
    state: QuestionState
    text: str
    details: dict[str, Any]
    answer: str | None
    answered_by_user_id: int | None
    answered_at: datetime | None
    expires_at: datetime
    created_at: datetime


class NewRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks of execution.

    Attributes:
        kind: What.
        portfolio: In which portfolio.
        arguments: Such as `{"symbol": "AAPL"}`; amounts as text. Of `margin`: `symbol`, or `all` for every symbol
            that has nothing of its own, `margin_mode`, `isolated` or `cross`, and `leverage`, such as `5`.
        key: Makes it the same request when it is said again, such as Telegram's update id; unique for ever.
    """

    kind: RequestKind
    portfolio: str
    key: str
    arguments: Mapping[str, object] = {}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request; its result is told in the chat by a notice of its own."""

    id: int
    uid: str
    kind: RequestKind
    portfolio: str
    user_id: int
    asked_by_user_id: int | None
    arguments: dict[str, Any]
    key: str
    state: RequestState
    result: str
    created_at: datetime
    updated_at: datetime


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing, or no opening, may be ordered; in force until `lifted_at`.

    Attributes:
        scope: Of everybody, of one user's portfolios, or of one portfolio.
        scope_uid: The user's or portfolio's; None for all.
        confirmed_at: Of a kill: since when no order that was sent before it can still arrive at a venue.
    """

    uid: str
    kind: HaltKind
    scope: HaltScope
    scope_uid: str | None
    reason: str
    set_by_user_id: int | None
    created_at: datetime
    confirmed_at: datetime | None
    lifted_at: datetime | None


class Halted(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a portfolio: reasons, empty where it may trade."""

    killed: str = ""
    paused: str = ""


class NewBalance(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of an account, as its venue says."""

    currency: str
    cash: Decimal
    as_of: datetime
    available: Decimal | None = None
    equity: Decimal | None = None
    wallet: Wallet = ""


class NewCashEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came or went without an order, as a venue says; below zero: taken.

    Attributes:
        id: The venue's.
        symbol: Of the instrument that it is about, as the venue names it; empty where it is about none.
        asset_type: Of the same.
        exchange: Of the same, where the books know it by one.
    """

    id: str
    type: CashEventType
    amount: Decimal
    currency: str
    at: datetime
    symbol: str = ""
    asset_type: AssetType | None = None
    exchange: str | None = None


class VenuePosition(msgspec.Struct, frozen=True, kw_only=True):
    """What an account held at its venue when that was last read whole; below zero: short.

    Attributes:
        symbol: As the venue names it.
        external: Of it, what none of our positions explains.
    """

    symbol: str
    asset_type: AssetType
    currency: str
    quantity: Decimal
    external: Decimal
    average_price: Decimal | None
    as_of: datetime
