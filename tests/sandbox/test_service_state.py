"""A service's state and list of faults, without any request."""

import asyncio
import zlib

import msgspec
import pytest

from sandbox.faults import BOMB_UNPACKED_BYTES, gzip_bomb
from sandbox.service import Fault, Service, UnknownFaultError, UnknownFieldError


class Account(msgspec.Struct):
    amount: str = "5000.00"
    hits: int = 0
    names: dict[int, str] = {}


@pytest.fixture
def bank() -> Service:
    return Service("bank", state=Account(), routes=[], faults={"code": "the bank's own error"})


@pytest.mark.thorough
def test_the_gzip_bomb_is_small_and_unpacks_to_a_gigabyte() -> None:
    bomb = gzip_bomb()
    reader, unpacked, rest = zlib.decompressobj(31), 0, bomb
    while rest:
        unpacked += len(reader.decompress(rest, 1 << 22))
        rest = reader.unconsumed_tail

    assert len(bomb) < 1_200_000
    assert (unpacked, reader.eof) == (BOMB_UNPACKED_BYTES, True)


def test_a_module_takes_its_own_fault_and_counts_it_down(bank: Service) -> None:
    asyncio.run(bank.add(Fault("code", code="10003", path="/balance", times=1)))
    taken = [bank.take("code", path) for path in ["/other", "/balance", "/balance"]]

    assert [fault.code if fault else None for fault in taken] == [None, "10003", None]


def test_an_unknown_fault_is_refused_with_the_kinds_there_are(bank: Service) -> None:
    with pytest.raises(UnknownFaultError, match="code, cut, drip"):
        asyncio.run(bank.add(Fault("sulk")))


def test_a_change_of_the_state_is_read_as_json(bank: Service) -> None:
    bank.change({"amount": "1.00", "names": {"7": "Ann"}})

    assert bank.state == Account(amount="1.00", names={7: "Ann"})


@pytest.mark.parametrize(("field", "value"), [("hits", "many"), ("balance", "2")], ids=["wrong type", "no such field"])
def test_a_wrong_change_of_the_state_names_the_field_and_changes_nothing(bank: Service, field: str, value: str) -> None:
    with pytest.raises(UnknownFieldError, match=f"'{field}'"):
        bank.change({"amount": "1.00", field: value})

    assert bank.state == Account()
