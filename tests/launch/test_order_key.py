"""Each broker is told the key that is its own, execution the one that they are all made of, and nobody else any."""

import stat
import threading
from pathlib import Path

import pytest

from bus.settings import SettingsError
from bus.signing import derive_key
from launch.order_key import VARIABLE, order_key
from launch.programs import PROGRAMS, Program, named

EXECUTION, PAPER = named("execution"), named("broker-paper")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "order.key"


def test_a_broker_is_told_what_follows_from_executions_key_and_its_own_name(file: Path) -> None:
    master = bytes.fromhex(order_key(EXECUTION, file=file)[VARIABLE])

    assert order_key(PAPER, file=file) == {VARIABLE: derive_key(master, "broker-paper").hex()}


def test_the_key_is_made_once_and_is_its_owners_alone(file: Path) -> None:
    first = order_key(EXECUTION, file=file)

    assert order_key(EXECUTION, file=file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["order.key"]


def test_who_neither_gives_nor_takes_orders_is_told_no_key_and_makes_none(file: Path) -> None:
    others = [program for program in PROGRAMS if not {"order key", "master key"} & set(program.needs)]

    assert [order_key(program, file=file) for program in others] == [{}] * len(others)
    assert not file.exists()


def test_programs_that_start_at_once_agree_on_one_key(file: Path) -> None:
    found: list[dict[str, str]] = []
    start = threading.Barrier(8)

    def tell(program: Program) -> None:
        start.wait(10)
        found.append(order_key(program, file=file))

    threads = [threading.Thread(target=tell, args=(EXECUTION,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)

    assert len(found) == 8
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_file_that_holds_no_key_is_refused_with_what_to_do_and_left_alone(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content, encoding="ascii")

    with pytest.raises(SettingsError, match="remove it"):
        order_key(EXECUTION, file=file)
    assert file.read_text(encoding="ascii") == content
