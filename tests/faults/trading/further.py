"""A second user's account at the pretend BingX, added by `make account` to a system that runs.

made = add_account(stage, "ben-bingx", owner="ben")
further = Second(stage)
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from http import HTTPStatus

from sandbox.bingx.second import API_KEY, API_SECRET, UID
from sandbox.bingx_scene import SERVICE, settings
from sandbox.system import clean_environment
from sandbox.telegram.chat import Sent
from tests.faults.trading.bingx_system import AtBingx, BingxStage
from tests.running import flat

BEN, NAME = 43, "ben-bingx"
PROGRAM = f"broker-bingx-{NAME}"
NUMBER = f"VST{UID}"
PATH = re.compile(r"/webhook/tradingview/\S+")
ANSWER_S = 30.0


def keys(stage: BingxStage) -> dict[str, str]:
    """Return what the file of the second account says."""
    where = {name: value for name, value in settings(stage.world).items() if name.endswith("_URL")}
    return where | {"BINGX_API_KEY": API_KEY, "BINGX_API_SECRET": API_SECRET}


def account(
    stage: BingxStage, *arguments: str, told: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Type `make account`, with what comes from a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "launch.account", *arguments],
        cwd=stage.home,
        env=clean_environment(),
        input="".join(f"{name}='{value}'\n" for name, value in (told or {}).items()),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def pids(stage: BingxStage) -> dict[str, int]:
    """Return the process of each program that ran before."""
    return {name: stage.system.pid(name) for name in stage.programs}


class Ben:
    """The second user."""

    def __init__(self, stage: BingxStage) -> None:
        """Look at his chat."""
        self.stage = stage

    def asks(self, text: str) -> str:
        """Type something, and return the next message that comes."""
        typed = self.stage.world.type(text, chat_id=BEN).message_id
        found: list[Sent] = []

        def is_told() -> bool:
            found[:] = [each for each in self.stage.world.messages(BEN) if each.message_id > typed]
            return bool(found)

        self.stage.wait_until(is_told, what=f"an answer to {text}", within_s=ANSWER_S)
        return flat(found[0].text)

    def brings(self, number: str, action: str, symbol: str, *, path: str) -> None:
        """Send an alert to the address of his strategy, until it is kept."""

        def is_kept() -> bool:
            said = json.loads(self.stage.body(number, action, symbol=symbol))
            del said["secret"]
            return self.stage.post(json.dumps(said).encode(), path=path).status == HTTPStatus.OK

        self.stage.wait_until(is_kept, what=f"alert {number} is kept")

    def texts(self) -> list[str]:
        """Return all that his chat was told."""
        return [flat(each.text) for each in self.stage.world.messages(BEN)]

    def bingx(self) -> AtBingx:
        """Return what BingX has of his account."""
        return self.stage.world.ask("GET", f"/{SERVICE}/second", kind=AtBingx)
