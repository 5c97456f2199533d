"""Bybit: what the whole account is worth in USD, through pybit.

Follows Bybit's documentation v5 (asset-overview, wallet-balance, apikey-info, error, rate-limit; read 2026-11) and the
source of pybit 5.17.

Quirks: the asset overview is not served on regional and demo hosts; only a refusal that says so leads to the unified
trading account alone, and the reading says so too. How a regional host refuses it is not documented for certain, so
there a few codes count that mean other things elsewhere. A demo host cannot tell what a key may do. pybit hides 10002
and 10006 behind sleeps and retries of its own, follows redirects with the key in the headers and adds a log handler:
switched off here, and its session stands behind the gate. Its repr prints both keys: it is never printed.
"""

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Protocol
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from bus.log import logger
from bus.messages.rounds import Platform
from bus.process import run
from bus.refused_values import KEY
from bus.settings import BaseUrl, Secret, take
from collectors.egress.allowlist import NOT_SENDABLE
from collectors.errors import Denied, PlatformError
from collectors.key import PROVE_EVERY_S, Advice, Key, ReadOnlyCheck
from collectors.loop import collect
from collectors.source import Deadline, Reading
from collectors.wire.answer import read_as
from collectors.wire.bybit import Envelope, KeyRights, is_not_offered, read_envelope, read_overview, read_wallet

if TYPE_CHECKING:
    import requests

ALLOWED = (
    ("GET", "/v5/user/query-api"),
    ("GET", "/v5/asset/asset-overview"),
    ("GET", "/v5/account/wallet-balance"),
)
NO_RETRIES = frozenset({-1})  # pybit replaces an empty set by its default
NO_DEMO = "10032"
NO_PROOF = "if this host never tells what a key may do, READ_ONLY_CHECK=off reads without a proof"
CURES = {
    "10003": "check BYBIT_API_KEY, or set BYBIT_BASE_URL to the host that the key was made on (region, testnet, demo)",
    "10004": "check BYBIT_API_SECRET",
    NOT_SENDABLE: "copy BYBIT_API_KEY anew: a key is of ASCII letters and digits, without spaces",
    "33004": "make a new read-only key; bound to this machine's address it does not expire",
}

REGIONS = ("com", "nl", "eu", "kz", "tr", "ae", "id")
WEBSITES = {
    f"{prefix}bybit.{region}": f"https://api.bybit.{region}" for region in REGIONS for prefix in ("", "www.")
} | {
    "testnet.bybit.com": "https://api-testnet.bybit.com",
    "www.bybitgeorgia.ge": "https://api.bybitgeorgia.ge",
    "bybitgeorgia.ge": "https://api.bybitgeorgia.ge",
}

ADVICE = Advice(
    rights="Make the key Read-Only on Bybit's API management page",
    renewal="Make a new read-only key on Bybit's API page; bound to this machine's address it does not expire",
)

PLATFORM = Platform(name="bybit", label="Bybit", heading="Crypto (USD)", currency="USD", position=30, grouped=True)

log = logger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the Bybit collector reads from the environment."""

    bybit_api_key: Annotated[
        Secret,
        Meta(
            description="the API key, read-only and system-generated, from Bybit's API management page",
            extra={"letters": KEY},
        ),
    ]
    bybit_api_secret: Annotated[
        Secret,
        Meta(description="the secret that Bybit showed once, when the key was made", extra={"letters": KEY}),
    ]
    bybit_base_url: Annotated[
        BaseUrl,
        Meta(
            description="the host that the key was made on: https://api.bybit.com (also api.bytick.com); regional "
            "https://api.bybit.nl .eu .kz .tr .ae .id, https://api.bybitgeorgia.ge, https://api.manepa.jp; for testnet "
            "keys https://api-testnet.bybit.com, for demo keys https://api-demo.bybit.com",
            extra={"instead": WEBSITES, "no_path": True},
        ),
    ] = "https://api.bybit.com"
    read_only_check: ReadOnlyCheck = "enforce"


class Client(Protocol):
    """What is used of pybit's `HTTP`."""

    client: "requests.Session"
    endpoint: str
    logger: logging.Logger

    def get_api_key_information(self) -> object:
        """Return the answer of GET /v5/user/query-api, decoded."""
        ...

    def get_asset_overview(self, *, valuationCurrency: str) -> object:  # noqa: N803 - Bybit's own name
        """Return the answer of GET /v5/asset/asset-overview, decoded.

        Args:
            valuationCurrency: The currency of the amounts.
        """
        ...

    def get_wallet_balance(self, *, accountType: str) -> object:  # noqa: N803 - Bybit's own name
        """Return the answer of GET /v5/account/wallet-balance, decoded.

        Args:
            accountType: Which of the account's wallets.
        """
        ...


