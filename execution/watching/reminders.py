"""What comes at an hour of the clock, or did not: the reminder to log in, and jobs that were missed."""

from collections.abc import Mapping
from datetime import datetime

from execution.texts import watching as texts
from ledger.trading.events import Notice, tell
from ledger.trading.people.receivers import admins, owners_of_weekly_sessions
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


def remind_of_login(work: Work, due_at: datetime) -> Mapping[str, object]:
    """Remind all who have a live account where sessions end once a week; each venue once.

    Args:
        work: What this is written with.
        due_at: The job's instant, aware.

    Returns:
        What the job's row says.
    """
    owners = owners_of_weekly_sessions(SYSTEM, work.connection)
    for user in owners:
        text = texts.words_of(user).login.format(broker=user.broker)
        tell(work, user, Notice(id=f"login-{user.broker}-{due_at:%Y-%m-%d}", kind="login", text=text))
    return {"told": len(owners)}


def tell_missed(work: Work, job: str, due_at: datetime) -> None:
    """Tell the admins, once, that a job was not done, and what to do.

    Args:
        work: What this is written with.
        job: Its name.
        due_at: Its instant, aware.
    """
    for user in admins(SYSTEM, work.connection):
        text = texts.job_missed(job, due_at, user)
        tell(work, user, Notice(id=f"missed-{job}-{due_at:%Y%m%dT%H%M}", kind="self_check", text=text))
