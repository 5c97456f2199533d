"""Everything that is told is told in every language, and names the same values in each."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import get_args

import msgspec
import pytest

from bus.language import LANGUAGES, Language, language_named
from execution.refusal import CODES
from execution.signals_desk.ending import BREACHES
from execution.texts import order_words, refusals, refusals_german
from ledger.trading import error_names, error_words, error_words_german, refusal_values
from notifier.texts import alerts
from notifier.texts.platforms import of_platforms
from notifier.texts.trading_numbers import NUMBERS
from notifier.trading.table import WITH_TRADING
from tests.test_layout import PRODUCT, ROOT, sources

FOLDERS = ("notifier/texts", "notifier/pages", "execution/texts")
ALSO = (
    "ledger/trading/refusal_values.py",
    "ledger/trading/venue_words.py",
    "notifier/charts/geometry.py",
    "notifier/charts/request.py",
    "reports/texts.py",
)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
WORDED_IN_GERMAN: tuple[tuple[Mapping[str, object], Mapping[str, str]], ...] = (
    (refusals.TEXTS, refusals_german.TEXTS),
    (refusal_values.UNKNOWNS["ru"], refusal_values.UNKNOWNS["de"]),
    (refusal_values.REASONS["ru"], refusal_values.REASONS["de"]),
    (error_words.REFUSALS, error_words_german.REFUSALS),
    (error_names.WHATS, error_words_german.WHATS),
    (error_names.NAMES, error_words_german.NAMES),
    (order_words.REASONS["ru"], order_words.REASONS["de"]),
    (alerts.REASONS["ru"], alerts.REASONS["de"]),
)
"""What is told in Russian by keys, and the same in German."""


def tables() -> Iterator[tuple[str, dict[Language, object]]]:
    """Yield every table of words by language: where it is, and itself."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.py"))]
    for path in (*files, *(ROOT / name for name in ALSO)):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, value in vars(module).items():
            if isinstance(value, dict) and set(value) & set(LANGUAGES):
                yield f"{module.__name__}.{name}", value


def texts_in(words: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of a language's words, with where in them it is."""
    if isinstance(words, str):
        yield at, words
        return
    named: Mapping[str, object] = {}
    if isinstance(words, msgspec.Struct):
        named = msgspec.structs.asdict(words)
    elif isinstance(words, Mapping):
        named = words
    elif isinstance(words, tuple):
        named = dict(zip(getattr(words, "_fields", map(str, range(len(words)))), words, strict=True))
    for name, value in named.items():
        yield from texts_in(value, f"{at}.{name}")


def names_in(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


TABLES = dict(tables())


def test_a_choice_by_language_is_a_table_of_all_of_them() -> None:
    lacking, compared = [], []
    for path in sources(*PRODUCT):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            keys = [key.value for key in getattr(node, "keys", []) if isinstance(key, ast.Constant)]
            if isinstance(node, ast.Dict) and "ru" in keys and set(keys) != set(LANGUAGES):
                lacking.append(where)
            if isinstance(node, ast.Compare) and {"ru", "de"} & {each.value for each in constants(node)}:
                compared.append(where)

    assert lacking == []
    assert compared == []


def constants(node: ast.Compare) -> list[ast.Constant]:
    """Return the words that something is compared with."""
    return [each for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_names_the_same_values_in_every_language(name: str) -> None:
    table = TABLES[name]
    texts = {language: dict(texts_in(table[language])) for language in LANGUAGES}
    english = {where: names_in(text) for where, text in texts["en"].items()}
    apart = [
        (language, where)
        for language in LANGUAGES
        for where, text in texts[language].items()
        if names_in(text) != english.get(where, names_in(text))
    ]

    assert set(table) == set(LANGUAGES)
    assert apart == []
    assert texts["ru"].keys() == texts["de"].keys() >= texts["en"].keys()


@pytest.mark.parametrize("name", TABLES)
def test_only_russian_is_in_russian_and_no_sentence_is_left_empty(name: str) -> None:
    table = TABLES[name]

    assert [text for language in ("en", "de") for _, text in texts_in(table[language]) if CYRILLIC.search(text)] == []
    assert [where for language in LANGUAGES for where, text in texts_in(table[language]) if not text.strip()] == []


@pytest.mark.parametrize(("russian", "german"), WORDED_IN_GERMAN)
def test_what_stands_in_a_german_file_of_its_own_is_all_there(
    russian: Mapping[str, object], german: Mapping[str, str]
) -> None:
    english = {key: getattr(words, "en", "") for key, words in russian.items()}

    assert list(german) == list(russian)
    assert [key for key, text in german.items() if not names_in(text) <= names_in(english[key])] == []
    assert [key for key, text in german.items() if not text or CYRILLIC.search(text)] == []


@pytest.mark.parametrize("code", refusals.TEXTS)
def test_a_german_refusal_shows_every_number(code: str) -> None:
    assert names_in(refusals_german.TEXTS[code]) == names_in(refusals.TEXTS[code].en)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_is_described_in_every_language_and_has_its_arguments_in_all_or_none(language: Language) -> None:
    named = [each for each in WITH_TRADING if each.arguments_ru or each.arguments_de]

    assert [each.name for each in WITH_TRADING if not each.described(language)] == []
    assert [each.name for each in named if not (each.arguments_ru and each.arguments_de)] == []


def test_the_numbers_of_every_broken_limit_have_names_in_every_language() -> None:
    numbers = {name for code in (*BREACHES, "MARKET_CLOSED", "NOT_KNOWN", "OPENING_EXPIRED") for name in CODES[code]}

    assert numbers - set(NUMBERS["ru"]) == numbers - set(NUMBERS["de"]) == set()


def test_what_is_said_of_a_platform_is_said_in_every_language() -> None:
    said = [each for words in of_platforms().values() for each in (*words.cures.values(), *words.advice)]

    assert said
    assert [each.en for each in said if not all(each.said(language) for language in LANGUAGES)] == []
    assert [each.de for each in said if CYRILLIC.search(each.de)] == []


def test_a_language_that_has_no_texts_is_answered_in_english() -> None:
    assert [language_named(name) for name in (*get_args(Language), "fr", "")] == [*LANGUAGES, "en", "en"]
