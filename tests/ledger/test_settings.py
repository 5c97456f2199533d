"""Where the ledger is, said by a URL or by its parts."""

from collections.abc import Mapping

import pytest
from sqlalchemy.engine import make_url

from aggregator.settings import Settings as AggregatorSettings
from bus.settings import SettingsError, read
from ledger.settings import Settings
from notifier.settings import Settings as NotifierSettings

PASSWORD = "p@ss:/w%6frd s3cret?#é"
PARTS = {"DATABASE_HOST": "db.example", "DATABASE_NAME": "ledger", "DATABASE_USER": "b@t"}
CHAT = {"TELEGRAM_CHAT_ID": "42", "TELEGRAM_BOT_TOKEN": "123456789:telegram-s3cret-0123456789-abcdefg"}


def test_the_parts_make_a_url_with_the_password_as_it_is() -> None:
    settings = read(Settings, PARTS | {"DATABASE_PASSWORD": PASSWORD, "DATABASE_PORT": "5433"})
    found = make_url(settings.database_url.reveal())

    assert (found.drivername, found.host, found.port, found.database) == (
        "postgresql+psycopg",
        "db.example",
        5433,
        "ledger",
    )
    assert (found.username, found.password) == ("b@t", PASSWORD)
    assert PASSWORD not in repr(settings)
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("host", "found"), [("::1", ("::1", {})), ("/run/postgresql", (None, {"host": "/run/postgresql"}))]
)
def test_a_host_is_a_name_an_address_or_the_folder_of_a_socket(host: str, found: tuple[object, object]) -> None:
    url = make_url(read(Settings, PARTS | {"DATABASE_HOST": host}).database_url.reveal())

    assert (url.host or None, dict(url.query)) == found
    assert (url.port, url.password) == (None, None)


def test_without_any_part_the_ledger_is_a_file() -> None:
    assert read(Settings, {"TIMEZONE": "UTC"}).database_url.reveal() == "sqlite:///data/portfolio.db"


def test_every_program_that_opens_the_ledger_takes_the_parts() -> None:
    said = CHAT | PARTS
    urls = [each.database_url.reveal() for each in (read(Settings, said), read(AggregatorSettings, said))]

    assert {*urls, read(NotifierSettings, said).database_url.reveal()} == {
        "postgresql+psycopg://b%40t@db.example/ledger"
    }


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            PARTS | {"DATABASE_URL": "sqlite:///s3cret.db"},
            "DATABASE_URL and DATABASE_HOST say where the ledger is in two ways; keep one",
        ),
        (
            {"DATABASE_PASSWORD": PASSWORD},
            "DATABASE_HOST and DATABASE_NAME and DATABASE_USER missing beside DATABASE_PASSWORD; write all or none",
        ),
        (PARTS | {"DATABASE_NAME": ""}, "DATABASE_NAME missing beside DATABASE_HOST; write all or none"),
        (PARTS | {"DATABASE_PORT": "0"}, "DATABASE_PORT is not valid; "),
        (PARTS | {"DATABASE_NAME": "a/b?s3cret"}, "DATABASE_NAME is not valid; "),
    ],
)
def test_what_contradicts_or_is_missing_is_told_by_name(variables: Mapping[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(Settings, variables)

    assert str(refused.value).startswith(said)
    assert "s3cret" not in str(refused.value)
