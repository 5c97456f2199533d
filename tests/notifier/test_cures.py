"""Every reason has its cure, in both languages, and a cure names only what exists."""

import re
from typing import get_args

import pytest

from bus import reasons
from bus.launch import declared, programs
from notifier.cures import CURES, CURES_OF, TIME_SKEW, cure
from notifier.language import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
SOURCES = ("bybit", "okx", "tbank", "ibkr", "fx")
MOST_SIGNS = 90


def every_cure() -> list[str]:
    """Return every cure of both languages."""
    return [text for language in LANGUAGES for text in (*CURES[language].values(), *CURES_OF[language].values())]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", sorted(reasons.FIXED | {reasons.time_skew(12.3), reasons.time_skew(-4000)}))
def test_every_reason_has_a_cure_whoever_gives_it(reason: str, language: Language) -> None:
    found = [cure(reason, source=source, language=language) for source in (*SOURCES, "somebody new")]

    assert all(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cure_is_for_a_reason_that_nobody_gives(language: Language) -> None:
    known = reasons.FIXED | {TIME_SKEW}

    assert set(CURES[language]) == known
    assert {reason for _, reason in CURES_OF[language]} <= known
    assert {source for source, _ in CURES_OF[language]} <= set(SOURCES)


def test_whose_cure_is_special_is_so_in_both_languages() -> None:
    assert CURES_OF["en"].keys() == CURES_OF["ru"].keys()


def test_a_reason_off_the_list_has_none() -> None:
    assert cure("bad luck", source="okx", language="en") == ""


def test_cures_are_short_and_russian_ones_are_russian() -> None:
    russian = [*CURES["ru"].values(), *CURES_OF["ru"].values()]

    assert [text for text in every_cure() if len(text) > MOST_SIGNS] == []
    assert [text for text in russian if not re.search("[а-я]{3}", text)] == []


def test_cures_name_only_variables_that_exist() -> None:
    known = {name for variable in declared(programs()) for name in (variable.name, variable.alias)}
    named = {name for text in every_cure() for name in re.findall(r"[A-Z]+(?:_[A-Z]+)+", text)}

    assert named <= known
