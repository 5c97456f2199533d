"""How the programs of brokers are called: one for a broker's default account, and one for each further account.

`broker-bingx` serves the default account, `broker-bingx-ann` one whose keys are in `accounts/ann.env`. No broker's code
has a dash in it; names of further accounts may have.
"""

import os
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "broker-"
CALLED: Final = "BROKER_PROGRAM"
"""The variable in which the launcher names the program of a further account."""


def default_program(code: str) -> str:
    """Return the program that serves a broker's default account.

    Args:
        code: The broker's code in the ledger, such as `PAPER`.
    """
    return f"{PREFIX}{code.lower()}"


def further_program(code: str, name: str) -> str:
    """Return the program that serves a further account.

    Args:
        code: The broker's code in the ledger.
        name: The account's: that of its file.
    """
    return f"{default_program(code)}-{name}"


def code_of(program: str) -> str:
    """Return the code of the broker that a program serves, whichever account it is of.

    Args:
        program: Its name, such as `broker-bingx-ann`.
    """
    return program.removeprefix(PREFIX).partition("-")[0].upper()


def name_of(program: str) -> str:
    """Return which further account a program serves; empty for the default one.

    Args:
        program: Its name.
    """
    return program.removeprefix(PREFIX).partition("-")[2]


def called(usual: str, *, environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of the broker that this process is.

    Args:
        usual: Its name where it serves the default account.
        environment: What the launcher has told.
    """
    return environment.get(CALLED) or usual
