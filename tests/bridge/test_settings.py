"""The bridge's settings: off until a host is named, and nothing in plain over a network unless somebody says so."""

import pytest

from bridge.settings import Settings
from bus.settings import NotConfigured, SettingsError, read
from launch.__main__ import settings_for
from launch.programs import named

ON = {"TRADING": "paper", "BROKER_HOST": "127.0.0.1", "BROKER_USERNAME": "bridge", "BROKER_PASSWORD": "secret"}


def without(name: str) -> dict[str, str]:
    """Return the settings without one."""
    return {each: value for each, value in ON.items() if each != name}


@pytest.mark.parametrize("environment", [{}, {"TRADING": "paper"}, without("TRADING"), without("BROKER_HOST")])
def test_the_bridge_is_not_started_without_trading_or_without_a_host(environment: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        read(Settings, environment)


def test_what_is_not_said_is_as_rabbitmq_has_it() -> None:
    settings = read(Settings, ON)

    assert (settings.port, settings.broker_vhost, settings.broker_exchange) == (5672, "/", "signals")
    assert settings.broker_validated_routing_key == "signals.validated"
    assert settings.address == "127.0.0.1:5672//signals"


def test_tls_has_a_port_of_its_own_unless_another_one_is_named() -> None:
    tls = ON | {"BROKER_TLS": "on"}

    assert read(Settings, tls).port == 5671
    assert read(Settings, tls | {"BROKER_PORT": "5000"}).port == 5000


@pytest.mark.parametrize("missing", ["BROKER_USERNAME", "BROKER_PASSWORD"])
def test_who_logs_in_must_be_said(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing} is missing beside BROKER_HOST; write"):
        read(Settings, without(missing))


@pytest.mark.parametrize("host", ["rabbit.example", "192.0.2.7", "2001:db8::7"])
def test_plain_to_another_machine_is_refused_unless_it_is_said(host: str) -> None:
    there = ON | {"BROKER_HOST": host}
    with pytest.raises(SettingsError, match="BROKER_TLS is missing: BROKER_HOST is another machine"):
        read(Settings, there)

    assert not read(Settings, there | {"BROKER_TLS": "off"}).has_tls
    assert read(Settings, there | {"BROKER_TLS": "on"}).has_tls


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.9", "::1"])
def test_plain_on_this_machine_needs_no_word(host: str) -> None:
    assert not read(Settings, ON | {"BROKER_HOST": host}).has_tls


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BROKER_HOST", "amqp://rabbit.example"),
        ("BROKER_PORT", "0"),
        ("BROKER_TLS", "yes"),
        ("BROKER_EXCHANGE", "with a space"),
        ("BROKER_EXCHANGE", "amq.topic"),
        ("BROKER_VALIDATED_ROUTING_KEY", "signals.*"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read(Settings, ON | {name: value})


def test_a_database_that_contradicts_is_told_with_what_is_missing_here() -> None:
    with pytest.raises(SettingsError) as told:
        read(Settings, without("BROKER_PASSWORD") | {"DATABASE_NAME": "books"})

    assert "DATABASE_HOST" in str(told.value)
    assert "BROKER_PASSWORD" in str(told.value)


def test_nobody_else_is_told_the_password() -> None:
    others = [name for name in ("execution", "webhook", "notifier", "broker-paper") if named(name).settings]
    told = [name for name in others if "BROKER_PASSWORD" in settings_for(named(name), ON)]

    assert "BROKER_PASSWORD" in settings_for(named("bridge"), ON)
    assert not told
