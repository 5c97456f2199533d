"""A further account, from a terminal: its keys are asked for, tried, and kept; a program of its own serves it.

    python -m launch.account ann --broker bingx --owner ann              make it; run again, it goes on
    python -m launch.account ann --broker bingx                          on a machine without the ledger
    python -m launch.account ann --broker bingx --owner ann --elsewhere --number VST123    its broker runs elsewhere
    python -m launch.account ann --remove                                put it away
    python -m launch.account ann --broker bingx --elsewhere --remove     the same, where its broker runs elsewhere

Keys are typed unseen, or come as NAME=value lines where standard input is no terminal; they stand in no argument, no
log and no answer. Nothing is kept before the venue has let them in. A file that is there is never overwritten: its keys
are used then, so that what was interrupted goes on.
"""

import argparse
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from bus import log
from bus.broker_names import code_of
from bus.proven import Proven
from bus.settings import SettingsError
from bus.settings_change import ACCOUNTS, ENV_FILE
from bus.supervisord.client import NotThere, Refused
from launch import account_keys, order_key
from launch.account_blocks import write_block
from launch.account_program import begin, end
from launch.account_trying import NotDone, run_ledger, try_keys
from launch.accounts import BROKER, Further, brokers, check_all, faults_of, load, paths, same_keys
from launch.env_file import read_file
from launch.machines import has_shared_ledger, this_machine
from launch.privileges import user_for
from launch.programs import Program, file_of, further, named
from launch.whole_file import write_whole

LONGEST_USER: Final = 32
PAPER: Final = "paper"
TRADING_OFF: Final = "TRADING is off in .env, and no broker runs; set TRADING=paper or live first"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says; `name` is empty for the default account of a broker."""

    name: str
    broker: str
    owner: str
    number: str
    elsewhere: bool
    live: bool
    remove: bool


def main() -> None:
    """Do what the command line says.

    Raises:
        SystemExit: 1 with the reason when it was not done.
    """
    log.set_up("account", level="ERROR", stream=sys.stderr)
    asked = _read_command_line()
    try:
        if asked.remove and asked.elsewhere:
            _remove_elsewhere(asked)
        elif asked.remove:
            _remove(asked)
        elif asked.elsewhere:
            _elsewhere(asked)
        else:
            _make(asked)
    except (NotDone, SettingsError, OSError) as error:
        raise SystemExit(f"Not done: {error}") from None
    except (NotThere, Refused) as error:
        raise SystemExit(f"It is made, and not started: {error}; run this again, or: make restart") from None
    except KeyboardInterrupt:
        raise SystemExit("\nNot done: interrupted; run it again, and it goes on") from None


def say(text: str) -> None:
    """Tell the owner a line.

    Args:
        text: The line.
    """
    print(text, flush=True)  # noqa: T201 - the command's answer


def _make(asked: Asked) -> None:
    """Make an account whose broker runs on this machine."""
    program, env = _program(asked), read_file(ENV_FILE)
    if env.get("TRADING", "off") == "off":
        raise NotDone(TRADING_OFF)
    path = file_of(program.account)
    is_new = not path.exists()
    account = _asked_for(program, asked) if is_new else _kept(path, program)
    faults = [*faults_of(account, env), *same_keys(account, _others(path, env))]
    if faults:
        raise NotDone("\n".join(faults))
    say(f"Trying the keys at {code_of(program.name)} …")
    found = try_keys(program, account.values(env))
    say(f"The account is {found.number}, {'live' if found.is_live else 'paper'}.")
    if is_new:
        _keep(path, account_keys.written(account.own, broker=asked.broker))
        say(f"Kept in {path}, for you alone; it is in no backup.")
    if not asked.owner or not _has_ledger(env):
        say(f"No row is made here: make it on the machine with the ledger, with ELSEWHERE=1 NUMBER={found.number}")
    else:
        _book(asked, program, found, path=path, is_new=is_new)
    write_block(program)
    if user_for(""):
        say(
            f"Each program has a user of its own here; to make that of {program.name}, and start it: make stop, "
            "deploy/harden, make start"
        )
        return
    say(begin(program.name))


def _keep(path: Path, text: str) -> None:
    """Write the file of a new account; one that somebody else has made meanwhile stays as it is."""
    try:
        write_whole(path, text, is_new=True)
    except FileExistsError:
        raise NotDone(f"{path} was made meanwhile, and stays as it is; nothing of this one is kept") from None


def _book(asked: Asked, program: Program, found: Proven, *, path: Path, is_new: bool) -> None:
    """Make the account's row; what this run has kept is not, where it cannot be."""
    row = [asked.owner, program.account, program.name, found.number, "--currency", found.currency]
    try:
        say(run_ledger("further-account", *row, *(["--live"] if found.is_live else [])))
    except NotDone:
        if is_new:
            path.unlink()
            say(f"{path} is removed again.")
        raise


def _has_ledger(env: Mapping[str, str]) -> bool:
    """Tell whether this machine opens the ledger: SQLite's file is beside the hub, PostgreSQL's address in `.env`."""
    return this_machine(env).has_hub or has_shared_ledger(env)


