"""TELEGRAM_PROXY_URL: a way to Telegram for Telegram alone, with a password that is seen by nobody else."""

import asyncio
import gc
from collections.abc import Iterator

import pytest
from telegram.error import TelegramError

from bus.settings import SettingsError, read
from notifier.delivery.proxy import SecretProxyUrl
from notifier.delivery.telegram import may_have_arrived, open_bot, wording
from notifier.settings import Settings
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.notifier.delivery.test_egress_allowlist import settings
from tests.notifier.harness import REPEAT, Harness, slot_round
from tests.proxies import Http, Proxy, Socks5, proxy
from tests.running import wait_until

USER, PASSWORD = "owner", "p@ss:w0rd/#"
WRITTEN = "p%40ss:w0rd%2F%23"
KINDS = [pytest.param("http", Http, id="http"), pytest.param("socks5", Socks5, id="socks5")]
NOWHERE = "https://telegram.invalid"
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # httpcore leaves what failed to the collector


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Collect what a test has left, so that no other test is blamed for it."""
    yield
    gc.collect()


def outcome(address: str, url: str) -> TelegramError | None:
    """Send a message through a proxy; return what that raised."""

    async def go() -> TelegramError | None:
        chosen = read(Settings, environment(address) | {"TELEGRAM_PROXY_URL": url})
        bot, polling = open_bot(chosen, lambda _: None)
        try:
            await bot.send_message(CHAT_ID, "hello")
        except TelegramError as error:
            return error
        finally:
            await polling.shutdown()
            await bot.request.shutdown()
        return None

    return asyncio.run(go())


def environment(address: str) -> dict[str, str]:
    """Return what the notifier needs besides a proxy."""
    return {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": str(CHAT_ID), "TELEGRAM_BASE_URL": address}


@pytest.mark.parametrize("user", ["", f"{USER}:{PASSWORD}"], ids=["open", "with a password"])
@pytest.mark.parametrize(("scheme", "handler"), KINDS)
def test_messages_and_commands_go_through_the_proxy_and_its_password_is_nowhere(
    harness: Harness, scheme: str, handler: type[Http | Socks5], user: str
) -> None:
    """Fault D6: http and socks5."""
    harness.record(slot_round())
    with proxy(handler, user) as way:
        written = f"{USER}:{WRITTEN}@" if user else ""
        with harness.notifier(TELEGRAM_PROXY_URL=f"{scheme}://{written}{way.place}", LOG_LEVEL="DEBUG") as notifier:
            harness.wait_for_states("sent")
            harness.sandbox.type("/version")
            harness.wait_for_texts(2)
            said = notifier.text()

    assert way.turned_away == 0
    assert all(harness.sandbox.addresses["telegram"].removeprefix("http://") in each for each in way.asked)
    assert len(way.asked) > 1
    assert not any(secret in said for secret in (PASSWORD, WRITTEN, "w0rd"))


@pytest.mark.parametrize(("scheme", "handler"), KINDS)
def test_telegrams_name_is_looked_up_by_the_proxy_and_what_it_does_not_pass_on_is_surely_not_sent(
    scheme: str, handler: type[Http | Socks5]
) -> None:
    """Fault D6: CONNECT."""
    with proxy(handler, f"{USER}:{PASSWORD}") as way:
        error = outcome(NOWHERE, f"{scheme}://{USER}:{WRITTEN}@{way.place}")

    assert way.asked == ["telegram.invalid:443"]
    assert error is not None
    assert not may_have_arrived(error)
    assert wording(error) == "network: ProxyError"


@pytest.mark.parametrize(("scheme", "handler"), KINDS)
@pytest.mark.parametrize("written", ["", "owner:s3cret@"])
def test_a_proxy_that_wants_another_password_is_told_as_the_proxy_and_no_secret_with_it(
    scheme: str, handler: type[Http | Socks5], written: str
) -> None:
    """Fault D6: wrong credentials."""
    with proxy(handler, f"{USER}:{PASSWORD}") as way:
        error = outcome(NOWHERE, f"{scheme}://{written}{way.place}")

    assert error is not None
    assert way.turned_away == 1
    assert wording(error) == "network: ProxyError"
    assert "s3cret" not in f"{error} {error!r} {error.__cause__!r}"


@pytest.mark.parametrize(("scheme", "handler"), KINDS)
def test_a_message_that_no_proxy_took_waits_without_a_mark(
    harness: Harness, scheme: str, handler: type[Http | Socks5]
) -> None:
    """Fault D6: the proxy is away."""
    harness.record(slot_round())
    with proxy(handler) as way:
        place = way.place
    with harness.notifier(TELEGRAM_PROXY_URL=f"{scheme}://{place}"):
        wait_until(lambda: harness.rows()[0].reason is not None, what="a failed attempt")
        row = harness.rows()[0]

    assert (row.state, row.unconfirmed, row.reason) == ("pending", 0, "network: ConnectError")


@pytest.mark.parametrize(("scheme", "handler"), KINDS)
def test_however_often_a_proxy_fell_silent_the_next_request_gets_through_when_it_is_well(
    harness: Harness, scheme: str, handler: type[Http | Socks5]
) -> None:
    """Fault D6: connections that were given up in the middle take up no place."""
    with proxy(handler) as way:
        asyncio.run(given_up(harness.sandbox.addresses["telegram"], f"{scheme}://{way.place}", way))

    assert [each.text for each in harness.sandbox.messages()] == ["hello"]


async def given_up(address: str, url: str, way: Proxy) -> None:
    """Give a message up more often than there are places in the pool, then send one."""
    bot, polling = open_bot(settings_through(address, url), lambda _: None)
    way.silent = True
    for _ in range(6):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await bot.send_message(CHAT_ID, "given up")
    way.silent = False
    await bot.send_message(CHAT_ID, "hello")
    await polling.shutdown()
    await bot.request.shutdown()


def settings_through(address: str, url: str) -> Settings:
    """Return settings with a proxy."""
    return read(Settings, environment(address) | {"TELEGRAM_PROXY_URL": url})


def test_what_the_environment_says_of_proxies_is_not_followed(harness: Harness) -> None:
    """Fault D6: for Telegram alone, and only as written for it."""
    harness.record(slot_round())
    with proxy(Http) as way:
        told = f"http://{way.place}"
        with harness.notifier(HTTPS_PROXY=told, HTTP_PROXY=told, ALL_PROXY=told, http_proxy=told, all_proxy=told):
            harness.wait_for_states("sent")

    assert way.asked == []
    assert REPEAT not in harness.sandbox.messages()[0].text


@pytest.mark.parametrize(
    "written",
    [
        "socks5://proxy.example:1080",
        "socks5h://proxy.example:1080",
        f"https://{USER}:{WRITTEN}@proxy.example:443/",
        "http://[::1]:3128",
    ],
)
def test_a_proxys_address_is_taken_and_shown_to_nobody(written: str) -> None:
    chosen = settings_through(NOWHERE, written).telegram_proxy_url

    assert isinstance(chosen, SecretProxyUrl)
    assert (chosen.reveal(), repr(chosen)) == (written, "***")
    assert settings(NOWHERE).telegram_proxy_url is None


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "written",
    [
        "proxy.example:1080",
        "ftp://proxy.example:21",
        "socks4://proxy.example:1080",
        "http://proxy.example",
        "http://proxy.example:0",
        "http://proxy.example:99999",
        "http://proxy.example:80/s3cret",
        "socks5://owner:s3cret#@proxy.example:1080",
        "socks5://owner:s3cret@proxy.example@:1080",
        "socks5://ключ:s3cret@proxy.example:1080",
        "socks5://owner:s3 cret@proxy.example:1080",
    ],
)
def test_what_is_no_proxys_address_is_refused_without_repeating_it(written: str) -> None:
    """Fault D6: make check."""
    with pytest.raises(SettingsError, match="TELEGRAM_PROXY_URL is not valid") as refused:
        settings_through(NOWHERE, written)

    assert "s3" not in str(refused.value)
