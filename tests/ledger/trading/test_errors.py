"""What services refuse with: every code has words in every language, and what a chat may cause has a code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from bus.language import LANGUAGES, Language
from ledger.trading import error_words_german, errors
from ledger.trading.error_names import WHATS
from ledger.trading.error_words import NOT_FOUND, REFUSALS
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken, TradingError

HERE = Path(errors.__file__).parent
BY_CHATS = (
    "principal",
    "words",
    "configuration",
    "instruments",
    "flow/checks",
    "flow/halts",
    "flow/questions",
    "flow/requests",
    "flow/signals",
    "orders/orders",
    "risk/facts_reading",
    "risk/limit_setting",
    "risk/policies",
    "watching/alerts",
    "watching/cron",
    "watching/rows",
    "watching/schedules",
    "watching/screeners",
    "people/accounts",
    "people/idle",
    "people/portfolios",
    "people/preferences",
    "people/strategies",
    "people/strategy_rows",
    "people/user_rows",
    "people/users",
)
"""The services that commands of the chat, and what execution does for people, get refusals from."""
MADE = frozenset(f"{each.__name__}.of" for each in (Invalid, NotAllowed, Taken))
CYRILLIC = set("абвгдежзийклмнопрстуфхцчшщъыьэюя")


def names_in(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield each call in those services: the module, what is called, and the call."""
    for module in BY_CHATS:
        for node in ast.walk(ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield module, ast.unparse(node.func), node


@pytest.mark.parametrize("code", REFUSALS)
def test_every_code_is_worded_in_every_language_with_the_same_values(code: str) -> None:
    words = REFUSALS[code]
    error = Invalid.of(code, **dict.fromkeys(names_in(words.en), "1"))

    assert names_in(words.ru) <= names_in(words.en)
    assert names_in(error_words_german.REFUSALS[code]) <= names_in(words.en)
    assert str(error) == error.worded("en") == error.worded("fr")
    assert CYRILLIC & set(error.worded("ru").lower()) or code == "bad_field"
    assert not [told for language in LANGUAGES if "{" in (told := error.worded(language)).replace("{…}", "")]


def test_what_a_chat_may_cause_has_a_code_with_just_its_values() -> None:
    bare = [(module, name) for module, name, _ in calls() if name in {"Invalid", "NotAllowed", "Taken"}]
    made = [
        (ast.literal_eval(call.args[0]), call)
        for _, name, call in calls()
        if name in MADE and isinstance(call.args[0], ast.Constant)
    ]
    wrong = [code for code, call in made if {each.arg for each in call.keywords} != names_in(REFUSALS[code].en)]

    assert bare == []
    assert wrong == []
    assert {NOT_FOUND, "question_expired", "question_canceled", *(code for code, _ in made)} <= set(REFUSALS)


def test_what_a_refusal_is_about_is_known_in_russian() -> None:
    named = {"NotFound", "one_of", "a_name", "a_document", "document"}
    about = [call.args[0] for _, name, call in calls() if name in named and call.args]
    said = {each.value for each in about if isinstance(each, ast.Constant)} - {"what the signal said"}

    assert said - set(WHATS) - {"what is asked about", "what was asked", "what is said of a step"} == set()


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFound("portfolio", "main"), "не найдено: портфель main"),
        (NotAllowed.of("viewer"), "наблюдатель ничего не меняет; попросите у администратора роль трейдера"),
        (Taken.of("portfolio_taken", name="x"), "портфель x уже есть, возможно, в архиве; возьмите другое имя"),
        (Invalid("of a terminal alone"), "of a terminal alone"),
    ],
)
def test_a_refusal_in_russian(error: TradingError, text: str) -> None:
    assert error.worded("ru") == text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFound("portfolio", "main"), "nicht gefunden: Portfolio main"),
        (NotAllowed.of("viewer"), "Beobachter ändern nichts; die Rolle Trader vergibt ein Admin"),
        (
            Invalid.of("bad_name", what="a symbol", longest=9, text=""),
            "Symbol: 1 bis 9 Zeichen, keine Leerzeichen am Rand, keine Zeilenumbrüche; nicht ''",
        ),
        (Invalid("of a terminal alone"), "of a terminal alone"),
    ],
)
def test_a_refusal_in_german(error: TradingError, text: str) -> None:
    assert error.worded("de") == text


@pytest.mark.parametrize("language", ["ru", "de"])
def test_a_refusal_of_what_a_person_watches_names_its_kind_in_their_language(language: Language) -> None:
    refused = [
        Taken.of("name_in_use", what=kind, name="dawn").worded(language) for kind in ("alert", "schedule", "screener")
    ]

    assert [text for text in refused if any(kind in text for kind in ("alert", "schedule", "screener"))] == []
