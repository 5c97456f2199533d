"""People, their books and a chat with trading, for each test."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from telegram import User

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.trading import OutboxFilled, TradingRequested, TradingState
from bus.trading_settings import TradingMode
from notifier.__main__ import Notifier
from notifier.commands.dispatcher import Dispatcher
from sandbox.telegram.chat import CHAT_ID
from tests.notifier.delivery.test_egress_allowlist import settings
from tests.notifier.harness import Harness
from tests.notifier.trading.stage import GROUP, Stage
from tests.running import Child, on_the_bus

PAPER: TradingMode = "paper"


@pytest.fixture
def stage(harness: Harness) -> Stage:
    """Give a chat with trading: an admin, two traders and a viewer are in, and Alice has a portfolio."""
    return Stage(harness)


@pytest.fixture
def wire(hub: Child, home: Path) -> Iterator[Bus]:
    """Give a place on the bus that hears what the chat asks for, and says what execution says."""
    with on_the_bus("probe", topic(TradingRequested), says=(OutboxFilled, TradingState)) as joined:
        yield joined


@pytest.fixture
def door(stage: Stage, wire: Bus) -> Dispatcher:
    """Give the door of a notifier with trading, in this process."""
    configured = msgspec.structs.replace(settings(stage.harness.sandbox.addresses["telegram"]), trading=PAPER)
    stage.harness.sandbox.set_state("telegram", flood_control=False)
    notifier = Notifier(configured, stage.harness.ledger, wire, {"bybit": "Bybit"})
    dispatcher: Dispatcher = notifier._long_polling._commands
    dispatcher._stores.chats._configured = (str(CHAT_ID), str(GROUP))
    dispatcher._bot._bot_user = User(id=1, is_bot=True, first_name="Balances", username="balances_demo_bot")
    return dispatcher
