"""The file of days, to the byte; what is read from it, what is refused, and that nobody ever reads half of it."""

import json
import stat
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.portfolio.history import Day
from ledger.portfolio.history_file import BadHistory, parse, path_beside, render, write
from tests.disks import mounted

TODAY = date(2026, 2, 23)
DAYS = (
    Day(day=date(2025, 12, 31), usd=Decimal("-0.004"), rub=Decimal("0")),
    Day(day=date(2026, 2, 22), usd=Decimal("34619.59"), rub=Decimal("3196081"), mark="≈", round_id="one"),
    Day(day=TODAY, usd=Decimal("42500"), rub=Decimal("3932500"), round_id="two"),
)
GOLDEN = b"""{
  "31-12-2025": {"USD": 0.00, "RUB": 0.00},
  "22-02-2026": {"USD": 34619.59, "RUB": 3196081.00},
  "23-02-2026": {"USD": 42500.00, "RUB": 3932500.00}
}
"""
GOOD = '{"USD": 1, "RUB": 90}'


def fault(text: str) -> str:
    """Return what is said of a text that is refused."""
    with pytest.raises(BadHistory) as error:
        parse(text.encode(), today=TODAY)
    return str(error.value)


def test_the_file_has_a_day_a_line_and_two_decimals() -> None:
    assert render(DAYS) == GOLDEN
    assert json.loads(render(DAYS))["23-02-2026"] == {"USD": 42500.00, "RUB": 3932500.00}


def test_what_is_read_has_neither_mark_nor_round_and_is_in_order() -> None:
    found = parse(
        b'{"23-02-2026": {"RUB": 3932500, "USD": 42500.0}, "01-12-2025": {"USD": 1e3, "RUB": 9E4}}', today=TODAY
    )

    assert found == (
        Day(day=date(2025, 12, 1), usd=Decimal(1000), rub=Decimal(90000)),
        Day(day=TODAY, usd=Decimal(42500), rub=Decimal(3932500)),
    )


MONEY = st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=2)


@given(amounts=st.dictionaries(st.dates(date(1900, 1, 1), TODAY), st.tuples(MONEY, MONEY)))
def test_what_was_written_is_read_back_to_the_cent(amounts: dict[date, tuple[Decimal, Decimal]]) -> None:
    days = tuple(Day(day=day, usd=usd, rub=rub) for day, (usd, rub) in sorted(amounts.items()))

    assert parse(render(days), today=TODAY) == days


@pytest.mark.parametrize(
    ("said", "kept"),
    [("0.1", "0.10"), ("2.675", "2.68"), ("-2.675", "-2.68"), ("999999999999999", "999999999999999.00")],
)
def test_amounts_are_never_floats(said: str, kept: str) -> None:
    (day,) = parse(f'{{"23-02-2026": {{"USD": {said}, "RUB": 1}}}}'.encode(), today=TODAY)

    assert f"{day.usd}" == kept


@pytest.mark.parametrize("key", ["2026-02-22", "1-2-2026", "30-02-2026", "22-02-26", "", "٢٢-02-2026", "01-01-0026"])
def test_a_wrong_date_is_named(key: str) -> None:
    assert fault(f'{{"{key}": {GOOD}}}') == f"{key}: is no day; write dd-mm-yyyy"


