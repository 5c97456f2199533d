"""Every set of failed sources, with and without last known values: golden texts, and rules that need none.

The rules read the printed message back and compute again with Decimal, by the wording of the specification and not by
the code under test.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages.rounds import Balance, Rate
from notifier.texts.message import render
from tests.golden_messages import (
    GOLDEN,
    LAST_AT,
    LAST_RATE,
    PLATFORMS,
    RATE,
    VIEW,
    Case,
    balance,
    cases,
    close,
    failure,
)
from tests.golden_messages import snapshot as snapshot_of

NAMES = {"tbank": "T\u2011Bank", "ibkr": "IBKR", "bybit": "Bybit", "okx": "OKX"}
NUMBER = r"-?\$?[\d,]+(?:\.\d\d)?"


def golden() -> dict[str, str]:
    """Return the golden texts by their headings."""
    sections = re.split(r"^(?=## )", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {section.split("\n", 1)[0]: section.split("\n", 1)[1].rstrip("\n") for section in sections}


TEXTS = golden()


class Printed(msgspec.Struct):
    """What a message says, read back: shown amounts by platform name, and each total as (mark, amount)."""

    amounts: dict[str, Decimal]
    crypto: tuple[str, Decimal | None]
    usd: tuple[str, Decimal | None]
    rub: tuple[str, Decimal | None]
    rate: Decimal | None


def number(text: str) -> Decimal:
    """Read a printed number."""
    return Decimal(text.replace("$", "").replace(",", ""))


def total(text: str, start: str) -> tuple[str, Decimal | None]:
    """Read the mark and the number behind the start of a line."""
    found = re.search(rf"^{re.escape(start)}: (?:([≈≥]) )?({NUMBER}|ERROR)", text, flags=re.MULTILINE)
    if found is None:
        pytest.fail(f"no line {start!r} in:\n{text}")
    mark, amount = found[1] or "", found[2]
    return ("ERROR", None) if amount == "ERROR" else (mark, number(amount))


def read_back(text: str) -> Printed:
    """Read a message."""
    places = {
        "tbank": "^T\u2011Bank \\(RUB\\): ",
        "ibkr": r"^IBKR NLV \(USD\): ",
        "bybit": r"^Crypto .*?Bybit:? ",
        "okx": r"^Crypto .*?OKX:? ",
    }
    amounts = {}
    for name, place in places.items():
        plain = re.search(rf"{place}({NUMBER})", text, flags=re.MULTILINE)
        last = re.search(rf"{place}[^|\]\n]*?last ({NUMBER})", text, flags=re.MULTILINE)
        found = plain or last
        if found:
            amounts[name] = number(found[1])
    rate = re.search(r"rate: ([\d.]+) RUB/USD", text)
    return Printed(
        amounts=amounts,
        crypto=total(text, "Crypto (USD)"),
        usd=total(text, "TOTAL (USD)"),
        rub=total(text, "TOTAL (RUB)"),
        rate=Decimal(rate[1]) if rate else None,
    )


def expected_mark(*, failed: set[str], known: set[str], of: set[str]) -> str:
    """Say by the specification which mark a sum over these platforms carries."""
    if of <= failed:
        return "ERROR"
    if (failed & of) - known:
        return "≥"
    return "≈" if failed & of else ""


def check_sums(text: str) -> None:
    """Assert that the printed numbers add up to the printed sums, as printed."""
    said = read_back(text)
    dollars = sum((said.amounts[name] for name in ("ibkr", "bybit", "okx") if name in said.amounts), Decimal(0))
    roubles = said.amounts.get("tbank", Decimal(0))
    crypto = sum((said.amounts[name] for name in ("bybit", "okx") if name in said.amounts), Decimal(0))

    assert said.crypto[1] in (None, crypto)

    if said.usd[1] is not None and said.rub[1] is not None:
        assert said.rate is not None
        assert said.usd[1] == (dollars + roubles / said.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert said.rub[1] == (roubles + dollars * said.rate).quantize(Decimal(1), ROUND_HALF_UP)


def check_marks(text: str, *, failed: set[str], known: set[str]) -> None:
    """Assert that each sum carries the mark of what is in it, and that whatever failed is named."""
    said, platforms = read_back(text), set(NAMES)
    mark = expected_mark(failed=failed, known=known, of=platforms)
    if "fx" in failed - known:
        mark = "ERROR"

    assert said.usd[0] == said.rub[0] == mark
    assert said.crypto[0] == expected_mark(failed=failed, known=known, of={"bybit", "okx"})
    assert ("STALE" in text) == ("fx" in failed and mark != "ERROR")
    assert ("All sources failed in this run" in text) == (platforms <= failed)
    assert text.count("all sources failed") == (2 if platforms <= failed else 0)
    assert text.count("FX unavailable") == (2 if "fx" in failed - known and not platforms <= failed else 0)

    usd_line = next(line for line in text.splitlines() if line.startswith("TOTAL (USD)"))
    for name, label in NAMES.items():
        assert (label in usd_line) == (name in failed and mark != "ERROR")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_every_set_of_failed_sources_has_its_golden_text(case: Case) -> None:
    text = render(snapshot_of(case), VIEW)

    assert text == TEXTS[case.title]


def test_the_golden_file_has_all_64_cases_and_no_other() -> None:
    assert list(TEXTS) == [case.title for case in cases()]
    assert len(TEXTS) == 64


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_golden_texts_add_up_and_are_marked_by_the_specification(case: Case) -> None:
    """Fault I4."""
    failed = set(case.failed)

    check_sums(TEXTS[case.title])
    check_marks(TEXTS[case.title], failed=failed, known=failed if case.known else set())


AMOUNTS = st.decimals("-99999999", "99999999", places=5)


@given(
    amounts=st.fixed_dictionaries(dict.fromkeys(NAMES, AMOUNTS)),
    rate=st.decimals("20", "500", places=6),
    failed=st.sets(st.sampled_from([*NAMES, "fx"])),
    known=st.sets(st.sampled_from([*NAMES, "fx"])),
)
def test_whatever_the_numbers_are_and_whoever_failed_the_message_adds_up_and_is_marked(
    amounts: dict[str, Decimal], rate: Decimal, failed: set[str], known: set[str]
) -> None:
    """Faults 45 and I4."""
    said = [
        failure(platform.name) if platform.name in failed else balance(platform, str(amounts[platform.name]))
        for platform in PLATFORMS
    ]
    rate_said = failure("fx") if "fx" in failed else msgspec.structs.replace(RATE, rate=rate)
    last: dict[str, Balance] = {
        platform.name: balance(platform, str(amounts[platform.name] / 3), fetched_at=LAST_AT)
        for platform in PLATFORMS
        if platform.name in known
    }
    last_rate: Rate | None = LAST_RATE if "fx" in known else None
    text = render(close([*said, rate_said], known=last, known_rate=last_rate), VIEW)

    check_sums(text)
    check_marks(text, failed=failed, known=known)
