"""The hub's gate: who of other machines is let in, who is not, and how links end and come back."""

import contextlib
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zmq

from bus import bus_key
from bus.codec import encode
from bus.connection import Bus
from bus.hub_link import HubLink
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from tests.running import Child, running, wait_until
from tools.security.other_machines import free_ports

HOST = "127.0.0.1"


class World(msgspec.Struct, frozen=True):
    """A hub that listens at a port, its keys, and machine b's."""

    hub: Child
    port: int
    public: str
    secret_of_b: str

    def link(self, *, secret: str = "", hub_public: str = "") -> HubLink:
        """Return the link of machine b, or one with other keys."""
        return HubLink(
            host=HOST,
            port=self.port,
            hub_public_key=hub_public or self.public,
            machine_key=secret or self.secret_of_b,
        )


def allow(name: str, secret: str) -> Path:
    """Put a machine's key on the list."""
    path = Path("keys/clients") / f"{name}.pub"
    path.write_text(bus_key.public_of(secret))
    return path


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    """Run a hub that lets machine b in."""
    Path("keys/clients").mkdir(parents=True)
    secret, secret_of_b = bus_key.new_secret(), bus_key.new_secret()
    allow("b", secret_of_b)
    port = free_ports()
    told = {"HUB_LISTEN": HOST, "HUB_PORT": str(port), "HUB_SECRET_KEY": secret}
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, hard - 1), hard))  # as most systems have it
    with running(home, "-m", "bus.hub", environment=told) as hub:
        hub.wait_for("joined")
        yield World(hub, port, bus_key.public_of(secret), secret_of_b)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextlib.contextmanager
def joined(name: str, link: HubLink | None) -> Iterator[Bus]:
    """Join as a program of another machine does, and hear who stores alerts."""
    with zmq.Context() as context:
        bus = Bus(name, (topic(AlertStored),), context, link=link)
        try:
            yield bus
        finally:
            bus.close()


def talks(speaker: Bus, listener: Bus) -> bool:
    """Tell whether what one says is heard by the other at once."""
    speaker.publish(AlertStored(id=speaker.name))
    message = listener.receive(0.05)
    return isinstance(message, AlertStored) and message.id == speaker.name


def test_a_machine_on_the_list_speaks_and_hears(world: World) -> None:
    with joined("far", world.link()) as far, joined("near", None) as near:
        wait_until(lambda: talks(far, near), what="the far one to be heard")
        wait_until(lambda: talks(near, far), what="the near one to be heard")


def test_a_stranger_without_a_key_neither_speaks_nor_hears_and_is_told_in_the_log(world: World) -> None:
    """Fault M1: no key."""
    with joined("near", None) as near, zmq.Context() as context, context.socket(zmq.SUB) as ear:
        ear.subscribe(b"")
        ear.connect(f"tcp://{HOST}:{world.port + 1}")
        with context.socket(zmq.PUB) as mouth:
            mouth.setsockopt(zmq.LINGER, 0)
            mouth.connect(f"tcp://{HOST}:{world.port}")
            world.hub.wait_for('event="not let in" reason="no key for this hub" so_far=2')
            mouth.send_multipart(encode(AlertStored(id="stranger")))
            near.publish(AlertStored(id="near"))
            heard = near.receive(5)

        assert heard == AlertStored(id="near")
        assert not ear.poll(100)


