"""Jobs that were missed are told."""

from datetime import datetime

from execution.texts import watching as texts
from ledger.trading.events import Notice, tell
from ledger.trading.people.receivers import admins
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


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
