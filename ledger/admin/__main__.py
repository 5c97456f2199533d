"""The owner's commands for the ledger, one at a time from a terminal; the Makefile has a name for each.

python -m launch ledger backup                 make a backup now
python -m launch ledger restore FILE           put a backup in the ledger's place, while nothing runs
python -m launch ledger outbox                 list what waits and what could not be delivered
python -m launch ledger resend ID|all          send again what could not be delivered
python -m launch ledger import-history FILE    take in days from a portfolio_history.json
python -m launch ledger export [FILE]          write all snapshots as CSV
python -m launch ledger migrate-db FROM [TO]   copy the ledger into another database, while nothing runs

python -m launch ledger kill [REASON]          stop all trading, whatever else runs or not; unkill: trade again
python -m launch ledger users                  list those who trade; add-user, add-account, add-portfolio
python -m launch ledger user NAME …            change a role, block, approve
python -m launch ledger strategies             list strategies; add-strategy, strategy OWNER NAME …
python -m launch ledger import-trades FILE …   take in executions from a CSV file
python -m launch ledger positions              list what is held; pnl: what the last days brought
python -m launch ledger verify-books           recompute everything; verify-audit: the audit chains alone
"""

import argparse
import os
import sqlite3
import sys
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from bus import log
from bus.process import set_umask
from bus.settings import SettingsError, take
from ledger import backup, postgresql_backup
from ledger.admin import trading_command_line
from ledger.admin.commands import Refused, nothing_running
from ledger.admin.history_commands import export, import_history
from ledger.admin.migrate_db import NotTheSame, migrate_db
from ledger.bootstrap import KNOWN
from ledger.inbox import keeping
from ledger.portfolio.dead_letters import Unsent, revive, unsent
from ledger.schema import is_newer
from ledger.settings import Settings
from ledger.store import Ledger, NotReady, file_of, open_ledger
from ledger.trading.flow.outgoing import backlog, bridged
from ledger.trading.principal import SYSTEM
from ledger.unavailable import LedgerUnavailable, unavailable_because, unavailable_files

TOKEN_REFUSED = "token refused"  # noqa: S105 - a reason in the outbox, no secret
LONGEST_LINE = 60
STUCK = 5


def main() -> None:
    """Do what the command line says.

    Raises:
        SystemExit: 1 with the reason when it was not done; 5 when the outbox holds what will not go out by itself.
    """
    set_umask()
    log.set_up("ledger", level="ERROR", stream=sys.stderr)
    asked = _read_command_line()
    try:
        settings = take(Settings, os.environ)
        lines = _answer(asked, settings)
    except NotTheSame as error:
        raise SystemExit(f"{error}\nNot done: the copy was not the same, and nothing of it was kept") from None
    except DBAPIError as error:
        raise SystemExit(f"Not done: {unavailable_because(error.orig)}") from None
    except (Refused, SettingsError, LedgerUnavailable, NotReady, backup.BadBackup) as error:
        raise SystemExit(f"Not done: {error}") from None
    except sqlite3.Error as error:
        raise SystemExit(f"Not done: {unavailable_because(error)}") from None
    except OSError as error:
        raise SystemExit(f"Not done: {unavailable_files(error)}") from None
    for line in lines:
        print(line)  # noqa: T201 - the command's answer
    if asked.command == "outbox" and is_stuck(settings):
        raise SystemExit(STUCK)


def _answer(asked: argparse.Namespace, settings: Settings) -> list[str]:
    """Carry the command out and return the lines to print."""
    match asked.command:
        case "backup":
            return make_backup(settings)
        case "restore":
            return restore(settings, Path(asked.file))
        case "outbox":
            return list_unsent(settings)
        case "resend":
            return resend(settings, asked.id)
        case "migrate-db":
            return migrate_db(asked.source, asked.target or settings.database_url.reveal())
        case "import-history":
            return import_history(settings, Path(asked.file))
        case "export":
            return export(settings, Path(asked.file) if asked.file else None)
        case _:
            return trading_command_line.answer(settings, asked)


def make_backup(settings: Settings) -> list[str]:
    """Make a backup now, whether the system runs or not; return what to tell.

    Raises:
        Refused: There is no ledger to copy.
        BadBackup: The copy is not whole; it is removed.
    """
    url = settings.database_url.reveal()
    if postgresql_backup.is_postgresql(url):
        made = postgresql_backup.make(url)
        return [f"Made {made}: {_rows(postgresql_backup.look_into(made, url).rows)}."]
    path = _ledger_file(settings)
    if not path.exists():
        raise Refused(f"there is no ledger {path} yet")
    try:
        of_inbox = keeping.back_up(path)
    finally:
        made = backup.make(path)
    return [f"Made {each}: {_rows(backup.check(each))}." for each in (made, of_inbox) if each]


def restore(settings: Settings, chosen: Path) -> list[str]:
    """Put a backup in the ledger's place, with the present one kept beside it; return what to tell.

    Args:
        chosen: The backup.

    Raises:
        Refused: The system runs, or the backup's schema is unknown; nothing was touched.
        BadBackup: The backup is not whole; nothing was touched.
    """
    url = settings.database_url.reveal()
    path = None if postgresql_backup.is_postgresql(url) else _ledger_file(settings)
    if path is None:
        found = postgresql_backup.look_into(chosen, url)
        rows, schema, replace = found.rows, found.schema, partial(postgresql_backup.restore, chosen, url)
    else:
        rows, schema, replace = backup.check(chosen), backup.schema(chosen), partial(backup.restore, chosen, path)
        if path.exists() and path.samefile(chosen):
            raise Refused(f"{chosen} is the ledger itself")
    if schema not in KNOWN and not is_newer(schema):
        raise Refused(f"{chosen} has schema {schema}, which this program does not know")
    with nothing_running():
        kept = replace()
        inbox = None if path is None else keeping.restore_missing(path, folder=chosen.parent)
    lines = [f"Restored {chosen}: {_rows(rows)}."]
    if kept is not None:
        lines.append(f"The ledger that was there is kept as {kept}.")
    if inbox is not None:
        lines.append(f"The inbox was missing, and is back from {inbox}; signals that came since may come in again.")
    lines.append("No slot before now will be sent again or told as missed. Start with: make start")
    return lines


