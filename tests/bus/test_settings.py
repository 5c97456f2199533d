"""Settings: what a wrong variable is told, that a value is never repeated, and that secrets stay secrets."""

from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from bus.chats import TelegramChatId
from bus.messages.rounds import Platform
from bus.settings import (
    HANDED_OVER,
    BaseUrl,
    NotConfigured,
    Secret,
    SettingsError,
    hand_over,
    read,
    reject_unknown,
    take,
    take_platforms,
    variables,
)

WRONG = "wr0ng-val1e"


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One of each kind of variable."""

    sample_key: Annotated[Secret, Meta(description="the key", extra={"alias": "SAMPLE_KEY_ID"})]
    sample_secret: Annotated[Secret, Meta(description="the secret")]
    sample_minutes: Annotated[int, Meta(ge=1, le=720, description="minutes, 1 to 720")] = 120
    sample_seconds: Annotated[float, Meta(ge=3, le=600, description="seconds, 3 to 600")] = 45
    sample_demo: Annotated[bool, Meta(description="true or false")] = False
    sample_check: Annotated[Literal["enforce", "off"], Meta(description="enforce or off")] = "enforce"
    sample_cron: Annotated[str | None, Meta(description="an expression")] = None
    sample_base_url: Annotated[BaseUrl, Meta(description="the address")] = "https://api.example.com"
    telegram_chat_id: TelegramChatId | None = None

    def __post_init__(self) -> None:
        """Refuse a contradiction."""
        if self.sample_demo and self.sample_check == "off":
            raise ValueError("SAMPLE_DEMO contradicts SAMPLE_CHECK; write SAMPLE_CHECK=enforce")


RIGHT = {"SAMPLE_KEY": "key-1234", "SAMPLE_SECRET": "secret-1234"}


def faults_of(environment: dict[str, str]) -> list[str]:
    """Return the lines that an environment is refused with."""
    with pytest.raises(SettingsError) as refused:
        read(Sample, environment)
    return str(refused.value).splitlines()


def test_variables_become_typed_fields_and_defaults_fill_the_rest() -> None:
    found = read(
        Sample, RIGHT | {"SAMPLE_MINUTES": " 60 ", "SAMPLE_DEMO": "true", "SAMPLE_CRON": "0 8 * * *", "OTHER": "x"}
    )

    assert found.sample_key.reveal() == "key-1234"
    assert (found.sample_minutes, found.sample_seconds, found.sample_demo) == (60, 45, True)
    assert (found.sample_cron, found.sample_check) == ("0 8 * * *", "enforce")


@pytest.mark.parametrize("name", ["SAMPLE_MINUTES", "SAMPLE_CRON", "SAMPLE_BASE_URL"])
def test_an_empty_variable_counts_as_not_set(name: str) -> None:
    assert str(read(Sample, RIGHT | {name: " "})) == str(read(Sample, RIGHT))


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("SAMPLE_MINUTES", WRONG, "write minutes, 1 to 720, for example SAMPLE_MINUTES=120"),
        ("SAMPLE_MINUTES", "0", "write minutes, 1 to 720, for example SAMPLE_MINUTES=120"),
        ("SAMPLE_MINUTES", "721", "write minutes, 1 to 720, for example SAMPLE_MINUTES=120"),
        ("SAMPLE_MINUTES", "1.5", "write minutes, 1 to 720, for example SAMPLE_MINUTES=120"),
        ("SAMPLE_MINUTES", "120 minutes", "write minutes, 1 to 720, for example SAMPLE_MINUTES=120"),
        ("SAMPLE_SECONDS", "2.99", "write seconds, 3 to 600, for example SAMPLE_SECONDS=45"),
        ("SAMPLE_SECONDS", "nan", "write seconds, 3 to 600, for example SAMPLE_SECONDS=45"),
        ("SAMPLE_SECONDS", "inf", "write seconds, 3 to 600, for example SAMPLE_SECONDS=45"),
        ("SAMPLE_DEMO", "yes", "write true or false, for example SAMPLE_DEMO=false"),
        ("SAMPLE_CHECK", "Enforced", "write enforce or off, for example SAMPLE_CHECK=enforce"),
        ("SAMPLE_BASE_URL", "http://api.example.com", "write the address, for example"),
        ("SAMPLE_BASE_URL", "https://user:pass@api.example.com", "write the address, for example"),
        ("SAMPLE_BASE_URL", "https://api.example.com/?key=1", "write the address, for example"),
        ("SAMPLE_BASE_URL", "http://127.0.0.1.example.com", "write the address, for example"),
        ("SAMPLE_BASE_URL", "api.example.com", "write the address, for example"),
        ("SAMPLE_BASE_URL", "https://api.example.com\nhttps://b", "write the address, for example"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable_and_the_cure(name: str, value: str, cure: str) -> None:
    """Fault 69."""
    (fault,) = faults_of(RIGHT | {name: value})

    assert fault.startswith(f"{name} is not valid;")
    assert cure in fault


@pytest.mark.parametrize(
    "address", ["https://api.example.com/", "http://127.0.0.1:8081", "http://localhost/a/b", "https://b.io:444"]
)
def test_an_address_may_be_https_anywhere_and_http_on_this_machine(address: str) -> None:
    assert read(Sample, RIGHT | {"SAMPLE_BASE_URL": address}).sample_base_url == address


def test_a_chat_that_is_no_number_is_told_why() -> None:
    (fault,) = faults_of(RIGHT | {"TELEGRAM_CHAT_ID": "-100123, @my_channel"})

    assert fault.startswith("TELEGRAM_CHAT_ID is not valid; a chat id is a whole number, not a name;")
    assert "my_channel" not in fault


def test_several_chats_are_kept_in_order_each_once() -> None:
    found = read(Sample, RIGHT | {"TELEGRAM_CHAT_ID": " 7, -1001234567890,7 ,"})

    assert found.telegram_chat_id is not None
    assert found.telegram_chat_id.ids == ("7", "-1001234567890")


@given(st.text())
def test_no_error_repeats_a_value(value: str) -> None:
    """Fault 69: never the value."""
    marked = f"<{value}>"

    for name in ("SAMPLE_MINUTES", "SAMPLE_SECONDS", "SAMPLE_DEMO", "SAMPLE_CHECK", "SAMPLE_BASE_URL"):
        faults = faults_of({"SAMPLE_KEY": marked, name: marked})

        assert any(name in fault for fault in faults)
        assert not any(marked in fault for fault in faults)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    faults = faults_of({"SAMPLE_KEY": "key-1234", "SAMPLE_MINUTES": "0", "SAMPLE_DEMO": "maybe"})

    assert [fault.partition(" ")[0] for fault in faults] == ["SAMPLE_MINUTES", "SAMPLE_DEMO", "SAMPLE_SECRET"]
    assert faults[2] == "SAMPLE_SECRET is missing; write the secret"


def test_a_contradiction_between_two_right_values_is_told() -> None:
    assert faults_of(RIGHT | {"SAMPLE_DEMO": "true", "SAMPLE_CHECK": "off"}) == [
        "SAMPLE_DEMO contradicts SAMPLE_CHECK; write SAMPLE_CHECK=enforce"
    ]


def test_half_a_platform_is_an_error_and_none_of_it_is_not() -> None:
    """Fault 69: a missing key."""
    with pytest.raises(NotConfigured) as unused:
        read(Sample, {"SAMPLE_MINUTES": "60"})

    assert unused.value.missing == (
        "SAMPLE_KEY is missing; write the key",
        "SAMPLE_SECRET is missing; write the secret",
    )
    assert faults_of({"SAMPLE_SECRET": "secret-1234"}) == ["SAMPLE_KEY is missing; write the key"]


def test_a_second_name_is_read_and_must_not_contradict_the_first() -> None:
    by_alias = {"SAMPLE_KEY_ID": "key-1234", "SAMPLE_SECRET": "secret-1234"}

    assert read(Sample, by_alias).sample_key.reveal() == "key-1234"
    assert read(Sample, by_alias | {"SAMPLE_KEY": "key-1234"}).sample_key.reveal() == "key-1234"
    assert faults_of(by_alias | {"SAMPLE_KEY": "key-5678"})[0] == (
        "SAMPLE_KEY and SAMPLE_KEY_ID are the same setting with two values; keep one"
    )


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("SAMPLE_MINTUES", "did you mean SAMPLE_MINUTES?"),
        ("sample_minutes", "did you mean SAMPLE_MINUTES?"),
        ("SAMPLE_KYE_ID", "did you mean SAMPLE_KEY_ID?"),
        ("PATIENCE", "remove the line"),
    ],
)
def test_a_misspelled_variable_is_told_with_the_nearest_one(name: str, cure: str) -> None:
    """Fault 69: an unknown name."""
    with pytest.raises(SettingsError) as refused:
        reject_unknown({name: WRONG, **RIGHT}, variables(Sample))

    assert str(refused.value) == f"{name} is not a variable of this program; {cure}"


def test_variables_are_listed_with_what_the_documents_need() -> None:
    found = {variable.name: variable for variable in variables(Sample)}

    assert list(found)[:3] == ["SAMPLE_KEY", "SAMPLE_SECRET", "SAMPLE_MINUTES"]
    assert (found["SAMPLE_KEY"].alias, found["SAMPLE_KEY"].secret, found["SAMPLE_KEY"].required) == (
        "SAMPLE_KEY_ID",
        True,
        True,
    )
    assert (found["SAMPLE_DEMO"].default, found["SAMPLE_CRON"].default) == ("false", "")
    assert not found["SAMPLE_MINUTES"].secret


def test_reading_takes_the_variables_out_of_the_environment_even_if_they_are_wrong() -> None:
    environment = RIGHT | {"SAMPLE_KEY_ID": "key-1234", "SAMPLE_MINUTES": "60", "PATH": "/bin"}
    wrong = environment | {"SAMPLE_MINUTES": WRONG}

    take(Sample, environment)
    with pytest.raises(SettingsError):
        take(Sample, wrong)

    assert environment == wrong == {"PATH": "/bin"}


def test_the_list_of_platforms_is_taken_and_may_be_missing() -> None:
    okx = Platform(name="okx", label="OKX", heading="Crypto (USD)", currency="USD", position=40, grouped=True)
    environment = {"PLATFORMS": msgspec.json.encode([okx]).decode()}

    assert take_platforms(environment) == (okx,)
    assert environment == {}
    assert take_platforms({}) == ()


def test_a_secret_shows_itself_nowhere() -> None:
    """Fault 70."""
    found = read(Sample, RIGHT)
    secret = found.sample_secret

    shown = f"{secret} {secret!r} {found} {found!r} {[secret]} {msgspec.structs.asdict(found)} %s" % secret
    assert "secret-1234" not in shown
    assert str(secret) == "***"
    for encode in (msgspec.json.encode, msgspec.msgpack.encode):
        with pytest.raises(TypeError):
            encode({"secret": secret})
    with pytest.raises(TypeError):
        msgspec.to_builtins(found)


def test_what_is_handed_over_is_read_once_and_never_stands_in_the_environment() -> None:
    told = {"SAMPLE_KEY": "the-key", "SAMPLE_SECRET": "ключ%(x)s;#'\" 🔑"}
    environment = {HANDED_OVER: str(hand_over(told)), "SAMPLE_MINUTES": "7"}

    settings = take(Sample, environment)

    assert settings.sample_key.reveal() == "the-key"
    assert settings.sample_secret.reveal() == told["SAMPLE_SECRET"]
    assert settings.sample_minutes == 7
    assert environment == {}


def test_settings_that_do_not_fit_are_told_and_not_waited_for() -> None:
    with pytest.raises(SettingsError, match=r"too long: \d+ bytes"):
        hand_over({"SAMPLE_KEY": "x" * 2_000_000})
