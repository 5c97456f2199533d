"""What a collector remembers over a restart: whole or not at all, for its owner alone, and never in the way."""

from pathlib import Path

import msgspec
import pytest

from collectors.state_file import load_state, save_state
from tests.disks import mounted


class State(msgspec.Struct):
    """What a collector might keep."""

    day: str = ""
    asked: int = 0


def test_what_was_remembered_is_recalled_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "state"
    save_state("okx", State(day="2026-02-10", asked=1), folder=folder)
    save_state("okx", State(day="2026-02-11", asked=2), folder=folder)

    assert load_state("okx", State, folder=folder) == State(day="2026-02-11", asked=2)
    assert [path.name for path in folder.iterdir()] == ["okx.json"]
    assert (folder / "okx.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "content", [b"", b"[", b'{"asked": "many"}', b'{"day": "\xff"}', b"\x00" * 100, b'{"x":' + b"[" * 9999]
)
def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "okx.json").write_bytes(content)

    assert load_state("okx", State, folder=tmp_path) == State()


def test_where_nothing_was_remembered_there_is_a_fresh_state(tmp_path: Path) -> None:
    assert load_state("okx", State, folder=tmp_path / "none") == State()


def test_where_nothing_can_be_written_the_collector_goes_on_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").touch()
    save_state("okx", State(), folder=tmp_path / "data" / "state")

    assert [record.getMessage() for record in caplog.records] == ['event="state not saved" because="Not a directory"']


def test_on_a_full_disk_what_was_remembered_before_stays(tmp_path: Path) -> None:
    """Fault 64: what collectors remember."""
    with mounted(tmp_path) as disk:
        save_state("okx", State(day="2026-02-10"), folder=tmp_path / "state")
        disk.fill()
        save_state("okx", State(day="2026-02-11"), folder=tmp_path / "state")
        kept = load_state("okx", State, folder=tmp_path / "state")

    assert kept == State(day="2026-02-10")
