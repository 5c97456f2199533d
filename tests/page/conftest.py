"""One browser for each file, and the page opened anew for each test."""

import os
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from sandbox.control.client import Sandbox
from sandbox.page.browser import Chat, find_chromium, open_browser, open_chat
from sandbox.telegram.wire import Wire
from tests.page.played import Played, playing


@pytest.fixture(scope="module")  # its driver keeps an event loop running, which other tests could not bear
def browser() -> Iterator[Browser]:
    """Run the system's Chromium; where there is none, skip, but fail on a machine that checks changes."""
    chromium = find_chromium()
    if chromium is None:
        needed = "the page's tests need Chromium: apt install chromium"
        if os.environ.get("CI"):
            pytest.fail(needed)
        pytest.skip(needed)
    with open_browser(chromium) as running:
        yield running


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Give the pretend world at its seed; nobody here is a bot with its own pace."""
    sandbox.set_state("telegram", flood_control=False)
    return sandbox


@pytest.fixture
def bot(sandbox: Sandbox) -> Iterator[Wire]:
    """Give the calls of the Bot API, in the place of a bot."""
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield Wire(sandbox, client)


@pytest.fixture
def chat(browser: Browser, sandbox: Sandbox) -> Iterator[Chat]:
    """Open the page; whatever a test does, nothing leaves this machine and no script complains."""
    with open_chat(browser, sandbox.addresses["control"]) as opened:
        yield opened

    assert opened.hosts == {"127.0.0.1"}
    assert opened.complaints == []


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """Run the demo's world and a system that trades in it, one for each file."""
    with playing() as running:
        yield running


@pytest.fixture
def trading_chat(browser: Browser, played: Played) -> Iterator[Chat]:
    """Open the page of the system that trades."""
    with open_chat(browser, played.world.addresses["control"]) as opened:
        yield opened

        assert opened.complaints == []
