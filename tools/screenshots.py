"""`make screenshots`: run the demo's whole system, use its page as a person would, and keep pictures of it.

    python -m tools.screenshots [FOLDER]

The pictures are for the README, so they are small: few colours, and an error where one is larger than MOST_BYTES.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from sandbox.control.client import Sandbox, start
from sandbox.demo import demo_system
from sandbox.page.browser import DESKTOP, PHONE, Chat, find_chromium, open_browser, open_chat
from sandbox.telegram.chat import CHAT_ID

FOLDER = Path("pictures")
MOST_BYTES = 150_000
COLOURS = 256
SCALE = 1.5


def main() -> int:
    """Make all pictures; 1 with the reason where there is no browser or a picture is too large."""
    chromium = find_chromium()
    if chromium is None:
        print("Chromium is needed: apt install chromium", file=sys.stderr)
        return 1
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(exist_ok=True)
    with demo() as world, open_browser(chromium) as browser:
        take_all(browser, world, folder)
    too_large = [path for path in folder.glob("*.png") if path.stat().st_size > MOST_BYTES]
    for path in too_large:
        print(f"{path} has more than {MOST_BYTES} bytes", file=sys.stderr)
    return 1 if too_large else 0


@contextmanager
def demo() -> Iterator[Sandbox]:
    """Run the demo's world and system in a folder that is gone afterwards; a socket's path may have 107 bytes."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp")))
        world = stack.enter_context(start(home))
        stack.enter_context(demo_system(home, world))
        yield world


def take_all(browser: Browser, world: Sandbox, folder: Path) -> None:
    """Go through the scenes."""
    address = world.addresses["control"]
    with open_chat(browser, address, size=DESKTOP, scale=SCALE) as chat:
        chat.ask("/start", "This bot")
        chat.ask("/now", "TOTAL")
        keep(chat, folder / "chat-light.png")
        chat.put_into("ibkr", "down")
        chat.ask("/now", "ERROR (unreachable)")
        chat.ask("/why ibkr", "unreachable")
        keep(chat, folder / "ibkr-down.png")
        world.all_well()
    with open_chat(browser, address, size=DESKTOP, colours="dark", scale=SCALE) as chat:
        chat.ask("/history", "History")
        keep(chat, folder / "chat-dark.png")
    with open_chat(browser, address, size=PHONE, scale=SCALE) as chat:
        chat.picture("/chart 90d")
        keep(chat, folder / "phone.png")
        (folder / "chart.png").write_bytes(world.file(CHAT_ID, world.messages(CHAT_ID)[-1].message_id))


def keep(chat: Chat, path: Path) -> None:
    """Take a picture of what the window shows, and write it with few colours."""
    taken = Image.open(io.BytesIO(chat.page.screenshot(animations="disabled")))
    small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} KB")


if __name__ == "__main__":
    sys.exit(main())
