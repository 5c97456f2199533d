"""What the pretend platforms truly held, and when: so that a chaos run can tell a wrong number from a true one.

Each round brings new amounts, each used once, with more digits than are shown. IBKR's statement changes once a day, so
its number stays; the three sources of the rate move together and stay within a percent.
"""

import random
import time
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from sandbox.control.client import Sandbox

IBKR_USD = Decimal("12345.67")
STEPS = {"tbank": Decimal(1), "bybit": Decimal("0.01"), "okx": Decimal("0.01"), "fx": Decimal("0.0001")}
_RANGES = {"tbank": (1_000_000, 1_400_000), "bybit": (4_500, 5_600), "okx": (3_500, 4_400), "fx": (92, 93)}


class Held(msgspec.Struct, kw_only=True):
    """An amount as shown, and the stretch of time in which it was true, seconds since 1970."""

    amount: Decimal
    since_s: float
    until_s: float = float("inf")


class Truth:
    """Sets the amounts, and remembers them."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        """Know IBKR's amount; the others come with the first change."""
        self._sandbox = sandbox
        self._chance = random.Random(seed)
        self._held: dict[str, list[Held]] = {name: [] for name in STEPS}
        self._held["ibkr"] = [Held(amount=IBKR_USD, since_s=0.0)]

    def change(self) -> None:
        """Give every platform a new amount."""
        tbank, bybit, okx, rate = (self._draw(name) for name in STEPS)
        whole, fraction = divmod(tbank, 1)
        total = {"units": str(int(whole)), "nano": int(fraction * 10**9)}
        self._set("tbank", tbank, ("tbank",), accounts=[{"id": "2000123456", "name": "one", "total": total}])
        self._set("bybit", bybit, ("bybit",), total_equity=str(bybit))
        self._set("okx", okx, ("okx",), total_usd=str(okx))
        self._set("fx", rate, ("cbr", "frankfurter", "erapi"), rate=str(rate))

    def was_held(self, source: str, amount: Decimal, *, since_s: float, until_s: float) -> bool:
        """Tell whether an amount was true at some moment of a stretch of time."""
        return any(
            held.amount == amount and held.since_s <= until_s and since_s <= held.until_s for held in self._held[source]
        )

    def when(self, source: str, amount: Decimal) -> str:
        """Say when an amount was true, for the report."""
        found = [held for held in self._held[source] if held.amount == amount]
        return f"held {found[0].since_s:.1f} to {found[0].until_s:.1f}" if found else "never held"

    def _draw(self, name: str) -> Decimal:
        low, high = _RANGES[name]
        while True:
            digits = 4 if name == "fx" else 3
            amount = Decimal(self._chance.randrange(low * 10**digits, high * 10**digits)).scaleb(-digits)
            if all(held.amount != _shown(name, amount) for held in self._held[name]):
                return amount

    def _set(self, source: str, amount: Decimal, services: tuple[str, ...], **state: object) -> None:
        began_s = time.time()
        for service in services:
            self._sandbox.set_state(service, **state)
        if self._held[source]:
            self._held[source][-1].until_s = time.time()
        self._held[source].append(Held(amount=_shown(source, amount), since_s=began_s))


def _shown(source: str, amount: Decimal) -> Decimal:
    return amount.quantize(STEPS[source], ROUND_HALF_UP)
