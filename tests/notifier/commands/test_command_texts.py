"""What each command answers, to the letter, in every language: a real notifier, the README's round in its ledger.

Pages whose text depends on the moment have golden texts of their own (`golden_texts.py`).
"""

import pytest

from bus.language import Language
from notifier.commands.table import COMMANDS
from notifier.texts.commands import WORDS
from sandbox.telegram.text import as_read
from sentinel.restarts import NOT_BACK, NOT_CONFIGURED, UNKNOWN, WAITS
from tests.golden_messages import answers, close
from tests.notifier.golden_texts import LANGUAGES, golden_file, in_one
from tests.notifier.harness import Harness
from tests.running import wait_until

OF_THE_MOMENT = {"now", "status", "health", "version"}
TYPED = (
    *(f"/{command.name}" for command in COMMANDS if command.name not in OF_THE_MOMENT),
    "/why bybit",
    "/why kraken",
    "/chart yesterday",
    "/frequency often",
    "/restart kraken",
    "/restart bybit",
    "/frequency 60 90",
    "/pause 2h",
    "/history 90d",
    "/change bybit",
    "/health 5",
    "/now foo",
    "/nonsense",
    "nonsense",
)
BYBIT = '[{"name":"bybit","label":"Bybit","heading":"Crypto (USD)","currency":"USD","position":30,"grouped":true}]'


def answer(harness: Harness, count: int, language: Language) -> str:
    """Return the newest of so many messages, once it says more than that it works."""
    wait_until(lambda: harness.wait_for_texts(count)[-1].text != WORDS[language].working, what=f"answer {count}")
    return as_read(harness.sandbox.messages()[-1].html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_answers_its_golden_text(harness: Harness, language: Language) -> None:
    harness.sandbox.set_state("telegram", flood_control=False)
    harness.record(close(answers()))
    said = {}
    with harness.notifier(LANGUAGE=language, PLATFORMS=BYBIT):
        harness.wait_for_states("sent")
        for count, text in enumerate(TYPED, start=2):
            harness.sandbox.type(text)
            said[text] = answer(harness, count, language)

    assert in_one(said) == golden_file("commands", language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_of_telegram_is_the_table(harness: Harness, language: Language) -> None:
    with harness.notifier(LANGUAGE=language), harness.wire() as wire:
        wait_until(lambda: bool(wire("getMyCommands")["result"]), what="the menu")
        menu = wire("getMyCommands")["result"]

    expected = [{"command": each.name, "description": each.described(language)} for each in COMMANDS]
    assert menu == expected


@pytest.mark.parametrize("language", ["ru", "de"])
def test_every_problem_of_a_restart_is_worded(language: Language) -> None:
    assert set(WORDS[language].restart_problems) == {NOT_CONFIGURED, NOT_BACK, UNKNOWN, WAITS}
