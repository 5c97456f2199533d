"""What the pretend T-Invest knows of its one user, and the answers that it gives about him; no HTTP here.

Follows T-Invest's contracts (users.proto, operations.proto, common.proto, v1.43; read 2026-11) in their REST mapping.

Quirks of T-Invest that are kept: int64 is a string and nano a number; `units` may be "-0" beside a negative nano;
closed accounts are listed, and asking for their portfolio is an error; a token for one account may list the others
without access; an unset time is 1970, an unset MoneyValue has an empty currency; currency codes are in small letters.
Digital assets (DFA) are counted in a total of their own, beside or in place of the portfolio's, as public trackers read
it: the documentation does not say. Fields that are zero may be left out, as the JSON of proto3 allows.
"""

import json
from decimal import Decimal

import msgspec

from sandbox.gateway import Refused

TOKEN = "t." + ("sandbox-" * 11)[:86]
_SHARE: dict[str, object] = json.loads("""{
  "figi": "BBG004730N88", "instrumentType": "share", "quantity": {"units": "500", "nano": 0},
  "averagePositionPrice": {"currency": "rub", "units": "271", "nano": 400000000},
  "expectedYield": {"units": "16600", "nano": 500000000}, "averagePositionPricePt": {"units": "0",
  "nano": 0}, "currentPrice": {"currency": "rub", "units": "304", "nano": 601000000},
  "averagePositionPriceFifo": {"currency": "rub", "units": "271", "nano": 400000000},
  "quantityLots": {"units": "50", "nano": 0}, "blocked": false, "blockedLots": {"units": "0", "nano": 0},
  "positionUid": "41eb2102-5333-4713-bf15-72b204c4bf7b",
  "instrumentUid": "e6123145-9665-43e0-8413-cd61b8aa9b13", "varMargin": {"currency": "", "units": "0",
  "nano": 0}, "expectedYieldFifo": {"units": "16600", "nano": 500000000},
  "dailyYield": {"currency": "rub", "units": "-310", "nano": 0}, "ticker": "SBER", "classCode": "TQBR"
}""")
_ROUBLES: dict[str, object] = json.loads("""{
  "figi": "RUB000UTSTOM", "instrumentType": "currency", "quantity": {"units": "10412", "nano": 330000000},
  "averagePositionPrice": {"currency": "rub", "units": "1", "nano": 0}, "expectedYield": {"units": "0",
  "nano": 0}, "averagePositionPricePt": {"units": "0", "nano": 0}, "currentPrice": {"currency": "rub",
  "units": "1", "nano": 0}, "averagePositionPriceFifo": {"currency": "rub", "units": "1", "nano": 0},
  "quantityLots": {"units": "10412", "nano": 330000000}, "blocked": false, "blockedLots": {"units": "0",
  "nano": 0}, "positionUid": "33e24a92-aab0-409c-88b8-f2d57415b920",
  "instrumentUid": "a92e2e25-a698-45cc-a781-167cf465257c", "varMargin": {"currency": "", "units": "0",
  "nano": 0}, "expectedYieldFifo": {"units": "0", "nano": 0}, "dailyYield": {"currency": "", "units": "0",
  "nano": 0}, "ticker": "RUB000UTSTOM", "classCode": "CETS"
}""")
_PORTFOLIO: dict[str, object] = json.loads("""{
  "totalAmountShares": {}, "totalAmountBonds": {"currency": "rub", "units": "0", "nano": 0},
  "totalAmountEtf": {"currency": "rub", "units": "0", "nano": 0}, "totalAmountCurrencies": {},
  "totalAmountFutures": {"currency": "rub", "units": "0", "nano": 0}, "expectedYield": {"units": "-2",
  "nano": -170000000}, "positions": [], "accountId": "", "totalAmountOptions": {"currency": "rub",
  "units": "0", "nano": 0}, "totalAmountSp": {"currency": "rub", "units": "0", "nano": 0},
  "totalAmountPortfolio": {}, "virtualPositions": [], "dailyYield": {"currency": "rub", "units": "-310",
  "nano": 0}, "dailyYieldRelative": {"units": "0", "nano": -150000000}
}""")
_PERSON: dict[str, object] = json.loads("""{
  "premStatus": false, "qualStatus": false, "qualifiedForWorkWith": ["derivative"], "tariff": "investor",
  "userId": "8f1c2c1e-6d2b-4b1c-9a53-0d6c1f6f3a11", "riskLevelCode": "medium"
}""")
_SHARES_HELD = 500
_NANO = 10**9


