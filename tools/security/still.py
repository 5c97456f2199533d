"""The claims that need no running system: what is handed over, what is refused, what is pinned."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from bus.settings import SettingsError
from launch.__main__ import settings_for
from launch.account_keys import written
from launch.accounts import own_settings
from launch.programs import PROGRAMS, file_of, named
from launch.whole_file import write_whole
from tools import pins
from tools.security.rows import NotHere, expect
from tools.security.secrets import CANARIES, FURTHER, found_in, owners_of

ROOT = Path(__file__).resolve().parent.parent.parent
WITH_KEYS = {"bus/gate.py", "bus/hub_link.py"}
"""Where the bus meets the network; nothing is bound or connected there without keys."""


def bus_stays_here(root: Path = ROOT) -> str:
    """Look for a way to move the bus to the network without keys.

    Raises:
        Broken: There is one: a line beside the two files that ask for keys.
    """
    folders = sorted({each.module.partition(".")[0] for each in PROGRAMS})
    files = [path for folder in folders for path in (root / folder).rglob("*.py")]
    named = {path.relative_to(root).as_posix() for path in files if _names_endpoint(path.read_text("utf-8"))}
    wrong = sorted(path.rpartition("/")[2] for path in named - WITH_KEYS)
    expect(files and not wrong, f"endpoints in {', '.join(wrong)}")
    return f"{len(files)} files; ipc:// but in {' and '.join(sorted(WITH_KEYS))}, where keys are asked for"


def _names_endpoint(source: str) -> bool:
    """Tell whether a source has the bus's sockets on the network; a WebSocket of others is no way for the bus."""
    kinds = ("tcp", "pgm", "ws", "wss") if "zmq" in source else ("tcp", "pgm")
    return any(f"{kind}://" in source for kind in kinds)


def handed_over(values: Mapping[str, str]) -> str:
    """Look at what the launcher hands to each program.

    Raises:
        Broken: A program gets what is not its own, or its owner does not get it.
    """
    told = {each.name: set(found_in(msgspec.json.encode(settings_for(each, values)))) for each in PROGRAMS}
    for name, found in told.items():
        own = {secret for secret in CANARIES if name in owners_of(secret)}
        wrong = sorted(found ^ own)
        expect(not wrong, f"{name} and {', '.join(wrong)}")
    return f"{len(told)} programs; {len(CANARIES)} secrets, each told to its own alone"


def further_account_is_apart(values: Mapping[str, str]) -> str:
    """Look at what the launcher hands to the program of a further account.

    Args:
        values: What `.env` says.

    Raises:
        Broken: It gets what is not its own file's, also where its own file lacks a key.
    """
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "accounts"
        file = file_of("canary", folder=folder)
        write_whole(file, written(FURTHER, broker="bingx"))
        program = named("broker-bingx-canary", folder=folder)
        told = settings_for(program, own_settings(program, values, folder=folder))
        given = msgspec.json.encode(told)
        expect(not found_in(given), f"it is told {', '.join(found_in(given))} of .env")
        expect(set(found_in(given, FURTHER)) == set(FURTHER), "it is not told its own keys")
        others = [each.name for each in PROGRAMS if found_in(msgspec.json.encode(settings_for(each, values)), FURTHER)]
        expect(not others, f"{', '.join(others)} are told its keys")
        write_whole(file, written({"BINGX_API_KEY": FURTHER["BINGX_API_KEY"]}, broker="bingx"))
        refused = True
        try:
            own_settings(program, values, folder=folder)
            refused = False
        except SettingsError as error:
            expect("BINGX_API_SECRET is missing" in str(error), str(error))
        expect(refused, "a key that its file lacks is taken from elsewhere")
    return "its own keys and no other; one that is missing is missing"


def webhook_knows_no_ledger() -> str:
    """Look at what the launcher hands to the webhook of the ledger.

    Raises:
        Broken: It is told where the ledger is, or is given a key of orders.
    """
    webhook = named("webhook")
    names = ("URL", "HOST", "PORT", "NAME", "USER", "PASSWORD")
    values = {f"DATABASE_{name}": "told" for name in names} | {"INBOX_DATABASE_URL": "sqlite:///data/inbox/inbox.db"}
    told = settings_for(webhook, values)
    expect(set(told) == {"INBOX_DATABASE_URL"}, f"it is told {', '.join(told)}")
    expect(not {"ledger", "order key", "master key"} & set(webhook.needs), "it may open the ledger, or sign")
    return "of seven variables the inbox's alone; no key"


def env_is_refused(launch: Callable[..., subprocess.CompletedProcess[str]]) -> str:
    """Give the launcher files that others can read.

    Raises:
        Broken: It takes one, or does not say what to type.
    """
    with tempfile.TemporaryDirectory() as folder:
        home, elsewhere = Path(folder), Path(folder, "elsewhere")
        for mode in (0o644, 0o640, 0o604):
            (home / ".env").write_text("TELEGRAM_CHAT_ID=1\n")
            (home / ".env").chmod(mode)
            _expect_refusal(launch("hub", home=home), f"mode {mode:o}")
        (home / ".env").rename(elsewhere)
        (home / ".env").symlink_to(elsewhere)
        _expect_refusal(launch("hub", home=home), "a link to such a file")
    return "refused, with the chmod to type"


def pinned() -> str:
    """Look at the pins and at how they are installed.

    Raises:
        Broken: One has no hash, or pip is not told to look at them.
    """
    faults = pins.faults()
    expect(not faults, ", ".join(faults))
    installs = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line]
    expect(installs and all("--require-hashes" in line for line in installs), "the Makefile installs without hashes")
    count = sum(len(pins.pinned((ROOT / f"{name}.txt").read_text())) for name in pins.SETS)
    return f"{count} pins; `make audit` asks whether any is known to be bad"


def flex_cannot_trade() -> str:
    """Say why there is nothing to try.

    Raises:
        NotHere: Always.
    """
    raise NotHere("a Flex token can fetch reports and nothing else; there is nothing that it says of itself")


def _expect_refusal(done: subprocess.CompletedProcess[str], what: str) -> None:
    said = done.stdout + done.stderr
    expect(done.returncode and "type: chmod 600 .env" in said, f"{what}: {done.returncode} {said[-200:]}")
