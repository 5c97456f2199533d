"""One notifier for each bot on this machine: who speaks, who stands down, and when that one takes over."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier import instance_lock as place
from notifier.instance_lock import Holder, Other, alone, holder, name_of

BOT = f"test-{os.getpid()}"
SPEAKER = """
import asyncio, sys
from notifier.instance_lock import alone

async def main():
    async with alone(sys.argv[1], told=lambda: "2026-02-11T09:00Z"):
        print("speaking", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@contextlib.contextmanager
def speaker(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run a process in a folder that speaks for the bot."""
    command = [sys.executable, "-c", SPEAKER, BOT]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "speaking\n":
                raise RuntimeError("the speaker does not speak")
            yield process
        finally:
            process.kill()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take over after a moment instead of half a minute."""
    monkeypatch.setattr(place, "FREE_FOR_S", 0.3)
    monkeypatch.setattr(place, "LOOK_S", 0.02)


def test_a_bot_is_named_by_the_digits_of_its_token_and_by_its_address_where_that_is_not_telegrams() -> None:
    assert name_of("123:s3cret") == "123"
    assert name_of("123:s3cret", "https://api.telegram.org/") == "123"
    assert name_of("123:s3cret", "http://127.0.0.1:81") == "123@http://127.0.0.1:81"


def test_the_first_one_speaks_at_once_and_leaves_the_place_free() -> None:
    async def scene() -> tuple[object, Holder | None, Holder | None]:
        async with alone(BOT, told=lambda: "2026-02-11T09:00Z") as other:
            during = await holder(BOT)
        return other, during, await holder(BOT)

    other, during, after = asyncio.run(scene())

    assert other is None
    assert during == Holder(pid=os.getpid(), uid=os.getuid(), folder=str(Path.cwd()), told="2026-02-11T09:00Z")
    assert after is None


def test_the_second_one_knows_pid_and_folder_of_the_first_waits_and_takes_over(tmp_path: Path, quick: None) -> None:
    async def scene(
        first: "subprocess.Popen[str]",
    ) -> tuple[Holder | None, bool, Other | None, tuple[datetime, datetime]]:
        async with asyncio.timeout(20):
            known = await holder(BOT)
            waiting = asyncio.create_task(speak())
            await asyncio.wait({waiting}, timeout=0.4)
            alive_at = datetime.now(UTC)
            await asyncio.wait({waiting}, timeout=0.4)
            too_early = waiting.done()
            first.kill()
            first.wait()
            dead_at = datetime.now(UTC)
            return known, too_early, await waiting, (alive_at, dead_at)

    with speaker(tmp_path) as first:
        known, too_early, other, (alive_at, dead_at) = asyncio.run(scene(first))

    assert known == Holder(pid=first.pid, uid=os.getuid(), folder=str(tmp_path), told="2026-02-11T09:00Z")
    assert not too_early
    assert other is not None
    assert other.told == "2026-02-11T09:00Z"
    assert alive_at < other.gone_at < dead_at + timedelta(seconds=0.2)  # and not when the place was taken


async def speak() -> Other | None:
    """Wait for the place and give it back."""
    async with alone(BOT) as other:
        return other


def test_one_that_is_stopped_keeps_its_place(tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "ANSWER_S", 0.1)

    async def scene() -> tuple[Holder | None, bool]:
        waiting = asyncio.create_task(speak())
        await asyncio.wait({waiting}, timeout=0.6)
        known, spoke = await holder(BOT), waiting.done()
        waiting.cancel()
        return known, spoke

    with speaker(tmp_path) as first:
        first.send_signal(signal.SIGSTOP)
        known, spoke = asyncio.run(scene())

    assert known == Holder(pid=first.pid, uid=os.getuid(), folder="")
    assert not spoke


def test_one_that_starts_again_gets_its_place_back(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "FREE_FOR_S", 30.0)

    async def scene(first: "subprocess.Popen[str]") -> bool:
        waiting = asyncio.create_task(speak())
        await asyncio.wait({waiting}, timeout=0.3)
        first.kill()
        first.wait()
        with speaker(tmp_path):
            await asyncio.wait({waiting}, timeout=0.3)
        spoke = waiting.done()
        waiting.cancel()
        return spoke

    with speaker(tmp_path) as first:
        spoke = asyncio.run(scene(first))

    assert not spoke
