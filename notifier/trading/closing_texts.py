"""What is asked before something is closed: all that it will do; pure."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from notifier.texts.trading_closing import ClosingWords
from notifier.trading.desk import escaped

SHOWN: Final = 12
"""Symbols that are listed."""


class AtStake(msgspec.Struct, frozen=True, kw_only=True):
    """What closing everything in a portfolio is about.

    Attributes:
        portfolio: Its name and kind, in Telegram's HTML.
        held: Quantities by symbol.
        orders: How many orders of it may still be filled.
        waiting: How many openings wait.
        external: What its account holds and the books do not have.
        away: Its broker's code, where that is known not to be connected.
    """

    portfolio: str
    held: Mapping[str, str]
    orders: int
    waiting: int
    external: Sequence[str]
    away: str

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.held or self.orders or self.waiting)


def sell_all_text(stake: AtStake, words: ClosingWords) -> str:
    """Return the question whether everything is to be closed; that there is nothing, where there is nothing.

    Args:
        stake: What it is about.
        words: Of the asker's language.
    """
    lines = [words.sell_all_ask.format(portfolio=stake.portfolio)]
    if stake.is_nothing:
        lines = [words.sell_all_nothing.format(portfolio=stake.portfolio)]
    if stake.held:
        lines.append(words.held.format(symbols=_listed([f"{each} {held}" for each, held in stake.held.items()])))
    if stake.orders or stake.waiting:
        lines.append(words.first.format(orders=stake.orders, waiting=stake.waiting))
    lines += [words.external.format(symbols=_listed(stake.external))] if stake.external else []
    return "\n".join([*lines, *away_line(stake.away, words)])


def away_line(broker: str, words: ClosingWords) -> list[str]:
    """Return that a venue is not connected; nothing where it is, or nobody knows.

    Args:
        broker: Its broker's code; empty where it is not away.
        words: Of the asker's language.
    """
    return [words.away.format(broker=escaped(broker))] if broker else []


def _listed(symbols: Sequence[str]) -> str:
    """Return symbols in a row, the first of them where there are many."""
    more = f" … +{len(symbols) - SHOWN}" if len(symbols) > SHOWN else ""
    return escaped(", ".join(symbols[:SHOWN])) + more