def list_unsent(settings: Settings) -> list[str]:
    """Return a line for each message that waits or is dead, a cure where there is one, and what waits for RabbitMQ."""
    with open_ledger(settings.database_url.reveal()) as ledger:
        if not ledger.schema():
            return ["Outbox: there is no ledger yet."]
        ledger_rows = unsent(ledger)
        events = _waiting_events(ledger, ZoneInfo(settings.timezone))
    dead = [row for row in ledger_rows if row.state == "dead"]
    waiting = [row for row in ledger_rows if row.state != "dead"]
    zone = ZoneInfo(settings.timezone)
    lines = [f"Outbox: {len(waiting)} waiting, {len(dead)} dead."]
    lines += [_line(row, zone) for row in (*waiting, *dead)]
    if any(row.reason == TOKEN_REFUSED for row in waiting):
        lines.append("Telegram refuses the bot's token; everything is kept. Set TELEGRAM_BOT_TOKEN and restart.")
    if dead:
        lines.append("To send a dead one again: make resend ID=…, or ID=all")
    return lines + events


def _waiting_events(ledger: Ledger, zone: ZoneInfo) -> list[str]:
    """Return a line that says how many events wait for RabbitMQ; none where no bridge has ever worked."""
    with ledger.reading() as connection:
        if bridged(SYSTEM, connection) is None:
            return []
        found = backlog(SYSTEM, connection)
    since = f", the oldest since {found.oldest_at.astimezone(zone):%Y-%m-%d %H:%M}" if found.oldest_at else ""
    return [f"RabbitMQ: {found.count} events waiting{since}."]


def is_stuck(settings: Settings) -> bool:
    """Tell whether a message is dead, or the bot's token refused: what only the owner can mend."""
    with open_ledger(settings.database_url.reveal()) as ledger:
        rows = unsent(ledger) if ledger.schema() else ()
    return any(row.state == "dead" or row.reason == TOKEN_REFUSED for row in rows)


def resend(settings: Settings, which: str) -> list[str]:
    """Let one dead message be sent again, or all; return what to tell.

    Args:
        which: The message's number as `make status` lists it, or `all`.

    Raises:
        Refused: No such message is dead.
    """
    if which != "all" and not (which.isascii() and which.isdecimal()):
        raise Refused(f"{which} is no number of a message; write one that make status lists, or all")
    with open_ledger(settings.database_url.reveal()) as ledger:
        revived = revive(ledger, None if which == "all" else int(which)) if ledger.schema() else ()
    if not revived:
        raise Refused("no message is dead" if which == "all" else f"no message {which} is dead")
    return [f"To be sent again: {', '.join(map(str, revived))}"]


def _read_command_line() -> argparse.Namespace:
    """Return the command and its arguments; a wrong command line ends the program with its usage."""
    parser = argparse.ArgumentParser(prog="python -m launch ledger")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("backup", help="make a backup now")
    commands.add_parser("restore", help="put a backup in the ledger's place").add_argument("file")
    commands.add_parser("outbox", help="list what waits and what could not be delivered")
    commands.add_parser("resend", help="send again what could not be delivered").add_argument("id")
    commands.add_parser("import-history", help="take in days from a portfolio_history.json").add_argument("file")
    commands.add_parser("export", help="write all snapshots as CSV").add_argument("file", nargs="?")
    migrating = commands.add_parser("migrate-db", help="copy the ledger into another database")
    migrating.add_argument("source", metavar="FROM", help="the URL of the ledger")
    migrating.add_argument("target", metavar="TO", nargs="?", help="that of an empty database; else DATABASE_URL")
    trading_command_line.add_to(commands)
    return parser.parse_args()


def _ledger_file(settings: Settings) -> Path:
    """Return the SQLite ledger's file; refuse where it is another database."""
    path = file_of(settings.database_url.reveal())
    if path is None:
        raise Refused("the ledger is neither a SQLite file nor in PostgreSQL; use its database's own tools")
    return path


def _rows(counts: dict[str, int]) -> str:
    """Return how many rows each table has, in words; tables without any are left out."""
    return ", ".join(f"{rows} {table}" for table, rows in counts.items() if rows) or "no rows"


def _line(row: Unsent, zone: ZoneInfo) -> str:
    """Return a message of the outbox as one line: since when it waits, how often it was tried, how it begins."""
    about = f"round {row.round_id}" if row.round_id else f"alert {row.alert_id}"
    since = f"{row.created_at.astimezone(zone):%Y-%m-%d %H:%M}"
    tried = f"{row.attempts} attempt{'' if row.attempts == 1 else 's'}"
    because = f", {row.reason}" if row.reason else ""
    first = next((line for line in (row.text or "").splitlines() if line.strip()), "not worded yet")
    text = first if len(first) <= LONGEST_LINE else f"{first[: LONGEST_LINE - 1]}…"
    return f"  {row.id}  {row.state}  chat {row.chat_id}  {about}  since {since}  {tried}{because}  | {text}"


if __name__ == "__main__":
    main()
