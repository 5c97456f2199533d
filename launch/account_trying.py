"""What `make account` has others do: a child tries the keys, another writes the ledger; each knows what it must."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

import msgspec

from bus.proven import Proven
from bus.settings import HANDED_OVER, hand_over
from bus.settings_change import KEPT
from launch.order_key import VARIABLE
from launch.programs import Program

WITHIN_S: Final = 90.0
ZEROS: Final = "0" * 64
"""In place of the key of orders: nothing is signed."""


class NotDone(Exception):
    """Nothing was kept; the text says what is wrong, and what to do."""


def try_keys(program: Program, values: Mapping[str, str]) -> Proven:
    """Let a child connect with the keys once.

    Args:
        program: The program that is to serve the account.
        values: What that program would be told.

    Returns:
        What the venue has proven.

    Raises:
        NotDone: The venue does not let them in, or could not be asked.
    """
    descriptor = hand_over({**values, VARIABLE: ZEROS})
    environment = {name: value for name, value in os.environ.items() if name in KEPT}
    try:
        done = subprocess.run(
            [sys.executable, "-m", program.module, "prove"],
            env=environment | {HANDED_OVER: str(descriptor)},
            pass_fds=(descriptor,),
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotDone(f"the venue has not answered within {WITHIN_S:.0f} s; nothing is kept") from None
    finally:
        os.close(descriptor)
    try:
        found = msgspec.json.decode(done.stdout, type=Proven)
    except msgspec.DecodeError:
        said = done.stderr.strip().splitlines()[-1:] or ["it has ended without a word"]
        raise NotDone(f"the keys could not be tried: {said[0]}; nothing is kept") from None
    if found.reason or not found.number:
        raise NotDone(f"the venue does not let them in: {found.reason or 'it names no number'}; nothing is kept")
    return found


def run_ledger(*arguments: str) -> str:
    """Have one of the owner's commands on the ledger carried out, as its own user where it has one.

    Args:
        arguments: As of `python -m launch ledger`.

    Returns:
        What it says.

    Raises:
        NotDone: It refuses.
    """
    done = subprocess.run(
        [sys.executable, "-m", "launch", "ledger", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotDone((done.stderr or done.stdout).strip().removeprefix("Not done: "))
    return done.stdout.strip()
