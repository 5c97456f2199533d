"""What is said inside an envelope decodes as it was said, from old senders too, and garbage is refused in one way.

tests/bus/golden_said/ holds the bytes of each sample, in hex, as tests/bus/golden/ does those of the messages around.
"""

import contextlib
from pathlib import Path
from typing import Union, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.messages.venue_talk import Answer, Order
from bus.messages.venues import Said
from tests.bus.said_samples import SAID
from tests.bus.test_messages import known_to

GOLDEN = Path(__file__).parent / "golden_said"
KINDS: tuple[type[Said], ...] = (*get_args(Order), *get_args(Answer))
decode = msgspec.msgpack.Decoder(Union[KINDS]).decode  # noqa: UP007 - made from a tuple


@pytest.mark.parametrize("name", SAID)
def test_bytes_of_an_earlier_program_still_decode(name: str) -> None:
    assert decode(bytes.fromhex((GOLDEN / f"{name}.hex").read_text(encoding="ascii"))) == SAID[name]


@pytest.mark.parametrize("name", SAID)
def test_it_is_still_said_as_an_earlier_program_expects_it(name: str) -> None:
    golden = msgspec.msgpack.decode(bytes.fromhex((GOLDEN / f"{name}.hex").read_text(encoding="ascii")))
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(SAID[name]))

    assert known_to(golden, sent) == golden


def test_every_kind_has_golden_bytes_and_all_of_them_are_tested() -> None:
    assert {type(sample) for sample in SAID.values()} == set(KINDS)
    assert {path.stem for path in GOLDEN.iterdir()} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_fields_of_a_newer_program_are_ignored(name: str) -> None:
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(SAID[name]))

    assert decode(msgspec.msgpack.encode(fields | {"colour": [1, {"of": "the sky"}]})) == SAID[name]


@given(st.sampled_from(sorted(SAID)), st.data())
def test_damaged_content_raises_nothing_but_what_an_opener_expects(name: str, data: st.DataObject) -> None:
    body = bytearray(msgspec.msgpack.encode(SAID[name]))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        decode(bytes(body))
