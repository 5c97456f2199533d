"""T-Invest's answers, read: accounts, a portfolio's total, and what its refusals mean; no network here.

Follows T-Invest's contracts and errors (v1.43; read 2026-11) in their REST mapping.

Quirks: int64 is text and nano a number; what is zero may be left out, and a kind that the gateway does not know may be
a number, as in all JSON of proto3. Digital assets (DFA) have a total of their own, which the portfolio's may lack. An
error is {"code", "message", "description"} with the business code in `description`, as text or as a number, and may
have no body at all. Never classified by its text.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, NoReturn, TypeVar

import msgspec

from bus import reasons
from bus.bounds import AMOUNT_LIMIT
from collectors.errors import Busy, Denied, Malformed
from collectors.wire.answer import read_as, read_json, refuse_status

Answer = TypeVar("Answer")

WINDOW_S = 60.0
LONGEST_WINDOW_S = 65.0
NANO = Decimal("1e-9")
TOO_MANY, BAD_TOKEN, NOT_SERVED = "80002", "40003", frozenset({"12001", "12002"})
PASSING = frozenset({"70001", "70002", "70003"})
CLOSED, BLOCKED, NO_ACCESS, NO_ORDERS, UNKNOWN = "30081", "30082", "40002", "40004", "50004"
GONE = frozenset({CLOSED, BLOCKED, NO_ACCESS, NO_ORDERS, UNKNOWN})
UNSPECIFIED = "unspecified"
"""A kind, a status or a level of access that is left out, which in proto3's JSON means "unspecified"."""
WALLETS = {
    "ACCOUNT_TYPE_TINKOFF": "brokerage",
    "ACCOUNT_TYPE_TINKOFF_IIS": "iis",
    "ACCOUNT_TYPE_INVEST_FUND": "fund",
    "ACCOUNT_TYPE_DEBIT": "debit",
    "ACCOUNT_TYPE_SAVING": "saving",
}
WITHOUT_PORTFOLIO = frozenset({"ACCOUNT_STATUS_NEW", "ACCOUNT_STATUS_CLOSED"})
NO_INVESTMENT = frozenset({"ACCOUNT_TYPE_DEBIT", "ACCOUNT_TYPE_SAVING"})
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


class AccountGone(Denied):
    """This account cannot be read (any more): closed, blocked, unknown or not open to the token."""


class Account(msgspec.Struct, frozen=True, rename="camel"):
    """One account of GetAccounts; kind, status and access may be unknown, and then it is asked for like others."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]
    type: str | int = UNSPECIFIED
    status: str | int = UNSPECIFIED
    access_level: str | int = UNSPECIFIED

    @property
    def is_usable(self) -> bool:
        """Whether it may have a portfolio that the token may read."""
        open_to_us = self.status not in WITHOUT_PORTFOLIO and self.access_level != "ACCOUNT_ACCESS_LEVEL_NO_ACCESS"
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
    def is_of_known_kind(self) -> bool:
        """Whether its kind is documented."""
        return self.type in WALLETS

    @property
    def wallet(self) -> str:
        """What kind of account it is, in a word."""
        return WALLETS.get(str(self.type), "other")


class Accounts(msgspec.Struct, frozen=True):
    """The answer of GetAccounts."""

    accounts: tuple[Account, ...]


class Money(msgspec.Struct, frozen=True):
    """A sum: whole units as text, billionths as a number of the same sign; what is zero or empty may be left out."""

    currency: str = ""
    units: Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,19}\Z")] = "0"
    nano: Annotated[int, msgspec.Meta(gt=-(10**9), lt=10**9)] = 0


class Portfolio(msgspec.Struct, frozen=True, rename="camel"):
    """The answer of GetPortfolio, as far as it is always read."""

    total_amount_portfolio: Money | None = None
    total_amount_dfa: Money | None = None
    account_id: str = ""


class Holdings(msgspec.Struct, frozen=True, rename="camel"):
    """The answer of GetPortfolio, as far as it settles a doubt: the totals that make up the portfolio's."""

    total_amount_shares: Money | None = None
    total_amount_bonds: Money | None = None
    total_amount_etf: Money | None = None
    total_amount_currencies: Money | None = None
    total_amount_futures: Money | None = None
    total_amount_options: Money | None = None
    total_amount_sp: Money | None = None
    positions: tuple[object, ...] = ()

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """The totals in roubles."""
        paper = (self.total_amount_shares, self.total_amount_bonds, self.total_amount_etf, self.total_amount_sp)
        others = (self.total_amount_currencies, self.total_amount_futures, self.total_amount_options)
        return tuple(_roubles(total) for total in (*paper, *others))


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


