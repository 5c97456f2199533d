"""The pages of reports: to the letter, and for a phone."""

import html
from zoneinfo import ZoneInfo

import pytest

from bus.language import Language
from ledger.trading.flow.outcomes import Refused
from notifier.texts.line_wrap import fitted
from reports.page import Page
from reports.report import made
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.reports import report_page_cases
from tests.reports.report_cases import asked, execution, full, portfolio


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_golden_text(language: Language) -> None:
    said = report_page_cases.cases(language)

    assert in_one(said) == golden_file("report_pages", language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_fits_a_phone(language: Language) -> None:
    for page in report_page_cases.cases(language).values():
        check_limits(page)
        assert fitted(page).count("\n") == page.count("\n")  # no line is too long


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_many_symbols_counts_those_that_it_does_not_show(language: Language) -> None:
    page = Page(language, ZoneInfo("America/New_York")).report(full(500))

    check_limits(page)
    assert page.count("\n") < 70
    assert {"en": "and 3 more", "ru": "и ещё 3", "de": "und 3 weitere"}[language] in page


@pytest.mark.parametrize("name", ["<b>&amp;" * 25, "🚀" * 100, "שלום " * 40, "é" * 200])
def test_a_name_with_markup_or_of_any_length_is_shown_and_cut_in_tables(name: str) -> None:
    """Fault T40: names with markup, right to left, emoji, 200 characters."""
    found = (execution(1, symbol=name, strategy=name),)
    page = Page("en", ZoneInfo("Europe/Paris"))
    mine = asked(portfolio=portfolio(name))
    report = made(mine, found, paid={}, rejected=(Refused(code=name, count=1),))

    for told in (page.report(report), page.pnl(report, None), page.trades(mine.portfolio, found)):
        check_limits(told)
        assert html.escape(name.strip(), quote=False) in told
