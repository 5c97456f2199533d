"""IBKR: the net asset value of the last close, from a Flex statement.

Follows IBKR Campus "Flex Web Service" and the IBKR guides' "Flex Web Service Version 3" (read 2026-11). The readers are
in `collectors.wire`: `ibkr_service` (the service's answers), `ibkr_statement` (the report) and `ibkr_accounts` (what it
says of accounts). The calendar is `market_calendar`; pauses and orders are in `ibkr_flex_state`.

Quirks: a statement is ordered, then polled, and changes once a day; so it is fetched ahead of the rounds, one request a
call. The token travels in the URL: no URL and no foreign exception is ever logged. A missing or browser-like User-Agent
is refused. A Flex token can only read; there is nothing to prove, and only the owner knows when it ends.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from bus import reasons
from bus.log import logger
from bus.messages.rounds import Account, Platform
from bus.process import run
from bus.settings import BaseUrl, Secret, take
from collectors import state_file
from collectors.accounts import MissingAccounts, summed
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.ibkr_cures import CURES, NOT_ASCII
from collectors.ibkr_flex_state import RUNS_AHEAD, FlexState, Pauses
from collectors.ibkr_saved_state import load_state
from collectors.key import Advice, Key
from collectors.loop import collect
from collectors.market_calendar import closing_time, last_business_day, next_available_in_s, today
from collectors.source import Deadline, Reading
from collectors.wire.ibkr_accounts import (
    FUTURE_REPORT,
    AccountValue,
    Statement,
    missing,
)
from collectors.wire.ibkr_service import (
    LOST,
    NO_STATEMENT,
    PENDING,
    Lost,
    Ordered,
    Pending,
    read_order,
    read_report,
    refusal,
)

FOLDER = "/AccountManagement/FlexWebService"
ADDRESS = f"https://ndcdyn.interactivebrokers.com{FOLDER}"
WEBSITES = [f"{host}interactivebrokers.{land}" for host in ("", "www.") for land in ("com", "co.uk", "ie", "eu")]
WEBSITES += ["www.ibkr.com", "gdcdyn.interactivebrokers.com"]  # the last one answers nothing any more
ALLOWED = (("GET", "/SendRequest"), ("GET", "/GetStatement"))
LOOK_AGAIN_S = 3600.0
SHORT_WAIT_S = 1.0

ADVICE = Advice(
    renewal="Make a new token in Client Portal, Flex Web Service Configuration, and put it and its day into .env"
)

PLATFORM = Platform(name="ibkr", label="IBKR", heading="IBKR NLV (USD)", currency="USD", position=20)

log = logger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the IBKR collector reads from the environment."""

    ibkr_flex_token: Annotated[
        Secret,
        Meta(
            description="the Flex Web Service token, from Client Portal, Flex Web Service Configuration",
            extra={"letters": "[0-9]+"},
        ),
    ]
    ibkr_flex_query_id: Annotated[
        Secret,
        Meta(
            description="the number of an Activity Flex query with the sections Net Asset Value (NAV) in Base and "
            "Account Information, from Client Portal, Performance & Reports, Flex Queries",
            extra={"alias": "IBKR_QUERY_ID", "letters": "[0-9]+"},
        ),
    ]
    ibkr_flex_token_expires: Annotated[
        date | None,
        Meta(
            description="the day on which the token ends, as YYYY-MM-DD; the chat is warned 14, 7 and 1 days before, "
            "since IBKR does not tell it"
        ),
    ] = None
    ibkr_flex_report_format: Annotated[
        Literal["auto", "xml", "csv", "AUTO", "XML", "CSV"],
        Meta(description="auto, xml or csv: the format that the query is set to; auto takes what comes"),
    ] = "auto"
    ibkr_flex_base_url: Annotated[
        BaseUrl,
        Meta(
            description="the address of the Flex Web Service, version 3, without the step's name",
            extra={"instead": dict.fromkeys(WEBSITES, ADDRESS)},
        ),
    ] = ADDRESS


def _utc() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