def test_a_day_in_the_future_is_refused_and_today_is_not() -> None:
    assert fault(f'{{"24-02-2026": {GOOD}}}') == "24-02-2026: is in the future, today is 23-02-2026"
    assert len(parse(f'{{"23-02-2026": {GOOD}}}'.encode(), today=TODAY)) == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{"USD": "1", "RUB": 90}', "USD is not a number"),
        ('{"USD": 1, "RUB": null}', "RUB is not a number"),
        ('{"USD": true, "RUB": 90}', "USD is not a number"),
        ('{"USD": 1, "RUB": [90]}', "RUB is not a number"),
        ('{"USD": 1e15, "RUB": 90}', "USD is too large"),
        ('{"USD": 1, "RUB": -1e999999}', "RUB is too large"),
        ('{"USD": 1}', "has no RUB"),
        ("{}", "has no USD"),
        ('{"USD": 1, "RUB": 90, "EUR": 1}', "has an unknown key EUR; only USD and RUB are known"),
        ('{"USD": 1, "USD": 1, "RUB": 90}', "has USD twice"),
        ("42500", "must be an object with USD and RUB"),
        ("[1, 90]", "must be an object with USD and RUB"),
    ],
)
def test_a_wrong_day_is_named_with_what_is_wrong(value: str, said: str) -> None:
    assert fault(f'{{"01-02-2026": {GOOD}, "02-02-2026": {value}}}') == f"02-02-2026: {said}"


def test_a_day_that_comes_twice_is_refused() -> None:
    assert fault(f'{{"01-02-2026": {GOOD}, "01-02-2026": {GOOD}}}') == "01-02-2026: comes twice"


def test_negative_amounts_are_read_for_an_account_can_owe() -> None:
    assert parse(b'{"01-02-2026": {"USD": -1.5, "RUB": -135}}', today=TODAY)[0].usd == Decimal("-1.50")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused_by_its_name(constant: str) -> None:
    assert fault(f'{{"01-02-2026": {{"USD": {constant}, "RUB": 1}}}}') == f"it holds {constant}, which is not a number"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is not JSON: Expecting value in line 1"),
        ("USD;RUB", "it is not JSON: Expecting value in line 1"),
        (
            f'{{\n"01-02-2026": {GOOD},\n}}',
            "it is not JSON: Expecting property name enclosed in double quotes in line 3",
        ),
        ("[" * 100_000, "it is not a history of days"),
        ('{"01-02-2026": {"USD": 1e99999999999999999999, "RUB": 1}}', "it is not a history of days"),
    ],
)
def test_what_is_no_json_is_refused(text: str, said: str) -> None:
    assert fault(text) == said


def test_what_is_no_object_or_no_text_is_refused() -> None:
    assert fault("[]").startswith("it must be one object of days, such as")
    with pytest.raises(BadHistory, match="not UTF-8"):
        parse(b"\xff\xfe\x00", today=TODAY)


def test_the_first_faults_are_named_and_the_others_counted() -> None:
    said = fault("{" + ", ".join(f'"{number}": {GOOD}' for number in range(13)) + "}").splitlines()

    assert len(said) == 11
    assert (said[0], said[-1]) == ("0: is no day; write dd-mm-yyyy", "and 3 more")


def test_the_file_is_for_its_owner_alone_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "data" / "portfolio_history.json"
    write(path, b"old")
    write(path, GOLDEN)

    assert path.read_bytes() == GOLDEN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "portfolio_history.json"
    whole = {size: b"x" * size for size in (1_000_000, 2_000_000)}
    write(path, whole[1_000_000])
    seen: set[int] = set()
    done = threading.Event()

    def read_on() -> None:
        while not done.is_set():
            seen.add(len(path.read_bytes()))

    reader = threading.Thread(target=read_on)
    reader.start()
    for _ in range(20):
        for content in whole.values():
            write(path, content)
    done.set()
    reader.join()

    assert seen
    assert seen <= set(whole)


def test_a_full_disk_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    with mounted(tmp_path) as disk:
        path = tmp_path / "portfolio_history.json"
        write(path, GOLDEN)
        disk.fill()
        with pytest.raises(OSError, match="No space"):
            write(path, GOLDEN * 1000)
        left = path.read_bytes(), sorted(each.name for each in tmp_path.iterdir())

    assert left == (GOLDEN, ["filler", "portfolio_history.json"])


def test_the_file_lies_beside_the_ledger() -> None:
    assert path_beside("sqlite:///elsewhere/portfolio.db") == Path("elsewhere/portfolio_history.json")
    assert path_beside("postgresql+psycopg://bot@127.0.0.1/bot") == Path("data/portfolio_history.json")
