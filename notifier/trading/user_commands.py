"""`/users`, `/approve`, `/block` and `/role`: an admin's word on who is a user of trading."""

from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.books.positions import list_positions
from ledger.trading.enumerations import Role
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.orders.finding import open_orders
from ledger.trading.people import users
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.user_rows import User
from ledger.trading.principal import Principal, must_be_admin
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_people import WORDS, PeopleWords
from notifier.trading.desk import Desk, escaped
from notifier.trading.letting_in import change_role, let_in, shown, shut_out
from notifier.trading.people_pages import users_page

ROLES: Final[dict[str, Role]] = {"admin": "admin", "trader": "trader", "viewer": "viewer"}

log = logger(__name__)


class UserCommands:
    """Who answers the four commands."""

    def __init__(self, desk: Desk, *, limit: int) -> None:
        """Read and change users.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            limit: How many users may be active.
        """
        self._desk = desk
        self._replies = desk.replies
        self._limit = limit

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        told = self._desk.told
        return {
            "users": told(self.users),
            "approve": told(self.approve),
            "block": told(self.block),
            "role": told(self.role),
        }

    async def users(self, asked: Interaction) -> None:
        """List everybody, first those who wait."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            found = users.list_users(principal, connection)
        await self._replies.say(asked.chat_id, users_page(found, self._words, zone=self._desk.zone))

    async def approve(self, asked: Interaction) -> None:
        """Let somebody in: as a trader, or in the role that was theirs, unless another one is said."""
        name, role = _name_and_role(asked.arguments)
        if not name:
            await self._replies.say(asked.chat_id, self._words.approve_usage)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            before = named_user(principal, work.connection, name)
            usual: Role = "trader" if before.status == "REQUESTED" else before.role
            after = let_in(principal, work, before, role or usual, limit=self._limit)
        text = self._words.is_in_already if before.status == "ACTIVE" else self._words.is_in
        log.info("user let in", user=after.uid, role=after.role)
        await self._replies.say(asked.chat_id, text.format(name=escaped(shown(after)), role=after.role))

    async def block(self, asked: Interaction) -> None:
        """Shut somebody out, and say what of theirs stays at the venues."""
        name = " ".join(asked.arguments)
        if not name:
            await self._replies.say(asked.chat_id, self._words.block_usage)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            before = named_user(principal, work.connection, name)
            shut_out(principal, work, before)
            stays = self._what_stays(principal, work.connection, before)
        log.info("user blocked", user=before.uid)
        words, name = self._words, escaped(shown(before))
        match before.status:
            case "BLOCKED":
                text = words.is_blocked_already.format(name=name)
            case "REQUESTED":
                text = words.is_turned_down.format(name=name)
            case _:
                text = f"{words.is_blocked.format(name=name)}\n{stays}"
        await self._replies.say(asked.chat_id, text)

    async def role(self, asked: Interaction) -> None:
        """Give an active user another role."""
        name, role = _name_and_role(asked.arguments)
        if not name or role is None:
            await self._replies.say(asked.chat_id, self._words.role_usage)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            after = change_role(principal, work, named_user(principal, work.connection, name), role)
        log.info("role changed", user=after.uid, role=after.role)
        await self._replies.say(asked.chat_id, self._words.has_role.format(name=escaped(shown(after)), role=after.role))

    @property
    def _words(self) -> PeopleWords:
        """The words in the language of whoever is answered."""
        return WORDS[self._desk.language]

    def _what_stays(self, principal: Principal, connection: Connection, user: User) -> str:
        """Return what of a user's is still at the venues."""
        mine = [each.uid for each in list_portfolios(principal, connection, user=user.uid)]
        orders = sum(len(open_orders(principal, connection, portfolio=uid)) for uid in mine)
        positions = sum(len(list_positions(principal, connection, portfolio=uid)) for uid in mine)
        words = self._words
        return words.stays.format(orders=orders, positions=positions) if orders or positions else words.nothing_stays


def named_user(principal: Principal, connection: Connection, written: str) -> User:
    """Return the one user of a name, or of a number at Telegram.

    Args:
        principal: An admin.
        connection: Any connection to the ledger.
        written: As a person types it; a name with or without an @ before it.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is nobody of that name.
        Invalid: There are several: whoever asks to be let in calls themselves what they like.
    """
    must_be_admin(principal)
    name = written.removeprefix("@").casefold()
    everybody = users.list_users(principal, connection)
    found = [each for each in everybody if name in {each.username.casefold(), str(each.telegram_user_id)}]
    if not found:
        raise NotFound("user", written)
    if len(found) > 1:
        numbers = ", ".join(str(each.telegram_user_id) for each in found)
        raise Invalid.of("several_users", name=written, numbers=numbers)
    return found[0]


def _name_and_role(words: tuple[str, ...]) -> tuple[str, Role | None]:
    """Return what stands before a role, and the role; None where none is said."""
    *name, last = words or ("",)
    role = ROLES.get(last.lower())
    return (" ".join(name), role) if name and role is not None else (" ".join(words), None)
