"""Asking for the keys of a further account, and how they are written into its file."""

import getpass
from collections.abc import Mapping
from typing import TextIO

from dotenv.parser import parse_stream

from bus.settings import SettingsError, Variable
from launch.accounts import BROKER, own_variables
from launch.programs import Program

ADDRESS = "_URL"
"""Ends the names of variables that nobody is asked for in a terminal: whose default is the venue's own address."""


def ask(program: Program) -> dict[str, str]:
    """Ask for each variable of an account; what is secret is typed unseen.

    Args:
        program: The program that is to serve it.

    Returns:
        What was typed, by variable; empty where nothing was, and the default counts.
    """
    print(f"The settings of {program.name}; Enter alone takes the default, or leaves it out.")  # noqa: T201 - for its user
    asked = (each for each in own_variables(program) if not each.name.endswith(ADDRESS))
    return {variable.name: _typed(variable) for variable in asked}


def piped(stream: TextIO) -> dict[str, str]:
    """Read NAME=value lines, as `.env` has them.

    Args:
        stream: Where they come from, to its end.

    Returns:
        The values, by variable.

    Raises:
        SettingsError: A line is none; says which, and not what is in it.
    """
    found: dict[str, str] = {}
    for binding in parse_stream(stream):
        if binding.error or (binding.key is not None and binding.value is None):
            raise SettingsError(f"line {binding.original.line} of the input is not NAME=value")
        if binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value.strip()
    return found


def written(own: Mapping[str, str], *, broker: str) -> str:
    """Return the text of an account's file.

    Args:
        own: Its variables.
        broker: Its broker's code, in small letters.

    Raises:
        SettingsError: A value cannot be written on one line.
    """
    lines = [f"{BROKER}={broker}"]
    for name, value in own.items():
        if "\n" in value or "'" in value or "\\" in value:
            raise SettingsError(
                f"{name} has a line's end, a quotation mark or a backslash in it; no key of a venue has"
            )
        lines.append(f"{name}='{value}'")
    return "\n".join(lines) + "\n"


def _typed(variable: Variable) -> str:
    """Ask for one variable."""
    default = f" [{variable.default}]" if variable.default and not variable.secret else ""
    prompt = f"{variable.name} ({variable.description}){default}: "
    return (getpass.getpass(prompt) if variable.secret else input(prompt)).strip()
