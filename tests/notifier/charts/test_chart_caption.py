"""A chart's caption: rules that hold for any numbers."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bus.language import Language
from notifier.charts.caption import caption, not_drawn
from notifier.charts.drawing import request
from tests.notifier.charts.chart_caption_cases import PARIS
from tests.notifier.charts.chart_points import points
from tests.notifier.golden_texts import LANGUAGES

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=2)
SAID = st.one_of(st.just("ERROR"), st.builds("{}{}".format, st.sampled_from(["", "≥", "≈"]), AMOUNTS))


@given(st.lists(SAID, max_size=40), st.sampled_from(LANGUAGES))
def test_a_caption_fits_below_a_picture_and_its_lines_on_a_phone(said: list[str], language: Language) -> None:
    text = caption(request(points(said), currency="RUB", span="30d", zone=PARIS, language=language))

    assert len(text) <= 1024
    assert re.sub("</?b>", "", text).count("<") == 0
    assert said or "\n" not in text


def test_without_a_picture_the_numbers_are_announced() -> None:
    assert not_drawn("en") != not_drawn("ru")
