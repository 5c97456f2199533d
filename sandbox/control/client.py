"""A small synchronous client of the sandbox's control port, for tests, the demo and chaos tools.

Quirks: proxies in the environment are ignored, the sandbox is on this machine.
"""

import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError

import msgspec

from sandbox.telegram.chat import CHAT_ID, Attempt, Sent

_ANSWER_S = 10
_LOOK_AGAIN_S = 0.02
_END_S = 3
_ROOT = Path(__file__).resolve().parent.parent.parent
Answer = TypeVar("Answer")


class ControlError(Exception):
    """The control port refused a request; the text says what would be right."""


class Request(msgspec.Struct):
    """One request that a service saw; `status` is 0 where no answer was sent."""

    at: datetime
    method: str
    path: str
    status: int
    took_ms: float


class ServiceView(msgspec.Struct):
    """One service as the control port shows it; `requests` are the last 200."""

    name: str
    url: str
    state: dict[str, object]
    faults: list[dict[str, object]]
    kinds: dict[str, str]
    latency_s: float
    skew_s: float
    request_count: int
    requests: list[Request]


class TypedAnswer(msgspec.Struct):
    """What became of what a person did; a press has a query in place of a message of its own.

    `chat_id` and `thread_id` are told where a group was changed: the chat it is now, and the topic.
    """

    update_id: int
    message_id: int = 0
    query_id: str = ""
    chat_id: int = 0
    thread_id: int = 0


class Figure(msgspec.Struct):
    """One figure of a platform's accounts."""

    name: str
    title: str
    unit: str
    value: str


class Mode(msgspec.Struct):
    """One mode of a platform, and the reason that the product has for it."""

    name: str
    title: str
    says: str


class PanelAction(msgspec.Struct):
    """Something that can be done at a platform now."""

    name: str
    title: str


class PanelControl(msgspec.Struct):
    """One platform in the panel; `mode` is "" where the faults are of nobody's table."""

    name: str
    title: str
    mode: str
    modes: list[Mode]
    figures: list[Figure]
    lines: list[str] = []
    actions: list[PanelAction] = []


