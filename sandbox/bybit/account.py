"""What the pretend Bybit knows of its one user, and the results that it tells about it; no HTTP here.

Follows Bybit's documentation v5 (wallet-balance, asset-overview, all-balance, apikey-info, account-info; read 2026-11).

Quirks of Bybit that are kept: every amount is a string and may be "" or negative; the trading account's call leaves out
Funding and Earn; Earn has `categories` where other accounts have `coinDetail`; zero coins are left out of the trading
account, but not of Funding; an isolated-margin account has no risk figures; a read-only key still lists write-sounding
permissions.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from sandbox.gateway import Refused, without_none

API_KEY = "bybitKey0123456789"
API_SECRET = "bybitSecret0123456789abcdefABCDEF"
USER_ID = 1448939
_KEY: dict[str, object] = json.loads("""{
  "id": "2208369", "note": "balances", "apiKey": "", "readOnly": 1, "secret": "", "permissions": {},
  "ips": [], "type": 1, "deadlineDay": -2, "expiredAt": "1970-01-01T00:00:00Z", "createdAt":
  "2026-05-13T03:20:45Z", "unified": 0, "uta": 1, "userID": 1448939, "inviterID": 0, "vipLevel": "No VIP",
  "mktMakerLevel": "0", "affiliateID": 0, "rsaPublicKey": "", "isMaster": true, "parentUid": "0",
  "kycLevel": "LEVEL_1", "kycRegion": "KAZ", "userIDInt64": "0", "inviterIDInt64": "0",
  "affiliateIDInt64": "0"
}""")
_SCOPES: dict[str, list[str]] = json.loads("""{
  "ContractTrade": [], "Spot": [], "Wallet": [], "Options": [], "Derivatives": [], "CopyTrading": [],
  "BlockTrade": [], "Exchange": [], "NFT": [], "Affiliate": [], "Earn": [], "FiatP2P": [],
  "FiatConvertBroker": [], "FiatGlobalPay": [], "FiatBitPay": [], "BitCard": [], "ByXPost": []
}""")
_WALLET: dict[str, object] = json.loads("""{
  "totalEquity": "0", "accountIMRate": "0", "accountIMRateByMp": "0", "totalMarginBalance": "0",
  "totalInitialMargin": "0", "totalInitialMarginByMp": "0", "accountType": "UNIFIED",
  "totalAvailableBalance": "0", "accountMMRate": "0", "accountMMRateByMp": "0", "totalPerpUPL": "0",
  "totalWalletBalance": "0", "accountLTV": "0", "totalMaintenanceMargin": "0",
  "totalMaintenanceMarginByMp": "0", "coin": []
}""")
_BLANK_WHEN_ISOLATED: dict[str, object] = json.loads("""{
  "accountIMRate": "", "totalMarginBalance": "", "totalInitialMargin": "", "totalAvailableBalance": "",
  "accountMMRate": "", "accountLTV": "", "totalMaintenanceMargin": ""
}""")
_WALLET_COIN: dict[str, object] = json.loads("""{
  "availableToBorrow": "", "bonus": "0", "accruedInterest": "0", "availableToWithdraw": "",
  "totalOrderIM": "0", "equity": "0", "totalPositionMM": "0", "usdValue": "0", "spotHedgingQty": "0",
  "unrealisedPnl": "0", "collateralSwitch": true, "borrowAmount": "0", "totalPositionIM": "0",
  "walletBalance": "0", "cumRealisedPnl": "0", "locked": "0", "marginCollateral": true, "coin": "",
  "spotBorrow": "0", "colRes": "0"
}""")


class Coin(msgspec.Struct):
    """One coin of an account; amounts as Bybit writes them."""

    coin: str
    equity: str
    usd_value: str


class Account(msgspec.Struct):
    """One account of the overview; `category` gives it the shape that Earn has, None leaves the total out."""

    account_type: str
    total_equity: str | None
    coins: list[Coin]
    category: str = ""


class State(msgspec.Struct):
    """What the pretend Bybit knows; every field may be changed while it runs.

    Attributes:
        accounts: What the overview consists of; the trading and funding calls show the same accounts.
        permissions: The key's scopes; the funding balance needs one in "Wallet".
        limits_per_s: Requests a second of each path.
        ips: The key's bound addresses, ["*"] for none.
        read_only: 1 for a key that can only read, 0 for one that can trade.
        client_ip: The address that requests seem to come from.
        expired: Whether the key's life is over.
        days_left: The remaining life of an unbound key.
        asset_overview_served: False plays a regional or demo host, which answers `overview_refusal`.
        overview_refusal: A retCode, or 404.
        total_equity: The overview's headline in USD; None leaves it out. Nothing keeps it equal to the accounts' sum.
        isolated_margin: Blanks the fields that an isolated-margin account does not have.
        wallet_listed: False makes the trading account's list empty.
        omitted: JSON keys that every result leaves out.
        nulled: JSON keys that are null in every result.
    """

    accounts: list[Account]
    permissions: dict[str, list[str]]
    limits_per_s: dict[str, int]
    ips: list[str]
    api_key: str = API_KEY
    api_secret: str = API_SECRET
    read_only: int = 1
    client_ip: str = "203.0.113.7"
    expired: bool = False
    days_left: int = 62
    asset_overview_served: bool = True
    overview_refusal: str = "10032"
    total_equity: str | None = "5000.00"
    isolated_margin: bool = False
    wallet_listed: bool = True
    omitted: list[str] = []
    nulled: list[str] = []


class Question(msgspec.Struct, frozen=True):
    """One accepted request: the state, its query, and the server's clock."""

    state: State
    query: Mapping[str, str]
    now: datetime


