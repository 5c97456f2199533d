"""The checker of the chaos run reads a message in which accounts are missing, and adds it up again."""

from datetime import UTC

import msgspec
import pytest

from bus.messages.rounds import Snapshot
from notifier.texts.message import View, render
from tests.golden_messages import LAST_AT
from tests.notifier.texts.test_render_accounts import BLOCKED, WHOLE, played
from tools.chaos.reading import misadded, read

LACKING = msgspec.structs.replace(BLOCKED, fetched_at=LAST_AT)


@pytest.mark.parametrize(
    ("snapshot", "mark"),
    [
        (played(BLOCKED), "≥"),
        (played(BLOCKED, known=[WHOLE]), "≈"),
        (played(known=[LACKING], failed="tbank"), "≥"),
    ],
)
def test_a_message_with_a_missing_account_is_read_and_adds_up(snapshot: Snapshot, mark: str) -> None:
    told = read(render(snapshot, View(timezone=UTC)))

    assert (told.parts["tbank"].mark, told.parts["tbank"].accounts) == (mark, ("…4321",))
    assert misadded(told) == []


def test_a_total_that_does_not_name_the_missing_account_is_a_fault() -> None:
    text = render(played(BLOCKED), View(timezone=UTC)).replace("T\u2011Bank …4321", "T\u2011Bank")

    assert misadded(read(text)) == ["T\u2011Bank …4321 is not named behind the totals"] * 2