class Bybit:
    """One account at Bybit, and whether its key has been proven to be read-only."""

    def __init__(self, settings: Settings) -> None:
        """Build the client; nothing is asked yet."""
        # Imported late: the SDK costs 23 MB, and the launcher imports this module only for its Settings.
        from pybit.unified_trading import HTTP

        from collectors.egress.requests_session import RequestsGate, guard

        base_url = settings.bybit_base_url.rstrip("/")
        self.client: Client = HTTP(
            api_key=settings.bybit_api_key.reveal(),
            api_secret=settings.bybit_api_secret.reveal(),
            max_retries=1,
            retry_codes=NO_RETRIES,
        )
        self.client.endpoint = base_url
        self.client.logger.handlers.clear()
        self.client.logger.setLevel(logging.WARNING)
        self._host = urlsplit(base_url).hostname or ""
        self._gate = RequestsGate(base_url, ALLOWED)
        guard(self.client.client, self._gate).hooks["response"] = [self._inspect]
        self.key = Key(PLATFORM, settings.read_only_check, advice=ADVICE)
        self._logged = False

    def fetch(self, deadline: Deadline) -> Reading:
        """Return the whole account's equity in USD, or the trading account's where Bybit serves no more."""
        self._gate.deadline = deadline
        if self.key.needs_proof():
            self._prove()
        try:
            answer = self._ask(lambda: self.client.get_asset_overview(valuationCurrency="USD"))
        except PlatformError as error:
            if not is_not_offered(error, self._host):
                raise
            self._log_once("asset overview is not served, reading the trading account", code=error.code)
        else:
            return read_overview(answer, datetime.now(UTC))
        answer = self._ask(lambda: self.client.get_wallet_balance(accountType="UNIFIED"))
        return read_wallet(answer, datetime.now(UTC))

    def prefetch(self, deadline: Deadline) -> float:
        """Prove that the key can only read, and learn when it ends; once a day is enough."""
        self._gate.deadline = deadline
        if self.key.is_checked:
            self._prove()
        return PROVE_EVERY_S

    def _prove(self) -> None:
        """Ask what the key may do and when it ends; a demo host cannot tell, so its rights stay unknown there."""
        try:
            answer = self._ask(self.client.get_api_key_information)
        except Denied:
            raise
        except PlatformError as error:
            if error.code != NO_DEMO:
                log.warning("no proof that it only reads", platform=PLATFORM.name, code=error.code, cure=NO_PROOF)
                raise
            self.key.set_rights_unknown(error.code)
            return
        rights = read_as(read_as(answer, Envelope).result, KeyRights)
        self.key.set_expiry(rights.ends_at())
        self.key.set_rights(can_only_read=rights.read_only == 1)

    def _ask(self, call: Callable[[], object]) -> object:
        """Call Bybit and return its answer; raise a foreign error as a PlatformError, and log a known one's cure."""
        import requests  # late, as the SDK itself
        from pybit.exceptions import FailedRequestError, InvalidRequestError
        from urllib3.exceptions import HTTPError

        from collectors.egress.requests_session import translate

        try:
            return call()
        except PlatformError as error:
            refused = error
        except (FailedRequestError, InvalidRequestError) as error:
            refused = translate(error)
        except (requests.RequestException, HTTPError, OSError, UnicodeEncodeError) as error:
            refused = translate(error)
        if refused.code in CURES:
            log.warning("key refused", platform=PLATFORM.name, code=refused.code, cure=CURES[refused.code])
        raise refused from None

    def _inspect(self, response: "requests.Response", **_: object) -> None:
        """See each answer before the SDK, whose own errors lose the status, the body and half of the codes."""
        read_envelope(response.status_code, response.headers, response.content, received_at=datetime.now(UTC))

    def _log_once(self, event: str, *, code: str) -> None:
        """Log an event the first time, and nothing afterwards."""
        if not self._logged:
            log.info(event, platform=PLATFORM.name, code=code)
        self._logged = True


def main() -> None:
    """Run the collector."""
    collect(PLATFORM.name, Bybit(take(Settings, os.environ)))


if __name__ == "__main__":
    run(main, name=PLATFORM.name)
