"""Telegram behind a certificate that must not be trusted, and behind one that may."""

import asyncio
from pathlib import Path

import pytest
from telegram.error import TelegramError

from bus import reasons
from bus.settings import read
from notifier.delivery.telegram import may_have_arrived, open_bot, wording
from notifier.settings import Settings
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.pretend_authorities import serving


def error_of_sending_to(address: str) -> TelegramError:
    """Try to send a message and return the error."""
    environment = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": str(CHAT_ID),
        "TELEGRAM_BASE_URL": address,
    }
    bot, _ = open_bot(read(Settings, environment), lambda _: None)
    with pytest.raises(TelegramError) as caught:
        asyncio.run(bot.send_message(CHAT_ID, "hello"))
    return caught.value


@pytest.mark.sampled(1)
@pytest.mark.usefixtures("trusting_machine")
def test_telegram_is_reached_however_the_machine_keeps_its_authorities(certificates: Path) -> None:
    """Fault P6: links in a folder, or a bundle and no links."""
    with serving(certificates / "right.pem") as address:
        error = error_of_sending_to(address)

    assert wording(error) != reasons.TLS_ERROR
    assert may_have_arrived(error)  # the server's 503


@pytest.mark.usefixtures("trusting_machine")
@pytest.mark.parametrize("certificate", ["expired", "of another host", "of an unknown authority"])
def test_a_certificate_that_is_not_right_is_told_as_a_tls_error(certificates: Path, certificate: str) -> None:
    """Faults 37 and P6: no word of the network, and the message has surely not arrived."""
    with serving(certificates / f"{certificate}.pem") as address:
        error = error_of_sending_to(address)

    assert wording(error) == reasons.TLS_ERROR
    assert not may_have_arrived(error)
