"""Alerts: what a user wants to be told when it happens. `execution` looks at those that are on, and fires them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args

import msgspec
from sqlalchemy import Connection, Row, select

from ledger.exact import ZERO
from ledger.trading.configuration import checked, written
from ledger.trading.enumerations import AlertType
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.principal import Principal, must_trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.records import alerts
from ledger.trading.watching import rows
from ledger.trading.watching.cron import checked_cron, next_time
from ledger.trading.words import nearest, one_of
from ledger.trading.work import Work

LONGEST_TEXT = 500
Bound = Literal["above", "below", "gain", "loss", "used"]
BOUNDS: Final[tuple[Bound, ...]] = get_args(Bound)
MEASURED: Final = (
    "max_daily_loss",
    "max_drawdown_percent",
    "max_invested",
    "budget",
    "max_position_value",
    "max_open_positions",
    "max_daily_buys",
)
"""Limits that are used up little by little; all others are about one order."""


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of PRICE: the price of its instrument reaches one of two bounds, or both are watched."""

    above: Decimal | None = None
    below: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse bounds that say nothing or are always reached."""
        _above_zero(self)
        if self.above is not None and self.below is not None and not self.below < self.above:
            raise ValueError("below is not under above; write a lower bound and a higher one")


class Indicator(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of INDICATOR: TradingView says so in an alert that bears this name."""

    indicator: str

    def __post_init__(self) -> None:
        """Refuse a name that cannot be one."""
        if not 0 < len(self.indicator) <= 64 or not self.indicator.isprintable():
            raise ValueError("indicator is the name that TradingView's alert sends, 1 to 64 signs")


