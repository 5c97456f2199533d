"""OKX: what the whole account is worth in USD, through python-okx.

Follows OKX's documentation v5 (overview, get-asset-valuation, get-balance, get-account-configuration; read 2026-11) and
the source of python-okx 0.4.

Quirks: the SDK's default is demo trading, so the flag is always given; the valuation is in BTC unless USD is asked for,
may be asked once a second, and is not served in demo trading, where the trading account alone is read and the reading
says so. Each API class of the SDK is an HTTP client of its own (4 MB and a handshake), so one serves all. The SDK
hides the HTTP status and raises nothing, so each answer is judged in a response hook, before the SDK sees it. Its
HTTP/2 connections die between rounds: after any transport error the client is made anew.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Protocol

import msgspec
from msgspec import Meta

from bus import reasons
from bus.log import logger
from bus.messages.rounds import Platform
from bus.process import run
from bus.refused_values import KEY, PHRASE
from bus.settings import BaseUrl, Secret, take
from collectors.egress.allowlist import NOT_SENDABLE
from collectors.errors import Busy, Malformed, PlatformError
from collectors.key import PROVE_EVERY_S, Advice, Key, ReadOnlyCheck
from collectors.loop import collect
from collectors.source import Deadline, Reading
from collectors.wire.okx import is_read_only, read_envelope, read_trading, read_valuation

if TYPE_CHECKING:
    import httpx

ALLOWED = (
    ("GET", "/api/v5/account/config"),
    ("GET", "/api/v5/account/balance"),
    ("GET", "/api/v5/asset/asset-valuation"),
)
VALUATION_EVERY_S = 1.1
NOT_IN_DEMO = "50038"
CURES = {
    NOT_SENDABLE: "copy OKX_API_KEY and OKX_API_PASSPHRASE anew: both are of ASCII letters, without spaces around them",
    "50101": "a demo-trading key needs OKX_DEMO=true, a live one OKX_DEMO=false",
    "50105": "check OKX_API_PASSPHRASE",
    "50113": "check OKX_API_SECRET",
    "50119": "check OKX_API_KEY, or set OKX_BASE_URL to the regional host of the account: wrong regional host",
}

WEBSITES = {
    "okx.com": "https://www.okx.com",
    "my.okx.com": "https://eea.okx.com",
    "app.okx.com": "https://us.okx.com",
}

ADVICE = Advice(rights="Make a key with the right Read alone on OKX's API page")

PLATFORM = Platform(name="okx", label="OKX", heading="Crypto (USD)", currency="USD", position=40, grouped=True)

log = logger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the OKX collector reads from the environment."""

    okx_api_key: Annotated[
        Secret,
        Meta(description="the API key, with the right Read alone, from OKX's API page", extra={"letters": KEY}),
    ]
    okx_api_secret: Annotated[
        Secret, Meta(description="the secret key that OKX shows beside the API key", extra={"letters": KEY})
    ]
    okx_api_passphrase: Annotated[
        Secret,
        Meta(description="the passphrase that you chose when you made the API key", extra={"letters": PHRASE}),
    ]
    okx_base_url: Annotated[
        BaseUrl,
        Meta(
            description="the host of the account's region, without a path: https://www.okx.com (also "
            "https://openapi.okx.com), https://eea.okx.com for my.okx.com, https://us.okx.com for app.okx.com",
            extra={"instead": WEBSITES, "no_path": True},  # the SDK would send a path and not sign it
        ),
    ] = "https://www.okx.com"
    okx_demo: Annotated[bool, Meta(description="true for a demo-trading key, false for a live one")] = False
    read_only_check: ReadOnlyCheck = "enforce"


