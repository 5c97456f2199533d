"""T-Invest's answers, read: accounts, a portfolio's total, and what its refusals mean; no network here.

Follows T-Invest's contracts and errors (v1.43; read 2026-11) in their REST mapping.

Quirks: int64 is text and nano a number; an error is {"code", "message", "description"} with the business code in
`description`, as text or as a number, and may have no body at all. Never classified by its text.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, NoReturn, TypeVar

import msgspec

from bus import reasons
from collectors.answer import MOST, read_as, read_json, refuse_status
from collectors.errors import Busy, Denied, Malformed

Answer = TypeVar("Answer")

WINDOW_S = 60.0
LONGEST_WINDOW_S = 65.0
NANO = Decimal("1e-9")
TOO_MANY, BAD_TOKEN, NOT_SERVED = "80002", "40003", frozenset({"12001", "12002"})
GONE = frozenset({"30081", "30082", "40002", "50004"})
WALLETS = {
    "ACCOUNT_TYPE_TINKOFF": "brokerage",
    "ACCOUNT_TYPE_TINKOFF_IIS": "iis",
    "ACCOUNT_TYPE_INVEST_FUND": "fund",
    "ACCOUNT_TYPE_DEBIT": "debit",
    "ACCOUNT_TYPE_SAVING": "saving",
}
NO_INVESTMENT = frozenset({"ACCOUNT_TYPE_DEBIT", "ACCOUNT_TYPE_SAVING"})
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


class AccountGone(Denied):
    """This account cannot be read (any more): closed, blocked, unknown or not open to the token."""


class Account(msgspec.Struct, frozen=True, rename="camel"):
    """One account of GetAccounts. Kinds may be unknown; status and access are compared with the one wanted value."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    type: str
    status: str
    access_level: str

    @property
    def is_usable(self) -> bool:
        """Whether it has a portfolio that the token may read."""
        open_to_us = self.status == "ACCOUNT_STATUS_OPEN" and self.access_level != "ACCOUNT_ACCESS_LEVEL_NO_ACCESS"
        return open_to_us and self.type != "ACCOUNT_TYPE_INVEST_BOX"

    @property
    def is_read_only(self) -> bool:
        """Whether the token can do no more than read it; a level that is not known counts as more."""
        harmless = self.access_level in {"ACCOUNT_ACCESS_LEVEL_READ_ONLY", "ACCOUNT_ACCESS_LEVEL_NO_ACCESS"}
        return harmless or self.status == "ACCOUNT_STATUS_CLOSED"

    @property
    def is_investment(self) -> bool:
        """Whether it must have a portfolio; a bank account may have one."""
        return self.type not in NO_INVESTMENT

    @property
    def wallet(self) -> str:
        """What kind of account it is, in a word."""
        return WALLETS.get(self.type, "other")


class Accounts(msgspec.Struct, frozen=True):
    """The answer of GetAccounts."""

    accounts: tuple[Account, ...]


class Money(msgspec.Struct, frozen=True):
    """A sum: whole units as text, billionths as a number of the same sign."""

    currency: str
    units: Annotated[str, msgspec.Meta(pattern="^-?[0-9]{1,19}$")]
    nano: Annotated[int, msgspec.Meta(gt=-(10**9), lt=10**9)]


class Portfolio(msgspec.Struct, frozen=True, rename="camel"):
    """The answer of GetPortfolio, as far as it is read."""

    total_amount_portfolio: Money
    account_id: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """An error's body; the business code is text in life and a number in the documentation."""

    description: str | int = ""


def read_answer(body: bytes, kind: type[Answer]) -> Answer:
    """Read an answer with status 200.

    Args:
        body: The whole body.
        kind: The Struct to read it into.

    Returns:
        The Struct.

    Raises:
        Malformed: Not JSON, or a field is missing or mistyped.
    """
    return read_as(read_json(body), kind)


def read_portfolio(body: bytes, account_id: str) -> Decimal:
    """Read a portfolio's total.

    Args:
        body: The whole body of GetPortfolio's answer.
        account_id: Whose portfolio was asked for.

    Returns:
        Roubles, cash and debts included; negative where the debts are larger.

    Raises:
        Malformed: Not a portfolio, of another account, in another currency, or no plain sum.
    """
    portfolio = read_answer(body, Portfolio)
    if portfolio.account_id not in ("", account_id):
        raise Malformed(reasons.BAD_ANSWER, code="another account")
    total = portfolio.total_amount_portfolio
    if total.currency.lower() != "rub":
        raise Malformed(reasons.BAD_ANSWER, code="not roubles")
    units, nano = int(total.units), total.nano
    if units * nano < 0 or (total.units.startswith("-") and nano > 0):
        raise Malformed(reasons.BAD_ANSWER, code="signs differ")
    amount = Decimal(units) + nano * NANO
    if abs(amount) > MOST:
        raise Malformed(reasons.BAD_ANSWER, code="out of bounds")
    return amount


def refuse(status: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
    """Raise what a status other than 200 means.

    Args:
        status: The HTTP status.
        headers: The answer's headers, whatever their case.
        body: The whole body; may be empty or HTML.

    Raises:
        Busy: Too many requests, with the pause; or an outage.
        Denied: The token, its rights or the region; AccountGone for a single account.
        Malformed: Everything else.
    """
    code = _business_code(body)
    if status == 429 or code == TOO_MANY:
        text = headers.get("x-ratelimit-reset", "")
        pause_s = float(text) if _SECONDS.fullmatch(text) else WINDOW_S
        raise Busy(reasons.RATE_LIMITED, code=code or f"HTTP {status}", retry_after_s=min(pause_s, LONGEST_WINDOW_S))
    if code == BAD_TOKEN or status == 401:
        raise Denied(reasons.BAD_KEY, code=code or "HTTP 401")
    if code in GONE:
        raise AccountGone(reasons.NO_PERMISSION, code=code)
    if code in NOT_SERVED:
        raise Malformed(reasons.BAD_ANSWER, code=code)
    if status == 403:
        raise Denied(reasons.NO_PERMISSION if code else reasons.WRONG_REGION, code=code or "HTTP 403")
    refuse_status(status)
    raise Malformed(reasons.BAD_ANSWER, code=code or f"HTTP {status}")


def _business_code(body: bytes) -> str:
    try:
        code = str(read_answer(body, Refusal).description)
    except Malformed:
        return ""
    return code if re.fullmatch("[0-9]{1,6}", code) else ""
