"""Where TRADING is off nothing changes: the same table, and nothing of trading is loaded; /mute and /unmute work."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.portfolio.schedule_overrides import read_schedule
from notifier.commands.table import BY_NAME
from notifier.texts.commands import WORDS
from sandbox.telegram.chat import CHAT_ID, TOKEN
from tests.notifier.harness import Harness
from tests.running import flat

ROOT = Path(__file__).parent.parent.parent.parent
LOADED = """
import sys
from bus.chats import TelegramChatId
from bus.settings import Secret
from notifier.__main__ import Notifier
from notifier.settings import Settings
from ledger.store import Ledger

class Nothing:
    def publish(self, message): ...

settings = Settings(
    telegram_bot_token=Secret("{token}"), telegram_chat_id=TelegramChatId.from_text("{chat}"), trading="{trading}"
)
Notifier(settings, Ledger("sqlite:///nowhere.db"), Nothing(), {{"bybit": "Bybit"}})
print(*sys.modules)
"""
OF_THE_SETTINGS = {"ledger.trading", "ledger.trading.people", "ledger.trading.people.admin_ids"}
"""What TELEGRAM_ADMIN_IDS needs; it imports nothing."""


def loaded(trading: str, folder: Path) -> set[str]:
    """Return the modules of trading that a notifier has loaded, once it is put together."""
    code = LOADED.format(token=TOKEN, chat=CHAT_ID, trading=trading)
    environment = {"PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return {name for name in found.stdout.split() if "trading" in name and name not in {"bus.trading_settings"}}


def test_a_notifier_without_trading_loads_nothing_of_it(tmp_path: Path) -> None:
    off, on = loaded("off", tmp_path), loaded("paper", tmp_path)

    assert off - OF_THE_SETTINGS <= {"bus.messages.trading"}
    assert "ledger.trading.flow.halts" in on


@pytest.mark.parametrize(("typed", "paused"), [("/mute", True), ("/unmute", False)])
def test_mute_and_unmute_are_further_names_that_no_list_shows(harness: Harness, typed: str, paused: bool) -> None:
    with harness.notifier():
        harness.sandbox.type("/pause")
        harness.wait_for_texts(1)
        harness.sandbox.type(typed)
        told = flat(harness.wait_for_texts(2)[1].text)

    words = WORDS["en"]
    assert told == flat(words.paused_already if paused else words.resume)
    assert read_schedule(harness.ledger).paused == paused
    assert "mute" not in BY_NAME


def test_trading_commands_are_unknown_where_there_is_no_trading(harness: Harness) -> None:
    with harness.notifier():
        for count, text in enumerate(("/kill", "/sell_all", "/positions"), start=1):
            harness.sandbox.type(text)
            harness.wait_for_texts(count)
        harness.sandbox.type("/kill", chat_id=102)
        harness.sandbox.type("/kill")
        told = harness.wait_for_texts(4, CHAT_ID)

    assert {flat(each.text) for each in told} == {flat(WORDS["en"].unknown)}
    assert harness.sandbox.messages(102) == []