class Client(Protocol):
    """What is used of python-okx's `AccountAPI`."""

    def get_account_config(self) -> object:
        """Return the answer of GET /api/v5/account/config, decoded."""
        ...

    def get_account_balance(self) -> object:
        """Return the answer of GET /api/v5/account/balance, decoded."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class Okx:
    """One account at OKX, and whether its key has been proven to be read-only."""

    def __init__(self, settings: Settings) -> None:
        """Build the client; nothing is asked yet."""
        # Imported late: the SDK costs 18 MB, and the launcher imports this module only for its Settings.
        from collectors.egress.httpx_transport import HttpxGate

        self._settings = settings
        self._gate = HttpxGate(settings.okx_base_url.rstrip("/"), ALLOWED)
        self.key = Key(PLATFORM, settings.read_only_check, advice=ADVICE)
        self._valued_at = -VALUATION_EVERY_S
        self._logged = False
        self.client = self._connect()

    def fetch(self, deadline: Deadline) -> Reading:
        """Return the whole account's value in USD, or the trading account's where OKX serves no more."""
        self._gate.deadline = deadline
        if self.key.needs_proof():
            self._prove()
        try:
            answer = self._ask(self._value)
        except Malformed as error:
            if not self._settings.okx_demo or error.code != NOT_IN_DEMO:
                raise
            self._log_once("no valuation in demo trading, reading the trading account")
        else:
            return read_valuation(answer, datetime.now(UTC))
        answer = self._ask(self.client.get_account_balance)
        return read_trading(answer, datetime.now(UTC))

    def prefetch(self, deadline: Deadline) -> float:
        """Prove that the key can only read; once a day is enough."""
        self._gate.deadline = deadline
        if self.key.is_checked:
            self._prove()
        return PROVE_EVERY_S

    def _prove(self) -> None:
        """Ask what the key may do, and note it; a key that can only read never ends."""
        can_only_read = is_read_only(self._ask(self.client.get_account_config))
        if can_only_read:  # only keys that can do more end, when they are not used (OKX, "API key creation")
            self.key.set_expiry(None)
        self.key.set_rights(can_only_read=can_only_read)

    def _value(self) -> object:
        """Ask for the valuation, not sooner than OKX allows after the last answer."""
        from okx.Funding import FundingAPI

        pause_s = max(0.0, self._valued_at + VALUATION_EVERY_S - time.monotonic())
        if pause_s >= self._gate.deadline.left_s():
            raise Busy(reasons.RATE_LIMITED, code="once a second", retry_after_s=pause_s)
        time.sleep(pause_s)
        try:
            answer: object = FundingAPI.get_asset_valuation(self.client, ccy="USD")
        finally:
            self._valued_at = time.monotonic()
        return answer

    def _ask(self, call: Callable[[], object]) -> object:
        """Call OKX and return its answer; raise a foreign error as a PlatformError; a broken line costs the client."""
        import httpx  # late, as the SDK itself
        from okx.exceptions import OkxAPIException, OkxParamsException, OkxRequestException

        from collectors.egress.httpx_transport import translate

        try:
            return call()
        except PlatformError as error:
            refused = error
        except (OkxAPIException, OkxParamsException, OkxRequestException) as error:  # its own hold the whole request
            refused = translate(error)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            if isinstance(error, (httpx.TransportError, OSError)):
                self.client.close()
                self.client = self._connect()
            refused = translate(error)
        if refused.code in CURES:
            log.warning("key refused", platform=PLATFORM.name, code=refused.code, cure=CURES[refused.code])
        raise refused from None

    def _connect(self) -> Client:
        """Return a new client of the SDK, guarded by the gate."""
        from okx.Account import AccountAPI

        settings = self._settings
        client = AccountAPI(
            settings.okx_api_key.reveal(),
            settings.okx_api_secret.reveal(),
            settings.okx_api_passphrase.reveal(),
            flag="1" if settings.okx_demo else "0",
            domain=settings.okx_base_url.rstrip("/"),
        )
        self._gate.guard(client, self._inspect)
        connected: Client = client
        return connected

    def _inspect(self, response: "httpx.Response") -> None:
        """See each answer before the SDK, which would drop its status and headers."""
        read_envelope(response.status_code, response.headers, response.content, received_at=datetime.now(UTC))

    def _log_once(self, event: str) -> None:
        """Log an event the first time, and nothing afterwards."""
        if not self._logged:
            log.info(event, platform=PLATFORM.name, code=NOT_IN_DEMO)
        self._logged = True


def main() -> None:
    """Run the collector."""
    collect(PLATFORM.name, Okx(take(Settings, os.environ)))


if __name__ == "__main__":
    run(main, name=PLATFORM.name)
