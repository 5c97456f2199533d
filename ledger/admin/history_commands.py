"""The owner's commands for the history: days in from a file, snapshots out as CSV.

Both work while the system runs. An import also works before the first start: it makes the ledger as the aggregator
would.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bus.alert_texts import AlertText
from ledger import schema
from ledger.admin.commands import Refused, nothing_running
from ledger.admin.export import write_csv
from ledger.bootstrap import make_ready
from ledger.portfolio import history, history_file
from ledger.settings import Settings
from ledger.store import Ledger, open_ledger


def import_history(settings: Settings, chosen: Path) -> list[str]:
    """Take the days of a file into the ledger, all of them or none; return what to tell.

    Args:
        chosen: The file, in the form of `portfolio_history.json`.

    Raises:
        Refused: The file is not right; its text has a line for each of the first faults.
        LedgerUnavailable: The ledger cannot be used now.
    """
    zone = ZoneInfo(settings.timezone)
    try:
        days = history_file.parse(chosen.read_bytes(), today=datetime.now(zone).date())
    except history_file.BadHistory as error:
        raise Refused(f"{chosen} cannot be imported:\n{error}") from None
    except OSError as error:
        raise Refused(f"{chosen} cannot be read: {error.strerror}") from None
    told: list[AlertText] = []
    with open_ledger(settings.database_url.reveal()) as ledger:
        if not schema.serves(ledger.schema()):
            with nothing_running():
                make_ready(ledger, settings.database_url.reveal(), told.append)
        history.fill(ledger, zone)
        done = history.import_days(ledger, days)
    return [
        *(alert_text.text for alert_text in told),
        f"Imported {chosen}: {done.new} new, {done.changed} changed, {done.same} known already, "
        f"{done.kept_own} kept as seen here.",
    ]


def export(settings: Settings, chosen: Path | None) -> list[str]:
    """Write all snapshots as CSV, to the terminal or into a new file that is for the owner alone; return what to tell.

    Args:
        chosen: The new file; None for the terminal.

    Raises:
        Refused: There is no ledger, or the file exists.
        LedgerUnavailable: The ledger cannot be used now.
    """
    with open_ledger(settings.database_url.reveal()) as ledger:
        if not ledger.schema():
            raise Refused("there is no ledger yet")
        ledger.check()
        if chosen is not None:
            with _new_file(chosen) as stream:
                count = write_csv(ledger, stream, ZoneInfo(settings.timezone))
            return [f"Wrote {chosen}: {count} snapshots."]
        _to_terminal(ledger, ZoneInfo(settings.timezone))
    return []


def _to_terminal(ledger: Ledger, zone: ZoneInfo) -> None:
    """Write the CSV to standard output; a reader that leaves early is no error."""
    try:
        write_csv(ledger, sys.stdout, zone)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[TextIO]:
    """Open a file that appears when it is whole."""
    if path.exists():
        raise Refused(f"{path} exists; name another file")
    draft = path.with_name(f"{path.name}.draft")
    try:
        with open(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as new:
            yield new
        draft.rename(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
