"""Write `.env.example` and the tables of docs/settings.md from what the programs' Settings declare.

    python -m tools.docs.env_example            writes both
    python -m tools.docs.env_example --check    fails with the first differing line of each that is out of date

A platform's variables stand together under its label; a new platform needs no change here.
"""

import argparse
import textwrap
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bus.settings import Variable, variables
from launch.check import declared
from launch.programs import PROGRAMS, Program
from tools.docs.generated import ROOT, between, compare_or_write

EXAMPLE = Path(".env.example")
PAGE = Path("docs/settings.md")
COMMAND = "tools.docs.env_example"
BEGIN = "<!-- The settings: made by `python -m tools.docs.env_example` (`make docs`); do not edit them here. -->"
END = "<!-- End of the settings. -->"
WIDTH = 100

TELEGRAM = "Telegram"
EVERY_PLATFORM = "Every platform that can tell"
TITLES = {
    "clock": "Schedule",
    "fx": "Exchange rate (USD/RUB)",
    "aggregator": "Message and ledger",
    "notifier": "Message and ledger",
    "hub": "Log, and several machines",
}
"""What the variables of programs that are no platform are for; those of several programs count for the first."""

HEAD = """\
# The settings, made by `python -m tools.docs.env_example` (`make docs`) from what the programs declare.
# Make your changes in a copy:
#
#   install -m 600 .env.example .env     make your copy, readable by you alone
#   make check                           say what is wrong with it, or which platforms are in use
#
# Fill in Telegram and at least one platform; leave the variables of the others empty. A line that begins with `# NAME=`
# shows the default: take the `#` away to change it. Quote values with spaces, `#` or `$` in 'single quotes'.
"""


class Group(msgspec.Struct, kw_only=True):
    """Variables with one purpose; `note` says which are required, `required` is the word beside each of those."""

    title: str
    note: str = ""
    required: str = "required"
    members: list[Variable] = []


def groups(among: tuple[Program, ...]) -> list[Group]:
    """Sort all variables by purpose.

    Args:
        among: All programs.

    Returns:
        Telegram, then each platform in the order of the message, then the rest; every variable once.
    """
    telegram = Group(title=TELEGRAM, note="Required.")
    shared = Group(title=EVERY_PLATFORM)
    platforms = {program.name: _platform_group(program) for program in among if program.platform}
    others: dict[str, Group] = {}
    for variable in declared(among):
        users = [program for program in among if variable.name in _names_of(program)]
        if variable.name.startswith("TELEGRAM_"):
            group = telegram
        elif not any(user.platform for user in users):
            title = TITLES.get(users[0].name, users[0].name)
            group = others.setdefault(title, Group(title=title))
        else:
            group = platforms[users[0].name] if len(users) == 1 else shared
        group.members.append(variable)
    order = sorted((user for user in among if user.platform), key=lambda user: user.platform.position)  # type: ignore[union-attr]  # filtered above
    found = [telegram, *(platforms[user.name] for user in order), shared, *_in_order(others)]
    for group in found:
        group.members.sort(key=lambda variable: (not variable.required, not variable.secret))
    return [group for group in found if group.members]


def example(sorted_groups: Iterable[Group]) -> str:
    """Return the text of `.env.example`.

    Args:
        sorted_groups: What `groups` returns.

    Returns:
        Empty assignments for what has no default, commented ones with the default for the rest.
    """
    lines = [HEAD]
    for group in sorted_groups:
        lines.append(f"# ---- {group.title} {'-' * (WIDTH - 8 - len(group.title))}")
        lines += [f"# {group.note}", ""] if group.note else [""]
        for variable in group.members:
            lines += [*_comment(variable, group), _assignment(variable), ""]
    return "\n".join(lines)


def table(sorted_groups: Iterable[Group]) -> str:
    """Return the page of settings, a table for each purpose.

    Args:
        sorted_groups: What `groups` returns.

    Returns:
        Markdown, without the markers around it.
    """
    lines = []
    for group in sorted_groups:
        lines += [f"**{group.title}**{f' - {group.note}' if group.note else ''}", ""]
        lines += ["| Variable | Default | What to write |", "| --- | --- | --- |"]
        for variable in group.members:
            description = variable.description.replace("|", "\\|")
            lines.append(f"| {_names(variable)} | {_default(variable, group)} | {description} |")
        lines.append("")
    return "\n".join(lines)


def _names_of(program: Program) -> tuple[str, ...]:
    return tuple(variable.name for variable in variables(program.settings)) if program.settings else ()


def _platform_group(program: Program) -> Group:
    every = variables(program.settings) if program.settings else ()
    required = [variable.name for variable in every if variable.required]
    label = program.platform.label if program.platform else program.name
    several = f"all of {', '.join(required)}, or none of them" if len(required) > 1 else "".join(required)
    return Group(title=label, note=f"To use it: {several}.", required=f"required for {label}")


def _in_order(others: dict[str, Group]) -> list[Group]:
    known = dict.fromkeys(TITLES.values())
    return [others[title] for title in (*known, *(title for title in others if title not in known)) if title in others]


def _comment(variable: Variable, group: Group) -> list[str]:
    notes = [group.required] if variable.required else []
    notes += [f"may also be called {variable.alias}"] if variable.alias else []
    text = f"{variable.description} ({', '.join(notes)})" if notes else variable.description
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)]


def _assignment(variable: Variable) -> str:
    if variable.required or variable.secret:
        return f"{variable.name}="
    return f"# {variable.name}={variable.default}"


def _names(variable: Variable) -> str:
    return f"`{variable.name}`" + (f" or `{variable.alias}`" if variable.alias else "")


def _default(variable: Variable, group: Group) -> str:
    if variable.required:
        return group.required
    return f"`{variable.default}`" if variable.default else "none"


def main() -> None:
    """Write both, or compare them with the declarations."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {COMMAND}", description=f"Write {EXAMPLE} and the settings of {PAGE}."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail when one of them is out of date")
    options = parser.parse_args()
    found = groups(PROGRAMS)
    page = between((ROOT / PAGE).read_text(encoding="utf-8"), BEGIN, END, table(found), where=str(PAGE))
    compare_or_write({EXAMPLE: example(found), PAGE: page}, check=options.check, command=COMMAND)


if __name__ == "__main__":
    main()