def test_a_key_that_is_not_on_the_list_is_refused_until_it_is_put_there(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault M2: the client is refused, says so with what to do, and joins by itself once it may."""
    secret = bus_key.new_secret()
    with joined("far", world.link(secret=secret)) as far, joined("near", None) as near:
        wait_until(
            lambda: quick(far) and not talks(far, near) and "cure=" in caplog.text, what="the cure in the client's log"
        )
        world.hub.wait_for('event="not let in" reason="key not on the list"')
        allow("c", secret)

        wait_until(lambda: quick(far) and talks(far, near), what="the far one to be heard")

    assert "make keys NAME=" in caplog.text


def test_a_machine_that_is_taken_off_the_list_is_cut_off_and_others_stay(world: World) -> None:
    """Fault M3: its links that are up already, too."""
    secret = bus_key.new_secret()
    allow("c", secret)
    with (
        joined("gone", world.link()) as gone,
        joined("stays", world.link(secret=secret)) as stays,
        joined("near", None) as near,
    ):
        wait_until(lambda: talks(gone, near), what="the one to be heard")
        wait_until(lambda: talks(stays, near), what="the other one to be heard")
        Path("keys/clients/b.pub").unlink()
        world.hub.wait_for("may not join any more")
        world.hub.wait_for("key not on the list")

        wait_until(lambda: talks(stays, near), what="the one who stays to be heard again")
        assert not any(quick(gone) and talks(gone, near) for _ in range(20))


def test_a_wrong_key_of_the_hub_lets_nobody_join_and_the_log_says_what_to_compare(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault M4: to a hub that is not the right one nothing is said."""
    other = bus_key.public_of(bus_key.new_secret())
    with joined("far", world.link(hub_public=other)) as far, joined("near", None) as near:
        wait_until(lambda: quick(far) and not talks(far, near) and "cure=" in caplog.text, what="the cure in the log")

    assert "compare HUB_PUBLIC with keys/hub.pub" in caplog.text


def test_bytes_of_a_recorded_link_sent_again_let_nobody_in(world: World) -> None:
    """Fault M5: each link has keys of its own."""
    with recorder(world.port) as recorded, joined("near", None) as near:
        link = msgspec.structs.replace(world.link(), port=recorded.port)
        with joined("far", link) as far:
            wait_until(lambda: talks(far, near), what="the far one to be heard through the recorder")
        assert len(recorded.sent) > 500
        while near.receive(0.2) is not None:  # what is still under way
            pass
        with socket.create_connection((HOST, world.port)) as again:
            again.settimeout(10)
            again.sendall(bytes(recorded.sent))
            while again.recv(4096):  # until the hub ends it
                pass

        world.hub.wait_for('event="not let in" reason="no key for this hub"')
        assert near.receive(0.5) is None


def test_strangers_who_take_all_descriptors_cost_nobody_who_has_joined_and_the_gate_lives_on(world: World) -> None:
    secret_of_c, before = bus_key.new_secret(), resource.prlimit(world.hub.pid, resource.RLIMIT_NOFILE)
    with joined("near", None) as near, joined("other", None) as other, contextlib.ExitStack() as stack:
        wait_until(lambda: talks(near, other), what="both to have joined")
        most = descriptors(world.hub.pid) + 5
        resource.prlimit(world.hub.pid, resource.RLIMIT_NOFILE, (most, most))
        for _ in range(20):
            stack.enter_context(socket.create_connection((HOST, world.port)))
        wait_until(lambda: descriptors(world.hub.pid) == most, what="no descriptor to be left")
        allow("c", secret_of_c)
        heard = [talks(near, other) for _ in range(30) if other.receive(0.1) is None]  # the list is due meanwhile
        stack.close()
        with joined("far", world.link(secret=secret_of_c)) as far:
            wait_until(lambda: quick(far) and talks(far, other), what="one who came later to be let in", within_s=20)

    assert before == (before[1], before[1])
    assert heard.count(True) > len(heard) // 2


def descriptors(pid: int) -> int:
    """Return how many descriptors a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_a_hub_whose_address_is_not_there_serves_its_own_machine(home: Path) -> None:
    Path("keys/clients").mkdir(parents=True)
    told = {"HUB_LISTEN": "192.0.2.7", "HUB_SECRET_KEY": bus_key.new_secret()}
    with running(home, "-m", "bus.hub", environment=told) as hub:
        hub.wait_for("nobody of another machine can join")
        with joined("near", None) as near, joined("other", None) as other:
            wait_until(lambda: talks(near, other), what="the one to be heard by the other")


def test_a_hub_whose_list_cannot_be_read_lets_nobody_in_and_serves_its_own_machine(home: Path) -> None:
    Path("keys").mkdir()
    Path("keys/clients").touch()
    told = {"HUB_LISTEN": HOST, "HUB_PORT": str(free_ports()), "HUB_SECRET_KEY": bus_key.new_secret()}
    with running(home, "-m", "bus.hub", environment=told) as hub:
        hub.wait_for("the list of machines cannot be read")
        with joined("near", None) as near, joined("other", None) as other:
            wait_until(lambda: talks(near, other), what="the one to be heard by the other")


def quick(bus: Bus) -> bool:
    """Have a bus look after its links as it does with each beat; return True."""
    bus._links.tend()

    return True


class Recorded:
    """What a client has sent through us to the hub."""

    def __init__(self, port: int) -> None:
        """Begin with nothing; we listen at a port of our own."""
        self.port = port
        self.sent = bytearray()


@contextlib.contextmanager
def recorder(port: int) -> Iterator[Recorded]:
    """Stand between a client and the hub's first port, and keep what is sent; the second port is passed on, too."""
    own = free_ports()
    recorded = Recorded(own)
    with contextlib.ExitStack() as stack:
        for offset in (0, 1):
            listening = stack.enter_context(socket.create_server((HOST, own + offset)))
            kept = recorded.sent if offset == 0 else bytearray()
            threading.Thread(target=_pass_on, args=(listening, port + offset, kept), daemon=True).start()
        yield recorded


def _pass_on(listening: socket.socket, port: int, kept: bytearray) -> None:
    """Pass the first connection on, both ways."""
    with contextlib.suppress(OSError):
        client, _ = listening.accept()
        with client, socket.create_connection((HOST, port)) as hub:
            threading.Thread(target=_copy, args=(hub, client, bytearray()), daemon=True).start()
            _copy(client, hub, kept)


def _copy(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    """Copy bytes until one side has ended."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            kept += chunk
            target.sendall(chunk)
