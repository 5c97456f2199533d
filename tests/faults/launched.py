"""The product's launcher, which drops what it does not know, with the false clock let through to the programs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from launch import __main__ as launch
from tests.faults.false_clock import environment


def main() -> None:
    """Launch a program as the product does; the folder's file `clock` says what time it is."""
    become = os.execve

    def become_under_a_false_clock(executable: str, command: Sequence[str], kept: dict[str, str]) -> NoReturn:
        clock = Path("clock").absolute()
        false = environment(clock) if clock.exists() else {}
        become(executable, [executable, "-m", "tests.faults.dying", *command[2:]], kept | false)

    os.execve = become_under_a_false_clock  # type: ignore[assignment]
    launch.main()


if __name__ == "__main__":
    main()
