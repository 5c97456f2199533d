"""Signals that come in together are kept together or not at all, at whatever statement the process is killed."""

import os
import signal as signals

import pytest
from sqlalchemy import event

from ledger.inbox.inbox import accept
from ledger.inbox.opening import Inbox
from ledger.inbox.place import inbox_url
from ledger.trading.work import Work
from tests.ledger.inbox.world import NOW, counted, send, signal

TOGETHER = (signal("1"), signal(), signal("1"), signal("2"))
KEPT = 3


def killed_at(url: str, moment: int) -> bool:
    """Let signals come in, in a process that is killed before a statement; return whether it came so far.

    Args:
        url: Of the ledger beside which the inbox is.
        moment: The number of the statement, from 1; the commit counts as one.
    """
    child = os.fork()
    if child == 0:
        inbox = Inbox(inbox_url(url))
        seen = [0]

        def die(*_: object) -> None:
            seen[0] += 1
            if seen[0] == moment:
                os.kill(os.getpid(), signals.SIGKILL)

        event.listen(inbox._database._engine, "before_cursor_execute", die)
        event.listen(inbox._database._engine, "commit", die)
        send(inbox, *TOGETHER)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signals.SIGKILL


@pytest.fixture
def moments(ledger_url: str) -> int:
    """Count the statements of keeping the signals, the commit too, in an inbox that is then as before."""
    count = [0]

    def one_more(*_: object) -> None:
        count[0] += 1

    inbox = Inbox(inbox_url(ledger_url))
    event.listen(inbox._database._engine, "before_cursor_execute", one_more)
    with inbox.writing() as connection:
        for each in TOGETHER:
            accept(Work(connection, NOW), each)
        connection.rollback()
    inbox.close()
    return count[0] + 1


def test_killed_at_any_statement_all_of_them_are_there_or_none(ledger_url: str, inbox: Inbox, moments: int) -> None:
    """Fault T1: inside the transaction."""
    for moment in range(1, moments + 1):
        assert killed_at(ledger_url, moment)
        assert counted(inbox) == 0, f"after statement {moment}"

    assert not killed_at(ledger_url, moments + 1)
    assert counted(inbox) == KEPT
    assert {each.outcome for each in send(inbox, *TOGETHER)} == {"duplicate"}
    assert counted(inbox) == KEPT
