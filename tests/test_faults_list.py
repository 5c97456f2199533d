"""FAULTS.md: which test plays which fault is read from the tests, and no row is without one or a reason."""

from pathlib import Path

import pytest

from tools.docs.faults_md import document, numbers

HEAD = "| # | The fault | What must come of it | Not played, and why | Played by |\n| --- | --- | --- | --- | --- |\n"
PLAYED = '"""T."""\n\n\ndef test_it() -> None:\n    """Fault 1: all of it."""\n'


def project(folder: Path, rows: str, test: str = PLAYED) -> Path:
    """Make a project with a table and one test."""
    (folder / "FAULTS.md").write_text(HEAD + rows)
    (folder / "tests" / "bus").mkdir(parents=True)
    (folder / "tests" / "bus" / "test_it.py").write_text(test)
    return folder


@pytest.mark.parametrize(
    ("docstring", "named"),
    [
        ("Fault 9: the folder.", ["9"]),
        ("Fault 9; that of 10 is elsewhere.", ["9"]),
        ("Faults 11 and 12.", ["11", "12"]),
        ("Faults 27 to 29, and I2: the alert.", ["27", "28", "29", "I2"]),
        ("Faults 4 (a second clock of 3), 8 (before it binds) and 26.", ["4", "8", "26"]),
        ("Fault 25, three hours.\n\nFault 26.", ["25"]),
        ("Fault I5.", ["I5"]),
        ("Faults N1 to N3, D4 and P5: from outside.", ["N1", "N2", "N3", "D4", "P5"]),
        ("Fault T12: the broker.", ["T12"]),
        ("Faults T13a, T13 and T15a: answers.", ["T13a", "T13", "T15a"]),
        ("Faults M2 and M5: keys.", ["M2", "M5"]),
        ("Faults T3 to T5.", ["T3", "T4", "T5"]),
        ("A fault 9.", []),
        ("Faulty.", []),
        ("", []),
    ],
)
def test_a_docstring_names_faults_by_its_first_words(docstring: str, named: list[str]) -> None:
    assert numbers(docstring) == named


def test_the_last_column_names_file_and_test_and_nothing_else_changes(tmp_path: Path) -> None:
    root = project(tmp_path, "| 1 | it breaks | it is mended | half of it: hard | of yesterday |\n\nThe end.\n")

    assert document(root) == (
        f"{HEAD}| 1 | it breaks | it is mended | half of it: hard | [bus/test_it.py](tests/bus/test_it.py) `test_it` |"
        "\n\nThe end.\n"
    )


def test_a_written_table_stays_as_it_is(tmp_path: Path) -> None:
    root = project(
        tmp_path, "| 1 | it breaks | it is mended |  | |\n| 2 | it burns | it is put out | no fire here | |\n"
    )
    written = document(root)
    (root / "FAULTS.md").write_text(written)

    assert document(root) == written
    assert "| no fire here | nobody |" in written


def test_a_row_that_nobody_plays_needs_a_reason(tmp_path: Path) -> None:
    root = project(
        tmp_path, "| 1 | it breaks | it is mended |  | |\n| 2 | it burns | it is put out |  | `test_old` |\n"
    )

    with pytest.raises(SystemExit, match=r"FAULTS\.md: nobody plays fault 2, and no reason is given"):
        document(root)


def test_a_test_that_names_no_row_is_told(tmp_path: Path) -> None:
    root = project(tmp_path, "| 2 | it burns | it is put out | no fire here | |\n")

    with pytest.raises(SystemExit, match=r"tests/bus/test_it\.py names fault 1, which has no row"):
        document(root)
