"""Every page of the chat, case by case: to the letter in every language, and within a phone's and Telegram's limits."""

import pytest

from bus.language import Language
from tests.notifier.golden_texts import LANGUAGES, PAGES, check_limits, golden_file, in_one


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_exactly_what_it_said_when_it_was_last_read(name: str, language: Language) -> None:
    assert in_one(PAGES[name].cases(language)) == golden_file(name, language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_case_fits_a_telephone_and_a_message(name: str, language: Language) -> None:
    for text in PAGES[name].cases(language).values():
        check_limits(text)