class Money(msgspec.Struct, frozen=True):
    """A sum as T-Invest writes it; `units` is free text so that any wire value can be played."""

    units: str
    nano: int = 0

    @property
    def amount(self) -> Decimal:
        """The sum as a number.

        Raises:
            decimal.InvalidOperation: `units` is not a number.
        """
        return Decimal(self.units) + Decimal(self.nano) / _NANO


class Account(msgspec.Struct, kw_only=True):
    """One account.

    Attributes:
        id: Its number.
        name: What its owner calls it.
        kind: The ending of ACCOUNT_TYPE_: TINKOFF, TINKOFF_IIS, INVEST_BOX, INVEST_FUND, DEBIT, SAVING, UNSPECIFIED, or
            one that is in no documentation yet: DFA.
        status: The ending of ACCOUNT_STATUS_: NEW, OPEN, CLOSED, UNSPECIFIED.
        access: The ending of ACCOUNT_ACCESS_LEVEL_: FULL_ACCESS, READ_ONLY, NO_ACCESS, UNSPECIFIED.
        total: The portfolio's total in roubles, None leaves it out. Nothing keeps it equal to shares and cash.
        shares: What the one share position is worth.
        cash: The roubles.
        dfa: The total of its digital assets in roubles, None leaves it out.
        failure: A business code that its portfolio is refused with ("30082" while it is blocked), "" for none.
    """

    id: str
    name: str = "Брокерский счёт"
    kind: str = "TINKOFF"
    status: str = "OPEN"
    access: str = "READ_ONLY"
    total: Money | None = Money("0")
    shares: Money = Money("0")
    cash: Money = Money("0")
    dfa: Money | None = None
    failure: str = ""


class State(msgspec.Struct):
    """What the pretend T-Invest knows; every field may be changed while it runs.

    Attributes:
        accounts: All accounts of the user, as GetAccounts lists them.
        limits_per_minute: Service to its requests a minute; they count for all tokens together.
        roubles_for: What one unit of USD and EUR costs when a portfolio is asked for in them.
        token: The one token that is known.
        description_is_number: The business code of an error is a number, as the OpenAPI says, not text, as it is live.
        omitted: JSON keys that every answer leaves out.
        nulled: JSON keys that are null in every answer.
        zeros_omitted: Leave out what has its default: 0, "0", "", false, empty lists, unspecified kinds.
    """

    accounts: list[Account]
    limits_per_minute: dict[str, int]
    roubles_for: dict[str, str]
    token: str = TOKEN
    description_is_number: bool = False
    omitted: list[str] = []
    nulled: list[str] = []
    zeros_omitted: bool = False


class Asked(msgspec.Struct, rename="camel"):
    """The fields of a request's body that anything here looks at."""

    account_id: str = ""
    currency: str = "RUB"
    status: str = "ACCOUNT_STATUS_ALL"


def seed() -> State:
    """Build the state at the start: 1,234,567 RUB in two open accounts, one closed account, a read-only token."""
    broker = Account(
        id="2000123456",
        total=Money("1034567"),
        shares=Money("900000", 500_000_000),
        cash=Money("134566", 500_000_000),
    )
    savings = Account(id="2000654321", name="ИИС", kind="TINKOFF_IIS", total=Money("200000"), shares=Money("200000"))
    closed = Account(id="2000111222", name="Старый счёт", status="CLOSED")
    return State(
        accounts=[broker, savings, closed],
        limits_per_minute={"UsersService": 300, "OperationsService": 300, "OrdersService": 300},
        roubles_for={"USD": "92.32", "EUR": "100.10"},
    )


def accounts(state: State, asked: Asked) -> dict[str, object]:
    """Answer UsersService/GetAccounts."""
    wanted = asked.status.removeprefix("ACCOUNT_STATUS_")
    return {
        "accounts": [
            _account(account) for account in state.accounts if wanted in ("ALL", "UNSPECIFIED", account.status)
        ]
    }


