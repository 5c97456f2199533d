"""The secrets' hashes that the webhook knows: a copy of the ledger's, written by who trades."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from ledger.inbox.records import KnownToken, Token
from ledger.inbox.tables import inbox_tokens
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.work import Work

HASH_LENGTH = 64
LONGEST_NAME = 64
LONGEST_UID = 32

_BY_HASH = select(inbox_tokens).where(inbox_tokens.c.token_hash == bindparam("of_hash"))


def token(connection: Connection, hashed: str) -> KnownToken:
    """Return what is known of a secret; it may be retired.

    Args:
        connection: Any connection to the inbox.
        hashed: The secret's SHA-256, as 64 hex digits.

    Raises:
        NotFound: It never was a secret here.
    """
    row = connection.execute(_BY_HASH, {"of_hash": hashed}).mappings().first()
    if row is None:
        raise NotFound("strategy", "with this secret")
    return KnownToken(**row)


def put_tokens(work: Work, tokens: Sequence[Token]) -> None:
    """Make the list of secrets in force; those that are not in it any more are retired, and stay.

    Args:
        work: What this is written with.
        tokens: The whole list.

    Raises:
        Invalid: A hash is none or stands there twice, or a name does not fit.
    """
    _check(tokens)
    there = {row.token_hash: row for row in work.connection.execute(select(inbox_tokens))}
    for each in tokens:
        row = {"strategy_uid": each.strategy_uid, "name": each.name, "retired_at": None}
        known = there.pop(each.token_hash, None)
        if known is None:
            work.connection.execute(insert(inbox_tokens), {"token_hash": each.token_hash, **row})
        elif (known.strategy_uid, known.name, known.retired_at) != (each.strategy_uid, each.name, None):
            work.connection.execute(update(inbox_tokens).where(inbox_tokens.c.token_hash == each.token_hash), row)
    for hashed in (known.token_hash for known in there.values() if known.retired_at is None):
        gone = update(inbox_tokens).where(inbox_tokens.c.token_hash == hashed)
        work.connection.execute(gone, {"retired_at": work.now})


def _check(tokens: Sequence[Token]) -> None:
    """Make sure that tokens fit into their columns, each once.

    Raises:
        Invalid: They do not.
    """
    if len({each.token_hash for each in tokens}) < len(tokens):
        raise Invalid("a secret's hash stands twice in the list")
    for each in tokens:
        if len(each.token_hash) != HASH_LENGTH or not set(each.token_hash) <= set("0123456789abcdef"):
            raise Invalid(f"a secret's hash is {HASH_LENGTH} hex digits in lower case")
        if not 1 <= len(each.name) <= LONGEST_NAME or not 1 <= len(each.strategy_uid) <= LONGEST_UID:
            raise Invalid(f"a token has a name of 1 to {LONGEST_NAME} signs and a strategy's uid")
