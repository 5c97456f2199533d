"""The demo's scene at BingX: leverage set and read back, a question changed and executed, the report as a PDF.

The texts of the product are looked for by a few words; all else of them is the product's own affair.
"""

from urllib.parse import urlsplit, urlunsplit

from sandbox.bingx.state import API_KEY, API_SECRET, UID
from sandbox.control.client import Sandbox
from sandbox.telegram.chat import CHAT_ID

SERVICE = "bingx"
NUMBER = f"VST{UID}"
OWNER, PORTFOLIO = "ann", "bingx"
BEFORE_START = (
    ("add-user", OWNER, str(CHAT_ID), "--role", "admin"),
    ("add-account", OWNER, PORTFOLIO, "BINGX", "--currency", "USDT", "--number", NUMBER),
)
"""The owner's commands that make the account before its broker has proven it: it is the default one then."""


def settings(sandbox: Sandbox) -> dict[str, str]:
    """Let the pretend BingX be its demo, and return the variables by which the system trades there.

    Args:
        sandbox: The pretend world.
    """
    sandbox.set_state(SERVICE, is_demo=True)
    address = sandbox.addresses[SERVICE]
    return {
        "BINGX_API_KEY": API_KEY,
        "BINGX_API_SECRET": API_SECRET,
        "BINGX_BASE_URL": address,
        "BINGX_WS_URL": urlunsplit(urlsplit(address)._replace(scheme="ws", path="/swap-market")),
    }
