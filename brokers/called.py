"""What a broker's process is called: as its file says, or as the launcher says, where it serves a further account."""

import os
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "BROKER_PROGRAM"
"""The variable in which the launcher names the program."""


def called(usual: str, *, environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of this process.

    Args:
        usual: Its name where it serves the default account.
        environment: What the launcher has told.
    """
    return environment.get(VARIABLE) or usual
