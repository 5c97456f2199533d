"""A running webhook for tests: its process, its inbox, and requests to it as senders make them.

    with webhook(home) as running:
        running.send(alert("1"))

Everybody on this machine may send to it, from 127.0.0.1; every other address of this machine is a stranger.
"""

import contextlib
import http.client
import json
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from ledger.inbox.opening import Inbox
from ledger.inbox.place import inbox_url
from ledger.inbox.records import Token
from ledger.inbox.tokens import put_tokens
from ledger.migrate import migrate
from ledger.trading.work import Work
from tests.running import Child, running, wait_until

SECRET, OTHER_SECRET, API_TOKEN = "trend-secret-of-a-test", "swing-secret-of-a-test", "reader-secret-of-a-test"
TREND, SWING = "trend", "swing"
PATH = "/webhook/tradingview"


class Answered(msgspec.Struct, frozen=True):
    """An answer: its status, its headers in lower case, its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """Return the body as a document."""
        document: dict[str, object] = json.loads(self.body)
        return document


class Webhook:
    """A running webhook."""

    def __init__(self, child: Child, home: Path, port: int) -> None:
        """Watch a process that listens at a port."""
        self.child = child
        self.home = home
        self.port = port

    def inbox(self) -> Inbox:
        """Return its inbox, opened anew; who asks closes it."""
        return Inbox(inbox_url(f"sqlite:///{self.home}/data/portfolio.db"))

    def rows(self, columns: str = "*") -> list[tuple[object, ...]]:
        """Return what stands in its inbox, in the order in which it came."""
        inbox = self.inbox()
        with inbox.reading() as connection:
            rows = connection.exec_driver_sql(f"SELECT {columns} FROM inbox_signals ORDER BY id").all()
        inbox.close()
        return [tuple(row) for row in rows]

    def connect(self, source: str = "127.0.0.1", *, timeout_s: float = 30.0) -> socket.socket:
        """Open a connection from an address of this machine."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s, source_address=(source, 0))

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        source: str = "127.0.0.1",
    ) -> Answered:
        """Make a request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
        with contextlib.closing(connection):
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def send(
        self,
        body: bytes | Mapping[str, object],
        *,
        token: str | None = SECRET,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Answered:
        """Send an alert, its secret in the path unless there is none."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", PATH + (f"/{token}" if token else ""), content, headers, source=source)


def alert(number: str | None = None, **differing: object) -> dict[str, object]:
    """Return an alert as a strategy sends it, made now, with an id where one is named."""
    said: dict[str, object] = {"symbol": "AAPL", "action": "buy", "qty": "3", "price": "201.50"}
    said |= {"time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"} | ({"id": number} if number else {})
    return {name: value for name, value in (said | differing).items() if value is not ...}


def make_inbox(home: Path, secrets: Mapping[str, str] | None = None) -> None:
    """Make an inbox in a home folder, with a secret for each strategy."""
    (home / "data/inbox").mkdir(mode=0o700, parents=True, exist_ok=True)
    url = inbox_url(f"sqlite:///{home}/data/portfolio.db")
    migrate(url, part="inbox")
    let_in(home, secrets or {TREND: SECRET, SWING: OTHER_SECRET})


def let_in(home: Path, secrets: Mapping[str, str]) -> None:
    """Make these the secrets that are in force, by strategy."""
    inbox = Inbox(inbox_url(f"sqlite:///{home}/data/portfolio.db"))
    tokens: Sequence[Token] = [
        Token(token_hash=sha256(secret.encode()).hexdigest(), strategy_uid=f"uid-of-{name}", name=name)
        for name, secret in secrets.items()
    ]
    with inbox.writing() as connection:
        put_tokens(Work(connection, datetime.now(UTC)), tokens)
    inbox.close()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
        return port


@contextlib.contextmanager
def webhook(home: Path, *command: str, **variables: str) -> Iterator[Webhook]:
    """Run the webhook in a home folder in which a hub runs; it is killed at the end if it still runs.

    Args:
        command: What Python runs instead of it.
        variables: Of its environment, beside those that let it run, at any free port, and let this machine send.
    """
    chosen = int(variables.get("WEBHOOK_PORT") or free_port())
    usual = {"TRADING": "paper", "WEBHOOK_PORT": str(chosen), "WEBHOOK_ALLOWED_IPS": "127.0.0.1"}
    usual |= {"PYTHONOPTIMIZE": "2"}
    with running(home, "-m", *(command or ["webhook"]), environment=usual | variables) as child:
        found = Webhook(child, home, chosen)
        wait_until(lambda: is_open(chosen) or child.process.poll() is not None, what="the webhook listens")
        yield found


def is_open(port: int) -> bool:
    """Tell whether somebody listens at a port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def stop(found: Webhook) -> int:
    """Tell a webhook to leave, and return its exit code."""
    found.child.signal(signal.SIGTERM)
    return found.child.code(within_s=10)
