"""What an opening is margined with, and what its order's row remembers of that: pure reading, in its transaction."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Final

import msgspec

from execution.refusal import Refusal, not_known, number
from execution.settings import Settings
from execution.signals_desk.around import Case
from ledger.trading.enumerations import MarginMode
from ledger.trading.flow.margins import Margin, effective
from ledger.trading.flow.records import NO_PRICE
from ledger.trading.instruments import Instrument
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limits import Limits

MODES: Final[Mapping[str, MarginMode]] = {"isolated": "ISOLATED", "cross": "CROSS"}
"""Margin modes as alerts, people and settings write them."""


def default_margin(settings: Settings) -> Margin:
    """Return what is margined how where nobody has said it.

    Args:
        settings: Execution's.
    """
    return Margin(margin_mode=MODES[settings.default_margin_mode], leverage=settings.default_leverage)


def is_margined(case: Case, instrument: Instrument) -> bool:
    """Tell whether margin mode and leverage are set at the venue of a signal for what it trades.

    Args:
        case: The signal.
        instrument: What it trades.
    """
    state = case.around.link.state_of(case.place.broker)
    return instrument.asset_type == "FUTURE" and state is not None and state.has_margin


def margin_of(case: Case, instrument: Instrument) -> Margin | Refusal | None:
    """Return what an opening is margined with: as its signal says, else as was chosen, else as the settings say.

    Args:
        case: The signal.
        instrument: What it trades.

    Returns:
        Mode and leverage, which is a whole number, rounded down; None where the venue has none to be set; why an
        opening has to wait, while nobody knows what the venue has.
    """
    if not is_margined(case, instrument):
        return None
    default = default_margin(case.around.settings)
    chosen = effective(SYSTEM, case.work.connection, case.signal.account, instrument=instrument.uid, default=default)
    if not chosen.is_known:
        return not_known("margin and leverage at the venue", instrument.symbol)
    said = case.said("leverage")
    leverage = chosen.leverage if said is None else max(1, int(said.to_integral_value(rounding=ROUND_FLOOR)))
    mode = MODES.get(str(case.signal.body.get("margin_mode", "")), chosen.margin_mode)
    return Margin(margin_mode=mode, leverage=leverage)


def leverage_of(case: Case, instrument: Instrument, margin: Margin | None) -> Decimal | None:
    """Return how often an order's money is lent: once, where nothing is lent; None where nobody knows.

    Args:
        case: The signal.
        instrument: What it trades.
        margin: What it is margined with; None where its venue has none to be set.
    """
    if margin is not None:
        return Decimal(margin.leverage)
    return case.said("leverage") if instrument.asset_type in {"FUTURE", "FOREX"} else Decimal(1)


def capped(limits: Limits, margin: Margin | None, settings: Settings) -> Limits:
    """Return limits with the cap of the settings, where that is stricter and something is lent at all.

    Args:
        limits: Of the policies.
        margin: What the order is margined with; None where its venue has none to be set.
        settings: Execution's.
    """
    if margin is None:
        return limits
    caps = [cap for cap in (limits.leverage_cap, settings.max_leverage) if cap is not None]
    return msgspec.structs.replace(limits, leverage_cap=min(caps))


def opening_meta(case: Case, instrument: Instrument) -> dict[str, object]:
    """Return what an opening's row remembers: its margin, and where a person wants its legs instead of the signal.

    Each repetition of the order carries the same then, whatever is chosen meanwhile.

    Args:
        case: The signal.
        instrument: What it trades.
    """
    margin, plan = margin_of(case, instrument), case.plan
    said: dict[str, object] = {}
    if isinstance(margin, Margin):
        said |= {"margin_mode": margin.margin_mode, "leverage": margin.leverage}
    legs = {} if plan is None else {"stop_loss": plan.stop_loss, "take_profit": plan.take_profit}
    return said | {name: _text(price) for name, price in legs.items() if price is not None}


def _text(price: Decimal | str) -> str:
    """Return a leg's price as a row has it."""
    return number(price) if isinstance(price, Decimal) else NO_PRICE
