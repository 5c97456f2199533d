"""A home with an inbox, and a webhook that runs in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Child
from tests.webhook.running import API_TOKEN, Webhook, make_inbox, webhook


@pytest.fixture(scope="session")
def made_inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an inbox with its secrets once, to be copied."""
    folder = tmp_path_factory.mktemp("inbox")
    make_inbox(folder)
    return folder / "data/inbox/inbox.db"


@pytest.fixture
def place(home: Path, hub: Child, made_inbox: Path) -> Path:
    """Give a home with a hub and an inbox."""
    (home / "data/inbox").mkdir(mode=0o700, parents=True)
    shutil.copy(made_inbox, home / "data/inbox/inbox.db")
    return home


@pytest.fixture
def running_webhook(place: Path) -> Iterator[Webhook]:
    """Run a webhook."""
    with webhook(place, API_TOKEN=API_TOKEN) as found:
        yield found
