"""What is due by cron: schedules, and alerts of type SCHEDULE; each instant once, in the transaction of its row.

An instant that is longer ago than `GRACE` is told as missed and not made up for: what it was to do may be wrong now.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from bus.log import logger
from execution.signals_desk.around import Around
from execution.texts import watching as texts
from execution.texts.names import shown
from ledger.trading.enumerations import NoticeKind
from ledger.trading.errors import NotFound, TradingError
from ledger.trading.events import Notice, tell
from ledger.trading.flow import requests
from ledger.trading.flow.halts import halt, lift
from ledger.trading.flow.records import HaltScope, NewRequest
from ledger.trading.people.portfolios import get_portfolio, portfolio_in_use
from ledger.trading.principal import SYSTEM
from ledger.trading.watching import schedules
from ledger.trading.watching.alerts import Alert, Scheduled
from ledger.trading.watching.cron import next_time
from ledger.trading.watching.schedules import Report, Schedule, Screen, Told
from ledger.trading.watching.watched import DueSchedule, Whose, due_alerts, due_schedules, pass_instant
from ledger.trading.work import Work

GRACE: Final = timedelta(minutes=15)
Doing = schedules.Action
Action = Callable[[Work, DueSchedule], str]
"""Does what a schedule is for, and returns what is told; empty where what it has begun tells it."""
KINDS: Final[Mapping[Doing, NoticeKind]] = {"report": "report"}
"""Under which kind it is told; all others are alerts."""

log = logger(__name__)


def run_due(around: Around, does: Mapping[Doing, Action]) -> bool:
    """Do what is due.

    Args:
        around: The ledger and the clocks.
        does: What is done in another way than in `ACTIONS`.

    Returns:
        Whether anything was told.

    Raises:
        LedgerUnavailable: The ledger cannot be used now; each of them is done whole or not at all.
    """
    now = around.time.now()
    with around.ledger.reading() as connection:
        alerts = due_alerts(SYSTEM, connection, now)
        found = due_schedules(SYSTEM, connection, now)
    has_told = False
    for watched in alerts:
        with around.ledger.writing() as connection:
            has_told |= _pass_alert(Work(connection, now), watched.alert, watched.whose)
    for each in found:
        with around.ledger.writing() as connection:
            has_told |= _pass_schedule(Work(connection, now), each, {**ACTIONS, **does})
    return has_told


def _pass_alert(work: Work, alert: Alert, whose: Whose) -> bool:
    """Tell what an alert is to tell now."""
    config = alert.config
    if not isinstance(config, Scheduled) or not _goes_on(work, alert, config.cron):
        return False
    missed = _missed(work, alert, config.cron, whose)
    text = missed or texts.words_of(whose.user).scheduled.format(text=config.text)
    return _told(work, alert, whose, text, "alert")


def _pass_schedule(work: Work, due: DueSchedule, does: Mapping[Doing, Action]) -> bool:
    """Do what a schedule is to do now, as its user: what that user may not do is refused, and told."""
    schedule, whose = due.schedule, due.whose
    if not _goes_on(work, schedule, schedule.cron):
        return False
    text = _missed(work, schedule, schedule.cron, whose)
    if not text:
        try:
            with work.connection.begin_nested():
                text = does[schedule.action](work, due)
        except TradingError as error:
            words = texts.words_of(whose.user)
            text = words.refused.format(name=shown(schedule.name), reason=error.worded(texts.language_of(whose.user)))
        log.info("schedule run", schedule=schedule.uid, action=schedule.action)
    return _told(work, schedule, whose, text, KINDS.get(schedule.action, "alert"))


def _goes_on(work: Work, row: Alert | Schedule, cron: str) -> bool:
    """Write when a row is due next; tells whether it is due now, which it is not where nobody had noted that."""
    is_late = row.next_at is not None and work.now - row.next_at > GRACE
    has_acted = row.next_at is not None and not is_late
    is_ours = pass_instant(SYSTEM, work, row, next_time(cron, now=work.now), has_acted=has_acted)
    return is_ours and row.next_at is not None


def _missed(work: Work, row: Alert | Schedule, cron: str, whose: Whose) -> str:
    """Return that a row's instant was missed; empty where it was not."""
    if row.next_at is None or work.now - row.next_at <= GRACE:
        return ""
    following = texts.at(next_time(cron, now=work.now), whose.user)
    log.warning("schedule missed", row=row.uid, due_at=row.next_at)
    words = texts.words_of(whose.user)
    return words.missed.format(name=shown(row.name), due=texts.at(row.next_at, whose.user), next=following)


def _told(work: Work, row: Alert | Schedule, whose: Whose, text: str, kind: NoticeKind) -> bool:
    """Tell what was done at an instant, once; tells whether there was something to tell."""
    if text:
        tell(work, whose.user, Notice(id=f"due-{row.uid}-{row.next_at:%Y%m%dT%H%M%S}", kind=kind, text=text))
    return bool(text)


def _report(_work: Work, due: DueSchedule) -> str:
    """Say that a report is due, and how it is typed."""
    params, words = due.schedule.params, texts.words_of(due.whose.user)
    if not isinstance(params, Report):
        return ""
    form = "" if params.form == "text" else params.form
    return words.report.format(name=shown(due.schedule.name), period=params.period, form=form).rstrip()


def _pause(work: Work, due: DueSchedule) -> str:
    """Halt buying, as the user."""
    scope, of = _scope(work, due)
    reason = f"/schedule {due.schedule.name}"
    halt(due.whose.principal, work, kind="PAUSE", scope=scope, scope_uid=due.whose.portfolio, reason=reason)
    return texts.words_of(due.whose.user).paused.format(name=shown(due.schedule.name), of=of)


def _resume(work: Work, due: DueSchedule) -> str:
    """Let buying go on, as the user; where nothing is paused there is nothing to tell."""
    scope, of = _scope(work, due)
    try:
        lift(due.whose.principal, work, kind="PAUSE", scope=scope, scope_uid=due.whose.portfolio)
    except NotFound:
        return ""
    return texts.words_of(due.whose.user).resumed.format(name=shown(due.schedule.name), of=of)


def _screen(work: Work, due: DueSchedule) -> str:
    """Ask for a screener to be run, as if it had been typed; its result is told by itself."""
    params, who = due.schedule.params, due.whose.principal
    if isinstance(params, Screen):
        portfolio = due.whose.portfolio or portfolio_in_use(who, work.connection).uid
        key = f"schedule-{due.schedule.uid}-{due.schedule.next_at:%Y%m%dT%H%M%S}"
        arguments = {"screener": params.screener}
        requests.ask(who, work, NewRequest(kind="screen", portfolio=portfolio, key=key, arguments=arguments))
    return ""


def _tell(_work: Work, due: DueSchedule) -> str:
    """Return the schedule's own text."""
    params = due.schedule.params
    text = params.text if isinstance(params, Told) else ""
    return texts.words_of(due.whose.user).scheduled.format(text=text)


def _scope(work: Work, due: DueSchedule) -> tuple[HaltScope, str]:
    """Return what a schedule halts, and its words."""
    words = texts.words_of(due.whose.user)
    if due.whose.portfolio is None:
        return "USER", words.of_all
    name = get_portfolio(due.whose.principal, work.connection, due.whose.portfolio).name
    return "PORTFOLIO", words.of_portfolio.format(portfolio=shown(name))


ACTIONS: Final[Mapping[Doing, Action]] = {
    "report": _report,
    "pause": _pause,
    "resume": _resume,
    "screen": _screen,
    "alert": _tell,
}
"""What each schedule does; nothing that places or cancels an order is among it."""
