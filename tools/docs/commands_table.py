"""Write the tables of commands in docs/chat.md from those that `/help` and Telegram's menu are made of.

python -m tools.docs.commands_table            writes it
python -m tools.docs.commands_table --check    fails with the first differing line when it is out of date
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from notifier.commands.table import COMMANDS, Command
from notifier.trading.table import WITH_TRADING
from tools.docs.generated import ROOT, between, compare_or_write

PAGE = Path("docs/chat.md")
COMMAND = "tools.docs.commands_table"
BEGIN = "<!-- The commands: made by `python -m tools.docs.commands_table` (`make docs`); do not edit them here. -->"
END = "<!-- End of the commands. -->"
TRADING_BEGIN = BEGIN.replace("The commands", "The commands of trading")
TRADING_END = "<!-- End of the commands of trading. -->"
OF_TRADING = tuple(each for each in WITH_TRADING if each not in COMMANDS)
"""What is there besides, or means something else, where there is trading."""


def table(commands: Sequence[Command]) -> str:
    """Return commands as a table, a row each.

    Args:
        commands: In the order of the rows.
    """
    rows = (f"| {_shown(each.name, each.arguments)} | {each.en} | {each.ru} | {each.de} |" for each in commands)
    return "\n".join(["| Type | To get | По-русски | Auf Deutsch |", "| --- | --- | --- | --- |", *rows, ""])


def _shown(name: str, arguments: str) -> str:
    written = arguments.replace("|", "\\|")
    return f"`/{name} {written}`" if written else f"`/{name}`"


def main() -> None:
    """Write the table, or compare it."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {COMMAND}", description=f"Write the tables of commands in {PAGE}."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail when it is out of date")
    options = parser.parse_args()
    page = between((ROOT / PAGE).read_text(encoding="utf-8"), BEGIN, END, table(COMMANDS), where=str(PAGE))
    page = between(page, TRADING_BEGIN, TRADING_END, table(OF_TRADING), where=str(PAGE))
    compare_or_write({PAGE: page}, check=options.check, command=COMMAND)


if __name__ == "__main__":
    main()
