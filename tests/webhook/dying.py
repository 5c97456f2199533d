"""The webhook, killed at a chosen point of its transaction as if by a power cut: `before`, `inside` or `after` it.

python -m tests.webhook.dying inside
"""

import os
import runpy
import signal
import sys
from collections.abc import Callable

from webhook import keeping, writer


def main() -> None:
    """Become the webhook that dies with its first alert."""
    when = sys.argv.pop()
    if when == "before":
        writer.keep_together = _die  # type: ignore[assignment, attr-defined]  # the fault itself
    elif when == "inside":
        keeping.accept = _then_die(keeping.accept)  # type: ignore[assignment, attr-defined]  # the fault itself
    else:
        writer.keep_together = _then_die(keeping.keep_together)  # type: ignore[assignment, attr-defined]
    runpy.run_module("webhook", run_name="__main__", alter_sys=True)


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _then_die(work: Callable[..., object]) -> Callable[..., None]:
    def done_and_dead(*given: object) -> None:
        work(*given)
        _die()

    return done_and_dead


if __name__ == "__main__":
    main()
