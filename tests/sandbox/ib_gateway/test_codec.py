"""Frames: what is cut is put together, and what is no frame is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sandbox.ib_gateway.codec import BadFrame, Frames, frame

FIELD = some.text(alphabet=some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(some.lists(some.lists(FIELD, min_size=2, max_size=6), max_size=5), some.integers(1, 7))
def test_frames_come_out_as_they_went_in_however_the_bytes_are_cut(sent: list[list[str]], size: int) -> None:
    data = b"API\0" + b"".join(frame(*fields) for fields in sent)
    frames = Frames()
    heard = [fields for start in range(0, len(data), size) for fields in frames.feed(data[start : start + size])]

    assert heard == sent


def test_values_are_written_as_the_protocol_has_them() -> None:
    assert frame(3, True, False, None, Decimal("1E+2"), "x") == b"\0\0\0\x0d3\x001\x000\x00\x00100\x00x\x00"


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n", b"API\0\xff\xff\xff\xff", b"API\0\0\0\0\x02\xff\0"], ids=["http", "huge", "bytes"]
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        list(Frames().feed(data))
