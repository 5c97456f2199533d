"""Envelopes of a program that runs on several machines: each of them is heard, and none of them twice."""

import pytest

from bus.messages.venues import Said
from bus.signing import SENDERS_KEPT, NotSigned, Openers
from tests.bus.test_signing import ASKED, KEY, Clock, signer


def openers(clock: Clock) -> Openers[Said]:
    """Return a new life of a broker."""
    return Openers(KEY, program="execution", to="broker-paper", kinds=(type(ASKED),), time=clock)


def test_what_several_machines_say_is_opened_each_with_a_life_of_its_own() -> None:
    clock = Clock()
    broker = openers(clock)
    senders = [signer(clock, sender=name) for name in ("execution", "execution@b", "execution@c")]
    said = [broker.open(each.sign(ASKED)) for _ in range(3) for each in senders]

    assert said == [ASKED] * 9


def test_nothing_of_one_machine_is_opened_twice_though_others_speak_between() -> None:
    clock = Clock()
    broker = openers(clock)
    envelope = signer(clock, sender="execution@b").sign(ASKED)
    broker.open(envelope)
    broker.open(signer(clock).sign(ASKED))

    with pytest.raises(NotSigned, match="opened before"):
        broker.open(envelope)


@pytest.mark.parametrize("sender", ["clock", "executions", "execution-b", "broker-paper@b", "x@execution", ""])
def test_another_program_is_refused_whatever_its_machine(sender: str) -> None:
    clock = Clock()

    with pytest.raises(NotSigned, match="another program"):
        openers(clock).open(signer(clock, sender=sender).sign(ASKED))


def test_whoever_does_not_know_the_key_is_refused_and_pushes_nobody_out() -> None:
    clock = Clock()
    broker, true = openers(clock), signer(clock)
    first = true.sign(ASKED)
    broker.open(first)
    for number in range(2 * SENDERS_KEPT):
        with pytest.raises(NotSigned, match="signature"):
            broker.open(signer(clock, key=bytes(32), sender=f"execution@{number}").sign(ASKED))

    with pytest.raises(NotSigned, match="opened before"):
        broker.open(first)
    assert broker.open(true.sign(ASKED)) == ASKED
