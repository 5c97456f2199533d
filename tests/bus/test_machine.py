"""Programs of several machines are told apart by their names."""

import pytest

from bus.machine import own_name, program_of


def test_the_only_machine_has_no_name_and_its_programs_are_called_what_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MACHINE", raising=False)
    assert own_name("execution") == "execution"
    assert program_of("execution") == "execution"


def test_a_program_of_a_further_machine_bears_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACHINE", "b")
    assert own_name("execution") == "execution@b"
    assert program_of(own_name("broker-bingx-ann")) == "broker-bingx-ann"
