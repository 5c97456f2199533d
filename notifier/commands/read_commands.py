"""The commands that only read: each gathers what its page needs, and the page words it.

What the ledger cannot tell now is said with its reason; nothing here changes anything.
"""

import html
import platform
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

import msgspec

from bus.messages import partial_balance
from bus.messages.rounds import Snapshot
from bus.version import VERSION, commit
from ledger import schema
from ledger.portfolio.dead_letters import unsent
from ledger.portfolio.history import days, last_success, newest_snapshot
from ledger.portfolio.rounds import find_snapshot, last_balances
from ledger.portfolio.schedule_overrides import read_schedule
from ledger.store import Ledger
from ledger.unavailable import LedgerUnavailable
from notifier.commands.bus_queries import BusQueries
from notifier.commands.comparisons import earlier_of
from notifier.commands.replies import Replies
from notifier.commands.table import help_text
from notifier.incoming.interaction import Handler, Interaction
from notifier.pages.change import change_page
from notifier.pages.health import HealthReport, health_page
from notifier.pages.history import history_page
from notifier.pages.why import why_page
from notifier.texts.alerts import reason_of

HISTORY_DAYS = 31
"""One more than is shown: the oldest has a change too."""


class ReadCommands:
    """Who answers `/history`, `/change`, `/why`, `/health`, `/version`, `/help` and `/start`, and their buttons."""

    def __init__(
        self, replies: Replies, *, ledger: Ledger, bus_queries: BusQueries, labels: dict[str, str], timezone: tzinfo
    ) -> None:
        """Answer from a ledger and from the bus.

        Args:
            labels: The sources' names for people, by their names here.
            timezone: The zone in which times are told.
        """
        self._replies = replies
        self._ledger = ledger
        self._bus_queries = bus_queries
        self._labels = labels
        self._timezone = timezone
        self._running = " ".join(filter(None, (VERSION, commit())))  # what is set up later runs after a restart

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {
            "history": self._told(self._history),
            "change": self._told(self._change),
            "why": self._told(self._why),
            "health": self.health,
            "version": self._told(self._version, reads_ledger=False),
            "help": self._told(self._help, reads_ledger=False),
            "start": self._told(self._start, reads_ledger=False),
        }

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {"why": self._told(self._why_this), "history": self._told(self._history)}

    async def health(self, asked: Interaction) -> None:
        """Ask everybody how they are, and tell."""
        async with self._replies.slowly(asked.chat_id, self._replies.words.working) as line:
            answers = await self._bus_queries.everybody(keys=len(self._labels) - 1)
            health, clock = answers.health, answers.next_slot
            report = self._with_ledger(
                HealthReport(
                    now=datetime.now(UTC),
                    programs=health.programs if health is not None else None,
                    keys=tuple(answers.keys.values()),
                    next_slot=clock.next_slot if clock is not None else None,
                    interval_minutes=clock.interval_minutes if clock is not None else None,
                    labels=self._labels,
                )
            )
            await line.become(health_page(report, zone=self._timezone, language=self._replies.language))

    def _told(self, word: Callable[[Interaction], str], *, reads_ledger: bool = True) -> Handler:
        """Make a handler of a function that words a page at once."""

        async def tell(asked: Interaction) -> None:
            """End a button's waiting, word the page, and say it; or say why the ledger cannot be used."""
            if asked.query_id:
                await self._replies.answer(asked.query_id)
            try:
                if reads_ledger:
                    self._ledger.must_be_ready()
                text = word(asked)
            except LedgerUnavailable as error:
                text = self._replies.ledger_unavailable(error, self._replies.words.ledger_unavailable)
            await self._replies.say(asked.chat_id, text)

        return tell

    def _help(self, _asked: Interaction) -> str:
        """Return the list of commands."""
        return html.escape(help_text(self._replies.language), quote=False)

    def _start(self, asked: Interaction) -> str:
        """Return the greeting, with the list of commands."""
        return f"{self._replies.words.start}\n\n{self._help(asked)}"

    def _version(self, _asked: Interaction) -> str:
        """Return which version of the program, of Python and of the ledger's schema runs."""
        return self._replies.words.version.format(
            version=self._running, python=platform.python_version(), schema=schema.SCHEMA
        )

    def _history(self, _asked: Interaction) -> str:
        """Return the page of the last days."""
        kept, newest = days(self._ledger, most=HISTORY_DAYS), newest_snapshot(self._ledger)
        return history_page(kept, newest, zone=self._timezone, language=self._replies.language)

    def _change(self, _asked: Interaction) -> str:
        """Return the page of what changed, or the answer that there is no snapshot yet."""
        newest = newest_snapshot(self._ledger)
        if newest is None:
            return self._replies.words.no_history
        earlier = earlier_of(self._ledger, newest, self._timezone)
        return change_page(newest, earlier, zone=self._timezone, language=self._replies.language)

    def _why(self, asked: Interaction) -> str:
        """Return the page of the newest round, or of one platform in it."""
        return self._why_of(newest_snapshot(self._ledger), " ".join(asked.arguments) or None)

    def _why_this(self, asked: Interaction) -> str:
        """Tell of the round whose snapshot the button is under; of the newest where that is not kept."""
        found = find_snapshot(self._ledger, asked.arguments[0]) if asked.arguments else None
        return self._why_of(found or newest_snapshot(self._ledger), None)

    def _why_of(self, snapshot: Snapshot | None, wanted: str | None) -> str:
        """Return the page of a round, in the chat's zone and language."""
        return why_page(snapshot, platform=wanted, zone=self._timezone, language=self._replies.language)

    def _with_ledger(self, report: HealthReport) -> HealthReport:
        """Add what the ledger says, or why it says nothing."""
        try:
            self._ledger.must_be_ready()
            rows, success = unsent(self._ledger), last_success(self._ledger)
            known = last_balances(self._ledger, success)
            return msgspec.structs.replace(
                report,
                last_success=success,
                not_whole=frozenset(
                    name for name, balance in known.items() if balance.covers or partial_balance.mark(balance)
                ),
                waiting=sum(row.state != "dead" for row in rows),
                dead=tuple(row for row in rows if row.state == "dead"),
                paused=read_schedule(self._ledger).paused,
            )
        except LedgerUnavailable as error:
            return msgspec.structs.replace(report, ledger_unavailable=reason_of(error.reason, self._replies.language))
