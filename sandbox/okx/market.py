"""What the pretend OKX tells of its markets and coins: enough for a client that loads them before it asks anything.

Follows OKX's documentation v5 (public-data/get-instruments, funding-account/get-currencies; read 2026-11). There is one
market of each kind.

Quirks of OKX that are kept: one shape for all kinds, in which "" means "does not apply"; a contract names its two coins
only in `uly`; options are told only for the underlying or the family that is asked for; a coin has a row for each
chain.
"""

import json

from sandbox.gateway import Refused
from sandbox.okx.account import Question

_SHAPE: dict[str, object] = json.loads("""{
  "alias": "", "auctionEndTime": "", "baseCcy": "", "category": "1", "contTdSwTime": "", "ctMult": "", "ctType": "",
  "ctVal": "", "ctValCcy": "", "expTime": "", "futureSettlement": false, "groupId": "1", "instFamily": "",
  "instId": "", "instIdCode": null, "instType": "", "lever": "", "listTime": "", "lotSz": "", "maxIcebergSz": "",
  "maxLmtAmt": "", "maxLmtSz": "", "maxMktAmt": "", "maxMktSz": "", "maxStopSz": "", "maxTriggerSz": "",
  "maxTwapSz": "", "minSz": "", "openType": "", "optType": "", "preMktSwTime": "", "quoteCcy": "",
  "ruleType": "normal", "settleCcy": "", "state": "live", "stk": "", "tickSz": "", "tradeQuoteCcyList": [], "uly": "",
  "upcChg": []
}""")
_SPOT: dict[str, object] = json.loads("""{
  "baseCcy": "BTC", "instId": "BTC-USDT", "instIdCode": 10461, "listTime": "1548133413000", "lotSz": "0.00000001",
  "maxIcebergSz": "9999999999.0000000000000000", "maxLmtAmt": "20000000", "maxLmtSz": "9999999999",
  "maxMktAmt": "1000000", "maxMktSz": "1000000", "maxStopSz": "1000000",
  "maxTriggerSz": "9999999999.0000000000000000", "maxTwapSz": "9999999999.0000000000000000", "minSz": "0.00001",
  "quoteCcy": "USDT", "tickSz": "0.1", "tradeQuoteCcyList": ["USDT"]
}""")
_SWAP: dict[str, object] = json.loads("""{
  "ctMult": "1", "ctType": "linear", "ctVal": "0.01", "ctValCcy": "BTC", "instFamily": "BTC-USDT",
  "instId": "BTC-USDT-SWAP", "instIdCode": 10459, "lever": "100", "listTime": "1611916828000", "lotSz": "0.01",
  "maxIcebergSz": "100000000.0000000000000000", "maxLmtAmt": "20000000", "maxLmtSz": "100000000",
  "maxMktSz": "12000", "maxStopSz": "12000", "maxTriggerSz": "100000000.0000000000000000",
  "maxTwapSz": "100000000.0000000000000000", "minSz": "0.01", "settleCcy": "USDT", "tickSz": "0.1", "uly": "BTC-USDT"
}""")
_FUTURES: dict[str, object] = json.loads("""{
  "alias": "third_quarter", "ctMult": "1", "ctType": "inverse", "ctVal": "100", "ctValCcy": "USD",
  "expTime": "1813910400000", "instFamily": "BTC-USD", "instId": "BTC-USD-270625", "instIdCode": 20713,
  "lever": "20", "listTime": "1782460800000", "lotSz": "1", "maxIcebergSz": "1000000.0000000000000000",
  "maxLmtAmt": "20000000", "maxLmtSz": "1000000", "maxMktSz": "5000", "maxStopSz": "5000",
  "maxTriggerSz": "1000000.0000000000000000", "maxTwapSz": "1000000.0000000000000000", "minSz": "1",
  "settleCcy": "BTC", "tickSz": "0.1", "uly": "BTC-USD"
}""")
_OPTION: dict[str, object] = json.loads("""{
  "ctMult": "0.01", "ctVal": "1", "ctValCcy": "BTC", "expTime": "1813910400000", "instFamily": "BTC-USD",
  "instId": "BTC-USD-270625-70000-P", "instIdCode": 31877, "listTime": "1782460800000", "lotSz": "1",
  "maxIcebergSz": "1000000.0000000000000000", "maxLmtAmt": "20000000", "maxLmtSz": "5000", "maxMktSz": "5000",
  "maxStopSz": "5000", "maxTriggerSz": "5000", "maxTwapSz": "5000", "minSz": "1", "optType": "P", "settleCcy": "BTC",
  "stk": "70000", "tickSz": "0.0001", "uly": "BTC-USD"
}""")
_INSTRUMENTS = {
    kind: _SHAPE | {"instType": kind} | own
    for kind, own in {
        "SPOT": _SPOT,
        "MARGIN": _SPOT | {"lever": "10", "uly": "BTC-USDT", "instFamily": "BTC-USDT"},
        "SWAP": _SWAP,
        "FUTURES": _FUTURES,
        "OPTION": _OPTION,
    }.items()
}
_CURRENCY: dict[str, object] = json.loads("""{
  "burningFeeRate": "", "canDep": true, "canInternal": true, "canWd": true, "ccy": "", "chain": "", "ctAddr": "",
  "depEstOpenTime": "", "depQuotaFixed": "", "depQuoteDailyLayer2": "", "fee": "", "logoLink": "", "mainNet": true,
  "maxFee": "", "maxFeeForCtAddr": "", "maxWd": "500", "minDep": "0.0005", "minDepArrivalConfirm": "1", "minFee": "",
  "minFeeForCtAddr": "", "minInternal": "0.0001", "minWd": "0.0005", "minWdUnlockConfirm": "2", "name": "",
  "needTag": false, "usedDepQuotaFixed": "", "usedWdQuota": "0", "wdEstOpenTime": "", "wdQuota": "10000000",
  "wdTickSz": "8"
}""")
_CURRENCIES = [
    _CURRENCY | own
    for own in (
        {"ccy": "BTC", "chain": "BTC-Bitcoin", "name": "Bitcoin", "fee": "0.00005"},
        {"ccy": "USDT", "chain": "USDT-TRC20", "name": "Tether", "fee": "1.5", "mainNet": False, "wdTickSz": "6"},
        {"ccy": "USDT", "chain": "USDT-ERC20", "name": "Tether", "fee": "3", "mainNet": False, "wdTickSz": "6"},
    )
]


def instruments(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/public/instruments."""
    asked = question.asked
    kind = asked.get("instType", "")
    if not kind:
        raise Refused("50014", "Parameter instType can not be empty.")
    if kind not in _INSTRUMENTS:
        raise Refused("51000", "Parameter instType error")
    if kind == "OPTION" and not (asked.get("uly") or asked.get("instFamily")):
        raise Refused("50015")
    row = _INSTRUMENTS[kind]
    return [row] if all(asked.get(name, "") in ("", row[name]) for name in ("uly", "instFamily", "instId")) else []


def currencies(question: Question) -> list[dict[str, object]]:
    """Answer GET /api/v5/asset/currencies."""
    wanted = [name for name in question.asked.get("ccy", "").split(",") if name]
    return [row for row in _CURRENCIES if not wanted or row["ccy"] in wanted]
