"""What a new owner writes wrong into `.env`: each is told by variable and cure, and never by what was written."""

import contextlib
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.settings import SettingsError
from launch.check import check, configured, today_in_the_west
from tests.running import running

RIGHT = {
    "TELEGRAM_BOT_TOKEN": "123456789:telegram-s3cret-0123456789-abcdefg",
    "TELEGRAM_CHAT_ID": "-1001234",
    "BYBIT_API_KEY": "Bybit0s3cret",
    "BYBIT_API_SECRET": "Bybit1s3cret",
    "OKX_API_KEY": "aa3dc6e6-s3cret-4d34",
    "OKX_API_SECRET": "49FA22D0s3cret",
    "OKX_API_PASSPHRASE": "okx pass s3cret$1#",
    "TBANK_TOKEN": "t.s3cret_0123456789-abc",
    "TBANK_BASE_URL": "http://127.0.0.1:9/rest",
    "IBKR_FLEX_TOKEN": "1234567890123456789",
    "IBKR_FLEX_QUERY_ID": "987654",
}
STAND_INS = (
    *("your_key_here", "YOUR-API-KEY", "xxx", "XXXXXXXX", "changeme", "change-me", "<token>", "...", "****", "…"),
    *("paste_your_key_here", "api_key_here", "replace_me", "${KEY}", "$KEY", "TODO", "none", "000000", "api_key"),
)


def write_env(values: dict[str, str]) -> None:
    """Write the owner's file into the current folder, every value in single quotes."""
    path = Path(".env")
    path.unlink(missing_ok=True)
    path.touch(0o600)
    path.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), encoding="utf-8")


def told(values: dict[str, str]) -> list[str]:
    """Return the lines with which a file is refused; none when it is right."""
    write_env(values)
    try:
        check()
    except SettingsError as error:
        return str(error).splitlines()
    return []


pytestmark = pytest.mark.usefixtures("home")


def test_right_values_are_right() -> None:
    assert told(RIGHT) == []


