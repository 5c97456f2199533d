"""A stranger's `/start`: a row that waits, a message to every admin, and the button by which one of them decides."""

import html
from collections import deque
from datetime import datetime
from typing import Final

from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.trading.enumerations import Role
from ledger.trading.errors import Invalid
from ledger.trading.people import users
from ledger.trading.people.user_rows import Spoken, User
from ledger.trading.people.users import Requested
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable
from notifier.incoming.interaction import Handler, Interaction
from notifier.settings import Settings
from notifier.texts.trading_people import WORDS, PeopleWords
from notifier.trading.desk import Desk, escaped, name_of
from notifier.trading.letting_in import BLOCK, LET, let_in, request_text, shown, shut_out, tell_admins

WITHIN_S = 60.0
MOST_OF_ONE = 3
MOST_OF_ALL = 30
"""Strangers cost nothing to Telegram: within `WITHIN_S`, so many answers they get, each of them and all together."""
ROLES: Final[dict[str, Role]] = {"trader": "trader", "viewer": "viewer"}

log = logger(__name__)


class Registration:
    """Who answers strangers, where they may ask, and `let:<user>:trader|viewer|block`."""

    def __init__(self, desk: Desk, settings: Settings, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Have heard nobody yet.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            settings: Say whether strangers may ask, and how many users there may be.
            time: Measures how often strangers are answered.
        """
        self._desk = desk
        self._replies = desk.replies
        self._is_open = settings.registration == "open"
        self._limit = settings.max_users
        self._spoken = Spoken(language=settings.language, timezone=settings.timezone)
        self._time = time
        self._heard: deque[tuple[float, int]] = deque()

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons under a request."""
        return {LET: self._desk.told(self.decided)}

    def may_ask(self, user_id: int) -> bool:
        """Tell whether a stranger is heard: nobody where registration is closed, and never one who is blocked.

        Args:
            user_id: The person's number at Telegram.
        """
        if not self._is_open or not self._has_patience(user_id):
            return False
        try:
            return self._desk.books.status_of(user_id) != "BLOCKED"
        except LedgerUnavailable:
            return False

    async def asks(self, asked: Interaction) -> None:
        """Note that a stranger asks to be let in, and tell the admins; who has asked already is told what waits.

        Args:
            asked: What the stranger typed.
        """
        try:
            requested = self._noted(asked)
        except LedgerUnavailable as error:
            log.warning("request to be let in not noted", reason=error.reason)
            text = self._words.later
        except Invalid as error:
            log.warning("request to be let in not noted", reason=error)
            text = self._words.too_many
        else:
            at = self._day_of(requested.user.created_at)
            text = self._words.asked if requested.is_new else self._words.waits.format(at=at)
        await self._replies.say(asked.chat_id, text)

    async def decided(self, asked: Interaction) -> None:
        """Let somebody in or shut them out, once, and show under the request who decided what."""
        uid, _, said = "".join(asked.arguments).rpartition(":")
        if said not in {BLOCK, *ROLES}:
            await self._desk.toast(asked, self._desk.words.toast_no_button)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_be_admin(principal)
            before = users.get(principal, work.connection, uid)
            is_new = before.status == "REQUESTED"
            after = self._decide(principal, work, before, said) if is_new else before
            name = name_of(principal, work.connection)
        decision = self._decision(after, name) if is_new else self._known(after)
        log.info("request to be let in decided", user=uid, status=after.status, is_new=is_new)
        await self._desk.toast(asked, html.unescape(decision))
        await self._replies.edit(
            asked.chat_id, asked.message_id, f"{escaped(request_text(after, self._words))}\n\n{decision}"
        )

    @property
    def _words(self) -> PeopleWords:
        """The words in the language of whoever is answered."""
        return WORDS[self._desk.language]

    def _noted(self, asked: Interaction) -> Requested:
        """Write that a stranger asks, once; raises Invalid and LedgerUnavailable."""
        with self._desk.books.asking() as work:
            requested = users.request(work, asked.user_id or 0, asked.person, spoken=self._spoken)
            if requested.is_new:
                tell_admins(work, requested.user)
        if requested.is_new:
            log.info("somebody asks to be let in", user=requested.user.uid)
        return requested

    def _decide(self, principal: Principal, work: Work, user: User, said: str) -> User:
        """Do what a button says; return the user as they are then."""
        if said == BLOCK:
            return shut_out(principal, work, user)
        return let_in(principal, work, user, ROLES[said], limit=self._limit)

    def _decision(self, user: User, by: str) -> str:
        """Return what was decided, by whom, and when."""
        text = self._words.decided_out if user.status == "BLOCKED" else self._words.decided_in
        return text.format(role=user.role, by=escaped(by), at=self._desk.at(self._desk.books.now()))

    def _known(self, user: User) -> str:
        """Return how it stands with a user about whom it was decided."""
        text = self._words.is_blocked_already if user.status == "BLOCKED" else self._words.is_in
        return text.format(name=escaped(shown(user)), role=user.role)

    def _day_of(self, at: datetime) -> str:
        """Return a moment with its day, as the chat reads it."""
        return f"{at.astimezone(self._desk.zone):%Y-%m-%d %H:%M}"

    def _has_patience(self, user_id: int) -> bool:
        """Tell whether a stranger may be answered once more within the minute; it is counted."""
        now = self._time.monotonic()
        while self._heard and now - self._heard[0][0] > WITHIN_S:
            self._heard.popleft()
        of_one = sum(each == user_id for _, each in self._heard)
        may = of_one < MOST_OF_ONE and len(self._heard) < MOST_OF_ALL
        if may:
            self._heard.append((now, user_id))
        return may
