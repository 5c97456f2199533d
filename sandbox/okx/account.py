"""What the pretend OKX knows of its one user, and the rows that it tells about it; no HTTP here.

Follows OKX's documentation v5 (get-balance, get-balances, get-asset-valuation, get-account-configuration;
read 2026-11).

Quirks of OKX that are kept: amounts are strings, "" means "does not apply"; the valuation is in BTC unless `ccy` says
otherwise, and its parts need not add up; Funding has no row for a coin that is not held, and none at all when empty.
"""

import json
from collections.abc import Mapping
from datetime import datetime

import msgspec

from sandbox.gateway import Refused, without_none

API_KEY = "00000000-0000-4000-8000-sandbox00000"
API_SECRET = "OKXSECRET0123456789ABCDEF"
PASSPHRASE = "sandbox-Passphrase 1"
USER_ID = "44705892343619584"
_CURRENCIES = (
    *("BTC", "USDT", "USD", "CNY", "JPY", "KRW", "RUB", "EUR", "VND", "IDR", "INR"),
    *("PHP", "THB", "TRY", "AUD", "SGD", "ARS", "SAR", "AED", "IQD"),
)
_CONFIG: dict[str, object] = json.loads("""{
  "acctLv": "2", "acctStpMode": "cancel_maker", "autoLoan": false, "ctIsoMode": "automatic",
  "enableSpotBorrow": false, "greeksType": "PA", "ip": "", "type": "0", "kycLv": "2", "label": "balances",
  "level": "Lv1", "levelTmp": "", "liquidationGear": "-1", "mainUid": "44705892343619584",
  "mgnIsoMode": "automatic", "opAuth": "0", "perm": "", "posMode": "net_mode", "roleType": "0",
  "settleCcy": "USDT", "settleCcyList": ["USDT"], "spotBorrowAutoRepay": false, "spotOffsetType": "",
  "spotRoleType": "0", "spotTraderInsts": [], "stgyType": "0", "traderInsts": [],
  "uid": "44705892343619584", "feeType": "0"
}""")
_BALANCE: dict[str, object] = json.loads("""{
  "adjEq": "", "availEq": "", "borrowFroz": "", "delta": "", "deltaLever": "", "deltaNeutralStatus": "0",
  "details": [], "imr": "", "isoEq": "0", "mgnRatio": "", "mmr": "", "notionalUsd": "",
  "notionalUsdForBorrow": "", "notionalUsdForFutures": "", "notionalUsdForOption": "",
  "notionalUsdForSwap": "", "ordFroz": "", "totalEq": "0", "uTime": "", "upl": ""
}""")
_BALANCE_COIN: dict[str, object] = json.loads("""{
  "accAvgPx": "", "autoLendMtAmt": "0", "autoLendStatus": "off", "availBal": "0", "availEq": "0",
  "borrowFroz": "", "cashBal": "0", "ccy": "", "clSpotInUseAmt": "", "colBorrAutoConversion": "0",
  "colRes": "0", "collateralEnabled": false, "collateralRestrict": false, "crossLiab": "", "disEq": "0",
  "eq": "0", "eqUsd": "0", "fixedBal": "0", "frozenBal": "0", "frpType": "0", "imr": "", "interest": "",
  "isoEq": "0", "isoLiab": "", "isoUpl": "0", "liab": "", "maxLoan": "", "maxSpotInUse": "",
  "mgnRatio": "", "mmr": "", "notionalLever": "0", "openAvgPx": "", "ordFrozen": "0", "rewardBal": "0",
  "smtSyncEq": "0", "spotBal": "", "spotCopyTradingEq": "0", "spotInUseAmt": "", "spotIsoBal": "0",
  "spotUpl": "", "spotUplRatio": "", "stgyEq": "0", "totalPnl": "", "totalPnlRatio": "", "twap": "0",
  "uTime": "", "upl": "0", "uplLiab": ""
}""")


class Coin(msgspec.Struct):
    """One coin and its value in USD; amounts as OKX writes them."""

    ccy: str
    amount: str
    usd_value: str


class Limit(msgspec.Struct):
    """How many requests a path takes within a span of time."""

    requests: int
    span_s: float


