"""The webhook's settings."""

import pytest

from bus.settings import NotConfigured, SettingsError, read
from launch.__main__ import settings_for
from launch.programs import named
from ledger.inbox.place import inbox_url
from ledger.settings import DEFAULT_DATABASE_URL
from webhook.networks import address_of
from webhook.settings import Settings

ON = {"TRADING": "paper"}


@pytest.mark.parametrize("environment", [{}, {"TRADING": "off"}])
def test_the_webhook_is_not_started_while_trading_is_off(environment: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        read(Settings, environment)


def test_tradingviews_addresses_may_send_and_this_machine_may_not_unless_said_otherwise() -> None:
    settings = read(Settings, ON)
    allowed, own = settings.webhook_allowed_ips, address_of("127.0.0.1")
    theirs = address_of("52.32.178.7")
    assert own
    assert theirs

    assert (allowed.holds(theirs), allowed.holds(own)) == (True, False)
    assert (settings.webhook_host, settings.webhook_port) == ("127.0.0.1", 8000)


def test_a_secret_may_come_by_either_of_its_names() -> None:
    found = read(Settings, ON | {"TRADINGVIEW_WEBHOOK_TOKEN": "a-secret-of-this-test"}).webhook_secret

    assert found is not None
    assert found.reveal() == "a-secret-of-this-test"


def test_the_webhook_is_told_where_its_inbox_is_and_nothing_of_the_ledger() -> None:
    """Fault T33a: what it is told."""
    everything = ON | {"DATABASE_URL": "postgresql+psycopg://bot:secret@host/name", "DATABASE_PASSWORD": "secret"}
    told = settings_for(named("webhook"), everything | {"INBOX_DATABASE_URL": "sqlite:///elsewhere/inbox/inbox.db"})

    assert {name for name in told if "DATABASE" in name} == {"INBOX_DATABASE_URL"}
    assert read(Settings, told).inbox_database_url.reveal() == "sqlite:///elsewhere/inbox/inbox.db"


def test_its_inbox_is_where_who_trades_takes_signals_from_unless_somebody_says_otherwise() -> None:
    assert read(Settings, ON).inbox_database_url.reveal() == inbox_url(DEFAULT_DATABASE_URL.reveal())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBHOOK_SECRET", "short"),
        ("WEBHOOK_SECRET", "with a space in it, and long"),
        ("API_TOKEN", "short"),
        ("WEBHOOK_ALLOWED_IPS", "tradingview.com"),
        ("WEBHOOK_TRUSTED_PROXIES", "192.0.2.7/24"),
        ("WEBHOOK_HOST", "localhost"),
        ("WEBHOOK_PORT", "0"),
        ("SIGNAL_MAX_AGE_SECONDS", "5"),
    ],
)
def test_a_wrong_setting_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read(Settings, ON | {name: value})

    assert value not in str(refused.value).replace(name, "").split()
