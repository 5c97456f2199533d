"""A unit of work: what services write together, at one moment; all of it is committed, or nothing."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection


class Work(msgspec.Struct, frozen=True):
    """A transaction and its moment.

    Attributes:
        connection: From `Ledger.writing()`, behind which one writer comes after the other.
        now: The moment that its rows are written with, aware UTC.
    """

    connection: Connection
    now: datetime
