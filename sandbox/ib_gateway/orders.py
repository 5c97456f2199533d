"""Orders and executions as the pretend gateway keeps them, and how a placed order is read.

Follows the TWS API's order messages as ib_async 2.1 writes them (read 2026-11).

Quirks: of more than a hundred fields only those that this world acts on are read. An order that was not transmitted is
told to nobody.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

import msgspec

from sandbox.ib_gateway.contracts import Instrument

Status = Literal["PendingSubmit", "PreSubmitted", "Submitted", "PendingCancel", "Cancelled", "Filled", "Inactive"]
WORKING: frozenset[Status] = frozenset({"PendingSubmit", "PreSubmitted", "Submitted", "PendingCancel"})
OCA_TYPE_SINCE_177 = 46
_SINCE_NO_PROFILE = 177
_FROM_WHAT_IF = 30  # from the end, at servers since 169
_FROM_CASH_QUANTITY = 14


class Refused(Exception):
    """The gateway says no: `code` and a text."""

    def __init__(self, code: int, why: str) -> None:
        """Keep both."""
        super().__init__(why)
        self.code = code


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a client sent it; `client_id` 0 and `order_id` 0 is one made by hand."""

    client_id: int
    order_id: int
    instrument: Instrument
    action: str
    quantity: Decimal
    type: str
    limit: Decimal | None = None
    stop: Decimal | None = None
    tif: str = "DAY"
    oca_group: str = ""
    oca_type: int = 0
    account: str = ""
    ref: str = ""
    transmit: bool = True
    parent_id: int = 0
    outside_rth: bool = False
    what_if: bool = False
    has_cash_quantity: bool = False


class Order(msgspec.Struct, kw_only=True):
    """An order that the gateway has; inert until it is transmitted, `has_worked` once its exchange was open."""

    ticket: Ticket
    perm_id: int
    at: datetime
    status: Status = "PreSubmitted"
    filled: Decimal = Decimal(0)
    average: Decimal = Decimal(0)
    last_price: Decimal = Decimal(0)
    is_inert: bool = False
    is_triggered: bool = False
    is_held: bool = False
    has_worked: bool = False
    ended_at: datetime | None = None
    ending: str = ""
    hidden_until: datetime | None = None

    @property
    def remaining(self) -> Decimal:
        """Return what is still to be filled; nothing, once it is filled."""
        return Decimal(0) if self.status == "Filled" else max(Decimal(0), self.ticket.quantity - self.filled)

    @property
    def is_working(self) -> bool:
        """Tell whether it may still fill."""
        return self.status in WORKING

    @property
    def key(self) -> tuple[int, int]:
        """Return whose it is and its number."""
        return self.ticket.client_id, self.ticket.order_id


class Execution(msgspec.Struct, frozen=True, kw_only=True):
    """A fill; a correction has the same number and the next revision, a busted one no quantity.

    `commission` and `realized` are USD; `realized` None is one that opened.
    """

    number: int
    revision: int
    ticket: Ticket
    perm_id: int
    at: datetime
    quantity: Decimal
    price: Decimal
    cumulative: Decimal
    average: Decimal
    commission: Decimal
    realized: Decimal | None = None
    liquidation: int = 0

    @property
    def id(self) -> str:
        """Return its id, whose last number is the revision."""
        return f"0000e0d5.{self.number:08x}.01.{self.revision:02}"

    @property
    def side(self) -> str:
        """Return BOT or SLD."""
        return "BOT" if self.ticket.action == "BUY" else "SLD"

    @property
    def signed(self) -> Decimal:
        """Return by how much the position grew."""
        return self.quantity if self.ticket.action == "BUY" else -self.quantity


def read_ticket(fields: list[str], *, version: int, client_id: int, instrument: Instrument) -> Ticket:
    """Read a placed order.

    Args:
        fields: The frame's.
        version: What the server said that it is.
        client_id: Who sent it.
        instrument: What its contract means.

    Raises:
        Refused: 320, a field is no number or missing.
    """
    oca_type = OCA_TYPE_SINCE_177 if version >= _SINCE_NO_PROFILE else OCA_TYPE_SINCE_177 + 1
    try:
        return Ticket(
            client_id=client_id,
            order_id=int(fields[1]),
            instrument=instrument,
            action=fields[16],
            quantity=Decimal(fields[17] or 0),
            type=fields[18],
            limit=_price(fields[19]),
            stop=_price(fields[20]),
            tif=fields[21] or "DAY",
            oca_group=fields[22],
            account=fields[23],
            ref=fields[26],
            transmit=fields[27] == "1",
            parent_id=int(fields[28] or 0),
            outside_rth=fields[33] == "1",
            oca_type=int(fields[oca_type] or 0),
            what_if=fields[-_FROM_WHAT_IF] == "1",
            has_cash_quantity=_price(fields[-_FROM_CASH_QUANTITY]) is not None,
        )
    except (ValueError, InvalidOperation, IndexError) as error:
        raise Refused(320, "Error reading request. Unable to parse data.") from error


def _price(field: str) -> Decimal | None:
    """Return a price, None where it is not set."""
    return Decimal(field) if field and Decimal(field) else None
