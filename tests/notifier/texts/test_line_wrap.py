"""No line of the chat wraps on a phone, but for those of the message itself."""

import html
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.language import Language
from notifier.charts.request import USAGE
from notifier.commands.table import help_text
from notifier.texts.alerts import ALERTS
from notifier.texts.commands import WORDS
from notifier.texts.line_wrap import COLUMNS, fitted, fitted_plain, width

LANGUAGES: tuple[Language, ...] = get_args(Language)


def seen(text: str) -> list[str]:
    """Return the words that a reader sees."""
    return html.unescape(re.sub(r"<[^<>]+>", "", text)).split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_ours_has_a_line_that_wraps(language: Language) -> None:
    words = WORDS[language]
    texts = [text for name in words.__struct_fields__ if isinstance(text := getattr(words, name), str)]
    texts += [USAGE[language], help_text(language), *ALERTS[language].values()]

    assert not [line for text in texts for line in fitted(text).splitlines() if width(line) > COLUMNS]


def test_help_needs_no_breaking_at_all() -> None:
    assert all(fitted(help_text(language)) == help_text(language) for language in LANGUAGES)


def test_a_table_is_left_alone_and_the_lines_around_it_are_not() -> None:
    table = f"<pre>{'x ' * 17}</pre>"
    broken = fitted(f"{'one ' * 20}\n{table}\n{'two ' * 20}")

    assert table in broken
    assert max(width(line) for line in broken.splitlines() if "x" not in line) <= COLUMNS


def test_a_line_to_type_is_never_broken() -> None:
    command = "make restore FILE=backups/portfolio-20261125T141514Z.db,"
    broken = fitted_plain(f"The ledger was damaged. To go back to the last backup: make stop, {command} make start")

    assert command in broken.splitlines()


WORDS_OF_A_LINE = ("short", "<b>bold", "words</b>", "a&amp;b", "Ж" * 20, "/frequency", "\n")


@given(st.lists(st.sampled_from(WORDS_OF_A_LINE), max_size=60))
def test_breaking_changes_no_word_and_no_tag(words: list[str]) -> None:
    text = " ".join(words)
    broken = fitted(text)

    assert seen(broken) == seen(text)
    assert re.findall(r"<[^<>]+>", broken) == re.findall(r"<[^<>]+>", text)
    assert all(width(line) <= COLUMNS for line in broken.splitlines())
