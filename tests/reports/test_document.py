"""The report as a PDF: a real child draws it; what is written in it is read back."""

import asyncio
import re
import subprocess
import sys
import zlib
from decimal import Decimal

import pytest
from msgspec.structs import replace

from bus.drawing_child import NotDrawn
from bus.language import Language
from ledger.trading.flow.outcomes import Refused
from reports import printing
from reports.printing import Printed, printed_pdf
from reports.report import Held, Report, made
from tests.notifier.golden_texts import LANGUAGES
from tests.reports.report_cases import asked, execution, full, many, portfolio

HELD = tuple(
    Held(symbol=f"SYMBOL{number}", quantity=Decimal(number), average_price=Decimal("1.5"), currency="USD")
    for number in range(1, 21)
)


def drawn(report: Report, language: Language = "en") -> bytes:
    """Return a report as a child draws it."""
    return asyncio.run(printed_pdf(Printed(report=report, language=language, timezone="Europe/Paris")))


def streams(pdf: bytes) -> list[bytes]:
    """Return the streams of a PDF, decompressed."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(each) if each[:1] == b"x" else each for each in found]


def pages(pdf: bytes) -> int:
    """Count the pages of a PDF."""
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def text_of(pdf: bytes) -> str:
    """Return what is written in a PDF, one text after another, by the tables of its fonts.

    Both fonts are used for letters of the same numbers here and there: a text is read by each font's table, one of
    which is right.
    """
    unpacked = streams(pdf)
    tables = []
    for each in unpacked:
        if b"beginbfchar" in each:
            pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", each)
            tables.append({int(code, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs})
    told = []
    for each in unpacked:
        for written in re.findall(rb"\(((?:\\.|[^\\()])*)\) ?Tj", each, re.DOTALL):
            plain = re.sub(rb"\\(.)", lambda sign: {b"r": b"\r", b"n": b"\n"}.get(sign[1], sign[1]), written)
            codes = [int.from_bytes(plain[at : at + 2]) for at in range(0, len(plain), 2)]
            told += ["".join(table.get(code, "?") for code in codes) for table in tables]
    return "\n".join(told)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_five_hundred_executions_are_two_pages_and_what_is_cut_is_counted(language: Language) -> None:
    rejected = tuple(Refused(code=f"CODE_{number}", count=number) for number in range(1, 15))
    report = replace(made(asked(), many(500), paid={"USDT": Decimal(-1)}, rejected=rejected), held=HELD)
    pdf = drawn(report, language)
    told = text_of(pdf)

    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 2
    assert len(pdf) < 100_000
    assert {"en": "and 12 more", "ru": "и ещё 12", "de": "und 12 weitere"}[language] in told
    assert {"en": "Page 2 of", "ru": "Страница 2 из", "de": "Seite 2 von"}[language] in told
    assert {"AAPL", "Основной <ä>", "PAPER", "CODE_1", "SYMBOL1"} <= set(told.split("\n"))


def test_a_name_of_any_letters_and_lengths_breaks_nothing() -> None:
    """Fault T40: names with markup, long ones, emoji, in a document."""
    named = asked(portfolio=portfolio("Ёлки <b> 🚀 漢字 שלום \n Größe " * 20, is_live=True))
    strange = execution(symbol="\ud7ff" * 60, strategy="(\\)" * 40, realized=Decimal("-1e15"))
    pdf = drawn(made(named, (strange,), paid={}))
    told = text_of(pdf)

    assert pages(pdf) == 1
    assert "LIVE" in told
    assert "-1,000,000,000,000,000.00" in told
    assert "Ёлки" in told
    assert "…" in told


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    "report",
    [
        made(asked(), (), paid={}),
        made(asked(0), (execution(),), paid={}),
        made(asked(30), (), paid={"USDT": Decimal(-1)}),
        made(asked(30), (), paid={}, rejected=(Refused(code="CASH", count=1),)),
        made(asked(), (execution(fee=None, fee_currency=None),), paid={}),
        full(2),
    ],
)
def test_a_report_of_little_is_one_page(report: Report) -> None:
    assert pages(drawn(report)) == 1


def test_the_program_refuses_what_it_cannot_draw_in_one_line() -> None:
    answer = subprocess.run(printing.COMMAND, input=b"[]", capture_output=True, check=False)
    wrong = Printed(report=full(2), language="en", timezone="Nowhere/City")

    assert answer.returncode != 0
    assert answer.stdout == b""
    assert len(answer.stderr.splitlines()) == 1
    with pytest.raises(NotDrawn, match=r"^ZoneInfoNotFoundError: .*Nowhere/City"):
        asyncio.run(printed_pdf(wrong))


def test_a_child_that_takes_too_long_or_draws_nothing_is_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = Printed(report=full(2), language="en", timezone="Europe/Paris")
    monkeypatch.setattr(printing, "COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    with pytest.raises(NotDrawn, match="nothing drawn within 1 s"):
        asyncio.run(printed_pdf(asked_for, within_s=0.6))
    monkeypatch.setattr(printing, "COMMAND", (sys.executable, "-c", "print('x' * 9_000_000)"))
    with pytest.raises(NotDrawn, match="ended with 0"):
        asyncio.run(printed_pdf(asked_for))


def test_drawing_leaves_no_library_in_the_caller() -> None:
    program = "import reports.printing, reports.telling, reports.csv_file, sys; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in answer.stdout.split()}

    assert not loaded & {"fpdf", "matplotlib", "numpy", "PIL", "fontTools"}
