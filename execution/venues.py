"""What is known of single venues, one row for each broker's code; everywhere else they are data."""

from collections.abc import Mapping
from datetime import time
from typing import Final

from execution.watching.resets import Window

NEW_YORK: Final = "America/New_York"
FRIDAY: Final = 4
RESETS: Final[Mapping[str, tuple[Window, ...]]] = {
    "IBKR": (
        Window(begins=time(23, 40), ends=time(1, 50), zone=NEW_YORK),
        Window(begins=time(23), ends=time(3), zone=NEW_YORK, days=frozenset({FRIDAY})),
    ),
}
"""When a venue's servers are reset, with some minutes around: its status page, read 2026-11; those of others say
nothing of any. The daily restart of its gateway, a minute, is shorter than any absence that is told."""


def resets_of(code: str) -> tuple[Window, ...]:
    """Return when a broker's venue may be away without anything being wrong.

    Args:
        code: The broker's code in the ledger.
    """
    return RESETS.get(code, ())