class _Port:
    """The control port."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, method: str, path: str, *, kind: type[Answer], body: object = None) -> Answer:
        return msgspec.json.decode(self.fetch(method, path, body=body), type=kind)

    def fetch(self, method: str, path: str, *, body: object = None) -> bytes:
        content = None if body is None else msgspec.json.encode(body)
        request = urllib.request.Request(self.address + path, data=content, method=method)
        try:
            with self.opener.open(request, timeout=_ANSWER_S) as response:
                answered: bytes = response.read()
        except HTTPError as error:
            with error:
                raise ControlError(f"{method} {path}: {error.read().decode()}") from None
        return answered


class Sandbox:
    """A running sandbox.

    Attributes:
        addresses: The address of each service by name, and of "control".
    """

    def __init__(self, addresses: dict[str, str]) -> None:
        """Talk to the sandbox whose addresses these are, as `python -m sandbox.serve --addresses` wrote them."""
        self.addresses = addresses
        self._port = _Port(addresses["control"])

    def ask(self, method: str, path: str, *, kind: type[Answer], body: object = None) -> Answer:
        """Ask the control port for anything, such as what a service's own routes answer.

        Raises:
            ControlError: It refused; the text says what would be right.
        """
        return self._port.ask(method, path, kind=kind, body=body)

    def service(self, name: str) -> ServiceView:
        """Show a service: its state, faults, settings and requests."""
        return self._port.ask("GET", f"/services/{name}", kind=ServiceView)

    def requests(self, name: str) -> list[Request]:
        """List the last 200 requests that a service saw, oldest first."""
        return self.service(name).requests

    def fault(self, name: str, kind: str, **fields: object) -> None:
        """Switch a fault on; the fields are those of `sandbox.service.Fault`."""
        self._port.ask("POST", f"/services/{name}/faults", body={"kind": kind} | fields, kind=object)

    def clear(self, name: str) -> None:
        """Switch all faults of a service off."""
        self._port.ask("DELETE", f"/services/{name}/faults", kind=object)

    def set_state(self, name: str, **fields: object) -> None:
        """Change fields of a service's state."""
        self._port.ask("PATCH", f"/services/{name}/state", body=fields, kind=object)

    def settings(self, name: str, *, latency_s: float | None = None, skew_s: float | None = None) -> None:
        """Set the delay of each answer and the error of the clock, seconds; None leaves it as it is."""
        body = {"latency_s": latency_s, "skew_s": skew_s}
        self._port.ask("PUT", f"/services/{name}/settings", body=body, kind=object)

    def panel_controls(self) -> list[PanelControl]:
        """List what the page's panel shows: each platform's mode and figures."""
        return self._port.ask("GET", "/panel-controls", kind=list[PanelControl])

    def set_panel_control(self, name: str, **change: object) -> None:
        """Change a card: `mode` of `sandbox.page.panel_controls`, `figures` by name, `action` to let happen."""
        self._port.ask("POST", f"/panel-controls/{name}", body=change, kind=object)

    def all_well(self) -> None:
        """Put every platform into the mode "works"; the figures stay."""
        self._port.ask("POST", "/panel-controls", kind=object)

    def reset(self) -> None:
        """Bring all services back to their seed and empty all logs and chats."""
        self._port.ask("POST", "/reset", kind=object)

    def messages(self, chat_id: int | None = None) -> list[Sent]:
        """List what Telegram accepted, oldest first, of one chat or of all."""
        sent = self._port.ask("GET", "/telegram/messages", kind=list[Sent])
        return [message for message in sent if chat_id in {None, message.chat_id}]

    def attempts(self) -> list[Attempt]:
        """List every try to send or edit, oldest first, with what became of it."""
        return self._port.ask("GET", "/telegram/attempts", kind=list[Attempt])

    def file(self, chat_id: int, message_id: int) -> bytes:
        """Fetch the photo or document of a message."""
        return self._port.fetch("GET", f"/telegram/files/{chat_id}/{message_id}")

    def type(
        self, text: str, *, chat_id: int = CHAT_ID, from_id: int = 0, first_name: str = "", kind: str = "message"
    ) -> TypedAnswer:
        """Let a person type a text into a chat; `kind` is the update that the bot gets of it."""
        body = {"chat_id": chat_id, "text": text, "from_id": from_id, "first_name": first_name, "kind": kind}
        return self._port.ask("POST", "/telegram/type", body=body, kind=TypedAnswer)

    def press(self, message_id: int, data: str, *, chat_id: int = CHAT_ID, from_id: int = 0) -> TypedAnswer:
        """Let a person, the chat's own or another one, press the button with this callback data under a message."""
        body = {"chat_id": chat_id, "message_id": message_id, "data": data, "from_id": from_id}
        return self._port.ask("POST", "/telegram/press", body=body, kind=TypedAnswer)

    def introduce(self, user_id: int, first_name: str) -> None:
        """Let Telegram know somebody, whose private chat with the bot has the same number."""
        body = {"user_id": user_id, "first_name": first_name}
        self._port.ask("POST", "/telegram/people", body=body, kind=object)

    def type_in(
        self, text: str, *, chat_id: int = CHAT_ID, thread_id: int = 0, reply_to: int = 0, from_id: int = 0
    ) -> TypedAnswer:
        """Let a person type into a topic (0: none, or General), or in reply to a message (0: to none)."""
        body = {"chat_id": chat_id, "text": text, "thread_id": thread_id, "reply_to": reply_to, "from_id": from_id}
        return self._port.ask("POST", "/telegram/type", body=body, kind=TypedAnswer)

    def topic(self, chat_id: int, thread_id: int = 0, *, name: str = "Balances", closed: bool = False) -> TypedAnswer:
        """Let a person open a topic in a supergroup, under a number or the next one, or close or reopen one."""
        body = {"chat_id": chat_id, "thread_id": thread_id, "name": name, "closed": closed}
        return self._port.ask("POST", "/telegram/topics", body=body, kind=TypedAnswer)

    def migrate(self, chat_id: int, new_id: int = 0) -> TypedAnswer:
        """Make a group a supergroup, which both chats tell the bot; 0 as its new id is the old one behind -100."""
        body = {"chat_id": chat_id, "new_id": new_id}
        return self._port.ask("POST", "/telegram/migrate", body=body, kind=TypedAnswer)

    def inject(self, update: dict[str, object]) -> TypedAnswer:
        """Give the bot an update as it stands here, of any kind and shape, with the next update id."""
        return self._port.ask("POST", "/telegram/update", body={"update": update}, kind=TypedAnswer)

    def wait_for_message(self, wanted: Callable[[Sent], bool], *, timeout_s: float) -> Sent:
        """Wait until Telegram holds a message, new or edited, that is wanted.

        Raises:
            TimeoutError: It did not come; the text tells what came.
        """
        ends_at = time.monotonic() + timeout_s
        while True:
            sent = self.messages()
            found = next((message for message in sent if wanted(message)), None)
            if found is not None:
                return found
            if time.monotonic() >= ends_at:
                raise TimeoutError(f"no such message in {timeout_s} s; there are {[message.text for message in sent]}")
            time.sleep(_LOOK_AGAIN_S)


@contextlib.contextmanager
def start(folder: Path, *, timeout_s: float = 20) -> Iterator[Sandbox]:
    """Run `python -m sandbox.serve` as a child that does not outlive this process.

    Args:
        folder: Where its addresses (addresses.json) and its output (sandbox.log) go; a system that runs there is told
            to ask again when what it may keep for hours is changed in the panel.
        timeout_s: How long it may take until everything listens.

    Yields:
        The client of the running sandbox.

    Raises:
        RuntimeError: It ended, or did not listen in time; the text holds its output.
    """
    addresses = folder / "addresses.json"
    addresses.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox.serve", "--with-parent", "--addresses", str(addresses)]
    command += ["--home", str(folder)]
    with (folder / "sandbox.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=_ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield Sandbox(_wait_for_addresses(process, addresses, timeout_s=timeout_s))
        finally:
            _end(process)


def _wait_for_addresses(process: subprocess.Popen[bytes], addresses: Path, *, timeout_s: float) -> dict[str, str]:
    ends_at = time.monotonic() + timeout_s
    while not addresses.exists():
        if process.poll() is not None or time.monotonic() >= ends_at:
            raise RuntimeError(f"the sandbox did not start: {(addresses.parent / 'sandbox.log').read_text()}")
        time.sleep(_LOOK_AGAIN_S)
    return msgspec.json.decode(addresses.read_bytes(), type=dict[str, str])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
