"""A host that does not answer at all: its packets are lost, no connection comes about and none is refused."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus import reasons
from collectors.errors import Busy
from collectors.source import Deadline
from tests.collectors.everybody import BUILDERS, all_at, close_what_was_opened

pytestmark = pytest.mark.faults  # each waits as long as the real thing: five seconds
CONNECT_S = 5.0
OVERRUN_S = 1.5
BUDGET_S = 9.0


@pytest.fixture
def black_hole() -> Iterator[str]:
    """Give an address whose queue of connections is full, so that the kernel drops whatever else asks for one."""
    with contextlib.ExitStack() as kept:
        listener = kept.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            caller = kept.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    close_what_was_opened()


@pytest.mark.parametrize("name", BUILDERS)
def test_a_connection_that_nobody_answers_is_given_up_and_the_budget_kept(
    name: str, black_hole: str, tmp_path: Path
) -> None:
    """Fault 34."""
    source = BUILDERS[name](all_at(black_hole), tmp_path)
    longest_s = BUDGET_S if name == "fx" else CONNECT_S  # it has three sources to try within its budget
    started = time.monotonic()
    with pytest.raises(Busy) as caught:
        source.fetch(Deadline(BUDGET_S))
    took_s = time.monotonic() - started

    assert caught.value.reason in {reasons.TIMEOUT, reasons.UNREACHABLE}
    assert longest_s / 2 < took_s < longest_s + OVERRUN_S
