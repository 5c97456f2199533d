"""`/kill`, `/unkill`, `/pause` and `/resume`: rows of the ledger, written here, because execution may be dead.

A kill is never too late and asks nothing. It is answered once execution has confirmed that nothing which was sent
before can still arrive, or after a few seconds that nobody has. Lifting a halt costs money: it asks once.
"""

import asyncio

from sqlalchemy import Connection

from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.trading.flow import halts
from ledger.trading.flow.records import Halt, HaltKind, HaltScope
from ledger.trading.people import users
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import Principal
from ledger.unavailable import LedgerUnavailable
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading import TradingWords
from notifier.trading.confirming import Confirmation
from notifier.trading.desk import Desk, escaped, name_of, place

LOCKED_S = 10.0
"""How long a kill is tried again while the ledger cannot be written."""
TRY_AGAIN_S = 0.5
CONFIRM_S = 6.0
LOOK_S = 0.2
ALL = "all"

log = logger(__name__)


class HaltCommands:
    """Who answers the four commands, and the buttons that lift a halt."""

    def __init__(self, desk: Desk, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Write halts.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            time: Measures how long a kill is tried, and waited for.
        """
        self._desk = desk
        self._replies = desk.replies
        self._time = time

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        told = self._desk.told
        return {
            "kill": told(self.kill),
            "unkill": told(self.unkill),
            "pause": told(self.pause),
            "resume": told(self.resume),
        }

    async def kill(self, asked: Interaction) -> None:
        """Stop all trading of the asker, or of everybody where an admin asks; say whether it is sure."""
        try:
            halt = await self._written(asked)
        except LedgerUnavailable as error:
            log.error("not killed", reason=error.reason)
            await self._replies.say(asked.chat_id, self._replies.ledger_unavailable(error, self._desk.words.not_killed))
            return
        log.warning("killed", scope=halt.scope, halt=halt.uid)
        self._desk.wake(halt.uid)
        confirmed = await self._is_confirmed(asked, halt)
        text = self._desk.words.killed if confirmed else self._desk.words.killed_unconfirmed
        of = scope_words(halt, "", self._desk.words)
        await self._replies.say(asked.chat_id, text.format(of=of, seconds=f"{CONFIRM_S:g}"))

    async def pause(self, asked: Interaction) -> None:
        """Stop openings in the portfolio in use, or, of all that the asker may stop."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            mine = place(principal, work.connection)
            scope: HaltScope = _widest(principal) if ALL in _words_of(asked) else "PORTFOLIO"
            uid = mine.uid if scope == "PORTFOLIO" else None
            reason = self._desk.words.by_chat.format(name=name_of(principal, work.connection))
            halt = halts.halt(principal, work, kind="PAUSE", scope=scope, scope_uid=uid, reason=reason)
        self._desk.wake(halt.uid)
        of = scope_words(halt, mine.name, self._desk.words)
        await self._replies.say(asked.chat_id, self._desk.words.paused.format(of=of))

    async def unkill(self, asked: Interaction) -> None:
        """Ask whether to trade again."""
        await self._ask_to_lift(asked, "KILL", self._desk.words.unkill_ask, self._desk.words.unkill_button)

    async def resume(self, asked: Interaction) -> None:
        """Ask whether to buy again."""
        await self._ask_to_lift(asked, "PAUSE", self._desk.words.resume_ask, self._desk.words.resume_button)

    async def lift(self, asked: Interaction, does: Confirmation) -> None:
        """Lift what the button said, and say what stays.

        Args:
            asked: The press.
            does: What the button does.
        """
        kind: HaltKind = "KILL" if does.what == "unkill" else "PAUSE"
        with self._desk.books.writing(asked.user_id) as (principal, work):
            lifted = [
                halts.lift(principal, work, kind=each.kind, scope=each.scope, scope_uid=_named(each, principal))
                for each in _to_lift(principal, work.connection, kind, every=does.argument == ALL)
            ]
            names = _portfolio_names(principal, work.connection)
            left = [each for each in _concerning(principal, work.connection) if each.kind == kind]
        for halt in lifted:
            log.warning("halt lifted", kind=kind, scope=halt.scope, halt=halt.uid)
            self._desk.wake(halt.uid)
        text = self._desk.words.unkilled if kind == "KILL" else self._desk.words.resumed
        lines = [text.format(of=self._of(each, names)) for each in lifted] or [self._desk.words.not_halted]
        lines += [self._desk.words.still.format(of=self._of(each, names), reason=escaped(each.reason)) for each in left]
        await self._replies.edit(asked.chat_id, asked.message_id, "\n".join(lines))

    async def _ask_to_lift(self, asked: Interaction, kind: HaltKind, question: str, label: str) -> None:
        """Ask whether to lift halts, naming them; or say that there are none, or none of the asker's."""
        every = ALL in _words_of(asked)
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            wanted = _to_lift(principal, connection, kind, every=every)
            names = _portfolio_names(principal, connection)
            others = [each for each in _concerning(principal, connection) if each.kind == kind]
        if not wanted:
            lines = [
                self._desk.words.still.format(of=self._of(each, names), reason=escaped(each.reason)) for each in others
            ]
            await self._replies.say(asked.chat_id, "\n".join(lines) or self._desk.words.not_halted)
            return
        of = "; ".join(dict.fromkeys(self._of(each, names) for each in wanted))
        reason = "; ".join(dict.fromkeys(escaped(each.reason) for each in wanted))
        does = Confirmation(
            what="unkill" if kind == "KILL" else "resume",
            asked_at=self._desk.books.now(),
            user_id=asked.user_id or 0,
            argument=ALL if every else "",
        )
        await self._desk.confirm(asked, question.format(of=of, reason=reason), does=does, label=label)

    async def _written(self, asked: Interaction) -> Halt:
        """Write the kill, again and again while the ledger is locked; raises LedgerUnavailable in the end."""
        until = self._time.monotonic() + LOCKED_S
        while True:
            try:
                return self._write(asked)
            except LedgerUnavailable as error:
                if self._time.monotonic() >= until:
                    raise
                log.warning("kill is tried again", reason=error.reason)
            await asyncio.sleep(TRY_AGAIN_S)

    def _write(self, asked: Interaction) -> Halt:
        """Write the kill."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            said = " ".join(asked.arguments)
            by = self._desk.words.by_chat.format(name=name_of(principal, work.connection))
            reason = f"{said} ({by})" if said else by
            return halts.halt(principal, work, kind="KILL", scope=_widest(principal), reason=reason)

    async def _is_confirmed(self, asked: Interaction, halt: Halt) -> bool:
        """Wait a few seconds for execution's word that nothing sent before can still arrive."""
        until = self._time.monotonic() + CONFIRM_S
        while True:
            try:
                with self._desk.books.reading(asked.user_id) as (principal, connection):
                    found = [each for each in halts.in_force(principal, connection) if each.uid == halt.uid]
                if not found or found[0].confirmed_at is not None:
                    return bool(found)
            except LedgerUnavailable as error:
                log.warning("kill cannot be looked up", reason=error.reason)
            if self._time.monotonic() >= until:
                return False
            await asyncio.sleep(LOOK_S)

    def _of(self, halt: Halt, names: dict[str, str]) -> str:
        """Return what a halt holds for, in words."""
        return scope_words(halt, names.get(halt.scope_uid or "", ""), self._desk.words)


def scope_words(halt: Halt, portfolio: str, words: TradingWords) -> str:
    """Return what a halt holds for.

    Args:
        halt: The halt.
        portfolio: The name of its portfolio, where it is of one.
        words: The chat's.
    """
    if halt.scope == "ALL":
        return words.of_all
    return words.of_user if halt.scope == "USER" else words.of_portfolio.format(name=escaped(portfolio))


def _widest(principal: Principal) -> HaltScope:
    """Return the most that an asker may halt."""
    return "ALL" if principal.role == "admin" else "USER"


def _words_of(asked: Interaction) -> list[str]:
    """Return the words behind a command, in small letters."""
    return [word.lower() for word in asked.arguments]


def _to_lift(principal: Principal, connection: Connection, kind: HaltKind, *, every: bool) -> list[Halt]:
    """Return the halts in force that the asker means and may lift: `every` pause, or that of the portfolio in use."""
    found = [each for each in _concerning(principal, connection) if each.kind == kind and _may_lift(principal, each)]
    if kind == "KILL" or every:
        return found
    here = place(principal, connection).uid
    return [each for each in found if each.scope_uid == here]


def _concerning(principal: Principal, connection: Connection) -> list[Halt]:
    """Return the halts in force that hold for something of the asker's own, of an admin too."""
    me = users.get(principal, connection).uid
    mine = {None, me, *_portfolio_names(principal, connection)}
    return [each for each in halts.in_force(principal, connection) if each.scope_uid in mine]


def _may_lift(principal: Principal, halt: Halt) -> bool:
    """Tell whether the asker may lift a halt; what an admin has set, the service refuses in its own words."""
    return principal.role == "admin" or halt.scope != "ALL"


def _portfolio_names(principal: Principal, connection: Connection) -> dict[str, str]:
    """Return the asker's own portfolios: names by uids."""
    me = users.get(principal, connection).uid
    return {each.uid: each.name for each in list_portfolios(principal, connection, user=me)}


def _named(halt: Halt, principal: Principal) -> str | None:
    """Return the uid by which a halt is lifted; one's own needs none."""
    return halt.scope_uid if halt.scope == "PORTFOLIO" or principal.role == "admin" else None
