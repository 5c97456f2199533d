"""Charts as the notifier asks for them: drawn by a child that is gone with its memory when the picture is there.

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
from zoneinfo import ZoneInfo

import msgspec

from bus.language import Language
from bus.log import logger
from ledger.portfolio.series import Point
from notifier.charts.request import ChartRequest, Currency, Dot, Span

COMMAND = (sys.executable, "-m", "notifier.charts")
KEPT = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONOPTIMIZE", "PYTHONNODEBUGRANGES")
FONTS = Path(sys.prefix).resolve() / "matplotlib"
WITHIN_S = 30.0
REASON_LENGTH = 200

log = logger(__name__)

_one_at_a_time = asyncio.Lock()  # of the machine's memory rather than of a caller: two children at once may not fit


class NotDrawn(Exception):
    """There is no picture; its text says why, for the log."""

    @property
    def reason(self) -> str:
        """Why, in English."""
        return str(self)


def request(
    points: Sequence[Point], *, currency: Currency, span: Span, zone: ZoneInfo, language: Language
) -> ChartRequest:
    """Make the request for a picture of one currency.

    Args:
        points: As the ledger's `series` returns them, oldest first.
        currency: Whose totals.
        span: What was asked for, for the title.
        zone: The reader's.
        language: The chat's.

    Returns:
        What `draw` takes and `caption` words.
    """
    amounts = [(point, point.usd if currency == "USD" else point.rub) for point in points]
    dots = tuple(Dot(at=point.at, amount=amount, mark=point.mark, newest=point.newest) for point, amount in amounts)
    return ChartRequest(dots=dots, currency=currency, span=span, language=language, timezone=zone.key)


async def draw(request: ChartRequest, *, within_s: float = WITHIN_S) -> bytes:
    """Draw a chart in a child, one at a time.

    Args:
        request: What to draw.
        within_s: How long it may take, waiting for another chart included; then the child is killed, as it is when
            the caller is cancelled.

    Returns:
        A PNG of 1280 by 800.

    Raises:
        NotDrawn: There is no amount to draw, the child failed, or it took too long.
    """
    if all(dot.amount is None for dot in request.dots):
        raise NotDrawn("there is no amount to draw")
    try:
        async with asyncio.timeout(within_s), _one_at_a_time:
            return await _run(msgspec.json.encode(request))
    except TimeoutError:
        raise NotDrawn(f"no picture within {within_s:.0f} s") from None
    except OSError as error:
        raise NotDrawn(f"the program could not be started: {error.strerror}") from None


def environment() -> dict[str, str]:
    """Return all that the child sees of ours."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # numpy's, each of which would reserve memory
    return kept | one_thread | {"MPLCONFIGDIR": str(FONTS)}


async def _run(asked: bytes) -> bytes:
    """Run the child and return its picture; it is killed with whoever waits, and NotDrawn says why there is none."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())
    try:
        picture, said = await child.communicate(asked)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode or not picture:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2][:REASON_LENGTH]
        log.warning("chart not drawn", code=child.returncode, reason=reason or "none")
        raise NotDrawn(reason or f"the program ended with {child.returncode}")
    return picture
