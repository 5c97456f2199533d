"""Who asks: the first parameter of every service. It decides in SQL which rows there are for the asker."""

from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, CursorResult, Select, bindparam, true

from ledger.trading.enumerations import Role
from ledger.trading.errors import NotAllowed


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """An active user as a service sees them; the system itself has no user.

    Attributes:
        user_id: The row of `users`; None for the system.
        role: Admins see everybody's rows, viewers change nothing.
    """

    user_id: int | None
    role: Role


SYSTEM = Principal(user_id=None, role="admin")
"""The programs themselves, where nobody asked: reconciliation, jobs, a terminal on the machine."""


def owned(principal: Principal, user_id: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that a row is there for the asker.

    Args:
        principal: Who asks.
        user_id: The column that names the row's owner.
    """
    return true() if principal.role == "admin" else user_id == principal.user_id


class Scoped:
    """A statement of the hot path, made once for those who see all and once for those who see their own."""

    def __init__(self, statement: Select[Any], user_id: Column[Any]) -> None:
        """Make both.

        Args:
            statement: Selects rows of everybody.
            user_id: The column that names a row's owner; its table is in the statement.
        """
        self._all = statement
        self._own = statement.where(user_id == bindparam("asker"))

    def rows(self, principal: Principal, connection: Connection, **values: object) -> CursorResult[Any]:
        """Execute it for an asker.

        Args:
            principal: Who asks.
            connection: The connection.
            values: The statement's parameters.

        Returns:
            The rows that there are for the asker.
        """
        if principal.role == "admin":
            return connection.execute(self._all, values)
        return connection.execute(self._own, {**values, "asker": principal.user_id})


def must_be_admin(principal: Principal) -> None:
    """Refuse everybody but admins.

    Raises:
        NotAllowed: The asker is none.
    """
    if principal.role != "admin":
        raise NotAllowed.of("admin_only")


def must_trade(principal: Principal) -> None:
    """Refuse who may only look.

    Raises:
        NotAllowed: The asker is a viewer.
    """
    if principal.role == "viewer":
        raise NotAllowed.of("viewer")
