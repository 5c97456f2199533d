"""T-Bank: the portfolios of all open accounts in roubles, through the REST interface of the T-Invest API.

Follows T-Invest's documentation v1.43 (users, operations, errors, limits; read 2026-11) and, for the certificates, the
page of the Russian Trusted CA (gosuslugi.ru/crt, read 2026-11).

Quirks: every call is a POST. The hosts' certificates hang on a root that no system ships: the owner supplies it for
this client alone, and checks are never switched off. Whole roubles are text, billionths a number of the same sign.
Closed accounts are listed, blocked ones mostly not; a token for one account may list the others without access;
investment boxes (копилка) have no portfolio. An error's business code is text, though documented as a number; a 429
comes without any body. Prices are of the last trade, so at weekends they are old and true.

What is said of one account (blocked, closed, unknown, no access, a portfolio that cannot be read) costs that account
alone, and a code that nobody knows too: while the others can be read, it can only be about that one. What is said of
the token, the connection or the number of requests is the platform's, and what passes is asked again.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from bus import reasons
from bus.log import logger
from bus.messages.rounds import Platform
from bus.process import run
from bus.refused_values import PHRASE
from bus.settings import BaseUrl, Secret, take
from collectors.accounts import MissingAccounts, Outcome, account_ending, as_accounts, raise_if_all_failed, summed
from collectors.errors import Denied, Malformed, PlatformError
from collectors.key import PROVE_EVERY_S, Advice, Key, ReadOnlyCheck
from collectors.loop import collect
from collectors.source import Deadline, Reading
from collectors.wire.tbank import (
    BLOCKED,
    CLOSED,
    NO_ACCESS,
    NO_ORDERS,
    UNKNOWN,
    Account,
    AccountGone,
    Accounts,
    read_answer,
    read_portfolio,
)

FOLDER = "/rest"
SERVICES = "/tinkoff.public.invest.api.contract.v1."
GET_ACCOUNTS, GET_PORTFOLIO = "UsersService/GetAccounts", "OperationsService/GetPortfolio"
ALLOWED = (("POST", SERVICES + GET_ACCOUNTS), ("POST", SERVICES + GET_PORTFOLIO))
ROOT_FINGERPRINT = "d26d2d0231b7c39f92cc738512ba54103519e4405d68b5bd703e9788ca8ecf31"
"""SHA-256 of the Russian Trusted Root CA, valid until 2032-02-27."""
ADDRESS = f"https://invest-public-api.tbank.ru{FOLDER}"
OWN_HOSTS = (".tbank.ru", ".tinkoff.ru")
WEBSITES = ("tbank.ru", "www.tbank.ru", "tinkoff.ru", "www.tinkoff.ru", "developer.tbank.ru")
NOT_OPEN, NO_ACCOUNT = "account not open", "no open account"
LONGEST_KIND = 40
_LEAVE_OUT = "or list in TBANK_ACCOUNT_ID only the accounts to add up"
_NOT_FOR_IT = f"make the token for this account too, {_LEAVE_OUT}"
CURES = {
    NOT_OPEN: "correct TBANK_ACCOUNT_ID, or make the token for that account",
    BLOCKED: f"T-Bank has blocked the account: ask its support, {_LEAVE_OUT}",
    CLOSED: "take the account out of TBANK_ACCOUNT_ID: it is closed",
    NO_ACCESS: _NOT_FOR_IT,
    NO_ORDERS: _NOT_FOR_IT,
    UNKNOWN: _NOT_FOR_IT,
    reasons.BAD_ANSWER: f"wait; if it stays, this program needs a fix: tell its code, {_LEAVE_OUT}",
}
"""What the owner does about a missing account, by its code, else by its reason; for the log."""

ADVICE = Advice(
    rights="Make a read-only token in T-Bank's investment settings",
    renewal="Make a new read-only token in T-Bank's investment settings, and put it and its day into .env",
)

PLATFORM = Platform(name="tbank", label="T‑Bank", heading="T‑Bank (RUB)", currency="RUB", position=10)

Answer = TypeVar("Answer")
log = logger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the T-Bank collector reads from the environment."""

    tbank_token: Annotated[
        Secret,
        Meta(
            description="the T-Invest API token, read-only, from T-Bank's investment settings; unused for three "
            "months, it expires",
            extra={"alias": "TBANK_API_TOKEN", "letters": r"t\.[!-~]+"},
        ),
    ]
    tbank_token_expires: Annotated[
        date | None,
        Meta(
            description="the day on which the token ends, where it has one, as YYYY-MM-DD; the chat is warned 14, 7 "
            "and 1 days before, since T-Bank does not tell it"
        ),
    ] = None
    tbank_account_id: Annotated[
        str,
        Meta(
            description="the numbers of the accounts to add up, separated by commas; empty for all open accounts. One "
            "that is not open is told as missing",
            extra={"letters": PHRASE},
        ),
    ] = ""
    tbank_ca_file: Annotated[
        str,
        Meta(
            description="the path of the Russian Trusted Root CA in PEM form (russian_trusted_root_ca_pem.crt from "
            "gosuslugi.ru/crt), which signs T-Bank's certificates: their hosts need it; used for T-Bank alone"
        ),
    ] = ""
    tbank_base_url: Annotated[
        BaseUrl,
        Meta(
            description="https://invest-public-api.tbank.ru/rest, or "
            "https://sandbox-invest-public-api.tbank.ru/rest for sandbox tokens",
            extra={"instead": dict.fromkeys(WEBSITES, ADDRESS)},
        ),
    ] = ADDRESS
    read_only_check: ReadOnlyCheck = "enforce"

    def __post_init__(self) -> None:
        """Refuse a CA file that cannot be used and, for T-Bank's own hosts, any that does not hold their root."""
        found = _fingerprints(self.tbank_ca_file) if self.tbank_ca_file else frozenset()
        if not (urlsplit(self.tbank_base_url).hostname or "").endswith(OWN_HOSTS) or ROOT_FINGERPRINT in found:
            return
        fault = "does not hold the Russian Trusted Root CA" if self.tbank_ca_file else "is missing"
        raise ValueError(
            f"TBANK_CA_FILE {fault}; write the path of russian_trusted_root_ca_pem.crt from gosuslugi.ru/crt, whose "
            f"SHA-256 fingerprint is {ROOT_FINGERPRINT}"
        )


