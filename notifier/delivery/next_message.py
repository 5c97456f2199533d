"""What a chat gets next: which rows of its outbox go out as one message; pure.

Slots, answers, alerts and questions go first, in the order in which they came; then the notices of trading, in theirs.
Snapshots that wait together are one message, whose newest tells the older ones. Where more than a few notices wait, as
many as one message holds become one: each is there word for word, so nothing is lost, and a chat keeps up with hundreds
of executions. Notices with buttons stay what they are.
"""

from collections.abc import Sequence

from ledger.portfolio.outbox import Row
from notifier.storage.memory_outbox import in_memory

MOST_NOTICES = 5
"""So many notices may wait and still come one by one."""
MOST_SIGNS = 3500
"""Of a message of several notices; Telegram takes 4096, and joiners and marks come on top."""
FIRST = ("question-", "request-")
"""How the names of notices begin that answer or ask: they are never folded."""


def next_run(rows: Sequence[Row]) -> list[Row]:
    """Return what goes out next as one message: the last of them carries it.

    Args:
        rows: What waits in a chat, oldest first; not empty.
    """
    urgent = [row for row in rows if not is_notice(row)]
    if not urgent:
        return _notices(rows)
    return _untried_run(urgent) or urgent[:1]


def is_notice(row: Row) -> bool:
    """Tell whether a row is a notice of trading that may wait behind others.

    Args:
        row: The row.
    """
    return row.level is not None and not (row.alert_id or "").startswith(FIRST)


def folded_text(run: Sequence[Row]) -> str | None:
    """Return the text of a message, as the rows bring it; None where they are snapshots, or bring none.

    Args:
        run: What `next_run` returned.
    """
    return "\n\n".join(row.text or "" for row in run) if len(run) > 1 and is_notice(run[-1]) else run[-1].text


def _notices(rows: Sequence[Row]) -> list[Row]:
    """Return the notices at the head of a queue that become one message."""
    run: list[Row] = []
    signs = 0
    for row in rows:
        signs += len(row.text or "") + 2
        tried = row.attempts or row.unconfirmed
        if tried or row.buttons or row.text is None or signs > MOST_SIGNS:
            break
        run.append(row)
    return run if len(rows) > MOST_NOTICES and run else list(rows[:1])


def _untried_run(rows: Sequence[Row]) -> list[Row]:
    """Return the snapshots at the head of a chat's queue that it has surely nothing of: the newest tells the others."""
    run: list[Row] = []
    for row in rows:
        tried = row.first_attempt_at is not None or row.unconfirmed
        if row.round_id is None or tried or (run and in_memory(row) != in_memory(run[0])):
            break
        run.append(row)
    return run
