"""The pages about people and places, to the letter, on a phone."""

import pytest

from bus.language import Language
from notifier.texts.line_wrap import fitted
from tests.notifier.golden_texts import LANGUAGES, check_limits, golden_file, in_one
from tests.notifier.trading import people_page_cases


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_golden_text(language: Language) -> None:
    said = people_page_cases.cases(language)

    assert in_one(said) == golden_file("people_pages", language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_fits_a_phone(language: Language) -> None:
    for page in people_page_cases.cases(language).values():
        check_limits(page)
        assert fitted(page).count("\n") - page.count("\n") <= 3  # why a venue is away may be long
