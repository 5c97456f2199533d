"""Which machine this is, where a system has several: what runs on more than one of them is told apart by it.

One machine has no name, and its programs are called what they are. Of several, all but the first are named (MACHINE in
`.env`), and their programs bear it on the bus: `execution@b`.
"""

import os
from typing import Final

VARIABLE: Final = "MACHINE"
SIGN: Final = "@"
"""Between a program's name and its machine's; no program and no machine has it in its name."""
NOT_HERE: Final = "RUNS_NOT_HERE"
"""The variable with the programs that do not run on this machine, with commas between; the launcher makes it."""


def own_name(program: str) -> str:
    """Return what a program is called on the bus.

    Args:
        program: What supervisord calls it; what has a machine's name already stays as it is.

    Returns:
        The same on the machine without a name, else `program@machine`.
    """
    machine = os.environ.get(VARIABLE, "")
    return f"{program}{SIGN}{machine}" if machine and SIGN not in program else program


def program_of(name: str) -> str:
    """Return what supervisord calls a program, wherever it runs.

    Args:
        name: What it is called on the bus.
    """
    return name.partition(SIGN)[0]


def machine_of(name: str) -> str:
    """Return on which machine a program runs; empty for the one without a name.

    Args:
        name: What the program is called on the bus.
    """
    return name.partition(SIGN)[2]


def runs_not_here() -> frozenset[str]:
    """Return the programs of this system that another machine runs, as the launcher told it."""
    return frozenset(filter(None, os.environ.get(NOT_HERE, "").split(",")))