class Position(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of POSITION: what is held has gained or lost so many percent of its cost; of its instrument, or all together."""

    gain_percent: Decimal | None = None
    loss_percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse bounds that say nothing."""
        _above_zero(self)


class Risk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of RISK: so many percent of a limit are used up; 100 is when it is reached."""

    limit: str
    used_percent: Decimal = Decimal(100)

    def __post_init__(self) -> None:
        """Refuse a limit that there is not, or that is not used up."""
        if self.limit not in MEASURED:
            raise ValueError(f"there is no limit {self.limit} to watch; {nearest(self.limit, MEASURED)}")
        if not (self.used_percent.is_finite() and ZERO < self.used_percent <= Decimal(100)):
            raise ValueError("used_percent is above 0 and at most 100")


class Scheduled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of SCHEDULE: a text at times by cron, in UTC."""

    cron: str
    text: str

    def __post_init__(self) -> None:
        """Refuse a time that never comes, or a text that cannot be sent."""
        try:
            checked_cron(self.cron)
        except Invalid as error:
            raise ValueError(str(error)) from None
        if not 0 < len(self.text.strip()) <= LONGEST_TEXT:
            raise ValueError(f"text has 1 to {LONGEST_TEXT} signs")


AlertConfig = Price | Indicator | Position | Risk | Scheduled
CONFIGS: Final[dict[AlertType, type[AlertConfig]]] = {
    "PRICE": Price,
    "INDICATOR": Indicator,
    "POSITION": Position,
    "RISK": Risk,
    "SCHEDULE": Scheduled,
}


class NewAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert to be written; rows are named by their uids.

    Attributes:
        name: No other alert of the user has it.
        type: What is watched.
        config: By the Struct of its type in `CONFIGS`.
        portfolio: Which is watched, and at whose venue prices are asked for; needed for POSITION, None in others for
            the one in use.
        instrument: Which is watched; needed for PRICE.
    """

    name: str
    type: AlertType
    config: Mapping[str, object]
    portfolio: str | None = None
    instrument: str | None = None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert: a row of `alerts`; ids are the ledger's own.

    Attributes:
        next_at: Of SCHEDULE: when it is due next.
        beyond: Of PRICE, POSITION and RISK: the bound, one of `BOUNDS`, that it was beyond when it was last looked at;
            empty for none, None before the first look.
        unknown_since: Since when nobody can say where it stands; None where it is known.
    """

    id: int
    uid: str
    user_id: int
    portfolio_id: int | None
    instrument_id: int | None
    name: str
    type: AlertType
    config: AlertConfig
    is_active: bool
    last_fired_at: datetime | None
    next_at: datetime | None
    beyond: str | None
    unknown_since: datetime | None
    created_at: datetime


KIND = rows.Kind(word="alert", table=alerts, since="last_fired_at")


def new_alert(principal: Principal, work: Work, new: NewAlert) -> Alert:
    """Write an alert of the asker's, switched on.

    Args:
        principal: Who wants to be told.
        work: What this is written with.
        new: The alert.

    Returns:
        The alert.

    Raises:
        NotFound: The asker has no such portfolio, or there is no such instrument.
        NotAllowed: The asker may only look, or is the system.
        Taken: The name is in use.
        Invalid: The type, the name or the configuration cannot be.
    """
    must_trade(principal)
    one_of("an alert's type", new.type, AlertType)
    config = checked(CONFIGS[new.type], new.config, what="the alert")
    if new.type == "PRICE" and new.instrument is None:
        raise Invalid.of("name_instrument")
    if new.type == "POSITION" and new.portfolio is None:
        raise Invalid.of("name_watched_portfolio")
    values = {
        "type": new.type,
        "config_json": written(config),
        "portfolio_id": rows.portfolio_id(principal, work.connection, new.portfolio),
        "instrument_id": _instrument_id(work.connection, new.instrument),
        "next_at": next_time(config.cron, now=work.now) if isinstance(config, Scheduled) else None,
    }
    return as_alert(rows.add(principal, work, KIND, new.name, values))


def list_alerts(principal: Principal, connection: Connection) -> tuple[Alert, ...]:
    """Return the alerts of the asker by name; admins get those of all users."""
    return tuple(map(as_alert, rows.owned_ones(principal, connection, KIND)))


def active_alerts(principal: Principal, connection: Connection) -> tuple[Alert, ...]:
    """Return the alerts of all users that are on; raises NotAllowed for all but admins and the system."""
    return tuple(map(as_alert, rows.active_ones(principal, connection, KIND)))


def switch_alert(principal: Principal, work: Work, uid: str, *, on: bool) -> None:
    """Switch an alert on or off; raises NotFound, and NotAllowed for who may only look.

    One that is switched on begins anew: what has passed meanwhile fires nothing.
    """

    def anew(row: Row[Any]) -> dict[str, object]:
        """Forget where it stood."""
        cron = row.config_json["cron"] if row.type == "SCHEDULE" else None
        next_at = None if cron is None else next_time(cron, now=work.now)
        return {"next_at": next_at, "beyond": None, "unknown_since": None}

    rows.switch(principal, work, KIND, uid, on=on, anew=anew)


def delete_alert(principal: Principal, work: Work, uid: str) -> None:
    """Delete an alert; raises NotFound, and NotAllowed for who may only look."""
    rows.delete(principal, work, KIND, uid)


def alert_fired(principal: Principal, work: Work, uid: str) -> None:
    """Note that an alert was fired now; raises NotFound, and NotAllowed for all but admins and the system."""
    rows.note(principal, work, KIND, uid)


def _above_zero(config: Price | Position) -> None:
    """Refuse bounds of which none is set, or one is not above zero; raises ValueError."""
    names = " or ".join(config.__struct_fields__)
    bounds: list[Decimal | None] = [getattr(config, name) for name in config.__struct_fields__]
    if not any(bound is not None for bound in bounds):
        raise ValueError(f"nothing is watched; write {names}")
    if any(bound is not None and not (bound.is_finite() and bound > ZERO) for bound in bounds):
        raise ValueError(f"{names} is not above zero")


def _instrument_id(connection: Connection, uid: str | None) -> int | None:
    """Return the number of an instrument, None for none; raises NotFound."""
    if uid is None:
        return None
    found: int | None = connection.execute(select(instruments.c.id).where(instruments.c.uid == uid)).scalar()
    if found is None:
        raise NotFound("instrument", uid)
    return found


def as_alert(row: Row[Any]) -> Alert:
    """Return an alert as its row has it.

    Args:
        row: A row with at least these columns.

    Raises:
        Invalid: What it watches cannot be read.
    """
    values = {field: getattr(row, field) for field in Alert.__struct_fields__ if field != "config"}
    config = checked(CONFIGS[row.type], row.config_json, what=f"alert {row.uid}")
    return Alert(**values, config=config)