@pytest.mark.sampled(20)
@pytest.mark.parametrize("stand_in", STAND_INS)
@pytest.mark.parametrize("name", ["BYBIT_API_KEY", "OKX_API_PASSPHRASE", "TELEGRAM_BOT_TOKEN", "TBANK_TOKEN"])
def test_what_stands_in_for_a_key_is_told(name: str, stand_in: str) -> None:
    (line,) = told(RIGHT | {name: stand_in})

    assert line.startswith(f"{name} is not valid; it stands in for the real one; write the ")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("BYBIT_API_KEY", "SANDBOXк3ey", "its sign 8 is from another alphabet"),
        ("BYBIT_API_SECRET", "s3cret\u200bsecret", "its sign 7 is from another alphabet or no letter at all"),
        ("BYBIT_API_KEY", "two s3crets", "its sign 4 is a space"),
        ("OKX_API_KEY", '"s3cret"', "it has a quotation mark of its own"),
        ("OKX_API_KEY", "“s3cret”", "its sign 1 is from another alphabet"),
        ("OKX_API_SECRET", "OKX_API_SECRET", "it stands in for the real one"),
        ("OKX_API_SECRET", "OKX_API_SECRET=s3cret", "it begins with OKX_API_SECRET= once more"),
        ("OKX_API_SECRET", "s3cret" * 1000, "it has more than 4096 signs"),
        ("OKX_API_PASSPHRASE", "пароль", "its sign 1 is from another alphabet"),
        ("OKX_API_PASSPHRASE", "pass\nphrase", "its sign 5 is a line break"),
        ("TBANK_TOKEN", "s3cret", "it does not look like one"),
        ("TBANK_TOKEN", "Bearer t.s3cret", "its sign 7 is a space"),
        ("IBKR_FLEX_TOKEN", "t.s3cret", "it does not look like one"),
        ("IBKR_FLEX_QUERY_ID", "my s3cret", "its sign 3 is a space"),
        ("TELEGRAM_BOT_TOKEN", "123456789", "it does not look like one: a part may be missing"),
        ("TELEGRAM_BOT_TOKEN", "@s3cret_bot", "it does not look like one"),
        ("TELEGRAM_BOT_TOKEN", "123456789:s3cret", "it does not look like one: a part may be missing"),
        ("TELEGRAM_BOT_TOKEN", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11", "it stands in for the real one"),
        ("TELEGRAM_CHAT_ID", "@s3cret", "a chat id is a whole number, not a name"),
        ("TELEGRAM_CHAT_ID", "https://t.me/s3cret", "a chat id is a whole number, not a name"),
        ("TELEGRAM_BASE_URL", "https://t.me", "it is a website and not the API, which is https://api.telegram.org"),
        ("TELEGRAM_BASE_URL", "https://web.telegram.org/k/", "which is https://api.telegram.org"),
        ("BYBIT_BASE_URL", "https://www.bybit.com", "which is https://api.bybit.com"),
        ("BYBIT_BASE_URL", "https://www.bybit.nl/", "which is https://api.bybit.nl"),
        ("BYBIT_BASE_URL", "https://testnet.bybit.com", "which is https://api-testnet.bybit.com"),
        ("BYBIT_BASE_URL", "https://api.bybit.com/v5", "it has a path; write the host"),
        ("OKX_BASE_URL", "https://my.okx.com", "which is https://eea.okx.com"),
        ("OKX_BASE_URL", "https://app.okx.com/", "which is https://us.okx.com"),
        ("TBANK_BASE_URL", "https://www.tbank.ru/invest", "which is https://invest-public-api.tbank.ru/rest"),
        ("IBKR_FLEX_BASE_URL", "https://www.interactivebrokers.com", "which is https://ndcdyn.interactivebrokers.com"),
        ("CBR_BASE_URL", "https://cbr.ru", "which is https://www.cbr.ru"),
        ("OKX_BASE_URL", '<a href="https://www.okx.com">s3cret</a>', "write the host"),
        ("OKX_BASE_URL", "[OKX](https://www.okx.com)", "write the host"),
        ("OKX_BASE_URL", "www.okx.com", "write the host"),
        ("IBKR_FLEX_TOKEN_EXPIRES", "31.12.2030", "write the day"),
        ("POLL_INTERVAL_MINUTES", "2h", "write minutes"),
    ],
)
def test_a_value_that_cannot_be_right_is_told_by_variable_reason_and_cure(name: str, value: str, why: str) -> None:
    """Fault P8: keys have no letters but ASCII's; and what else is written in haste."""
    (line,) = told(RIGHT | {name: value})

    assert line.startswith(f"{name} is not valid;")
    assert why in line
    assert "; write " in line
    assert "s3cret" not in line


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"TELEGRAM_CHAT_ID": "123456789"},
            "TELEGRAM_CHAT_ID is the bot's own number, and a bot cannot write",
        ),
        ({"TELEGRAM_BASE_URL": "https://api.telegram.org/bot"}, "TELEGRAM_BASE_URL ends with /bot; write it without"),
        ({"OKX_API_SECRET": RIGHT["OKX_API_KEY"]}, "OKX_API_SECRET is the same as OKX_API_KEY; one of them was pasted"),
        ({"BYBIT_API_SECRET": RIGHT["OKX_API_SECRET"]}, "OKX_API_SECRET is the same as BYBIT_API_SECRET; one of them"),
        ({"TBANK_CA_FILE": "/no/s3cret.pem"}, "TBANK_CA_FILE cannot be read; write the path of a file in PEM form"),
        ({"TBANK_BASE_URL": ""}, "TBANK_CA_FILE is missing; write the path of russian_trusted_root_ca_pem.crt from"),
        ({"TIMEZONE": "s3cret"}, "TIMEZONE is not known; write an IANA name"),
        ({"SCHEDULE_CRON": "s3cret"}, "SCHEDULE_CRON has not five fields but 1; write minute, hour"),
        ({"DATABASE_URL": "s3cret"}, "DATABASE_URL is no URL of a database; write sqlite:///data/portfolio.db"),
        ({"DATABASE_URL": "postgres://a:s3cret@h/d"}, "DATABASE_URL is no URL of a database; write sqlite:///data"),
        ({"DATABASE_URL": "postgresql://a:s3cret@h:x/d"}, "DATABASE_URL is no URL of a database; write sqlite:///data"),
        (
            {"DATABASE_URL": "mysql://a:s3cret@h/d"},
            "DATABASE_URL needs a driver that is not installed; type: ",
        ),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL names no file, and a ledger in memory is another one for each"),
        ({"DATABASE_URL": "sqlite:////no/s3cret.db"}, "DATABASE_URL names a file in a folder that does not exist;"),
        ({"s3cretKey0Value9": "1"}, "s3… is not a variable of this program; remove the line"),
    ],
)
def test_what_does_not_go_together_is_told(changes: dict[str, str], line: str) -> None:
    (found,) = told(RIGHT | changes)

    assert found.startswith(line)
    assert "s3cret" not in found


