"""A ledger with an admin's portfolio on paper, and a webhook that a test teaches what to answer."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from execution.signal.following import Clock
from ledger.store import Ledger, open_ledger
from ledger.trading.enumerations import SignalState
from ledger.trading.people.accounts import NewAccount, create_account
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio
from ledger.trading.people.users import first_admins, list_users
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import signal_events, signals
from ledger.trading.work import Work
from tests.ledger.trading.world import NOW

ADMIN = 7001


class Pretend(msgspec.Struct):
    """One request as the webhook saw it."""

    peer: str
    headers: dict[str, str]
    content: bytes

    @property
    def alert(self) -> dict[str, str]:
        """What it says."""
        said: dict[str, str] = json.loads(self.content)
        return said


Answer = tuple[int, dict[str, str]]


class Webhook:
    """A webhook; `answer` says what it answers, 404 until a test says so."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seen: list[Pretend] = []
        self.answer: Callable[[Pretend], Answer] = lambda _: (404, {})
        self.port = 0

    def take(self, request: Pretend) -> Answer:
        """Keep a request and answer it."""
        self.seen.append(request)
        return self.answer(request)


class Still(Clock):
    """A clock that passes at once whatever is waited for."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.seconds = 0.0
        self.monotonic = lambda: self.seconds
        self.sleep = self._pass

    def _pass(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> Still:
    """Give a clock that does not keep a test waiting."""
    return Still()


@pytest.fixture
def ledger(empty_ledger: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Give an open ledger with nobody in it."""
    path = tmp_path / "portfolio.db"
    path.write_bytes(empty_ledger.read_bytes())
    with open_ledger(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture
def portfolio(ledger: Ledger) -> str:
    """Let an admin have a portfolio on paper, and return its uid."""
    with ledger.writing() as connection:
        work = Work(connection, NOW)
        first_admins(work, (ADMIN,))
        owner = list_users(SYSTEM, connection)[0].uid
        paper = NewAccount(broker="PAPER", name="paper", base_currency="USDT", is_live=False, user=owner)
        account = create_account(SYSTEM, work, paper)
        return create_portfolio(SYSTEM, work, NewPortfolio(account=account.uid, name="main")).uid


@pytest.fixture
def tell(ledger: Ledger, portfolio: str) -> Callable[..., None]:
    """Write that a signal of the inbox has come to a state."""

    def write(inbox_uid: str, state: SignalState, code: str | None = None) -> None:
        place = {"portfolio_id": 1, "account_id": 1, "action": "buy", "symbol": "BTCUSDT", "body_json": {}}
        row: dict[str, Any] = {"uid": f"of {inbox_uid}", "inbox_uid": inbox_uid, "state": state, **place}
        with ledger.writing() as connection:
            wanted = select(signals.c.id).where(signals.c.inbox_uid == inbox_uid)
            if connection.execute(wanted).first() is None:
                connection.execute(signals.insert(), row | {"received_at": NOW, "updated_at": NOW})
            number = connection.execute(wanted).scalar_one()
            step = {"signal_id": number, "state": state, "code": code, "details_json": {}, "created_at": NOW}
            connection.execute(signal_events.insert(), step)

    return write


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """Run a webhook on this machine."""
    made = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body = made.take(Pretend(self.client_address[0], headers, content))
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
