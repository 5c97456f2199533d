"""The nightly look through all books, in its own process, on a real ledger: it writes its row, and tells the admins."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bus.messages.trading import JobDone, JobDue
from execution.child import AGAIN_S, Child
from execution.jobs import Jobs
from execution.signals_desk.around import Around
from execution.watching.mornings import Mornings
from ledger.inbox.opening import Inbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.tables.flow import jobs
from tests.execution.signals_desk.stage import Stage
from tests.ledger.trading.world import NOW, rows
from tests.running import running, wait_until

MODULE = "execution.nightly_check"
BREAK = "UPDATE positions SET quantity = '11'"


class Said:
    """The bus, as far as a job needs it."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.done: list[JobDone] = []

    def publish(self, message: JobDone) -> None:
        """Keep what is said."""
        self.done.append(message)


class Night:
    """Execution's part of a night, over real books."""

    def __init__(self, stage: Stage, url: str) -> None:
        """Begin a life of execution."""
        self.stage = stage
        self.bus = Said()
        self.child = Child(MODULE, url, time=stage.time)
        tasks = {"self_check": self.child.begin}
        self.jobs = Jobs(stage.ledger, self.bus, tasks, time=stage.time)  # type: ignore[arg-type]  # it publishes, no more

    def passes(self) -> str:
        """Let the clock say it until the job is answered, and return the answer."""
        self.bus.done.clear()
        wait_until(self._is_answered, what="the books are checked")
        wait_until(lambda: not self.child.is_running, what="the child ends")
        return self.bus.done[-1].state

    def warnings(self) -> list[str]:
        """Return the messages about books that are not right, once it is morning."""
        stage = self.stage
        around = Around(
            ledger=stage.ledger, link=stage.link, orders=stage.orders, settings=stage.settings, time=stage.time
        )
        stage.time.move_on(timedelta(days=1).total_seconds())
        for _ in range(2):
            Mornings(around).turn()
        return [str(each["text"]) for each in rows(self.stage.ledger, outbox) if "the books" in str(each["text"])]

    def row(self) -> dict[str, Any]:
        """Return the one row of the job."""
        [found] = rows(self.stage.ledger, jobs)
        return found

    def _is_answered(self) -> bool:
        """Let the clock say it once; tell whether there is an answer."""
        self.jobs.handle(JobDue(job="self_check", due_at=NOW, late_after_s=timedelta(days=1).total_seconds()))
        return bool(self.bus.done)


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> Stage:
    """Give both desks with ten coins that were bought."""
    made = Stage(books, inbox)
    made.arrives("buy")
    made.turn()
    return made


def test_whole_books_are_a_row_and_no_message(stage: Stage, each_url: str) -> None:
    night = Night(stage, each_url)

    assert night.passes() == "DONE"
    assert (night.row()["state"], night.row()["result_json"]["is_well"]) == ("DONE", True)
    assert night.warnings() == []


def test_a_broken_position_is_told_once_however_often_its_night_is_looked_at(stage: Stage, each_url: str) -> None:
    with stage.ledger.writing() as connection:
        connection.exec_driver_sql(BREAK)
    first = Night(stage, each_url).passes()
    with stage.ledger.writing() as connection:
        connection.execute(jobs.delete())  # as if it had died before its row
    night = Night(stage, each_url)
    second = night.passes()

    assert (first, second) == ("FAILED", "FAILED")
    assert night.warnings() == [
        "⚠ The nightly check of the books: positions that differ from their executions: 1. Type: make verify-books"
    ]
    assert [each["stored"] for each in night.row()["result_json"]["positions"]] == ["11"]
    assert night.row()["result_json"]["positions"][0]["computed"] == "10"


def test_a_look_that_failed_is_tried_again_after_a_pause(stage: Stage, each_url: str, tmp_path: Path) -> None:
    nowhere = Night(stage, f"sqlite:///{tmp_path}/nowhere.db")
    nowhere.child.begin(NOW)
    wait_until(lambda: not nowhere.child.is_running, what="it gives up")
    before = rows(stage.ledger, jobs)
    night = Night(stage, each_url)
    stage.time.move_on(AGAIN_S)

    assert before == []
    assert night.passes() == "DONE"


def test_without_its_ledger_it_says_why_and_leaves_with_one(home: Path, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/nowhere.db"}
    with running(home, "-m", MODULE, NOW.isoformat(), environment=environment) as child:
        code = child.code()

    assert code == 1
    assert "books not checked" in child.text()
    assert "Traceback" not in child.text()