class Tbank:
    """One token at T-Bank, the accounts that it sees, and whether it has been proven to be read-only."""

    def __init__(self, settings: Settings) -> None:
        """Build the client; nothing is asked yet."""
        # Imported late: requests costs 15 MB, and the launcher imports this module only for its Settings.
        from collectors.egress.requests_session import RequestsGate, open_session

        base_url = settings.tbank_base_url.rstrip("/")
        self._base_url = base_url if urlsplit(base_url).path else base_url + FOLDER
        self._gate = RequestsGate(self._base_url, ALLOWED)
        self._has_ca = bool(settings.tbank_ca_file)
        self.session = open_session(self._gate, verify=settings.tbank_ca_file or None)
        self.session.headers["Authorization"] = f"Bearer {settings.tbank_token.reveal()}"
        self._wanted = tuple(dict.fromkeys(filter(None, map(str.strip, settings.tbank_account_id.split(",")))))
        self.key = Key(PLATFORM, settings.read_only_check, advice=ADVICE, ends_on=settings.tbank_token_expires)
        self._accounts: tuple[Account, ...] = ()
        self._missing_accounts = MissingAccounts(PLATFORM.name, CURES)
        if self._has_ca and ROOT_FINGERPRINT not in _fingerprints(settings.tbank_ca_file):
            log.warning("TBANK_CA_FILE is not the Russian Trusted Root CA", expected_sha256=ROOT_FINGERPRINT)

    def fetch(self, deadline: Deadline) -> Reading:
        """Return the sum of the accounts' portfolios in roubles; one that cannot be read is missing, and named."""
        self._gate.deadline = deadline
        self._ask_for_accounts()  # each time: money may have been moved to an account that was opened just now
        return self._reading(self._read_all())

    def prefetch(self, deadline: Deadline) -> float:
        """Look which accounts there are and prove that the token can only read them; once a day is enough."""
        self._gate.deadline = deadline
        self._ask_for_accounts()
        return PROVE_EVERY_S

    def _reading(self, outcomes: Sequence[Outcome]) -> Reading:
        """Return the sum of the accounts that could be read; raise if there is none, or if all have failed."""
        accounts = as_accounts(outcomes)
        self._missing_accounts.log_changes(accounts)
        errors = [outcome.result for outcome in outcomes if isinstance(outcome.result, PlatformError)]
        raise_if_all_failed(errors, of=len(outcomes))
        if not accounts:
            raise Denied(reasons.NO_PERMISSION, code=NO_ACCOUNT)
        now = datetime.now(UTC)
        counted = {outcome.number for outcome in outcomes}
        return Reading(
            amount=summed(accounts),
            currency=PLATFORM.currency,
            as_of=now,
            fetched_at=now,
            wallets=tuple(sorted({account.wallet for account in self._accounts if account.id in counted})),
            accounts=accounts,
        )

    def _read_all(self) -> list[Outcome]:
        """Read each account that is wanted."""
        usable = {account.id: account for account in self._accounts if account.is_usable}
        outcomes = []
        for number in self._wanted or usable:
            result = self._read(usable[number]) if number in usable else Denied(reasons.NO_PERMISSION, code=NOT_OPEN)
            if not (isinstance(result, AccountGone) and self._is_left_out(usable[number], result.code)):
                outcomes.append(Outcome(number, result))
        return outcomes

    def _read(self, account: Account) -> Decimal | AccountGone | Malformed:
        """Return a portfolio's total, or the error that is this account's alone; raise what is the platform's."""
        try:
            return self._ask(
                GET_PORTFOLIO,
                {"accountId": account.id, "currency": PLATFORM.currency},
                lambda body: read_portfolio(body, account.id, is_of_known_kind=account.is_of_known_kind),
            )
        except (AccountGone, Malformed) as error:
            return error

    def _is_left_out(self, account: Account, code: str) -> bool:
        """Tell whether a refused account is no loss: closed, or of the bank, where none but a few have a portfolio."""
        is_left_out = not self._wanted and (code == CLOSED or (not account.is_investment and code != BLOCKED))
        if is_left_out:
            log.info("an account has no portfolio", kind=account.wallet, code=code)
        return is_left_out

    def _ask_for_accounts(self) -> None:
        """Ask which accounts there are; on the way, judge the token, since each account says what it may do there."""
        accounts = self._ask(GET_ACCOUNTS, {}, lambda body: read_answer(body, Accounts)).accounts
        if self.key.is_checked:
            self.key.set_rights(can_only_read=all(account.is_read_only for account in accounts))
        for account in accounts:
            if account not in self._accounts and account.is_usable and not account.is_of_known_kind:
                ending, kind = "…" + account_ending(account.id), str(account.type)[:LONGEST_KIND]
                log.info("an account of an unknown kind", platform=PLATFORM.name, account=ending, kind=kind)
        self._accounts = accounts

    def _ask(self, method: str, question: dict[str, str], read: Callable[[bytes], Answer]) -> Answer:
        """Post a question and return what `read` makes of the answer; raise any foreign error as a PlatformError."""
        import requests  # late, as in the constructor
        from urllib3.exceptions import HTTPError

        from collectors.egress.requests_session import translate
        from collectors.wire.tbank import refuse

        try:
            response = self.session.post(f"{self._base_url}{SERVICES}{method}", json=question, allow_redirects=False)
        except (requests.exceptions.InvalidHeader, UnicodeError):
            raise Denied(reasons.BAD_KEY, code="not ASCII") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            refused = translate(error)
            if refused.reason == reasons.TLS_ERROR:
                self._log_certificate_cure()
            raise refused from None
        if response.status_code != 200:
            refuse(response.status_code, response.headers, response.content)
        return read(response.content)

    def _log_certificate_cure(self) -> None:
        """Log what to do about a certificate that is not trusted: another file, or one at all."""
        cure = "check TBANK_CA_FILE: T-Bank's certificate is not signed by what is in it"
        if not self._has_ca:
            cure = "set TBANK_CA_FILE to the Russian Trusted Root CA, which no system ships"
        log.error("T-Bank's certificate is not trusted", platform=PLATFORM.name, cure=cure)


def _fingerprints(path: str) -> frozenset[str]:
    """Return the SHA-256 fingerprints of the CA certificates in a PEM file; a ValueError names the variable."""
    import ssl  # late: only who has set the file pays for it

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ValueError("TBANK_CA_FILE holds no certificate; write the path of a file in PEM form") from None
    except OSError:
        raise ValueError("TBANK_CA_FILE cannot be read; write the path of a file in PEM form") from None
    return frozenset(hashlib.sha256(found).hexdigest() for found in context.get_ca_certs(binary_form=True))


def main() -> None:
    """Run the collector."""
    collect(PLATFORM.name, Tbank(take(Settings, os.environ)))


if __name__ == "__main__":
    run(main, name=PLATFORM.name)
