"""The secrets in the paths of strategies' webhooks: shown once, kept as a hash, and looked up by the system alone.

Such a secret is 256 random bits, so a plain SHA-256 hides it: there is nothing to guess that salt or work would slow.
"""

import hashlib
import secrets

from sqlalchemy import Connection, true

from ledger.trading.errors import NotAllowed, NotFound
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
    if principal.user_id is not None:
        raise NotAllowed("only the system looks up whose a webhook's secret is")
    wanted = (strategies.c.token_hash == hashed, strategies.c.is_active == true(), users.c.is_active == true())
    row = connection.execute(select_strategies(*wanted)).first()
    if row is None:
        raise NotFound("strategy", "with this secret")
    return Strategy.of(row)
