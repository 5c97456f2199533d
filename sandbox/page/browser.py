"""The page in a real Chromium without a window, as a person would use it: for the tests and for the pictures.

Follows https://playwright.dev/python/docs/api/class-page (read 2026-11).

Quirks: the browser is the system's own, so nothing is downloaded; it is told to leave the network alone, and what the
page itself asks for is counted, so that a test can see that nothing leaves this machine.
"""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, sync_playwright

from sandbox.telegram.text import as_read

WAIT_MS = 10_000
PHONE, DESKTOP = (360, 740), (1280, 800)
_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def open_browser(chromium: str) -> Iterator[Browser]:
    """Run Chromium for as long as the `with` lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def open_chat(
    browser: Browser,
    address: str,
    *,
    size: tuple[int, int] = DESKTOP,
    colours: Literal["light", "dark"] = "light",
    scale: float = 1,
) -> Iterator["Chat"]:
    """Open the page in a window of its own, and wait until it shows the chat.

    Args:
        browser: A running one.
        address: The control port's.
        size: Width and height in CSS pixels.
        colours: What the system prefers.
        scale: Pixels for each CSS pixel, for pictures.

    Yields:
        The chat.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=colours,
        device_scale_factor=scale,
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MS)
    try:
        chat = Chat(context.new_page())
        chat.page.goto(address)
        chat.page.locator("#summary", has_not_text="…").wait_for(state="attached")
        yield chat
    finally:
        context.close()


class Chat:
    """The page, by what a person sees and does.

    Attributes:
        page: Playwright's own.
        hosts: Every host that the page asked.
        complaints: Errors of its scripts and of its console.
    """

    def __init__(self, page: Page) -> None:
        """Watch a page that has not been opened yet."""
        self.page = page
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", self._see_request)
        page.on("console", self._hear)
        page.on("pageerror", self._hear_error)

    def _see_request(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).hostname or request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _hear_error(self, error: Error) -> None:
        self.complaints.append(str(error))

    @property
    def line(self) -> Locator:
        """The line to type into."""
        return self.page.get_by_role("combobox", name="Message")

    @property
    def messages(self) -> Locator:
        """All messages, oldest first."""
        return self.page.locator(".message")

    @property
    def toast(self) -> Locator:
        """The passing notes."""
        return self.page.locator(".toast")

    @property
    def summary(self) -> Locator:
        """The line that says which platforms are in trouble."""
        return self.page.locator("#summary")

    def message(self, text: str) -> Locator:
        """Return the newest message that holds a text, whether it is there yet or not."""
        return self.messages.filter(has_text=text).last

    def send(self, text: str) -> None:
        """Type a text and press Enter."""
        self.line.fill(text)
        self.line.press("Escape")  # the menu of commands would choose for us
        self.line.press("Enter")

    def ask(self, text: str, wanted: str, *, timeout_s: float = 60) -> str:
        """Send a text and return the first answer to it that holds another one, as a person reads it."""
        before = self.messages.count()
        self.send(text)
        answer = self.messages.nth(before).locator("xpath=following-sibling::article").filter(has_text=wanted).first
        answer.wait_for(timeout=timeout_s * 1000)
        return as_read(answer.locator(".text").inner_text())

    def picture(self, text: str, *, timeout_s: float = 60) -> Locator:
        """Send a text and return the first picture after it, once it has loaded."""
        before = self.messages.count()
        self.send(text)
        following = self.messages.nth(before).locator("xpath=following-sibling::article")
        picture = following.locator("img").first
        picture.wait_for(timeout=timeout_s * 1000)
        self.page.wait_for_function(
            "picture => picture.complete && picture.naturalWidth > 0", arg=picture.element_handle()
        )
        return picture

    def press(self, button: str) -> None:
        """Press the newest inline button with this text."""
        self.page.locator(".keys").get_by_role("button", name=button, exact=True).last.click()

    def be(self, name: str) -> None:
        """Choose who to be, and wait for the chat that this person sees."""
        with self.page.expect_navigation():
            self.page.get_by_role("combobox", name="I am").select_option(name)
        self.page.locator("#summary", has_not_text="…").wait_for(state="attached")

    def card(self, platform: str) -> Locator:
        """Return a platform's card in the panel, by its name for the control port."""
        return self.page.locator(f'.control[data-name="{platform}"]')

    def open_panel(self) -> None:
        """Open the drawer where it is closed."""
        button = self.page.get_by_role("button", name="The pretend world")
        if button.get_attribute("aria-expanded") == "false":
            button.click()

    def put_into(self, platform: str, mode: str) -> None:
        """Put a platform into a mode with the panel, and wait until that is done."""
        card = self.card(platform)
        card.get_by_role("combobox").select_option(mode)
        self.page.locator(f'.control[data-name="{platform}"][data-mode="{mode}"]:not([aria-busy])').wait_for()

    def set_figure(self, platform: str, value: str) -> None:
        """Change the first figure of a platform with the panel."""
        box = self.card(platform).get_by_role("textbox").first
        box.fill(value)
        box.press("Enter")
