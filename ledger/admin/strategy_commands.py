"""The owner's commands for strategies, which turn signals into orders or questions.

Whoever may type them on this machine owns the ledger's file: they are the system's own, and see everybody's.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection

from ledger.admin.commands import Refused
from ledger.admin.open_books import named, ready, table, user_named
from ledger.settings import Settings
from ledger.trading.enumerations import Mode
from ledger.trading.people import strategies, users
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import NewStrategy, list_strategies
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.people.strategy_tokens import rotate_token
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

SAYS = {
    "auto": "its signals become orders",
    "manual": "each signal is asked about first",
    "closing_only": "only signals that reduce a position count",
    "off": "its signals are refused",
}
"""What a mode means."""


class StrategyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of a strategy.

    Attributes:
        mode: What becomes of its signals; None where nothing is said of it.
        params: JSON of what it is set to from now on, all of it; None where nothing is said of it.
        has_new_secret: Whether its webhook gets another secret.
        is_out_of_force: Whether it is switched off.
    """

    mode: Mode | None = None
    params: str | None = None
    has_new_secret: bool = False
    is_out_of_force: bool = False


def add_strategy(settings: Settings, owner: str, new: NewStrategy, params: str | None) -> list[str]:
    """Make a strategy with the secret of its webhook; return what to tell, with the secret.

    Args:
        settings: Where the ledger is.
        owner: The user's name.
        new: The strategy, its portfolio by name; its user and parameters are filled in.
        params: JSON of what it is set to; None for nothing.

    Raises:
        Refused: There is no such user or portfolio, or no such strategy can be.
    """
    values = _read(params) if params else {}
    with ready(settings) as ledger, ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        user = user_named(connection, owner)
        portfolios = list_portfolios(SYSTEM, connection, user=user.uid)
        portfolio = named(portfolios, new.portfolio or "", what="portfolio", owner=user.username)
        wanted = msgspec.structs.replace(new, params=values, portfolio=portfolio.uid, user=user.uid)
        made = strategies.create_strategy(SYSTEM, work, wanted)
        secret = rotate_token(SYSTEM, work, made.uid)
    return [
        f"{user.username} has the strategy {made.name} for {portfolio.name}, mode {made.mode}: {SAYS[made.mode]}.",
        *_shown_once(secret),
    ]


def change_strategy(settings: Settings, owner: str, name: str, change: StrategyChange) -> list[str]:
    """Change a strategy's mode, parameters or secret, or switch it off; return what to tell.

    Args:
        settings: Where the ledger is.
        owner: The user's name.
        name: The strategy's.
        change: What is to become of it; all of it, or nothing.

    Raises:
        Refused: There is no such strategy, nothing or a contradiction is asked for, or it cannot be.
    """
    if change == StrategyChange():
        raise Refused("nothing is said to change; write MODE=…, PARAMS=…, ROTATE=1 or OFF=1")
    if change.is_out_of_force and change != StrategyChange(is_out_of_force=True):
        raise Refused("OFF=1 takes the strategy out of force, so it stands alone")
    params = None if change.params is None else _read(change.params)
    with ready(settings) as ledger, ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        user = user_named(connection, owner)
        found = named(_newest(connection, user.uid), name, what="strategy", owner=user.username)
        if change.is_out_of_force:
            strategies.switch_off(SYSTEM, work, found.uid)
            return [f"{name} is switched off, and its secret worth nothing. To use it again: PARAMS=… and ROTATE=1"]
        if params is not None:
            found = strategies.new_version(SYSTEM, work, found.uid, params)
        if not found.is_active:
            raise Refused(f"{name} is switched off; write PARAMS=… too, which puts it in force again")
        if change.mode is not None:
            found = strategies.set_mode(SYSTEM, work, found.uid, change.mode)
        secret = rotate_token(SYSTEM, work, found.uid) if change.has_new_secret else None
    said = f"{name} is in force, version {found.version}, mode {found.mode}: {SAYS[found.mode]}."
    if secret:
        return [said, *_shown_once(secret)]
    return [said] if found.has_token else [said, "It has no secret, so no signal reaches it; write ROTATE=1 for one."]


def show_strategies(settings: Settings, owner: str | None) -> list[str]:
    """Return a table of strategies in their newest versions, of one user or of all.

    Args:
        settings: Where the ledger is.
        owner: The user's name; None for all.

    Raises:
        Refused: There is no such user.
    """
    with ready(settings) as ledger, ledger.reading() as connection:
        user = None if owner is None else user_named(connection, owner).uid
        found = _newest(connection, user)
        names = {each.uid: each.username for each in users.list_users(SYSTEM, connection)}
        portfolios = {each.uid: each.name for each in list_portfolios(SYSTEM, connection, archived=True)}
    head = ("owner", "strategy", "version", "mode", "portfolio", "secret", "set to")
    rows = [
        (
            names[each.user],
            each.name,
            str(each.version),
            each.mode if each.is_active else "switched off",
            portfolios[each.portfolio] if each.portfolio else "the default",
            "yes" if each.has_token else "no",
            json.dumps(each.params, ensure_ascii=False),
        )
        for each in found
    ]
    return table(head, rows) if rows else ["There are no strategies yet. Type: make add-strategy OWNER=… NAME=… …"]


def _newest(connection: Connection, user: str | None) -> Sequence[Strategy]:
    """Return strategies in their newest versions, also those that are switched off."""
    every = list_strategies(SYSTEM, connection, user=user, every_version=True)
    return tuple({(each.user, each.name): each for each in every}.values())


def _shown_once(secret: str) -> list[str]:
    """Return the lines that show a secret."""
    return [
        f"The secret part of its webhook's path: {secret}",
        "It is shown this once and kept by nobody here; an earlier one is worth nothing now. Another: ROTATE=1",
    ]


def _read(text: str) -> Mapping[str, object]:
    """Return the parameters that a person wrote as JSON; raises Refused."""
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"""PARAMS is no JSON ({error}); write it so: PARAMS='{{"amount":"500"}}'""") from None
    if not isinstance(found, dict):
        raise Refused("""PARAMS are names with values; write it so: PARAMS='{"amount":"500"}'""")
    return found


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON; raises ValueError where a name stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found
