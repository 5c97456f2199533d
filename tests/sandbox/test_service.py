"""Every generic fault, seen from a client's side, on a service with one route."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest
from aiohttp import web

from sandbox.service import Fault, Service

TRUE_BODY = b'{"answer": "the whole truth"}'


class Account(msgspec.Struct):
    amount: str = "5000.00"
    names: dict[int, str] = {}
    hits: int = 0


class World:
    """A service of one route that counts how often it took effect, and a client with a short patience."""

    def __init__(self) -> None:
        self.account = Account()
        routes = [web.get("/balance", self._answer), web.get("/other", self._answer)]
        self.service = Service("bank", state=self.account, routes=routes, faults={"code": "the bank's own error"})
        self.client = httpx.AsyncClient(timeout=1, trust_env=False)

    async def _answer(self, _request: web.Request) -> web.Response:
        self.account.hits += 1
        return web.Response(body=TRUE_BODY, content_type="application/json")

    async def get(self, path: str = "/balance") -> httpx.Response:
        return await self.client.get(f"{self.service.url}{path}")


def play(scene: Callable[[World], Awaitable[None]]) -> None:
    """Run a scene against a listening service."""

    async def run() -> None:
        world = World()
        await world.service.start()
        async with world.client:
            try:
                await scene(world)
            finally:
                await world.service.stop()

    asyncio.run(run())


def test_a_service_without_faults_answers_and_logs_the_path_without_its_query() -> None:
    async def scene(world: World) -> None:
        answer = await world.get("/balance?key=secret")

        assert answer.content == TRUE_BODY
        assert [(seen.method, seen.path, seen.status) for seen in world.service.requests] == [("GET", "/balance", 200)]

    play(scene)


def test_an_answer_leaves_in_one_segment() -> None:
    async def scene(world: World) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.service.port)
        writer.write(b"GET /balance HTTP/1.1\r\nHost: x\r\n\r\n")
        first_piece = await reader.read(65536)
        writer.close()
        await writer.wait_closed()

        assert first_piece.endswith(TRUE_BODY)

    play(scene)


@pytest.mark.parametrize(
    ("kind", "took_effect"), [("reset", 0), ("reset_after", 1), ("cut", 1)], ids=["before", "after", "in the middle"]
)
def test_a_reset_reaches_the_client_as_a_broken_connection(kind: str, took_effect: int) -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault(kind))
        with pytest.raises(httpx.ReadError):
            await world.get()

        assert world.account.hits == took_effect
        assert world.service.requests[-1].status == 0

    play(scene)


def test_cut_sends_true_headers_and_half_of_the_body() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("cut"))
        reader, writer = await asyncio.open_connection("127.0.0.1", world.service.port)
        writer.write(b"GET /balance HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        half = await reader.readexactly(len(TRUE_BODY) // 2)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()

        assert f"Content-Length: {len(TRUE_BODY)}".encode() in head
        assert half == TRUE_BODY[: len(TRUE_BODY) // 2]

    play(scene)


@pytest.mark.parametrize(
    ("fault", "status", "piece"),
    [
        (Fault("html"), 502, b"<h1>502 Bad Gateway</h1>"),
        (Fault("html", status=403), 403, b"Amazon CloudFront"),
        (Fault("html", status=200), 200, b"maintenance"),
        (Fault("status", status=418, body="tea", headers={"X-Pot": "1"}), 418, b"tea"),
        (Fault("redirect"), 302, b""),
    ],
    ids=["bad gateway", "geo block", "maintenance", "as given", "redirect"],
)
def test_a_made_up_answer_has_its_status_and_body_and_no_effect(fault: Fault, status: int, piece: bytes) -> None:
    async def scene(world: World) -> None:
        await world.service.add(fault)
        answer = await world.get()

        assert answer.status_code == status
        assert piece in answer.content
        assert world.account.hits == 0
        assert ("location" in answer.headers) == (fault.kind == "redirect")
        assert answer.headers.get("x-pot") == fault.headers.get("X-Pot")

    play(scene)


@pytest.mark.parametrize(
    ("kind", "body"), [("empty", b""), ("truncated", TRUE_BODY[: len(TRUE_BODY) // 2])], ids=["empty", "truncated"]
)
def test_a_short_body_comes_as_a_complete_answer(kind: str, body: bytes) -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault(kind))
        answer = await world.get()

        assert (answer.status_code, answer.content) == (200, body)

    play(scene)


def test_garbage_is_not_json() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("garbage"))
        answer = await world.get()

        with pytest.raises(msgspec.DecodeError):
            msgspec.json.decode(answer.content)

    play(scene)


def test_a_slow_answer_is_true_and_late() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("slow", seconds=0.2))
        began = time.monotonic()
        answer = await world.get()

        assert answer.content == TRUE_BODY
        assert time.monotonic() - began >= 0.2

    play(scene)


def test_a_request_whose_client_lost_patience_took_effect() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("slow", seconds=9))
        with pytest.raises(httpx.ReadTimeout):
            await world.get()

        assert world.account.hits == 1

    play(scene)


def test_a_hanging_request_is_answered_when_the_faults_are_cleared() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("hang", times=1))
        hanging = asyncio.create_task(world.get())
        while not world.service.requests:
            await asyncio.sleep(0)
        assert world.account.hits == 0

        await world.service.clear()

        assert (await hanging).content == TRUE_BODY

    play(scene)


def test_a_hanging_request_whose_client_left_never_takes_effect() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("hang"))
        with pytest.raises(httpx.ReadTimeout):
            await world.get()
        await world.service.clear()
        await world.get("/other")

        assert world.account.hits == 1

    play(scene)


def test_a_dripping_answer_comes_byte_by_byte() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("drip"))
        reader, writer = await asyncio.open_connection("127.0.0.1", world.service.port)
        writer.write(b"GET /balance HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        pieces = [await reader.read(100), await reader.read(100)]
        writer.close()

        assert pieces == [TRUE_BODY[:1], TRUE_BODY[1:2]]

    play(scene)


def test_a_refusing_port_is_closed_to_old_and_new_connections_and_opens_again() -> None:
    async def scene(world: World) -> None:
        await world.get()
        port = world.service.port
        await world.service.add(Fault("refuse"))
        with pytest.raises(httpx.TransportError):
            await world.get()
        with pytest.raises(httpx.ConnectError):
            await world.get()
        await world.service.clear()
        answer = await world.get()

        assert answer.content == TRUE_BODY
        assert world.service.port == port

    play(scene)


def test_nobody_else_can_take_the_port_of_a_refusing_service() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("refuse"))

        with socket.socket() as thief, pytest.raises(OSError, match="Address already in use"):
            thief.bind(("127.0.0.1", world.service.port))

    play(scene)


def test_a_huge_body_has_50_megabytes_and_no_announced_length() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("huge"))
        received = 0
        async with world.client.stream("GET", f"{world.service.url}/balance") as answer:
            async for piece in answer.aiter_raw():
                received += len(piece)

        assert received >= 50_000_000
        assert "content-length" not in answer.headers

    play(scene)


def test_a_fault_applies_to_its_path_and_its_number_of_times() -> None:
    async def scene(world: World) -> None:
        await world.service.add(Fault("html", path="/other", times=2))
        statuses = [(await world.get(path)).status_code for path in ["/balance", "/other", "/other", "/other"]]

        assert statuses == [200, 502, 502, 200]
        assert world.service.faults == []

    play(scene)


def test_a_reset_brings_everything_back_to_the_seed() -> None:
    async def scene(world: World) -> None:
        world.service.change({"amount": "1.00", "names": {"7": "Ann"}})
        world.service.latency_s, world.service.skew_s = 0.5, 60
        await world.service.add(Fault("refuse"))
        await world.service.reset()
        await world.get()

        assert world.account == Account(hits=1)
        assert (world.service.latency_s, world.service.skew_s) == (0, 0)
        assert world.service.request_count == 1

    play(scene)


def test_a_skewed_clock_shows_in_the_date_of_the_answer() -> None:
    async def scene(world: World) -> None:
        world.service.skew_s = 86_400 * 400
        answer = await world.get()

        assert answer.headers["date"][12:16] == str(world.service.now().year)

    play(scene)
