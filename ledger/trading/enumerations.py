"""The closed lists of words that the trading tables know; each is a CHECK constraint of its column.

Order states are FIX's (FIX 4.4, OrdStatus), with UNKNOWN for an order whose answer was lost and NOT_PLACED for one that
was found to be nowhere at its venue.
"""

from typing import Literal

Role = Literal["admin", "trader", "viewer"]
UserStatus = Literal["REQUESTED", "ACTIVE", "BLOCKED"]
AssetType = Literal["CRYPTO", "EQUITY", "FUTURE", "FOREX", "ETF"]
Side = Literal["BUY", "SELL"]
OrderType = Literal["MARKET", "LIMIT", "STOP", "STOP_LIMIT", "TRAILING"]
TimeInForce = Literal["DAY", "GTC", "IOC", "FOK", "GTD", "OPG", "CLS"]
Purpose = Literal["OPENING", "CLOSING"]
Leg = Literal["ENTRY", "EXIT", "STOP_LOSS", "TAKE_PROFIT"]
OrderStatus = Literal[
    "PENDING_NEW",
    "NEW",
    "PARTIALLY_FILLED",
    "FILLED",
    "PENDING_CANCEL",
    "CANCELED",
    "REJECTED",
    "EXPIRED",
    "UNKNOWN",
    "NOT_PLACED",
]
SignalState = Literal[
    "RECEIVED",
    "VALIDATED",
    "AWAITING_CONFIRMATION",
    "WAITING_FOR_MARKET",
    "QUEUED",
    "ORDERED",
    "DONE",
    "REJECTED",
    "EXPIRED",
    "DUPLICATE",
    "SUPERSEDED",
]
Mode = Literal["auto", "manual", "closing_only", "off"]
ScopeType = Literal["USER", "PORTFOLIO", "STRATEGY"]
BreachAction = Literal["BLOCKED", "WARNED", "REDUCED_SIZE", "CLOSED_POSITION"]
AlertType = Literal["PRICE", "INDICATOR", "POSITION", "RISK", "SCHEDULE"]
CashEventType = Literal[
    "DEPOSIT", "WITHDRAWAL", "DIVIDEND", "INTEREST", "FUNDING", "FEE", "TAX", "TRANSFER", "ADJUSTMENT"
]
QuestionState = Literal["OPEN", "ANSWERED", "EXPIRED", "CANCELED"]
JobState = Literal["DUE", "DONE", "FAILED", "MISSED"]
MarginMode = Literal["ISOLATED", "CROSS"]
Wallet = Literal["", "SPOT", "FUTURES"]
Level = Literal["on", "silent", "off"]
NoticeKind = Literal[
    "refused",
    "question",
    "filled",
    "canceled",
    "rejected",
    "breach",
    "unprotected",
    "venue",
    "swing",
    "reconciliation",
    "report",
    "login",
    "alert",
    "self_check",
]
"""The kinds of messages to a user, each of which may be on, silent or off."""
