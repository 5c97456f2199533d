"""The words of what is done by hand: the same values in every language."""

from string import Formatter
from typing import get_args

import pytest

from bus.language import Language
from execution.texts import manual


def names_in(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_names_the_same_values(language: Language) -> None:
    for name, mine, theirs in zip(manual.Words._fields, manual.WORDS[language], manual.WORDS["en"], strict=True):
        assert names_in(mine) == names_in(theirs), name