TRADING = {"TRADING": "paper"}
ELSEWHERE = TRADING | {"DATABASE_URL": "postgresql+psycopg://bot:s3cret@h/d"}
ROLE = "postgresql+psycopg://webhook:s3cret-too@h/d"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (ELSEWHERE, "INBOX_DATABASE_URL is missing"),
        (TRADING | {"DATABASE_HOST": "h", "DATABASE_NAME": "d", "DATABASE_USER": "bot"}, "INBOX_DATABASE_URL is missi"),
        (TRADING | {"DATABASE_URL": "sqlite:///logs/portfolio.db"}, "INBOX_DATABASE_URL is missing"),
        (ELSEWHERE | {"INBOX_DATABASE_URL": "s3cret"}, "INBOX_DATABASE_URL is no URL of a database"),
        (ELSEWHERE | {"INBOX_DATABASE_URL": f"{ROLE}2"}, "INBOX_DATABASE_URL names another database than the ledger's"),
        (ELSEWHERE | {"INBOX_DATABASE_URL": "sqlite:///x"}, "INBOX_DATABASE_URL names another database than the ledge"),
        (
            ELSEWHERE | {"INBOX_DATABASE_URL": "postgresql+psycopg://bot:s3cret@g/d"},
            "INBOX_DATABASE_URL names the ledger's own role; make one that may only",
        ),
        (
            TRADING | {"INBOX_DATABASE_URL": "sqlite:///logs/inbox/inbox.db"},
            "INBOX_DATABASE_URL is not inbox/inbox.db beside the ledger's file",
        ),
        (TRADING | {"INBOX_DATABASE_URL": ROLE}, "INBOX_DATABASE_URL is not inbox/inbox.db beside the ledger's file"),
    ],
)
def test_an_inbox_from_which_nobody_takes_signals_is_refused(home: Path, changes: dict[str, str], line: str) -> None:
    (home / "logs").mkdir(mode=0o700)
    (found,) = told(RIGHT | changes)

    assert found.startswith(line)
    assert "s3cret" not in found


@pytest.mark.parametrize(
    "right",
    [
        TRADING,
        TRADING | {"DATABASE_URL": "sqlite:///data/books.db"},
        ELSEWHERE | {"INBOX_DATABASE_URL": ROLE},
        ELSEWHERE | {"TRADING": "off"},
        {"DATABASE_URL": "sqlite:///logs/portfolio.db"},
        TRADING
        | {"DATABASE_URL": "sqlite:///logs/portfolio.db", "INBOX_DATABASE_URL": "sqlite:///./logs/inbox/inbox.db"},
    ],
)
def test_an_inbox_from_which_signals_are_taken_is_right(home: Path, right: dict[str, str]) -> None:
    (home / "logs").mkdir(mode=0o700)

    assert told(RIGHT | right) == []


def test_no_program_is_started_while_alerts_would_be_kept_where_nobody_takes_them() -> None:
    with pytest.raises(SettingsError, match="INBOX_DATABASE_URL is missing"):
        configured(RIGHT | ELSEWHERE)


