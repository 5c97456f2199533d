"""Margin and leverage as a person writes them: symbol, account, mode and leverage; pure. What is not clear is None."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from ledger.trading.enumerations import MarginMode
from ledger.trading.flow.margins import Margin

ALL: Final = "all"
PERPETUAL: Final = ".P"
MODES: Final[Mapping[str, MarginMode]] = {"isolated": "ISOLATED", "cross": "CROSS"}
"""As they are typed, and asked of execution."""
Wallet = Literal["spot", "futures"]
USUAL: Final = (1, 2, 3, 5, 10, 20, 50, 75, 100, 125)
"""Leverages that have a button."""
_SYMBOL: Final = re.compile(r"[A-Z0-9]{2,24}", re.ASCII)
_LEVERAGE: Final = re.compile(r"[xX×]?(?P<number>\d{1,6})[xX×]?", re.ASCII)
_SHORT: Final[Mapping[MarginMode, str]] = {"ISOLATED": "i", "CROSS": "c"}
_BACK: Final[Mapping[str, MarginMode]] = {"i": "ISOLATED", "c": "CROSS"}


class Chosen(Margin, frozen=True, kw_only=True):
    """How something is to be margined: a perpetual as signals write it, such as `BTCUSDT.P`, or `all`."""

    symbol: str

    @property
    def written(self) -> str:
        """As it is typed behind `/margin`."""
        mode = next(word for word, mode in MODES.items() if mode == self.margin_mode)
        return f"{self.symbol} {mode} {self.leverage}"

    @property
    def on_button(self) -> str:
        """The same in as few signs as can be."""
        return f"{self.symbol} {_SHORT[self.margin_mode]}{self.leverage}"


def read_symbol(text: str) -> str | None:
    """Return what a text says: a symbol as signals write it, or `all`.

    Args:
        text: Such as `btcusdt.p`, `BTC-USDT` or `all`.

    Returns:
        A perpetual ends with `.P` where that was written.
    """
    if text.strip().casefold() == ALL:
        return ALL
    upper = text.strip().upper()
    is_perpetual = upper.endswith(PERPETUAL)
    plain = re.sub(r"[-/_]", "", upper.removesuffix(PERPETUAL))
    return f"{plain}{PERPETUAL if is_perpetual else ''}" if _SYMBOL.fullmatch(plain) else None


def perpetual(symbol: str) -> str:
    """Return a symbol as signals write the perpetual.

    Args:
        symbol: As the venue or a signal writes it, such as `BTC-USDT`; or `all`.
    """
    if symbol == ALL:
        return ALL
    plain = "".join(sign for sign in symbol.upper().removesuffix(PERPETUAL) if sign.isalnum())
    return f"{plain}{PERPETUAL}"


def read_mode(text: str, labels: Mapping[str, MarginMode]) -> MarginMode | None:
    """Return the mode that a text says.

    Args:
        text: The word that is typed, or what stands on the button.
        labels: What stands on the buttons, in the person's language.
    """
    said = text.strip().casefold()
    known = {**{label.casefold(): mode for label, mode in labels.items()}, **MODES}
    return known.get(said)


def read_leverage(text: str) -> int | None:
    """Return the leverage that a text says: a whole number from 1.

    Args:
        text: Such as `5`, `5x` or `×5`.
    """
    found = _LEVERAGE.fullmatch(text.strip())
    number = 0 if found is None else int(found["number"])
    return number or None


def read_button(argument: str) -> Chosen | None:
    """Return what a button says that confirms; None where it is of no button of ours.

    Args:
        argument: As `Chosen.on_button` writes it.
    """
    symbol, _, rest = argument.partition(" ")
    mode, leverage = _BACK.get(rest[:1]), read_leverage(rest[1:])
    if mode is None or leverage is None or read_symbol(symbol) != symbol:
        return None
    return Chosen(symbol=symbol, margin_mode=mode, leverage=leverage)


def offered(most: int) -> tuple[int, ...]:
    """Return the leverages that have a button.

    Args:
        most: The most that may be set; it has one too.
    """
    return tuple(sorted({*(each for each in USUAL if each < most), most}))