def seed() -> State:
    """Build the state at the start: 5,000.00 USD in three accounts, behind a read-only key."""
    trading = [Coin("USDT", "3060.61240000", "3059.38"), Coin("BTC", "0.01031", "690.62")]
    funding = [Coin("USDT", "1000.40", "1000.00"), Coin("BTC", "0", "0")]
    return State(
        accounts=[
            Account("UnifiedTradingAccount", "3750.00", trading),
            Account("FundingAccount", "1000.00", funding),
            Account("Earn", "250.00", [Coin("USDT", "250.10", "250.00")], "Easy Earn"),
        ],
        permissions={
            "ContractTrade": ["Order", "Position"],
            "Spot": ["SpotTrade"],
            "Wallet": ["AccountTransfer"],
            "Derivatives": ["DerivativesTrade"],
        },
        limits_per_s={
            "/v5/account/wallet-balance": 50,
            "/v5/asset/asset-overview": 50,
            "/v5/asset/transfer/query-account-coins-balance": 5,
            "/v5/user/query-api": 10,
            "/v5/order/create": 10,
        },
        ips=["203.0.113.7"],
    )


def server_time(question: Question) -> dict[str, object]:
    """Answer GET /v5/market/time."""
    nanoseconds = int(question.now.timestamp()) * 10**9 + question.now.microsecond * 1000
    return {"timeSecond": str(nanoseconds // 10**9), "timeNano": str(nanoseconds)}


def key(question: Question) -> dict[str, object]:
    """Answer GET /v5/user/query-api."""
    state = question.state
    changed: dict[str, object] = {
        "apiKey": state.api_key,
        "readOnly": state.read_only,
        "permissions": _SCOPES | state.permissions,
        "ips": state.ips,
    }
    if "*" in state.ips:
        dies_at = question.now + timedelta(days=state.days_left)
        changed |= {"deadlineDay": state.days_left, "expiredAt": f"{dies_at:%Y-%m-%dT%H:%M:%SZ}"}
    return _KEY | changed


def info(question: Question) -> dict[str, object]:
    """Answer GET /v5/account/info: a unified trading account 2.0."""
    return {
        "marginMode": "ISOLATED_MARGIN" if question.state.isolated_margin else "REGULAR_MARGIN",
        "updatedTime": "1778642445000",
        "unifiedMarginStatus": 5,
        "dcpStatus": "OFF",
        "timeWindow": 10,
        "smpGroup": 0,
        "isMasterTrader": False,
        "spotHedgingStatus": "OFF",
    }


def overview(question: Question) -> dict[str, object]:
    """Answer GET /v5/asset/asset-overview."""
    state = question.state
    if not state.asset_overview_served:
        raise Refused(state.overview_refusal)
    wanted = question.query.get("accountType", "")
    snapshot_ms = str(int(question.now.timestamp() * 1000) - 15_392)
    rows = [_overview_row(account, snapshot_ms) for account in state.accounts if wanted in ("", account.account_type)]
    return without_none({"totalEquity": state.total_equity, "list": rows})


def wallet(question: Question) -> dict[str, object]:
    """Answer GET /v5/account/wallet-balance: the unified trading account alone."""
    if question.query.get("accountType") != "UNIFIED":
        raise Refused("10001", "accountType only support UNIFIED.")
    trading = _account(question.state, "UnifiedTradingAccount")
    if trading is None or not question.state.wallet_listed:
        return {"list": []}
    asked = [name for name in question.query.get("coin", "").split(",") if name]
    held_coins = [coin for coin in trading.coins if coin.equity != "0"]
    held = trading.total_equity or "0"
    row = _WALLET | {
        "totalEquity": trading.total_equity,
        "totalMarginBalance": held,
        "totalAvailableBalance": held,
        "totalWalletBalance": held,
        "coin": [_wallet_coin(coin) for coin in held_coins if not asked or coin.coin in asked],
    }
    if question.state.isolated_margin:
        row |= _BLANK_WHEN_ISOLATED
    return {"list": [without_none(row)]}


def funding(question: Question) -> dict[str, object]:
    """Answer GET /v5/asset/transfer/query-account-coins-balance; it tells no values in USD."""
    kind, asked = question.query.get("accountType", ""), question.query.get("coin", "")
    name = {"FUND": "FundingAccount", "UNIFIED": "UnifiedTradingAccount"}.get(kind)
    if name is None or (kind == "UNIFIED" and not asked):
        raise Refused("10001", "params error: coin is required" if name else "params error: accountType")
    if not {"AccountTransfer", "SubMemberTransfer"} & set(question.state.permissions.get("Wallet", [])):
        raise Refused("10005")
    account = _account(question.state, name)
    bonus = "0" if question.query.get("withBonus") == "1" else ""
    rows = [
        {"coin": coin.coin, "transferBalance": coin.equity, "walletBalance": coin.equity, "bonus": bonus}
        for coin in (account.coins if account else [])
        if not asked or coin.coin in asked.split(",")
    ]
    return {"memberId": str(USER_ID), "accountType": kind, "balance": rows}


def order(question: Question) -> dict[str, object]:
    """Answer POST /v5/order/create; it exists so that a test can show that nobody called it."""
    if question.state.read_only:
        raise Refused("10005")
    return {"orderId": "1321003749386327552", "orderLinkId": "sandbox"}


def _account(state: State, account_type: str) -> Account | None:
    return next((account for account in state.accounts if account.account_type == account_type), None)


def _overview_row(account: Account, snapshot_ms: str) -> dict[str, object]:
    coins = [{"equity": coin.equity, "coin": coin.coin} for coin in account.coins]
    row = without_none(
        {
            "totalEquity": account.total_equity,
            "valuationCurrency": "USD",
            "accountType": account.account_type,
            "snapshotTime": snapshot_ms,
        }
    )
    if not account.category:
        return row | {"coinDetail": coins}
    part = without_none({"coinDetail": coins, "category": account.category, "equity": account.total_equity})
    return row | {"categories": [part]}


def _wallet_coin(coin: Coin) -> dict[str, object]:
    amounts = {"equity": coin.equity, "usdValue": coin.usd_value, "walletBalance": coin.equity}
    return _WALLET_COIN | amounts | {"coin": coin.coin}
