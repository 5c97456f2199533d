"""Charts as a caller gets them: a real child draws them, and nothing of it stays."""

import asyncio
import io
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Awaitable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest
from PIL import Image

from bus.language import Language
from notifier.charts import drawing
from notifier.charts.drawing import NotDrawn, draw, request
from notifier.charts.request import Currency, Dot
from tests.notifier.charts import chart_points
from tests.notifier.charts.chart_points import DAY, dots, points, wave
from tests.running import wait_until

PARIS = ZoneInfo("Europe/Paris")
CANARY = "1234567890:canary-canary-canary-canary-canary"
Answer = TypeVar("Answer")

ODD: dict[str, tuple[tuple[Dot, ...], Currency, Language]] = {
    "one": (dots(["34619.59"]), "USD", "en"),
    "two equal": (dots(["3196081", "3196081"]), "RUB", "ru"),
    "a flat line": (dots(["5000"] * 20), "USD", "ru"),
    "zero": (dots(["0", "0"]), "USD", "en"),
    "huge": (dots(["999999999999999", "900000000000000.01", "950000000000000"]), "RUB", "en"),
    "negative": (dots(["-100", "-0.01", "-1234567.89"]), "USD", "ru"),
    "only incomplete": (dots(["≥1", "≥2", "≈3"]), "USD", "ru"),
    "with errors at both ends": (dots(["ERROR", "≥2", "3", "ERROR"]), "RUB", "en"),
    "all at one moment": (dots(["1", "2", "3"], step=DAY * 0), "USD", "en"),
    "five years": (dots(wave(1826), step=DAY), "USD", "ru"),
    "a thousand marks": (dots([f"≈{each}" for each in wave(1000)]), "USD", "de"),
}


def run(awaited: Awaitable[Answer]) -> Answer:
    """Run a coroutine to its end."""

    async def wait() -> Answer:
        return await awaited

    return asyncio.run(wait())


WAITS = "import signal; signal.pause()"


def children() -> list[str]:
    """Return the command lines of this process's living children that stand where the drawing one does."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    lines = [
        Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8") for pid in listed if Path(f"/proc/{pid}").exists()
    ]
    return [line for line in lines if WAITS in line]


def replaced(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let another program stand where the drawing one does."""
    monkeypatch.setattr(drawing, "COMMAND", (sys.executable, "-c", program))


