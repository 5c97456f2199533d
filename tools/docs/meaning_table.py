"""Write the table of what an action means in docs/trading/meaning.md from the one that execution uses.

python -m tools.docs.meaning_table            writes it
python -m tools.docs.meaning_table --check    fails with the first differing line when it is out of date
"""

import argparse
from pathlib import Path
from typing import Final

from execution.meaning import ANY, TABLE, Named, Outcome, Row
from tools.docs.generated import ROOT, between, compare_or_write

PAGE = Path("docs/trading/meaning.md")
COMMAND = "tools.docs.meaning_table"
BEGIN = "<!-- The table: made by `python -m tools.docs.meaning_table` (`make docs`); do not edit it here. -->"
END = "<!-- End of the table. -->"
MOVES: Final = {"CLOSE": "close", "OPEN_LONG": "open a long", "OPEN_SHORT": "open a short"}


def table() -> str:
    """Return the table, a row each."""
    head = "| Action | Held | The alert leaves | Spot, equities | Futures | Futures, `reverse=yes` | Why |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- | --- |", *map(_line, TABLE), ""])


def _line(row: Row) -> str:
    """Return one row of the table."""
    outcomes = " | ".join(_outcome(each) for each in (row.spot, row.futures, row.reverse))
    return f"| `{row.action}` | {row.held} | {_names(row.named)} | {outcomes} | {row.note} |"


def _names(named: tuple[Named | None, ...]) -> str:
    """Return the positions that an alert may name."""
    return "anything" if named == ANY else ", ".join("not said" if each is None else f"`{each}`" for each in named)


def _outcome(outcome: Outcome) -> str:
    """Return what is done, or the code of what is refused."""
    return ", then ".join(MOVES[move] for move in outcome) if isinstance(outcome, tuple) else f"`{outcome}`"


def main() -> None:
    """Write the table, or compare it."""
    parser = argparse.ArgumentParser(prog=f"python -m {COMMAND}", description=f"Write the table of actions in {PAGE}.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail when it is out of date")
    options = parser.parse_args()
    page = between((ROOT / PAGE).read_text(encoding="utf-8"), BEGIN, END, table(), where=str(PAGE))
    compare_or_write({PAGE: page}, check=options.check, command=COMMAND)


if __name__ == "__main__":
    main()
