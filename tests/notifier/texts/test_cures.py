"""Every reason has its cure, in every language, and a cure names only what exists."""

import importlib
import re
from typing import get_args

import pytest

from bus import reasons
from bus.language import Language
from collectors.key import Advice
from launch.check import declared
from launch.programs import PROGRAMS, Program
from notifier.texts.cures import CURES, TIME_SKEW, cure
from notifier.texts.platforms import Words, of_platforms

LANGUAGES: tuple[Language, ...] = get_args(Language)
COLLECTORS = [program for program in PROGRAMS if program.module.startswith("collectors.")]
SOURCES = [program.module.rpartition(".")[2] for program in COLLECTORS]
SPECIAL = [(own.en, own.ru, own.de) for words in of_platforms().values() for own in words.cures.values()]
MOST_SIGNS = 90


def every_cure() -> list[str]:
    """Return every cure of every language."""
    return [text for language in LANGUAGES for text in CURES[language].values()] + [
        text for own in SPECIAL for text in own
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", sorted(reasons.FIXED | {reasons.time_skew(12.3), reasons.time_skew(-4000)}))
def test_every_reason_has_a_cure_whoever_gives_it(reason: str, language: Language) -> None:
    found = [cure(reason, source=source, language=language) for source in (*SOURCES, "somebody new")]

    assert all(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cure_is_for_a_reason_that_nobody_gives(language: Language) -> None:
    known = reasons.FIXED | {TIME_SKEW}

    assert set(CURES[language]) == known
    assert {reason for words in of_platforms().values() for reason in words.cures} <= known
    assert of_platforms().keys() <= set(SOURCES)


def test_what_is_special_about_a_source_is_said_in_the_chats_language() -> None:
    tbank = {language: cure(reasons.TLS_ERROR, source="tbank", language=language) for language in LANGUAGES}

    assert tbank["en"] == "Set TBANK_CA_FILE to the Russian root certificate, as docs/keys says."
    assert tbank["ru"].startswith("Укажите в TBANK_CA_FILE")
    assert tbank["de"].startswith("In TBANK_CA_FILE das russische")
    assert cure(reasons.TLS_ERROR, source="okx", language="en") == CURES["en"][reasons.TLS_ERROR]


@pytest.mark.parametrize("program", COLLECTORS, ids=lambda program: program.module)
def test_whatever_a_collector_advises_has_its_russian_beside_it(program: Program) -> None:
    advice = getattr(importlib.import_module(program.module), "ADVICE", Advice())
    given = {text for text in (advice.rights, advice.renewal) if text}
    worded = of_platforms().get(program.module.rpartition(".")[2], Words()).advice

    assert {each.en for each in worded} == given
    assert [each.ru for each in worded if not re.search("[а-я]{3}", each.ru)] == []


def test_a_reason_off_the_list_has_none() -> None:
    assert cure("bad luck", source="okx", language="en") == ""


def test_cures_are_short_and_russian_ones_are_russian() -> None:
    russian = [*CURES["ru"].values(), *(own[1] for own in SPECIAL)]

    assert [text for text in every_cure() if len(text) > MOST_SIGNS] == []
    assert [text for text in russian if not re.search("[а-я]{3}", text)] == []


def test_cures_name_only_variables_that_exist() -> None:
    known = {name for variable in declared() for name in (variable.name, variable.alias)}
    named = {name for text in every_cure() for name in re.findall(r"[A-Z]+(?:_[A-Z]+)+", text)}

    assert named <= known
