"""A file of executions: read as a whole, or refused with the lines that are wrong and what to write there."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admin.fills_csv import MOST_FAULTS, NEEDED, OPTIONAL, BadFile, Line, read
from ledger.trading.books.records import Fill
from ledger.trading.instruments import NewInstrument

RIGHT = {
    "exec_time": "2026-03-02T16:00:00+01:00",
    "symbol": "BTC-USDT",
    "asset_type": "CRYPTO",
    "currency": "USDT",
    "side": "BUY",
    "quantity": "0.05",
    "price": "65000",
    "broker_trade_id": "1001",
}
MORE = {
    "exchange": "OKX",
    "base_currency": "BTC",
    "multiplier": "1",
    "fee": "-0.25",
    "fee_currency": "USDT",
    "execution": "e-1",
    "revision": "2",
    "strategy": "trend",
}


def read_text(text: str) -> tuple[Line, ...]:
    """Read a file's text, as a file gives its lines."""
    return read(io.StringIO(text, newline=""))


def file_with(**cells: str) -> str:
    """Return a file with one execution, some cells of which are others."""
    row = RIGHT | cells
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


def refusal(text: str) -> str:
    """Return why a file is refused."""
    with pytest.raises(BadFile) as caught:
        read_text(text)
    return str(caught.value)