class State(msgspec.Struct):
    """What the pretend OKX knows; every field may be changed while it runs.

    Attributes:
        trading: The coins of the trading account.
        funding: The coins of the funding account.
        limits: Path to its limit.
        valuation_in: The whole account's worth in currencies other than USD.
        valuation_parts: The valuation's `details`; nothing keeps them equal to the total.
        perm: The key's rights: read_only, trade and withdraw, with commas between.
        ip: The key's bound addresses, with commas between, "" for none.
        client_ip: The address that requests seem to come from.
        key_kind: "live" or "demo"; the header x-simulated-trading has to match.
        wrong_region: The host of another region, which knows no key of this one.
        total_usd: The valuation's headline, `totalBal`; None leaves it out.
        total_eq: The trading account's equity in USD; None leaves it out.
        empty_paths: Paths whose `data` is an empty list.
        omitted: JSON keys that every row leaves out.
        nulled: JSON keys that are null in every row.
    """

    trading: list[Coin]
    funding: list[Coin]
    limits: dict[str, Limit]
    valuation_in: dict[str, str]
    valuation_parts: dict[str, str]
    api_key: str = API_KEY
    api_secret: str = API_SECRET
    passphrase: str = PASSPHRASE
    perm: str = "read_only"
    ip: str = "203.0.113.7"
    client_ip: str = "203.0.113.7"
    key_kind: str = "live"
    wrong_region: bool = False
    total_usd: str | None = "3901.23"
    total_eq: str | None = "3549.54"
    empty_paths: list[str] = []
    omitted: list[str] = []
    nulled: list[str] = []


class Question(msgspec.Struct, frozen=True):
    """One accepted request: the state, its query or JSON body, and the server's clock."""

    state: State
    asked: Mapping[str, str]
    now: datetime

    @property
    def now_ms(self) -> str:
        """The server's clock as OKX writes it: Unix milliseconds in a string."""
        return str(int(self.now.timestamp() * 1000))


def seed() -> State:
    """Build the state at the start: 3,901.23 USD in all, 3,549.54 of them in trading, behind a read-only key."""
    return State(
        trading=[Coin("USDT", "2851.62", "2851.27"), Coin("BTC", "0.01042", "698.27")],
        funding=[Coin("USDT", "250.5", "250.44")],
        limits={
            "/api/v5/public/time": Limit(10, 2),
            "/api/v5/public/instruments": Limit(20, 2),
            "/api/v5/asset/currencies": Limit(6, 1),
            "/api/v5/account/balance": Limit(10, 2),
            "/api/v5/account/config": Limit(5, 2),
            "/api/v5/asset/balances": Limit(6, 1),
            "/api/v5/asset/asset-valuation": Limit(1, 1),
            "/api/v5/asset/transfer": Limit(2, 1),
        },
        valuation_in={"BTC": "0.05822731", "USDT": "3901.71", "RUB": "360161.55", "EUR": "3362.85"},
        valuation_parts={"classic": "0", "earn": "101.25", "funding": "250.44", "trading": "3549.54"},
    )


def server_time(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/public/time."""
    return [{"ts": question.now_ms}]


def config(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/account/config."""
    return [_CONFIG | {"ip": question.state.ip, "perm": question.state.perm}]


def balance(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/account/balance: the trading account alone."""
    wanted = _names(question)
    details = [
        _BALANCE_COIN
        | dict.fromkeys(("availBal", "availEq", "cashBal", "eq"), coin.amount)
        | {"ccy": coin.ccy, "disEq": coin.usd_value, "eqUsd": coin.usd_value, "uTime": question.now_ms}
        for coin in question.state.trading
        if not wanted or coin.ccy in wanted
    ]
    row = _BALANCE | {"details": details, "totalEq": question.state.total_eq, "uTime": question.now_ms}
    return [without_none(row)]


def funding(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/asset/balances: rows only for coins that are held."""
    wanted = _names(question)
    return [
        {"availBal": coin.amount, "bal": coin.amount, "ccy": coin.ccy, "frozenBal": "0"}
        for coin in question.state.funding
        if coin.amount != "0" and (not wanted or coin.ccy in wanted)
    ]


def valuation(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/asset/asset-valuation: the whole account, in BTC by default."""
    state = question.state
    if state.key_kind == "demo":
        raise Refused("50038")
    currency = question.asked.get("ccy") or "BTC"
    if currency not in _CURRENCIES:
        raise Refused("51000", "Parameter ccy error")
    total = state.total_usd if currency == "USD" else state.valuation_in.get(currency, "0")
    row: dict[str, object] = {"details": state.valuation_parts, "totalBal": total, "ts": question.now_ms}
    return [without_none(row)]


def transfer(question: Question) -> list[dict[str, object]]:
    """Answer POST /api/v5/asset/transfer; it exists so that a test can show that nobody called it."""
    if "trade" not in question.state.perm.split(","):
        raise Refused("50120")
    asked = question.asked
    for name in ("ccy", "amt", "from", "to"):
        if not asked.get(name):
            raise Refused("50014", f"Parameter {name} can not be empty.")
    return [
        {
            "amt": asked["amt"],
            "ccy": asked["ccy"],
            "clientId": asked.get("clientId", ""),
            "from": asked["from"],
            "to": asked["to"],
            "transId": "754147",
        }
    ]


def _names(question: Question) -> list[str]:
    return [name for name in question.asked.get("ccy", "").split(",") if name]
