"""functions.md lists every function of the product, and refuses to be made of functions that nobody has described."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.docs import docstrings, functions_md
from tools.docs.generated import ROOT
from tools.docs.missing_words import missing
from tools.docs.parameters import DESCRIBED_BY, GLOSSARY
from tools.docs.signatures import Definition, definitions

WHOLE = '''
def add(first: int, *more: int, wait_s: float = 1.0) -> "int | None":
    """Add | numbers.

    Slow at *first*.

    Args:
        first: The one,
            and no other.
        more: All the others.
        wait_s: For how long.

    Returns:
        The sum.

    Raises:
        OSError: It cannot.
    """
'''
BARE = '''
class Shop:
    """A shop."""

    def __init__(self, now: float) -> None:
        """Open."""

    async def sell(self, what: str) -> bool:
        ...

    def _count(self, what: str) -> int:
        def inner() -> None: ...
        return 0
'''


PRIVATE = """
class _Shelf:
    def __init__(self, height: int) -> None:
        self.height = height

    def reach(self) -> int:
        return self.height

    def __str__(self) -> str:
        return "A shelf."
"""


def defined(source: str) -> list[Definition]:
    """Return what a file of this text defines."""
    return definitions(Path("shop.py"), ast.parse(source))


def documented(tmp_path: Path, source: str) -> str:
    """Return the document of a program whose only functions these are."""
    for package in (*functions_md.PRODUCT, *functions_md.APPENDIX):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A package."""')
    (tmp_path / "bus" / "shop.py").write_text(f'"""What it is for."""\n{source}')
    return functions_md.document(tmp_path)


def test_a_row_says_what_a_function_does_takes_returns_and_raises(tmp_path: Path) -> None:
    text = documented(tmp_path, WHOLE)

    assert "### bus/shop.py\n\nWhat it is for.\n" in text
    assert (
        "| `add(first, *more, wait_s)` | Add \\| numbers.<br>Slow at \\*first\\*. "
        "| `first: int`: The one, and no other.<br>`*more: int`: All the others."
        "<br>`wait_s: float = 1.0`: For how long. | `int \\| None`: The sum. | `OSError`: It cannot. |\n"
    ) in text


def test_private_and_nested_functions_are_listed_too(tmp_path: Path) -> None:
    text = documented(tmp_path, BARE)
    rows = [line.split(" | ")[0] for line in text.splitlines() if "Shop" in line]

    assert rows == [
        "| class `Shop`",
        "| `Shop.__init__(now)`",
        "| async `Shop.sell(what)`",
        "| `Shop._count(what)`",
        "| `Shop._count.inner()`",
    ]


def test_a_column_without_a_word_is_left_out(tmp_path: Path) -> None:
    text = documented(tmp_path, BARE)

    assert "| Function | What it does | Parameters | Returns |\n| --- | --- | --- | --- |\n" in text


def test_a_public_function_without_words_is_named_with_its_line_and_what_is_missing() -> None:
    faults = [fault for fault in missing(defined(BARE), {}) if "_count" not in fault]

    assert faults == [
        "shop.py:5 Shop.__init__: no words for `now: float`",
        "shop.py:8 Shop.sell: no description",
        "shop.py:8 Shop.sell: no words for `what: str`",
        "shop.py:8 Shop.sell: no words for what it returns, `bool`",
    ]


def test_private_and_nested_functions_need_a_description_but_no_words_for_parameters_and_result() -> None:
    faults = [fault for fault in missing(defined(BARE), {}) if "_count" in fault]

    assert faults == [
        "shop.py:11 Shop._count: no description",
        "shop.py:12 Shop._count.inner: no description",
    ]


def test_a_private_class_needs_a_description_and_its_special_methods_none() -> None:
    faults = list(missing(defined(PRIVATE), {}))

    assert faults == ["shop.py:2 _Shelf: no description", "shop.py:6 _Shelf.reach: no description"]


def test_the_glossary_speaks_for_a_name_and_its_type_where_the_docstring_is_silent() -> None:
    faults = list(missing(defined(BARE), {"now: float": "Seconds.", "what: int": "Another."}))

    assert "shop.py:5 Shop.__init__: no words for `now: float`" not in faults
    assert "shop.py:8 Shop.sell: no words for `what: str`" in faults


def test_words_for_a_parameter_that_is_gone_are_a_fault() -> None:
    faults = list(missing(defined(WHOLE.replace("wait_s: float", "within_s: float")), {}))

    assert faults == [
        "shop.py:2 add: words for `wait_s`, which is no parameter",
        "shop.py:2 add: no words for `within_s: float`",
    ]


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        ("Return the sum.", True),
        ("Tell whether it is open.", True),
        ("Open it; return whether that was needed.", True),
        ("Read the sum.", False),
        ("Tell the owner.", False),
    ],
)
def test_a_summary_that_says_what_is_returned_needs_no_section(summary: str, *, says: bool) -> None:
    assert docstrings.read(summary).says_the_result is says


def test_a_text_keeps_its_signs_whatever_markdown_makes_of_them() -> None:
    assert docstrings.escaped("Do *it* for <you> & `<x>`.") == "Do \\*it\\* for &lt;you> &amp; `<x>`."


def test_every_word_of_the_glossary_serves_and_every_exemption_exists() -> None:
    files = functions_md.sources(ROOT, functions_md.PRODUCT)
    found = [each for path, tree in files.items() for each in definitions(path, tree) if each.is_public]
    named = {f"{each.name.lstrip('*')}: {each.annotation}" for definition in found for each in definition.named}

    assert set(GLOSSARY) <= named
    assert set(DESCRIBED_BY) <= {definition.dotted for definition in found}


def test_it_imports_nothing_of_what_it_describes() -> None:
    program = "import sys, tools.docs.functions_md as made; made.document(); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert not {"bus", "collectors", "notifier", "msgspec", "zmq"}.intersection(answer.stdout.split())
