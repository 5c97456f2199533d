"""What the ledger keeps of a round is read for ever, whatever is said on the bus by then.

tests/ledger/golden/ holds documents of each version as a program wrote them. They are never rewritten: add others
beside them.
"""

from pathlib import Path

import msgspec
import pytest

from bus.messages.rounds import Snapshot
from ledger.portfolio import documents
from ledger.unavailable import LedgerUnavailable
from tests.bus.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"
ROUNDS = [each for each in SAMPLES.values() if isinstance(each, Snapshot)]
NAMES = sorted(path.name for path in GOLDEN.glob("*.json"))


@pytest.mark.parametrize("snapshot", ROUNDS, ids=lambda snapshot: snapshot.round_id)
def test_a_round_is_read_as_it_was_written(snapshot: Snapshot) -> None:
    assert documents.read(documents.write(snapshot)) == snapshot


@pytest.mark.parametrize("name", NAMES)
def test_documents_of_every_version_are_read(name: str) -> None:
    text = (GOLDEN / name).read_text(encoding="utf-8")

    assert documents.read(text) == SAMPLES[name.rpartition("-")[0]]


def test_a_document_says_its_version_and_not_the_kind_of_a_message() -> None:
    fields = msgspec.json.decode(documents.write(ROUNDS[0]), type=dict[str, object])

    assert fields["version"] == documents.VERSION
    assert "kind" not in fields


def test_everything_that_a_snapshot_says_is_kept() -> None:
    assert set(Snapshot.__struct_fields__) == set(documents.Document.__struct_fields__) - {"version"}


def test_a_document_of_a_newer_program_is_refused_with_its_version() -> None:
    newer = documents.write(ROUNDS[0]).replace(f'"version":{documents.VERSION}', '"version":99')

    with pytest.raises(LedgerUnavailable, match=r"written by a newer program \(version 99\)"):
        documents.read(newer)
