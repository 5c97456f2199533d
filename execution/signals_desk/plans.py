"""What is left to be done of a signal: it stands in the steps of its life, so that no memory is needed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from execution.meaning import Move
from ledger.exact import ZERO
from ledger.trading.flow.records import NO_PRICE, NoPrice, SignalEvent

SIGNS: Final[dict[Move, Decimal]] = {"CLOSE": ZERO, "OPEN_LONG": Decimal(1), "OPEN_SHORT": Decimal(-1)}
"""What is held after a move, where only its side counts."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is left to be done.

    Attributes:
        moves: One after the other's end.
        since: Since when the first of them could be ordered; an opening expires by it.
        confirmed: The uid of the question by which a person has said yes; empty where nobody was asked.
        quantity: How much a person wants instead of what the signal's strategy says; None where nobody changed it.
        amount: The same in money, in the account's currency.
        stop_loss: Where a person wants what is opened closed at a loss, instead of where the signal says; NO_PRICE:
            nowhere; None where nobody changed it.
        take_profit: The same at a gain.
        by: When the market that it waits for closes again: an opening expires then; None where it waits for none.
    """

    moves: tuple[Move, ...]
    since: datetime
    confirmed: str = ""
    quantity: Decimal | None = None
    amount: Decimal | None = None
    stop_loss: Decimal | NoPrice | None = None
    take_profit: Decimal | NoPrice | None = None
    by: datetime | None = None

    @property
    def is_changed(self) -> bool:
        """Whether a person wants another size."""
        return self.quantity is not None or self.amount is not None

    @property
    def is_closing(self) -> bool:
        """Whether what comes next takes exposure away."""
        return self.moves[:1] == ("CLOSE",)

    @property
    def has_opening(self) -> bool:
        """Whether anything of it adds exposure."""
        return any(move != "CLOSE" for move in self.moves)

    def details(self, **changes: object) -> dict[str, object]:
        """Return it as a step's details have it.

        Args:
            **changes: Fields that are others from then on, as text.
        """
        said: dict[str, object] = {"moves": list(self.moves), "since": self.since.isoformat()}
        if self.confirmed:
            said["confirmed"] = self.confirmed
        sizes = {"instead_quantity": self.quantity, "instead_amount": self.amount}
        said |= {name: format(size, "f") for name, size in sizes.items() if size is not None}
        legs = {"instead_stop_loss": self.stop_loss, "instead_take_profit": self.take_profit}
        said |= {
            name: format(price, "f" if isinstance(price, Decimal) else "") for name, price in legs.items() if price
        }
        return said | changes


def plan_of(life: Sequence[SignalEvent]) -> Plan | None:
    """Return what is left to be done of a signal.

    Args:
        life: Its steps, oldest first.

    Returns:
        What the last step says that says anything of it; None where none does.
    """
    return next((plan for event in reversed(life) if (plan := plan_in(event.details)) is not None), None)


def plan_in(details: Mapping[str, Any]) -> Plan | None:
    """Return what a step says that is left to be done, None where it says nothing of it.

    Args:
        details: The step's.
    """
    if "moves" not in details:
        return None
    return Plan(
        moves=tuple(details["moves"]),
        since=datetime.fromisoformat(details["since"]),
        confirmed=details.get("confirmed", ""),
        quantity=_size(details, "instead_quantity"),
        amount=_size(details, "instead_amount"),
        stop_loss=_price(details, "instead_stop_loss"),
        take_profit=_price(details, "instead_take_profit"),
        by=datetime.fromisoformat(details["by"]) if "by" in details else None,
    )


def _size(details: Mapping[str, Any], name: str) -> Decimal | None:
    """Return a size of a step's details, None where it has none."""
    return Decimal(details[name]) if name in details else None


def _price(details: Mapping[str, Any], name: str) -> Decimal | NoPrice | None:
    """Return where a leg is wanted, as a step's details have it; None where they say nothing of it."""
    return NO_PRICE if details.get(name) == NO_PRICE else _size(details, name)


def expected(held: Decimal, working: Iterable[Decimal], plans: Iterable[Plan]) -> Decimal:
    """Return what will be held once all that came before has been done, as far as anybody can tell.

    Args:
        held: What is held.
        working: What orders on their way may still add, below zero where they sell.
        plans: Of the signals that came before, in their order.

    Returns:
        A quantity, of which only the sign is sure.
    """
    quantity = held + sum(working, ZERO)
    for move in (move for plan in plans for move in plan.moves):
        if move == "CLOSE" or not quantity * SIGNS[move] > 0:
            quantity = SIGNS[move]
    return quantity
