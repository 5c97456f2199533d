"""`make screenshots`: run the demo's whole system, use its page as a person would, and keep pictures of it.

    python -m tools.screenshots [FOLDER]

The pictures are for the README, so they are small: few colours, and an error where one is larger than MOST_BYTES. The
chat's signs need a font that has them: apt install fonts-noto-color-emoji.
"""

import io
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator

from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.demo import demo_system
from sandbox.page.browser import DESKTOP, PHONE, Chat, find_chromium, open_browser, open_chat
from sandbox.telegram.chat import CHAT_ID
from sandbox.watching import Watch

FOLDER = Path("pictures")
MOST_BYTES = 150_000
COLOURS = 256
SCALE = 1.5
WITHIN_MS = 45_000
HIGHER_PRICE = "85000"


def main() -> int:
    """Make all pictures; 1 with the reason where there is no browser or a picture is too large."""
    chromium = find_chromium()
    if chromium is None:
        print("Chromium is needed: apt install chromium", file=sys.stderr)
        return 1
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(exist_ok=True)
    with open_browser(chromium) as browser:
        with demo() as world:
            take_all(browser, world, folder)
        with demo(trading=True) as world:
            take_trading(browser, world, folder)
    too_large = [path for path in folder.glob("*.png") if path.stat().st_size > MOST_BYTES]
    for path in too_large:
        print(f"{path} has more than {MOST_BYTES} bytes", file=sys.stderr)
    return 1 if too_large else 0


@contextmanager
def demo(*, trading: bool = False) -> Iterator[Sandbox]:
    """Run the demo's world and system in a folder that is gone afterwards; a socket's path may have 107 bytes."""
    port = trading_demo.free_port()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp")))
        world = stack.enter_context(start(home))
        stack.enter_context(demo_system(home, world, trading_demo.settings(world, port) if trading else {}))
        if trading:
            trading_demo.set_up(world, port)
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


def take_trading(browser: Browser, world: Sandbox, folder: Path) -> None:
    """Trade with a profit, and go through the scenes of the trading chat, on a phone."""
    with open_chat(browser, world.addresses["control"], size=PHONE, scale=SCALE) as chat:
        chat.ask("/now", "TOTAL")  # until then all programs have started
        trading_demo.Scene(world, threading.Event()).play(lambda _: None)
        ask_by_alert(world, chat, "ETHUSDT", "buy")
        keep(chat, folder / "trading-order.png")
        world.set_panel_control("bingx", figures={"BTC-USDT": HIGHER_PRICE})
        chat.ask("/status", "Equity")
        chat.ask("/trade", "Strategies")
        keep(chat, folder / "trading-menu.png")
        ask_by_alert(world, chat, trading_demo.SYMBOL, "sell").get_by_role("button", name="Execute").click()
        chat.message("sold 0").wait_for(timeout=WITHIN_MS)
        chat.ask("/report day", "By instrument")
        chat.press("PDF")
        chat.page.locator("a.document").wait_for(timeout=WITHIN_MS)
        chat.toast.last.wait_for(state="hidden", timeout=WITHIN_MS)
        keep(chat, folder / "trading-report.png")


def ask_by_alert(world: Sandbox, chat: Chat, symbol: str, action: str) -> Locator:
    """Let TradingView send an alert, and return its question once it can be answered."""
    values = {"ticker": symbol, "strategy.order.action": action}
    Watch(world, threading.Event()).alert(trading_demo.ALERT, values)
    question = chat.messages.filter(has_text=f"{action} {symbol}").filter(has_text="Answer until").last
    question.get_by_role("button", name="Execute").wait_for(timeout=WITHIN_MS)
    return question


def keep(chat: Chat, path: Path) -> None:
    """Take a picture of what the window shows, and write it with few colours."""
    taken = Image.open(io.BytesIO(chat.page.screenshot(animations="disabled")))
    small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} KB")


if __name__ == "__main__":
    sys.exit(main())
