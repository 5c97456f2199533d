"""The pages of the chat to the letter: where their golden texts are, and what every page owes to a phone.

python -m tests.notifier.golden_texts     writes them anew, to be read in the diff
"""

import html
import re
from pathlib import Path
from types import ModuleType
from typing import get_args

from bus.language import Language
from tests.notifier.charts import chart_caption_cases
from tests.notifier.pages import change_page_cases, health_page_cases, history_page_cases, why_page_cases
from tests.notifier.trading import (
    margin_page_cases,
    menu_page_cases,
    people_page_cases,
    settings_page_cases,
    trading_page_cases,
    watch_page_cases,
)
from tests.reports import report_page_cases

FOLDER = Path(__file__).parent / "golden"
LANGUAGES: tuple[Language, ...] = get_args(Language)
PAGES: dict[str, ModuleType] = {
    "change_page": change_page_cases,
    "chart_caption": chart_caption_cases,
    "health_page": health_page_cases,
    "history_page": history_page_cases,
    "people_pages": people_page_cases,
    "why_page": why_page_cases,
    "trading_pages": trading_page_cases,
    "margin_pages": margin_page_cases,
    "menu_pages": menu_page_cases,
    "trading_settings": settings_page_cases,
    "watching_pages": watch_page_cases,
    "report_pages": report_page_cases,
}


def golden_file(name: str, language: Language) -> Path:
    """Return where a page's golden text is."""
    return FOLDER / f"{name}.{language}.txt"


def in_one(texts: dict[str, str]) -> str:
    """Put texts below one another, each under its title."""
    return "\n".join(f"## {title}\n{text}\n" for title, text in texts.items())


def check_limits(page: str) -> None:
    """Make sure that a page fits a telephone and a message, and is the HTML that Telegram takes."""
    for table in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL):
        assert max(len(html.unescape(line)) for line in table.splitlines()) <= 34, table
    bare = re.sub(r"</?(?:b|i|code|pre)>", "", page)
    assert len(html.unescape(bare).encode("utf-16-le", "surrogatepass")) // 2 <= 4096
    assert "<" not in bare
    assert not re.search(r"&(?!amp;|lt;|gt;)", bare)


def main() -> None:
    """Write all golden texts of pages."""
    for name, page in PAGES.items():
        for language in LANGUAGES:
            golden_file(name, language).write_text(in_one(page.cases(language)), encoding="utf-8")


if __name__ == "__main__":
    main()