def read_portfolio(body: bytes, account_id: str, *, is_of_known_kind: bool = True) -> Decimal:
    """Read a portfolio's total.

    Args:
        body: The whole body of GetPortfolio's answer.
        account_id: Whose portfolio was asked for.
        is_of_known_kind: Whether the account's kind is documented; of another one, nothing that looks like a total may
            be passed over.

    Returns:
        Roubles, cash and debts included; negative where the debts are larger.

    Raises:
        Malformed: Not a portfolio, of another account, in another currency, no plain sum, or in doubt.
    """
    answer = read_json(body)
    portfolio = read_as(answer, Portfolio)
    if portfolio.account_id not in ("", account_id):
        raise Malformed(reasons.BAD_ANSWER, code="another account")
    if not is_of_known_kind:
        _refuse_strange_totals(answer)
    total, digital = portfolio.total_amount_portfolio, _roubles(portfolio.total_amount_dfa)
    if digital:
        return _with_digital_assets(_roubles(total), digital, read_as(answer, Holdings))
    if total is None:
        raise Malformed(reasons.BAD_ANSWER, code="no total")
    if not total.currency and not _roubles(total):
        _refuse_unless_empty(read_as(answer, Holdings))
    return _roubles(total)


def _roubles(money: Money | None) -> Decimal:
    """Return an amount in roubles, 0 for none; mixed signs, another currency or an absurd size are malformed."""
    if money is None:
        return Decimal(0)
    units, nano = int(money.units), money.nano
    if units * nano < 0 or (money.units.startswith("-") and nano > 0):
        raise Malformed(reasons.BAD_ANSWER, code="signs differ")
    amount = Decimal(units) + nano * NANO
    if money.currency.lower() != "rub" and (amount or money.currency):
        raise Malformed(reasons.BAD_ANSWER, code="not roubles")
    if abs(amount) >= AMOUNT_LIMIT:
        raise Malformed(reasons.BAD_ANSWER, code="out of bounds")
    return amount


def _with_digital_assets(total: Decimal, digital: Decimal, holdings: Holdings) -> Decimal:
    """Add the digital assets to a total that is made up without them; refuse one that is made up of something else."""
    others = sum(holdings.parts, Decimal(0))
    if total == others + digital:
        return total
    if total == others:
        return total + digital
    raise Malformed(reasons.BAD_ANSWER, code="total unlike its parts")


def _refuse_unless_empty(holdings: Holdings) -> None:
    """Refuse a sum without a currency, which may be no sum at all, unless there is nothing to sum up."""
    if any(holdings.parts) or holdings.positions:
        raise Malformed(reasons.BAD_ANSWER, code="total without currency")


def _refuse_strange_totals(answer: object) -> None:
    """Refuse a portfolio with a total of an unknown kind that is not zero."""
    known = {"totalAmountPortfolio", "totalAmountDfa"}
    known |= {field.encode_name for field in msgspec.structs.fields(Holdings)}
    for name, value in answer.items() if isinstance(answer, dict) else ():
        strange = str(name).startswith("totalAmount") and name not in known and value is not None
        if strange and _roubles(read_as(value, Money)):
            raise Malformed(reasons.BAD_ANSWER, code="a total of an unknown kind")


def refuse(status: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
    """Raise what a status other than 200 means.

    Args:
        status: The HTTP status.
        headers: The answer's headers, whatever their case.
        body: The whole body; may be empty or HTML.

    Raises:
        Busy: Too many requests, with the pause; or an outage.
        Denied: The token or the region; AccountGone for what may concern a single account.
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
    if code in PASSING:
        raise Busy(reasons.MAINTENANCE, code=code)
    if code in NOT_SERVED:
        raise Malformed(reasons.BAD_ANSWER, code=code)
    if status == 403 and code:
        raise AccountGone(reasons.NO_PERMISSION, code=code)
    if status == 403:
        raise Denied(reasons.WRONG_REGION, code="HTTP 403")
    refuse_status(status, headers)
    raise Malformed(reasons.BAD_ANSWER, code=code or f"HTTP {status}")


def _business_code(body: bytes) -> str:
    """Return the code of a refusal, empty where its body has none."""
    try:
        code = str(read_answer(body, Refusal).description)
    except Malformed:
        return ""
    return code if re.fullmatch("[0-9]{1,6}", code) else ""
