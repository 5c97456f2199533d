"""Which bound of an alert a figure is beyond, and whether that is a crossing; pure."""

from decimal import Decimal

import msgspec

from ledger.trading.watching.alerts import AlertConfig, Bound, Position, Price, Risk

WITHIN = ""
"""Beyond no bound."""


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at an alert has found.

    Attributes:
        beyond: The bound that it is beyond now, empty for none.
        has_fired: Whether it has crossed that bound since it was last looked at.
        was_new: Whether it was never looked at before: what it is beyond then, it has not crossed.
    """

    beyond: str
    has_fired: bool
    was_new: bool


def crossing(config: AlertConfig, value: Decimal, *, before: str | None) -> Crossing:
    """Return what has become of an alert.

    Args:
        config: Of PRICE, POSITION or RISK.
        value: The price, the percent that was gained, or the percent of the limit that is used.
        before: The bound that it was beyond; None before the first look.
    """
    now = side_of(config, value)
    has_fired = before is not None and now not in {WITHIN, before}
    return Crossing(beyond=now, has_fired=has_fired, was_new=before is None)


def side_of(config: AlertConfig, value: Decimal) -> Bound | str:
    """Return the bound that a figure is at or beyond, empty for none.

    Args:
        config: Of PRICE, POSITION or RISK.
        value: As `crossing` takes it.
    """
    match config:
        case Price(above=above, below=below):
            return _side(value, above, below, names=("above", "below"))
        case Position(gain_percent=gain, loss_percent=loss):
            return _side(value, gain, None if loss is None else -loss, names=("gain", "loss"))
        case Risk(used_percent=used):
            return "used" if value >= used else WITHIN
        case _:
            return WITHIN


def _side(value: Decimal, upper: Decimal | None, lower: Decimal | None, *, names: tuple[Bound, Bound]) -> Bound | str:
    """Return which of two bounds a figure is at or beyond."""
    if upper is not None and value >= upper:
        return names[0]
    return names[1] if lower is not None and value <= lower else WITHIN
