"""What BingX's account of perpetuals holds: money and positions.

Follows BingX's "Query account data" and "Query position data" (read 2026-11).

Quirks: an asset that is not used has a row of empty texts; a short position's amount is written without a sign where
its side is; in one-way mode the side may be BOTH, and the sign counts. The demo's money is VST, told here as USDT; of a
live account the row of VST is not its money.
"""

from decimal import Decimal
from typing import Literal

import msgspec

from brokers.bingx_venue.amounts import ABSENT, amount, is_blank, number_text, optional_amount
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.symbols import VIRTUAL, currency, perpetual
from brokers.venue import Denied, Malformed
from bus import reasons
from bus.messages.venue_accounts import Cash, Held

BALANCE = "/openApi/swap/v3/user/balance"
POSITIONS = "/openApi/swap/v2/user/positions"
VIRTUAL_NOT_THERE = "this account has no virtual money: BINGX_DEMO=yes needs the demo's own address"
REAL_NOT_THERE = "this account has virtual money only: set BINGX_DEMO=yes, or the address of real money"


class Wallet(msgspec.Struct, rename="camel", frozen=True):
    """One asset of the account."""

    asset: str
    user_id: msgspec.Raw = ABSENT
    balance: msgspec.Raw = ABSENT
    equity: msgspec.Raw = ABSENT
    available_margin: msgspec.Raw = ABSENT

    @property
    def is_unused(self) -> bool:
        """Whether it is a row of empty texts."""
        return all(map(is_blank, (self.balance, self.equity, self.available_margin)))


class _Position(msgspec.Struct, rename="camel", frozen=True):
    """One position."""

    symbol: str
    position_side: Literal["LONG", "SHORT", "BOTH"]
    position_amt: msgspec.Raw
    avg_price: msgspec.Raw = ABSENT
    mark_price: msgspec.Raw = ABSENT
    unrealized_profit: msgspec.Raw = ABSENT


_wallets = msgspec.json.Decoder(tuple[Wallet, ...])
_positions = msgspec.json.Decoder(tuple[_Position, ...])


class Account:
    """Reads the account of perpetuals whole."""

    def __init__(self, rest: Rest, *, is_live: bool) -> None:
        """Keep where to ask.

        Args:
            rest: Calls BingX.
            is_live: Whether it is real money.
        """
        self._rest = rest
        self._is_live = is_live

    async def wallets(self) -> tuple[Wallet, ...]:
        """Read the account's rows, of which there is always one at least.

        Returns:
            A row for each asset, those that are not used too.

        Raises:
            VenueError: They could not be read whole.
        """
        try:
            found = _wallets.decode(await self._rest.get(BALANCE))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="balance") from None
        if not found:
            raise Malformed(reasons.BAD_ANSWER, code="no balance")
        return found

    async def number(self) -> str:
        """Read the account's number, digits.

        Returns:
            Its UID.

        Raises:
            Denied: The account has only money of the other kind, virtual or real.
            VenueError: It could not be read, or rows have different ones.
        """
        wallets = await self.wallets()
        told = {number_text(each.user_id) for each in wallets} - {""}
        if len(told) != 1:
            raise Malformed(reasons.BAD_ANSWER, code="user id")
        if all((each.asset == VIRTUAL) == self._is_live for each in wallets):
            raise Denied(REAL_NOT_THERE if self._is_live else VIRTUAL_NOT_THERE, code="other money")
        return told.pop()

    async def balances(self) -> tuple[Cash, ...]:
        """Read the wallet FUTURES.

        Raises:
            VenueError: It could not be read whole.
        """
        wanted = (each for each in await self.wallets() if (each.asset == VIRTUAL) != self._is_live)
        return tuple(_cash(each) for each in wanted if not each.is_unused)

    async def positions(self) -> tuple[Held, ...]:
        """Read what is held, below zero for a short one; in hedge mode both of an instrument.

        Raises:
            VenueError: It could not be read whole.
        """
        try:
            found = _positions.decode(await self._rest.get(POSITIONS))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="positions") from None
        return tuple(held for held in map(_held, found) if held.quantity)


def _cash(wallet: Wallet) -> Cash:
    """Return one asset's money."""
    return Cash(
        currency=currency(wallet.asset),
        cash=amount(wallet.balance),
        available=amount(wallet.available_margin),
        equity=amount(wallet.equity),
        wallet="FUTURES",
    )


def _held(position: _Position) -> Held:
    """Return one position."""
    quantity = amount(position.position_amt)
    if position.position_side == "LONG":
        quantity = abs(quantity)
    elif position.position_side == "SHORT":
        quantity = -abs(quantity)
    average = optional_amount(position.avg_price)
    if position.position_side == "BOTH" and quantity > 0 and _earns_as_a_short_one(position, average):
        raise Malformed(reasons.BAD_ANSWER, code="side of a position")
    return Held(
        instrument=perpetual(position.symbol),
        quantity=quantity,
        average_price=average if average != Decimal(0) else None,
    )


def _earns_as_a_short_one(position: _Position, average: Decimal | None) -> bool:
    """Tell whether what a position has won says that it is short, though it is written as if it were long."""
    mark, profit = optional_amount(position.mark_price), optional_amount(position.unrealized_profit)
    if not average or not mark or not profit:
        return False
    return (mark - average) * profit < 0
