"""RabbitMQ's exchange, at a real one: what it takes, and why it takes nothing."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bridge.rabbitmq import Exchange
from bridge.settings import Settings
from bridge.trouble import (
    BAD_CERTIFICATE,
    BLOCKED,
    LOGIN,
    NO_RIGHT,
    QUEUE_FULL,
    UNREACHABLE,
    VHOST,
    ExchangeGone,
    Trouble,
)
from bus.settings import Secret
from ledger.trading.flow.outgoing import Outgoing
from tests import rabbitmq
from tests.pretend_authorities import LAYOUTS, root_of
from tests.rabbitmq import Listener, Server
from tests.running import wait_until

EVENT = Outgoing(
    uid="0" * 32,
    account_id=1,
    account="an account",
    routing_key="orders.executed",
    body='{"price":"1.5"}',
    created_at=datetime(2026, 11, 27, 14, 30, tzinfo=UTC),
)


@pytest.fixture
def exchange(settings: Settings) -> Iterator[Exchange]:
    """Give the exchange, not opened yet."""
    with contextlib.closing(Exchange(settings)) as made:
        yield made


def why_not(settings: Settings) -> Trouble:
    """Return why the exchange cannot be opened."""
    with contextlib.closing(Exchange(settings)) as made, pytest.raises(Trouble) as raised:
        made.open()
    return raised.value


def test_an_exchange_is_made_once_and_survives(exchange: Exchange, well: Server) -> None:
    made = [exchange.open(), exchange.open()]

    assert made == [True, False]
    assert "signals\ttopic\ttrue" in well.control("list_exchanges", "name", "type", "durable")


def test_an_event_is_taken_by_who_is_bound(exchange: Exchange, listener: Listener) -> None:
    exchange.open()
    is_taken = exchange.publish(EVENT)
    listener.wait_for(1)

    assert is_taken
    assert listener.messages[0][1] == b'{"price":"1.5"}'


def test_an_event_that_nobody_wants_is_no_error(exchange: Exchange) -> None:
    exchange.open()

    assert not exchange.publish(EVENT)
    assert exchange.is_open


def test_a_queue_that_is_full_refuses_and_takes_again_later(exchange: Exchange, well: Server) -> None:
    listener = Listener(well)
    listener.bind(most=1)
    exchange.open()
    exchange.publish(EVENT)
    with pytest.raises(Trouble, match=QUEUE_FULL):
        exchange.publish(EVENT)
    listener.take()

    assert exchange.is_open
    assert exchange.publish(EVENT)


def test_an_exchange_that_is_gone_is_told_from_other_troubles(exchange: Exchange, listener: Listener) -> None:
    exchange.open()
    listener.delete_exchange()
    with pytest.raises(ExchangeGone):
        exchange.publish(EVENT)

    assert exchange.open()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"broker_password": Secret("wrong")}, LOGIN),
        ({"broker_username": "nobody"}, LOGIN),
        ({"broker_vhost": "nowhere"}, VHOST),
        ({"broker_port": 9}, UNREACHABLE),
        ({"broker_host": "no-such-host.invalid", "broker_tls": "off"}, UNREACHABLE),
        ({"broker_tls": "on"}, BAD_CERTIFICATE),
    ],
)
def test_why_it_cannot_be_opened_is_told(settings: Settings, changes: dict[str, object], reason: str) -> None:
    assert why_not(msgspec.structs.replace(settings, **changes)).reason == reason


def test_a_user_needs_the_right_to_write_and_to_make_it_only_where_it_is_missing(
    settings: Settings, listener: Listener, well: Server
) -> None:
    well.control("add_user", "poor", "poor")
    poor = msgspec.structs.replace(settings, broker_username="poor", broker_password=Secret("poor"))
    no_host = why_not(poor).reason
    well.control("set_permissions", "poor", "", "^signals$", "")
    with contextlib.closing(Exchange(poor)) as exchange:
        is_made = exchange.open()
        is_taken = exchange.publish(EVENT)
    listener.delete_exchange()
    cannot_make = why_not(poor).reason
    listener.bind()
    well.control("set_permissions", "poor", "", "", "")
    with contextlib.closing(Exchange(poor)) as exchange:
        exchange.open()
        with pytest.raises(Trouble) as raised:
            exchange.publish(EVENT)
    well.control("delete_user", "poor")

    assert (no_host, cannot_make, raised.value.reason) == (VHOST, NO_RIGHT, NO_RIGHT)
    assert (is_made, is_taken) == (False, True)


def test_a_full_disk_ends_the_wait_and_the_connection(exchange: Exchange, listener: Listener, well: Server) -> None:
    exchange.open()
    well.fill_disk()
    try:
        with pytest.raises(Trouble, match=BLOCKED):
            exchange.publish(EVENT)
        was_open = exchange.is_open
    finally:
        well.clear_disk()
    exchange.open()

    assert not was_open
    assert exchange.publish(EVENT)
    assert listener.take() in {1, 2}  # what was refused may have been read after all


@pytest.mark.faults
def test_a_server_that_stands_still_is_noticed_before_the_bridge_counts_as_stuck(
    exchange: Exchange, listener: Listener, well: Server
) -> None:
    exchange.open()
    well.freeze()
    try:
        with pytest.raises(Trouble, match=UNREACHABLE):
            exchange.publish(EVENT)
        with pytest.raises(Trouble, match=UNREACHABLE):
            exchange.open()
    finally:
        well.thaw()
    exchange.open()

    assert exchange.publish(EVENT)


def test_a_connection_that_ends_while_nothing_is_published_is_noticed(exchange: Exchange, well: Server) -> None:
    exchange.open()
    well.control("close_all_connections", "a test")

    def has_noticed() -> bool:
        with contextlib.suppress(Trouble):
            exchange.look()
        return not exchange.is_open

    wait_until(has_noticed, what="it is noticed")


@pytest.mark.parametrize(("certificate", "reason"), [("right", ""), ("of another host", BAD_CERTIFICATE)])
def test_tls_is_spoken_with_whom_this_machine_trusts_and_with_nobody_else(
    settings: Settings, certificates: Path, monkeypatch: pytest.MonkeyPatch, certificate: str, reason: str
) -> None:
    bundle = root_of(certificates, "a bundle and no links") / LAYOUTS["a bundle and no links"]
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with rabbitmq.server(certificate=certificates / f"{certificate}.pem") as server:
        there = msgspec.structs.replace(settings, broker_port=server.tls_port, broker_tls="on")
        if reason:
            assert why_not(there).reason == reason
            return
        with contextlib.closing(Exchange(there)) as exchange:
            assert exchange.open()