def test_a_stand_in_is_not_taken_for_missing_and_all_faults_are_told_at_once(home: Path) -> None:
    (home / "logs").write_text("no folder")
    wrong = {
        "BYBIT_API_KEY": "xxx",
        "OKX_API_SECRET": "ключ",
        "TIMEZONE": "Paris",
        "OKX_BASE_URL": "https://my.okx.com",
    }
    wrong |= {"BYBIT_API_KYE": "1", "IBKR_FLEX_TOKEN_EXPIRES": "2020-01-01", "DATABASE_URL": "x"}

    lines = told(RIGHT | wrong)

    assert sorted(line.split()[0] for line in lines) == sorted({*wrong, "logs"})


def test_the_example_as_it_is_lacks_telegram_and_a_platform() -> None:
    lines = told({"TELEGRAM_BOT_TOKEN": "", "OKX_API_KEY": ""})

    missing = ["TELEGRAM_CHAT_ID is missing", "TELEGRAM_BOT_TOKEN is missing", "no platform is configured"]
    assert [line.partition(";")[0] for line in lines] == missing


def test_a_platform_that_is_half_filled_in_is_one(home: Path) -> None:
    telegram = {name: value for name, value in RIGHT.items() if name.startswith("TELEGRAM")}

    (line,) = told(telegram | {"BYBIT_API_KEY": "xxx", "BYBIT_API_SECRET": "abc"})

    assert line.startswith("BYBIT_API_KEY is not valid;")


@pytest.mark.parametrize(
    "make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)], ids=["dir", "pipe", "loop"]
)
def test_what_stands_in_place_of_the_file_is_told_with_the_command_that_makes_one(make: Callable[[Path], None]) -> None:
    make(Path(".env"))

    with pytest.raises(SettingsError, match=r"make it with: install -m 600 \.env\.example \.env"):
        check()


def test_a_day_that_is_over_stops_who_types_and_not_a_program_that_is_started_again(home: Path) -> None:
    today = today_in_the_west()
    yesterday = {"IBKR_FLEX_TOKEN_EXPIRES": f"{today - timedelta(days=1)}"}

    (line,) = told(RIGHT | yesterday)
    with running(home, "-m", "launch", "ibkr") as child:
        joined = child.wait_for("by nature")

    assert line.startswith("IBKR_FLEX_TOKEN_EXPIRES is a day that is over; make a new key, and write the day")
    assert "wrong settings" not in joined
    assert told(RIGHT | {"IBKR_FLEX_TOKEN_EXPIRES": f"{today}"}) == []


def test_a_day_that_is_over_for_a_platform_that_is_not_in_use_is_nobodys_fault() -> None:
    values = {name: value for name, value in RIGHT.items() if not name.startswith("IBKR")}

    assert configured(values | {"IBKR_FLEX_TOKEN_EXPIRES": "2020-01-01"}, today=date(2026, 1, 1))


LINES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}={}".format, st.sampled_from([*RIGHT, "DATABASE_URL", "TBANK_CA_FILE", "TIMEZONE"]), st.text(max_size=60)
    ),
    st.builds("export {} = '{}'".format, st.sampled_from(list(RIGHT)), st.text(max_size=20)),
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", "", "\\\n", "\x00\n", "\x0b", "\u2028"])
FILES = st.one_of(
    st.binary(max_size=300),
    st.lists(st.tuples(LINES, ENDS), max_size=8).map(
        lambda lines: "".join(line + end for line, end in lines).encode("utf-8", errors="replace")
    ),
    st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"A='" * 5000, b'A="\\' * 3000, b"=" * 100_000, b"#\n" * 50_000]),
)


@given(st.tuples(FILES, FILES).map(b"\n".join), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_whatever_stands_in_the_file_is_refused_with_words_or_taken(content: bytes, mark: bytes) -> None:
    """Fault 69: no traceback, whatever was pasted."""
    path = Path(".env")
    path.touch(0o600)
    path.write_bytes(mark + content)

    with contextlib.suppress(SettingsError):
        check()
