from string import Formatter
from typing import get_args

import pytest

from bus.language import LANGUAGES, Language
from execution.refusal import CODES, Refusal, Unknown, not_known, refuse
from execution.texts.refusals import TEXTS, render
from ledger.trading.refusal_values import UNKNOWNS
from tests.execution.values import D


def names_in(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_has_its_words() -> None:
    assert set(TEXTS) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_name_the_same_values_and_only_those_that_the_code_is_given(code: str) -> None:
    words = TEXTS[code]

    assert names_in(words.en) == names_in(words.ru)
    assert names_in(words.en) <= set(CODES[code])


@pytest.mark.parametrize("code", CODES)
def test_every_number_that_a_refusal_carries_is_shown(code: str) -> None:
    hidden = set(CODES[code]) - names_in(TEXTS[code].en)

    assert hidden <= {"of"}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_can_be_said(code: str, language: Language) -> None:
    values = dict.fromkeys(CODES[code], "1")
    if code == "NOT_KNOWN":
        values["what"] = "quote"

    text = render(Refusal(code, values), language)

    assert text
    assert "{" not in text.replace("{{timenow}}", "")
    assert text.endswith(".")


@pytest.mark.parametrize("language", ["ru", "de"])
def test_everything_that_may_not_be_known_has_a_name(language: Language) -> None:
    assert set(UNKNOWNS[language]) == set(get_args(Unknown))


def test_what_is_not_known_is_named_with_what_it_is_of() -> None:
    refusal = not_known("fresh quote", "AAPL")

    assert render(refusal, "en").startswith("Not known: fresh quote AAPL.")
    assert render(refusal, "ru").startswith("Неизвестно: свежая котировка AAPL.")
    assert render(refusal, "de").startswith("Nicht bekannt: aktueller Kurs AAPL.")


def test_our_own_reasons_are_translated_and_those_of_brokers_stay() -> None:
    ours = refuse("ACCOUNT_OFF", account="Main", reason="it is archived")
    theirs = refuse("BROKER_LOST", broker="IBKR", reason="the Gateway is closed")

    assert render(ours, "ru").startswith("Счёт Main не торгует: он в архиве.")
    assert render(ours, "de").startswith("Das Konto Main handelt nicht: es ist archiviert.")
    assert render(theirs, "de").startswith("IBKR ist nicht verbunden: the Gateway is closed.")


def test_a_long_number_is_rounded_and_marked() -> None:
    refusal = refuse("MAX_DAILY_LOSS", loss=D("1.23456789123"), limit=D("1.5"), currency="USD")

    assert "≈1.23456789 USD" in render(refusal, "en")


def test_braces_in_a_value_stay_what_they_are() -> None:
    assert "{limit}" in render(refuse("KILLED", reason="{limit}"), "en")