def test_the_columns_that_are_needed_are_enough() -> None:
    (line,) = read_text(file_with())

    assert line == Line(
        number=2,
        instrument=NewInstrument(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT"),
        fill=Fill(
            broker_trade_id="1001",
            side="BUY",
            quantity=Decimal("0.05"),
            price=Decimal(65000),
            exec_time=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
        ),
        strategy=None,
    )


def test_every_column_that_may_be_there_is_read() -> None:
    (line,) = read_text(file_with(**MORE))

    assert set(RIGHT) == set(NEEDED)
    assert set(MORE) == set(OPTIONAL)
    assert (line.instrument.exchange, line.instrument.base_currency, line.strategy) == ("OKX", "BTC", "trend")
    assert (line.fill.fee, line.fill.fee_currency) == (Decimal("-0.25"), "USDT")
    assert (line.fill.execution, line.fill.revision) == ("e-1", 2)


def test_an_empty_cell_of_a_column_that_may_be_there_is_as_if_the_column_were_not() -> None:
    assert read_text(file_with(**dict.fromkeys(MORE, " "))) == read_text(file_with())


def test_words_and_sides_may_be_small_and_cells_may_have_spaces_around() -> None:
    text = file_with(side=" buy ", asset_type="crypto", price=" 65000").replace("exec_time", " exec_time ")

    assert read_text(text) == read_text(file_with())


def test_windows_line_ends_quotes_and_empty_lines_change_nothing_but_the_numbers_of_lines() -> None:
    plain = file_with()
    (line,) = read_text(plain.replace("\n", "\r\n\r\n").replace("1001", '"1001"'))

    assert line.number == 3
    assert line.fill == read_text(plain)[0].fill


def test_a_file_with_its_first_line_alone_has_no_executions() -> None:
    assert read_text(",".join(NEEDED) + "\n") == ()


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", f"the first line lacks {', '.join(NEEDED)}; it names the columns"),
        (",".join(NEEDED[1:]), "the first line lacks exec_time; it names the columns"),
        (";".join(NEEDED), "the columns are separated by semicolons; separate them by commas"),
        (",".join([*NEEDED, "price"]), "a column stands there twice"),
        (
            ",".join([*NEEDED, "comission", "note"]),
            f"there is no column comission, note; there may be: {', '.join(NEEDED + OPTIONAL)}",
        ),
    ],
)
def test_a_wrong_first_line_is_refused_with_the_right_columns(head: str, reason: str) -> None:
    assert refusal(f"{head}\n") == reason


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        *((name, " ", f"{name} is empty") for name in NEEDED),
        *(
            ("exec_time", moment, f"exec_time is '{moment}'; write it with its zone: 2026-03-02T15:00:00Z")
            for moment in ("2026-03-02T15:00:00", "yesterday", "1772463600", "0001-01-01T00:00:00+10:00")
        ),
        ("asset_type", "SHARE", "asset_type is 'SHARE'; write one of CRYPTO, EQUITY, FUTURE, FOREX, ETF"),
        ("side", "B", "side is 'B'; write one of BUY, SELL"),
        *(
            ("quantity", number, f"quantity is '{number}'; write a number like 1234.5")
            for number in ("1e3", "NaN", "ten", "1_000", "1 000", "٣", ".5", "$5")
        ),
        ("price", "0.1234567890123456789", "price: 0.1234567890123456789 has more than 18 places"),
        ("price", "1" * 21, "price: 1.111e+20 has more than 20 digits before the point"),
        ("multiplier", "x", "multiplier is 'x'; write a number like 1234.5"),
        ("fee", "free", "fee is 'free'; write a number like 1234.5"),
        *(
            ("revision", number, f"revision is '{number}'; write 0, or 1 and more for a correction")
            for number in ("1.5", "-1", "9999999999")
        ),
        *(
            (
                name,
                "US dollars",
                f"{name}: a currency is 2 to 8 capital letters or digits, such as USD; not 'US dollars'",
            )
            for name in ("currency", "base_currency", "fee_currency")
        ),
        ("symbol", "A\x00B", "symbol has signs that nobody sees, or a line break"),
        ("strategy", '"a\nb"', "strategy has signs that nobody sees, or a line break"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_what_to_write(column: str, cell: str, reason: str) -> None:
    last = 3 if "\n" in cell else 2

    assert refusal(file_with(**{column: cell})) == f"line {last}: {reason}"


def test_a_line_that_is_cut_off_or_has_too_much_is_named() -> None:
    whole = file_with()

    assert refusal(whole[:-20]).startswith("line 2: it has 5 cells, the first line has 8\n")
    assert refusal(f"{whole}1,2\n") == "line 3: it has 2 cells, the first line has 8"
    assert refusal(whole.replace("1001", "1,234.5,1001")) == "line 2: it has 10 cells, the first line has 8"


def test_a_last_cell_that_may_be_cut_off_is_refused_since_it_may_look_right() -> None:
    reason = "line 2: it may be cut off; if the file is whole, end it with a line break"

    assert [refusal(file_with()[:-length]) for length in (1, 2, 3)] == [reason] * 3


@pytest.mark.parametrize("text", ['"', f'{",".join(NEEDED)}\n"x', f'{",".join(NEEDED)}\n"x"y,1\n'])
def test_a_quote_without_its_other_is_named_with_its_line(text: str) -> None:
    assert refusal(text).startswith(f"line {len(text.splitlines())}: ")


def test_the_first_wrong_lines_are_named_and_the_rest_counted() -> None:
    head, line, _ = file_with(side="X").split("\n")
    said = refusal("\n".join([head, *[line] * (MOST_FAULTS + 5), ""])).splitlines()

    assert [each.partition(":")[0] for each in said[:-1]] == [f"line {number}" for number in range(2, MOST_FAULTS + 2)]
    assert said[-1] == "… and 5 more"


CELLS = st.text() | st.sampled_from([*RIGHT.values(), *MORE.values(), '"', "", "0001-01-01T00:00:00+10:00", "\ud800"])


def is_read_or_refused(text: str) -> bool:
    """Tell that a text is executions with moments in UTC, or a bad file whose text says why."""
    try:
        return all(line.fill.exec_time.tzinfo is UTC for line in read_text(text))
    except BadFile as error:
        return bool(str(error))


@given(st.text() | st.lists(CELLS, max_size=30).map(lambda cells: f"{','.join(NEEDED)}\n{','.join(cells)}\n"))
def test_any_text_is_executions_or_a_bad_file(text: str) -> None:
    assert is_read_or_refused(text)


@given(st.fixed_dictionaries(dict.fromkeys(NEEDED, CELLS), optional=dict.fromkeys(OPTIONAL, CELLS)))
def test_any_cells_are_an_execution_or_a_bad_file(cells: dict[str, str]) -> None:
    assert is_read_or_refused(file_with(**cells))
