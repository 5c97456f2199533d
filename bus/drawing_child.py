"""What is drawn for the chat, drawn by a child that is gone with its memory when the drawing is there.

The child's environment holds nothing but what Python and matplotlib need: no token, no key, no address. matplotlib
finds its fonts through a list that the installation made (`tools/precompile.py`); without it, it would look through the
whole machine.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bus.log import logger

KEPT = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONOPTIMIZE", "PYTHONNODEBUGRANGES")
FONTS = Path(sys.prefix).resolve() / "matplotlib"
WITHIN_S = 60.0
"""A drawing costs some two seconds of a processor; where everything else goes first, it waits for its turn."""
MOST_BYTES = 8 << 20
"""Of a drawing: Telegram's limit for a picture is 10 MB, and ours are a hundredth of that."""
REASON_LENGTH = 200

log = logger(__name__)

_one_at_a_time = asyncio.Lock()  # of the machine's memory rather than of a caller: two children at once may not fit


class NotDrawn(Exception):
    """There is no drawing; its text says why, for the log."""

    @property
    def reason(self) -> str:
        """Why, in English."""
        return str(self)


def environment() -> dict[str, str]:
    """Return all that the child sees of ours."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # numpy's, each of which would reserve memory
    return kept | one_thread | {"MPLCONFIGDIR": str(FONTS)}


async def drawn(command: Sequence[str], asked: bytes, *, within_s: float = WITHIN_S) -> bytes:
    """Let a child draw, one at a time.

    Args:
        command: The program; it reads what to draw from its standard input and writes the drawing to its output.
        asked: What to draw.
        within_s: How long it may take, waiting for another one included; then the child is killed, as it is when
            the caller is cancelled.

    Returns:
        The drawing.

    Raises:
        NotDrawn: The child failed, drew too much, or took too long.
    """
    try:
        async with asyncio.timeout(within_s), _one_at_a_time:
            return await _run(command, asked)
    except TimeoutError:
        raise NotDrawn(f"nothing drawn within {within_s:.0f} s") from None
    except OSError as error:
        raise NotDrawn(f"the program could not be started: {error.strerror}") from None


async def _run(command: Sequence[str], asked: bytes) -> bytes:
    """Run the child and return its drawing; it is killed with whoever waits, and NotDrawn says why there is none."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())
    try:
        drawing, said = await child.communicate(asked)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode or not 0 < len(drawing) <= MOST_BYTES:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2][:REASON_LENGTH]
        log.warning("not drawn", code=child.returncode, size=len(drawing), reason=reason or "none")
        raise NotDrawn(reason or f"the program ended with {child.returncode}")
    return drawing
