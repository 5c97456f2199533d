"""Canary secrets, where they may be found, and looking for them everywhere else."""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import zmq

from sandbox.control.client import Sandbox
from tools.security.rows import expect

CANARIES = {
    "TELEGRAM_BOT_TOKEN": "123456789:CANARYtelegram0123456789abcdefghijk",
    "BYBIT_API_KEY": "canaryBybitKey0001",
    "BYBIT_API_SECRET": "canaryBybitSecret0123456789abcdefABC",
    "OKX_API_KEY": "00000000-0000-4000-8000-canaryokx001",
    "OKX_API_SECRET": "CANARYOKXSECRET0123456789",
    "OKX_API_PASSPHRASE": "canary-Pass %(phrase)s;#1 x",
    "TBANK_TOKEN": "t.canary" + "TbankToken0123456789" * 4,
    "IBKR_FLEX_TOKEN": "9999888877776666555544443",
    "IBKR_FLEX_QUERY_ID": "31415926",
    "BINGX_API_KEY": "canaryBingxKey0123456789abcdefABCDEF",
    "BINGX_API_SECRET": "canaryBingxSecret0123456789abcdefABCDEF",
    "WEBHOOK_SECRET": "canary_webhook-secret.0123456789",
    "BROKER_PASSWORD": "canaryBroker.Password-0123456789",
    "API_TOKEN": "canary_api-token.0123456789abcdef",
}
FURTHER = {
    "BINGX_API_KEY": "canaryFurtherKey0123456789abcdefABCDEF",
    "BINGX_API_SECRET": "canaryFurtherSecret0123456789abcdefABC",
}
"""Those of a further account."""
OWNERS = {
    "TELEGRAM": ("notifier",),
    "BYBIT": ("bybit",),
    "OKX": ("okx",),
    "TBANK": ("tbank",),
    "IBKR": ("ibkr",),
    "BINGX": ("broker-bingx",),
    "WEBHOOK": ("webhook", "execution", "signal"),
    "BROKER": ("bridge",),
    "API": ("webhook",),
}
"""By the first word of a variable: the programs that may know it."""


def let_the_world_know(sandbox: Sandbox) -> None:
    """Make the pretend platforms accept the canaries as their keys."""
    sandbox.set_state("telegram", token=CANARIES["TELEGRAM_BOT_TOKEN"])
    sandbox.set_state("bybit", api_key=CANARIES["BYBIT_API_KEY"], api_secret=CANARIES["BYBIT_API_SECRET"])
    sandbox.set_state(
        "okx",
        api_key=CANARIES["OKX_API_KEY"],
        api_secret=CANARIES["OKX_API_SECRET"],
        passphrase=CANARIES["OKX_API_PASSPHRASE"],
    )
    sandbox.set_state("tbank", token=CANARIES["TBANK_TOKEN"])
    sandbox.set_state("ibkr", token=CANARIES["IBKR_FLEX_TOKEN"], query_id=CANARIES["IBKR_FLEX_QUERY_ID"])
    sandbox.set_state("bingx", api_key=CANARIES["BINGX_API_KEY"], api_secret=CANARIES["BINGX_API_SECRET"])


def owners_of(variable: str) -> tuple[str, ...]:
    """Return the programs that may know a secret."""
    return OWNERS[variable.partition("_")[0]]


def found_in(content: bytes, secrets: Mapping[str, str] = CANARIES) -> list[str]:
    """Return the names of the secrets that stand in some bytes, in plain or as JSON or an address would word them."""
    from urllib.parse import quote

    return [
        name
        for name, secret in secrets.items()
        if any(form.encode() in content for form in {secret, quote(secret, safe=""), quote(secret)})
    ]


def search(places: Iterable[tuple[str, bytes]], secrets: Mapping[str, str] = CANARIES) -> str:
    """Look for secrets.

    Args:
        places: Where, and what stands there.
        secrets: Values by name.

    Returns:
        How much was searched.

    Raises:
        Broken: One was found, or there was nothing to search.
    """
    found: list[str] = []
    count = size = 0
    for where, content in places:
        count, size = count + 1, size + len(content)
        found += [f"{name} in {where}" for name in found_in(content, secrets)]
    expect(size, "there was nothing to search")
    expect(not found, ", ".join(found))
    return f"none of {len(secrets)} in {count} places, {size // 1024} KiB"


def files_in(home: Path, *folders: str) -> Iterator[tuple[str, bytes]]:
    """Yield all files below some folders of a home, and what is in them."""
    for folder in folders:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file():
                yield str(path.relative_to(home)), path.read_bytes()


@contextlib.contextmanager
def listening(home: Path) -> Iterator[list[bytes]]:
    """Keep every frame that the hub of a home forwards while the `with` lasts."""
    frames: list[bytes] = []
    over = threading.Event()

    def listen() -> None:
        with zmq.Context() as context, context.socket(zmq.SUB) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.SUBSCRIBE, b"")
            socket.connect(f"ipc://{home}/run/bus.out")
            while not over.is_set():
                while socket.poll(100):
                    frames.extend(socket.recv_multipart())

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield frames
    finally:
        over.set()
        thread.join()
