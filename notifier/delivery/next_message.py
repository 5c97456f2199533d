"""What a chat gets next: which rows of its outbox go out as one message; pure.

Slots, answers, alerts and questions go first, in the order in which they came; then the notices of trading, in theirs.
Snapshots that wait together are one message, whose newest tells the older ones. Where more than a few notices wait, as
many as one message holds become one: each is there word for word, so nothing is lost, and a chat keeps up with hundreds
of executions. Notices with buttons stay what they are.

Of one subject (`ledger.portfolio.subjects`) only the newest form goes out, since it tells all that the older ones tell.
Edits of what is in the chat already come after what is new there: nobody hears them.
"""

from collections.abc import Sequence

import msgspec

from ledger.portfolio.outbox import NoticeLevel, Row
from notifier.storage.memory_outbox import in_memory

MOST_NOTICES = 5
"""So many notices may wait and still come one by one."""
MOST_SIGNS = 3500
"""Of a message of several notices; Telegram takes 4096, and joiners and marks come on top."""
FIRST = ("question-", "request-")
"""How the names of notices begin that answer or ask: they are never folded."""


class Waiting(msgspec.Struct, frozen=True):
    """What waits in a chat, oldest first, and by the number of a newest form the numbers of the older ones."""

    rows: list[Row]
    older: dict[int, tuple[int, ...]]

    def folded(self, run: Sequence[Row]) -> list[int]:
        """Return the numbers of all rows that a message tells besides the one that carries it.

        Args:
            run: What `next_run` returned.
        """
        forms = [number for each in run for number in self.older.get(each.id, ())]
        return [*forms, *(each.id for each in run[:-1])]


def newest_forms(rows: Sequence[Row]) -> Waiting:
    """Return what waits, of each subject its newest form alone.

    It may be a repeat where an older form may have arrived, and is heard where an older one was to be heard.

    Args:
        rows: What waits in a chat, oldest first.
    """
    by_subject: dict[str, list[Row]] = {}
    for row in rows:
        if row.subject is not None:
            by_subject.setdefault(row.subject, []).append(row)
    newest = {forms[-1].id: forms for forms in by_subject.values() if len(forms) > 1}
    gone = {each.id for forms in newest.values() for each in forms[:-1]}
    left = [_newest(newest[row.id]) if row.id in newest else row for row in rows if row.id not in gone]
    return Waiting(left, {number: tuple(each.id for each in forms[:-1]) for number, forms in newest.items()})


def next_run(rows: Sequence[Row]) -> list[Row]:
    """Return what goes out next as one message: the last of them carries it.

    Args:
        rows: What waits in a chat, oldest first; not empty.
    """
    urgent = [row for row in rows if not is_notice(row)]
    if not urgent:
        return _notices([row for row in rows if row.place is None]) or list(rows[:1])
    return _untried_run(urgent) or urgent[:1]


def is_notice(row: Row) -> bool:
    """Tell whether a row is a notice of trading that may wait behind others.

    Args:
        row: The row.
    """
    return row.level is not None and not (row.alert_id or "").startswith(FIRST)


def of_several(row: Row) -> Row:
    """Return the row that carries several: a message of several notices is no form of one subject, and edits nothing.

    Args:
        row: The row.
    """
    return msgspec.structs.replace(row, subject=None, place=None)


def folded_text(run: Sequence[Row]) -> str | None:
    """Return the text of a message, as the rows bring it; None where they are snapshots, or bring none.

    Args:
        run: What `next_run` returned.
    """
    return "\n\n".join(row.text or "" for row in run) if len(run) > 1 and is_notice(run[-1]) else run[-1].text


def _newest(forms: Sequence[Row]) -> Row:
    """Return the newest form of a subject, as it goes out in the place of all."""
    level: NoticeLevel | None = "on" if any(each.level == "on" for each in forms) else forms[-1].level
    unconfirmed = sum(each.unconfirmed for each in forms)
    return msgspec.structs.replace(forms[-1], level=level, unconfirmed=unconfirmed)


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