def blue(picture: bytes) -> list[int]:
    """Return the columns in which the line's colour is seen."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    seen = []
    for x in range(image.width):
        column = (image.getpixel((x, y)) for y in range(260, 700))
        seen += [x] if (0x4C, 0xB8, 0xFF) in column else []
    return seen


@pytest.mark.faults
@pytest.mark.parametrize("case", ODD)
def test_the_odd_cases_become_a_picture_of_the_right_size(case: str) -> None:
    drawn, currency, language = ODD[case]
    picture = run(draw(chart_points.request(drawn, currency=currency, language=language)))
    image = Image.open(io.BytesIO(picture))

    assert (image.format, image.size) == ("PNG", (1280, 800))
    assert len(picture) < 200_000
    assert len(image.convert("RGB").getcolors(1 << 20) or []) > 50


def test_the_card_is_opaque() -> None:
    image = Image.open(io.BytesIO(run(draw(chart_points.request(dots(["1", "2"]))))))

    assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255)


def test_an_incomplete_point_breaks_the_line() -> None:
    joined, broken = (
        blue(run(draw(chart_points.request(dots(["1", "2", middle, "2", "1"]))))) for middle in ("1", "≥1")
    )
    gaps = [right - left for left, right in itertools.pairwise(broken)]

    assert max(right - left for left, right in itertools.pairwise(joined)) < 20
    assert max(gaps) > 300


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("said", "hollow"), [("3", False), ("≥3", True), ("≈3", True)])
def test_the_newest_dot_has_a_halo_and_is_hollow_where_it_is_incomplete(said: str, *, hollow: bool) -> None:
    picture = run(draw(chart_points.request(dots(["1", "2", said]))))
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    colors = {"3": (0xF2, 0xF6, 0xFA), "≥3": (0xFF, 0x9F, 0x5A), "≈3": (0xFF, 0xD1, 0x66)}
    at_the_end = {image.getpixel((x, y)) for x in range(900, image.width) for y in range(215, 480)}

    assert colors[said] in at_the_end
    assert (colors["3"] in at_the_end) != hollow


def test_a_request_is_of_one_currency() -> None:
    asked = request(points(["1", "≥2", "ERROR"]), currency="RUB", span="7d", zone=PARIS, language="ru")

    assert asked.timezone == "Europe/Paris"
    assert [(dot.amount, dot.mark) for dot in asked.dots] == [(Decimal(90), ""), (Decimal(180), "≥"), (None, "ERROR")]


@pytest.mark.parametrize("said", [[], ["ERROR", "ERROR"]])
def test_without_an_amount_no_program_is_started(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "COMMAND", ("/nonexistent",))

    with pytest.raises(NotDrawn, match="no amount"):
        run(draw(chart_points.request(dots(said))))


def test_the_program_itself_refuses_what_it_cannot_draw_in_one_line() -> None:
    asked = msgspec.structs.replace(chart_points.request(dots(["1"])), timezone="Nowhere/City")

    with pytest.raises(NotDrawn, match=r"^ZoneInfoNotFoundError: .*Nowhere/City"):
        run(draw(asked))
    answer = subprocess.run(drawing.COMMAND, input=b"[]", capture_output=True, check=False, env=drawing.environment())

    assert answer.returncode != 0
    assert answer.stdout == b""
    assert len(answer.stderr.splitlines()) == 1


def test_a_program_that_fails_or_says_nothing_is_not_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = chart_points.request(dots(["1"]))
    replaced(monkeypatch, "import sys; print('half a picture'); print('one\\ntwo', file=sys.stderr); sys.exit(7)")
    with pytest.raises(NotDrawn, match=r"^two$"):
        run(draw(asked))
    replaced(monkeypatch, "import os; os._exit(9)")
    with pytest.raises(NotDrawn, match="ended with 9"):
        run(draw(asked))
    replaced(monkeypatch, "pass")
    with pytest.raises(NotDrawn, match="ended with 0"):
        run(draw(asked))
    monkeypatch.setattr(drawing, "COMMAND", ("/nonexistent",))
    with pytest.raises(NotDrawn, match="could not be started"):
        run(draw(asked))


def test_at_the_deadline_the_child_is_killed_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, WAITS)
    begun = time.monotonic()

    with pytest.raises(NotDrawn, match="nothing drawn within 1 s"):
        run(draw(chart_points.request(dots(["1"])), within_s=0.5 + 0.1))
    assert time.monotonic() - begun < 10
    assert children() == []


def test_when_the_caller_is_cancelled_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, WAITS)

    async def cancel() -> None:
        drawn = asyncio.create_task(draw(chart_points.request(dots(["1"]))))
        await asyncio.to_thread(wait_until, lambda: children() != [], what="a child")
        drawn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drawn

    asyncio.run(cancel())

    assert children() == []


def test_one_chart_is_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = tmp_path / "alone"
    program = f"import os, time; os.mkdir({str(seen)!r}); time.sleep(0.2); os.rmdir({str(seen)!r}); print('picture')"
    replaced(monkeypatch, program)

    async def both() -> list[bytes]:
        return await asyncio.gather(*(draw(chart_points.request(dots(["1"]))) for _ in range(3)))

    assert asyncio.run(both()) == [b"picture\n"] * 3


def test_the_child_sees_nothing_of_the_callers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", CANARY)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://bot:{CANARY}@db/portfolio")
    replaced(monkeypatch, "import os; print(dict(os.environ))")
    seen = run(draw(chart_points.request(dots(["1"])))).decode()

    assert "MPLCONFIGDIR" in seen
    assert "canary" not in seen
    assert set(drawing.environment()) <= {*drawing.KEPT, "MPLCONFIGDIR", "OPENBLAS_NUM_THREADS"}


def test_charts_leave_no_memory_and_no_library_in_the_caller(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_bytes(msgspec.json.encode(chart_points.request(dots(wave(400)))))
    driver = """
import asyncio, sys, msgspec
from notifier.charts.request import ChartRequest
from notifier.charts.drawing import draw

asked = msgspec.json.decode(open("request.json", "rb").read(), type=ChartRequest)

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

async def main():
    await draw(asked)
    before = resident()
    for _ in range(4):
        await draw(asked)
    print(resident() - before, *(name for name in ("matplotlib", "numpy", "PIL") if name in sys.modules))

asyncio.run(main())
"""
    answer = subprocess.run(
        [sys.executable, "-c", driver], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300
    )
    grown_kb, *loaded = answer.stdout.split()

    assert int(grown_kb) < 2000
    assert loaded == []


def test_the_fonts_are_listed_by_the_installation_and_not_at_the_first_chart() -> None:
    assert list(drawing.FONTS.glob("fontlist-*.json"))