def _asked_for(program: Program, asked: Asked) -> Further:
    """Return a new account, with what the owner types or a pipe says."""
    own = account_keys.ask(program) if sys.stdin.isatty() else account_keys.piped(sys.stdin)
    if (said := own.pop(BROKER, asked.broker)) != asked.broker:
        raise NotDone(f"{BROKER} is {said[:20]} in what came, and {asked.broker} in what was typed")
    return Further(
        path=file_of(program.account), program=program, own={name: text for name, text in own.items() if text}
    )


def _kept(path: Path, program: Program) -> Further:
    """Return the account of a file that is there; it must be of the program that is meant."""
    account = load(path)
    if account.program.name != program.name:
        raise NotDone(
            f"{path} is there already, of {account.program.name}; take another NAME, or remove that one first"
        )
    say(f"{path} is there already, and stays as it is; its keys are used.")
    return account


def _others(path: Path, env: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return what the other files with keys say."""
    every = check_all(env)[1]
    return {str(ENV_FILE): env} | {str(each.path): dict(each.own) for each in every if each.path != path}


def _program(asked: Asked) -> Program:
    """Return the program that is to serve the account."""
    if asked.broker == PAPER:
        raise NotDone(
            "paper needs no keys, and one program serves all of it; type: make add-account OWNER=… NAME=… BROKER=PAPER"
        )
    if asked.broker not in brokers():
        raise NotDone(f"BROKER must be one of {', '.join(brokers())}")
    program = further(asked.broker.upper(), asked.name)
    if program is None:
        raise NotDone("NAME must be of small letters, digits and single dashes between them, 20 at most")
    if (over := len(user_for(program.name)) - LONGEST_USER) > 0:
        raise NotDone(f"NAME is {over} signs too long for a user of the machine, which each program has here")
    return program


def _elsewhere(asked: Asked) -> None:
    """Write the key file of a broker that runs on another machine, and make its account's row here."""
    program = _program(asked) if asked.name else named(f"broker-{asked.broker}")
    if "order key" not in program.needs:
        raise NotDone(f"there is no broker {asked.broker}")
    if asked.name:
        if not (asked.owner and asked.number):
            raise NotDone(
                "OWNER and NUMBER are needed: the number as its broker proves it, such as VST1290312345678901 or "
                "DU1234567"
            )
        row = [asked.owner, program.account, program.name, asked.number, "--unproven"]
        row += ["--currency", importlib.import_module(program.declares).CURRENCY]
        say(run_ledger("further-account", *row, *(["--live"] if asked.live else [])))
    path = order_key.key_file(program)
    write_whole(path, order_key.derived(program).hex())
    say(
        f"{path} is the key that it shares with execution. Copy it into {ACCOUNTS}/ of the other machine, for its user "
        "alone, and remove it here."
    )
    if asked.name:
        say(f"There: make account NAME={asked.name} BROKER={asked.broker}")


def _remove(asked: Asked) -> None:
    """Put an account away: its row is archived, its program stopped, its keys moved out of the way or deleted."""
    path = next((each for each in paths() if each == file_of(asked.name)), None)
    if path is None:
        raise NotDone(f"there is no {file_of(asked.name)}; there are: {', '.join(map(str, paths())) or 'none'}")
    program = load(path).program
    if _has_ledger(read_file(ENV_FILE)):
        say(run_ledger("remove-account", program.name))
    else:
        code = code_of(program.name).lower()
        say(
            "Its row is on the machine with the ledger; archive it there first, if that is not done: make account "
            f"NAME={asked.name} BROKER={code} ELSEWHERE=1 REMOVE=1"
        )
    say(end(program.name))
    order_key.key_file(program).unlink(missing_ok=True)
    path.with_suffix(".conf").unlink(missing_ok=True)
    if sys.stdin.isatty() and input(f"Delete {path} with its keys (yes or no)? ").strip().lower() == "yes":
        path.unlink()
        say(f"{path} is deleted. Delete the key at the venue, too.")
        return
    aside = path.with_suffix(".removed")
    path.replace(aside)
    say(f"Its keys are in {aside} now, which nobody reads; delete it, and the key at the venue.")


def _remove_elsewhere(asked: Asked) -> None:
    """Archive the row of an account whose broker runs on another machine; remove its key of orders, if it is here."""
    program = _program(asked)
    say(run_ledger("remove-account", program.name))
    order_key.key_file(program).unlink(missing_ok=True)
    say(f"There: make account NAME={asked.name} REMOVE=1")


def _read_command_line() -> Asked:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m launch.account", description="Make a further account.")
    parser.add_argument("name", nargs="?", default="", help="what its file and its program are called by")
    parser.add_argument("--broker", default="", help=f"one of {', '.join(brokers())}")
    parser.add_argument("--owner", default="", help="whose it is; empty where the ledger is on another machine")
    parser.add_argument("--number", default="", help="its number, where its broker runs elsewhere")
    parser.add_argument("--elsewhere", action="store_true", help="its broker runs on another machine")
    parser.add_argument("--live", action="store_true", help="its money is real, where its number does not tell")
    parser.add_argument("--remove", action="store_true", help="put it away")
    said = vars(parser.parse_args())
    said["broker"] = str(said["broker"]).lower()
    return msgspec.convert(said, Asked)


if __name__ == "__main__":
    main()
