"""The product's launcher, with the deaths that tests choose let through to the programs of trading."""

import os
from collections.abc import Sequence
from typing import NoReturn

from launch import __main__ as launch

MORTAL = ("webhook", "execution", "brokers.paper", "brokers.bingx")


def main() -> None:
    """Launch a program as the product does."""
    become = os.execve

    def become_mortal(executable: str, command: Sequence[str], kept: dict[str, str]) -> NoReturn:
        module = command[2]
        wrapped = ["tests.faults.trading.dying", module] if module in MORTAL else [module]
        become(executable, [executable, "-m", *wrapped, *command[3:]], kept)

    os.execve = become_mortal  # type: ignore[assignment]
    launch.main()


if __name__ == "__main__":
    main()
