"""What goes into the inbox and what comes out of it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from ledger.inbox.tables import InboxState

Outcome = Literal["new", "duplicate", "repeated"]


class NewSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that somebody who may send it has sent.

    Attributes:
        strategy_uid: Whose token it came with.
        peer: The sender's address.
        body: All that it said, without its secret; its numbers are text, Decimals or ints, never floats.
        action: What it asks for, as the strategy's words are understood.
        symbol: As it writes it.
        external_id: Its own id; None where it has none.
        quantity: How much; None where it does not say.
        position_size: The position that it expects afterwards; None where it does not say.
    """

    strategy_uid: str
    peer: str
    body: Mapping[str, object]
    action: str
    symbol: str
    external_id: str | None = None
    quantity: Decimal | None = None
    position_size: Decimal | None = None


class Accepted(msgspec.Struct, frozen=True):
    """What became of a signal.

    Attributes:
        outcome: `new`: it is kept. `duplicate`: it was sent twice, which is quiet. `repeated`: its id was used long
            before, so it is refused.
        uid: The signal's or, unless it is new, that of the one before.
    """

    outcome: Outcome
    uid: str


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal of the inbox.

    Attributes:
        body: All that it said, without its secret.
        code: Why it is refused or ended; None where nothing is to be said.
        updated_at: When its state was written, aware UTC.
    """

    uid: str
    strategy_uid: str
    received_at: datetime
    peer: str
    body: dict[str, object]
    external_id: str | None
    state: InboxState
    code: str | None
    updated_at: datetime


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a webhook's secret.

    Attributes:
        token_hash: Its SHA-256, as 64 hex digits.
        strategy_uid: Whose signals come with it.
        name: The strategy's name.
    """

    token_hash: str
    strategy_uid: str
    name: str


class KnownToken(Token, frozen=True, kw_only=True):
    """A token as the inbox has it.

    Attributes:
        retired_at: Since when it is worth nothing, aware UTC; None while it is in force.
    """

    retired_at: datetime | None
