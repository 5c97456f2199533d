"""The secrets in the paths of strategies' webhooks: shown once, kept as a hash, and looked up by the system alone.

Such a secret is 256 random bits, so a plain SHA-256 hides it: there is nothing to guess that salt or work would slow.
"""

import hashlib
import re
import secrets

import msgspec
from sqlalchemy import Connection, select, true

from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.people.strategy_rows import (
    Strategy,
    log_strategy,
    select_strategies,
    strategy_row,
    update_strategy,
)
from ledger.trading.principal import Principal, must_trade
from ledger.trading.tables.people import strategies, users
from ledger.trading.work import Work

SECRET_BYTES = 32
SECRET_LENGTH = 43
"""Of the text that these bytes make, in letters, digits, `-` and `_`."""
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class TokenInForce(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook secret that signals may come with.

    Attributes:
        token_hash: What `token_hash` makes of it.
        strategy_uid: Whose it is.
        name: The strategy's.
    """

    token_hash: str
    strategy_uid: str
    name: str


def rotate_token(principal: Principal, work: Work, uid: str) -> str:
    """Give a strategy a new webhook secret; the one before is worth nothing from then on.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The version in force.

    Returns:
        The secret, `SECRET_LENGTH` signs long. Nobody can read it again.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such strategy.
        Invalid: Another version is in force.
    """
    must_trade(principal)
    row = strategy_row(principal, work.connection, uid, must_be_in_force=True)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    update_strategy(work, row, token_hash=token_hash(secret))
    log_strategy(principal, work, row, "webhook secret changed", {"is_first": row.token_hash is None})
    return secret


def token_hash(secret: str) -> str:
    """Return what is kept of a webhook secret: its SHA-256, as 64 hex digits.

    Args:
        secret: The secret, or what somebody sends for one.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def find_by_token_hash(principal: Principal, connection: Connection, hashed: str) -> Strategy:
    """Return the strategy that a webhook's secret belongs to.

    Args:
        principal: The system.
        connection: Any connection to the ledger.
        hashed: What `token_hash` makes of the secret.

    Raises:
        NotAllowed: Somebody else asks.
        NotFound: The secret belongs to none that is in force, or its user is not active.
    """
    _must_be_system(principal)
    wanted = (strategies.c.token_hash == hashed, strategies.c.is_active == true(), users.c.is_active == true())
    row = connection.execute(select_strategies(*wanted)).first()
    if row is None:
        raise NotFound("strategy", "with this secret")
    return Strategy.of(row)


def tokens_in_force(principal: Principal, connection: Connection) -> tuple[TokenInForce, ...]:
    """Return the webhook secrets of all strategies that are in force and whose users are active.

    Args:
        principal: The system.
        connection: Any connection to the ledger.

    Raises:
        NotAllowed: Somebody else asks.
    """
    _must_be_system(principal)
    columns = (strategies.c.token_hash, strategies.c.uid.label("strategy_uid"), strategies.c.name)
    found = (
        select(*columns)
        .join(users, users.c.id == strategies.c.user_id)
        .where(strategies.c.token_hash.is_not(None), strategies.c.is_active == true(), users.c.is_active == true())
        .order_by(strategies.c.id)
    )
    return tuple(TokenInForce(**row._mapping) for row in connection.execute(found))


def set_token_hash(principal: Principal, work: Work, uid: str, hashed: str) -> None:
    """Let a secret that the settings name lead to a strategy; a strategy that had it before has none from then on.

    Args:
        principal: The system.
        work: What this is written with.
        uid: The version in force.
        hashed: What `token_hash` makes of the secret.

    Raises:
        NotAllowed: Somebody else asks.
        NotFound: There is no such strategy.
        Invalid: Another version is in force, or it is no hash.
    """
    _must_be_system(principal)
    if not _HASH.fullmatch(hashed):
        raise Invalid("a hash has 64 lower-case hex digits")
    row = strategy_row(principal, work.connection, uid, must_be_in_force=True)
    if row.token_hash == hashed:
        return
    before = work.connection.execute(select_strategies(strategies.c.token_hash == hashed)).first()
    if before is not None:
        update_strategy(work, before, token_hash=None)
        log_strategy(principal, work, before, "webhook secret moved away", {"to": uid})
    update_strategy(work, row, token_hash=hashed)
    log_strategy(principal, work, row, "webhook secret set", {"is_first": row.token_hash is None})


def _must_be_system(principal: Principal) -> None:
    """Refuse everybody but the system; raises NotAllowed."""
    if principal.user_id is not None:
        raise NotAllowed("only the system looks up whose a webhook's secret is")