class Ibkr:
    """One Flex query: the statement that it gave last, and the way to the next one."""

    def __init__(
        self,
        settings: Settings,
        *,
        pauses: Pauses | None = None,
        folder: Path = state_file.FOLDER,
        now: Callable[[], datetime] = _utc,
    ) -> None:
        """Build the client and recall the last statement; nothing is asked yet.

        Args:
            settings: The settings of this program.
            pauses: How long the service is left alone; None for the usual pauses.
            folder: Where state files are.
            now: Tells the present moment, aware UTC.
        """
        # Imported late: requests costs 15 MB, and the launcher imports this module only for its Settings.
        from collectors.egress.requests_session import USER_AGENT, RequestsGate, open_session

        base_url = settings.ibkr_flex_base_url.rstrip("/")
        self._base_url = base_url if urlsplit(base_url).path else base_url + FOLDER
        self._gate = RequestsGate(self._base_url, ALLOWED)
        self.session = open_session(self._gate)
        self.session.headers["User-Agent"] = USER_AGENT
        self.key = Key(PLATFORM, "by nature", advice=ADVICE, ends_on=settings.ibkr_flex_token_expires)
        self._settings = settings
        self._now = now
        token = f"{self._base_url} {settings.ibkr_flex_token.reveal()}"
        kept = load_state(token=token, query=settings.ibkr_flex_query_id.reveal(), folder=folder)
        self._missing_accounts = MissingAccounts(PLATFORM.name, CURES)
        self._flex_state = FlexState(kept, pauses=pauses or Pauses(), folder=folder, now=now)

    def fetch(self, deadline: Deadline) -> Reading:
        """Return the newest statement that can be expected; where it cannot be had, the one before it."""
        self._gate.deadline = deadline
        try:
            while not self._flex_state.is_current():
                self._await_turn(deadline)
                self._step()
        except PlatformError as error:
            if not self._flex_state.is_usable() or not _is_temporary(error):
                raise
            log.info("the statement in hand stands in", reason=error.reason, code=error.code)
        return self._reading()

    def prefetch(self, deadline: Deadline) -> float:
        """Take the next step towards the statement, if one is due; return the seconds until the one after it."""
        self._gate.deadline = deadline
        flex_state = self._flex_state
        if not flex_state.is_current() and self._may_go_ahead() and not flex_state.pause_left_s():
            self._step()
        pause_s = LOOK_AGAIN_S
        if flex_state.is_current():
            pause_s = next_available_in_s(self._now())
        elif self._may_go_ahead():
            pause_s = flex_state.pause_left_s()
        return max(1.0, min(LOOK_AGAIN_S, pause_s))

    def _may_go_ahead(self) -> bool:
        """Tell whether a prefetch may ask: a statement is under way already, or today's orders are few."""
        return bool(self._flex_state.kept.reference) or self._flex_state.runs_today() < RUNS_AHEAD

    def _reading(self) -> Reading:
        """Return the accounts' sum by the statement in hand; Busy without a statement."""
        report_date, fetched_at = self._flex_state.report_date, self._flex_state.kept.fetched_at
        if report_date is None or fetched_at is None:
            raise Busy(reasons.STATEMENT_NOT_READY, code="no statement")
        accounts = tuple(_account(value) for value in self._flex_state.accounts)
        self._missing_accounts.log_changes(accounts)
        return Reading(
            amount=summed(accounts),
            currency=PLATFORM.currency,
            as_of=closing_time(report_date),
            fetched_at=fetched_at,
            wallets=("accounts",),
            close_of=report_date if report_date < last_business_day(self._now()) else None,
            accounts=accounts if all(account.key for account in accounts) else (),
        )

    def _await_turn(self, deadline: Deadline) -> None:
        """Wait for a look that is due within the budget; raise where the service is to be left alone longer."""
        wait_s = self._flex_state.pause_left_s()
        waiting = not self._flex_state.kept.pause_kind or wait_s < SHORT_WAIT_S
        if wait_s and (not waiting or wait_s >= deadline.left_s()):
            raise self._flex_state.pause_error()
        time.sleep(wait_s)  # the protocol is to ask again and again

    def _step(self) -> None:
        """Send one request: the order, or a look whether the statement is ready."""
        self._flex_state.about_to_ask()
        try:
            self._take(self._ask())
        except PlatformError as caught:
            error = self._as_last_heard(caught)
            pause_s = self._flex_state.failed(error)
            if isinstance(error, Busy):
                error.retry_after_s = pause_s
            cure = CURES.get(error.code) or CURES.get(error.reason)
            if cure:
                log.warning("refused", platform=PLATFORM.name, reason=error.reason, code=error.code, cure=cure)
            raise error from None

    def _as_last_heard(self, error: PlatformError) -> PlatformError:
        """Let "not ready" stand when the budget cut one look after it; a second look in vain counts as what it is."""
        if error.reason == reasons.TIMEOUT and self._flex_state.was_pending():
            return refusal(PENDING)
        return error

    def _ask(self) -> Ordered | Pending | Lost | Statement:
        """Order a statement, or look for the one under way; return what the service says."""
        from collectors.egress.requests_session import get  # late, as in the constructor

        reference = self._flex_state.kept.reference
        step = "GetStatement" if reference else "SendRequest"
        query = reference or self._settings.ibkr_flex_query_id.reveal()
        parameters = {"t": self._settings.ibkr_flex_token.reveal(), "q": query, "v": "3"}
        if not parameters["t"].isascii():
            raise Denied(reasons.BAD_KEY, code=NOT_ASCII)
        body = get(self.session, f"{self._base_url}/{step}", parameters)
        if not reference:
            return read_order(body)
        return read_report(body, self._settings.ibkr_flex_report_format.lower())

    def _take(self, answer: Ordered | Pending | Lost | Statement) -> None:
        """Enter the service's answer into the Flex state; a lost order is made again once, then it is an error."""
        flex_state = self._flex_state
        match answer:
            case Ordered(reference=reference):
                flex_state.ordered(reference)
                log.info("statement ordered", platform=PLATFORM.name, orders_today=flex_state.runs_today())
            case Pending() if flex_state.is_given_up():
                raise Malformed(reasons.STATEMENT_NOT_READY, code=PENDING)
            case Pending():
                flex_state.pending()
            case Lost() if flex_state.kept.restarted:
                flex_state.kept.reference = ""
                raise refusal(LOST)
            case Lost():
                flex_state.lost()
            case Statement():
                self._keep(answer)

    def _keep(self, statement: Statement) -> None:
        """Keep a statement; an account whose day is still to come is missing, and with none left it is malformed."""
        day = today(self._now())
        accounts = tuple(_unless_in_future(account, day) for account in statement.accounts)
        days = [account.report_date for account in accounts if account.report_date]
        if not days:
            raise Malformed(reasons.BAD_ANSWER, code=FUTURE_REPORT)
        self._flex_state.delivered(Statement(accounts=accounts))
        log.info("statement received", platform=PLATFORM.name, close_of=max(days), accounts=len(days))


def _is_temporary(error: PlatformError) -> bool:
    """Tell whether the statement in hand may stand in; that there is none for the period may mean "not yet"."""
    return not isinstance(error, Denied) or error.code == NO_STATEMENT


def _unless_in_future(account: AccountValue, day: date) -> AccountValue:
    """Return the account, or the same as missing if its report is of a later day."""
    if account.report_date is None or account.report_date <= day:
        return account
    return missing(account.account, account.key, Malformed(reasons.BAD_ANSWER, code=FUTURE_REPORT))


def _account(value: AccountValue) -> Account:
    """Return an account as the bus carries it, by its key and the end of its number."""
    ending = value.account.removeprefix("…")
    return Account(key=value.key, ending=ending, amount=value.amount, reason=value.reason, code=value.code)


def main() -> None:
    """Run the collector."""
    collect(PLATFORM.name, Ibkr(take(Settings, os.environ)))


if __name__ == "__main__":
    run(main, name=PLATFORM.name)