def person(_state: State, _asked: Asked) -> dict[str, object]:
    """Answer UsersService/GetInfo."""
    return _PERSON


def portfolio(state: State, asked: Asked) -> dict[str, object]:
    """Answer OperationsService/GetPortfolio."""
    account = _reachable(state, asked)
    if account.status == "CLOSED":
        raise Refused("30081")
    if asked.currency != "RUB" and asked.currency not in state.roubles_for:
        raise Refused("30102")
    parts = {"totalAmountShares": account.shares, "totalAmountCurrencies": account.cash}
    row = _PORTFOLIO | {name: _in_currency(part, state, asked.currency) for name, part in parts.items()}
    for name in ("Bonds", "Etf", "Futures", "Options", "Sp"):
        row[f"totalAmount{name}"] = _money(Money("0"), asked.currency)
    row |= {"accountId": account.id, "positions": _positions(account)}
    if account.dfa is not None:
        row["totalAmountDfa"] = _in_currency(account.dfa, state, asked.currency)
    if account.total is None:
        del row["totalAmountPortfolio"]
        return row
    return row | {"totalAmountPortfolio": _in_currency(account.total, state, asked.currency)}


def without_defaults(answer: object) -> object:
    """Leave out of an answer what proto3's JSON may leave out; a message without any field stays, as {}."""
    if isinstance(answer, list):
        return [without_defaults(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    slim = {name: without_defaults(value) for name, value in answer.items()}
    return {name: value for name, value in slim.items() if isinstance(value, dict) or not _is_default(value)}


def _is_default(value: object) -> bool:
    return value in (0, "0", "", []) or (isinstance(value, str) and value.endswith("_UNSPECIFIED"))


def post_order(state: State, asked: Asked) -> dict[str, object]:
    """Answer OrdersService/PostOrder; it exists so that a test can show that nobody called it."""
    account = _reachable(state, asked)
    if account.access != "FULL_ACCESS":
        raise Refused("40002")
    return {"orderId": "53019374021", "executionReportStatus": "EXECUTION_REPORT_STATUS_NEW"}


def _reachable(state: State, asked: Asked) -> Account:
    if not asked.account_id:
        raise Refused("30021")
    account = next((account for account in state.accounts if account.id == asked.account_id), None)
    if account is None or account.kind == "INVEST_BOX":
        raise Refused("50004")
    if account.failure:
        raise Refused(account.failure)
    if account.access == "NO_ACCESS":
        raise Refused("40002")
    return account


def _account(account: Account) -> dict[str, object]:
    closed = account.status == "CLOSED"
    return {
        "id": account.id,
        "type": f"ACCOUNT_TYPE_{account.kind}",
        "name": account.name,
        "status": f"ACCOUNT_STATUS_{account.status}",
        "openedDate": "2020-07-15T00:00:00Z",
        "closedDate": "2024-02-01T00:00:00Z" if closed else "1970-01-01T00:00:00Z",
        "accessLevel": f"ACCOUNT_ACCESS_LEVEL_{account.access}",
    }


def _positions(account: Account) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    if account.shares.amount:
        price = _of(account.shares.amount / _SHARES_HELD)
        rows.append(_SHARE | {"currentPrice": _money(price, "RUB")})
    if account.cash.amount:
        held = {"units": account.cash.units, "nano": account.cash.nano}
        rows.append(_ROUBLES | {"quantity": held, "quantityLots": held})
    return rows


def _in_currency(money: Money, state: State, currency: str) -> dict[str, object]:
    if currency == "RUB":
        return _money(money, currency)
    return _money(_of(money.amount / Decimal(state.roubles_for[currency])), currency)


def _of(amount: Decimal) -> Money:
    nanos = int(amount * _NANO)
    sign = -1 if nanos < 0 else 1
    return Money(str(sign * (abs(nanos) // _NANO)), sign * (abs(nanos) % _NANO))


def _money(money: Money, currency: str) -> dict[str, object]:
    return {"currency": currency.lower(), "units": money.units, "nano": money.nano}
