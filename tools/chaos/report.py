"""The verdict over a chaos run: what was owed, what arrived, and what is lost, doubled or untrue.

Owed are a message for each round that answers askings, and for each slot a message, a line in a later one, or a place
among the missed. A second message of the same round must say that it may be one. A number shown as fresh must have
been true while the round was open, or since a fetch that still ran when it opened; sums must be made of what is shown.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from sandbox.telegram.chat import Sent
from tools.chaos.evidence import Evidence, Row, arrival_s, shown_time
from tools.chaos.reading import Shown, Told, UnreadableError, core_of, misadded, missed_in, read

_SLOT_S = 60
_RATE_TTL_S = 60.0
_EDGE_S = 0.2
_FELT_AFTER_S = 10.0
_FROZEN_S = 45.0


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A message that has to come: of a round, if one is known; for askings, or for a slot."""

    what: str
    due_at_s: float
    round_id: str | None
    slot_s: float | None = None


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must not be, `kind` is lost, doubled or wrong; or that is only worth a look."""

    kind: str
    at_s: float
    text: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The run in numbers."""

    expected: int
    received: int
    worst_lateness_s: float
    troubles: list[Trouble]
    remarks: list[Trouble]

    def count(self, kind: str) -> int:
        """Count the troubles of a kind."""
        return sum(trouble.kind == kind for trouble in self.troubles)


def judge(evidence: Evidence) -> Verdict:
    """Compare what was owed and true with what the chat says."""
    owed = list(what_is_owed(evidence))
    post = _Post(evidence)
    arrivals = {each.what: post.told_at_s(each) for each in owed}
    lost = [
        Trouble(kind="lost", at_s=each.due_at_s, text=f"{each.what} ({post.state_of(each)})")
        for each in owed
        if arrivals[each.what] is None
    ]
    late_s = {each: at_s - each.due_at_s for each in owed if (at_s := arrivals[each.what]) is not None}
    distinct = {each.round_id or each.what: arrivals[each.what] for each in owed}
    return Verdict(
        expected=len(distinct),
        received=sum(at_s is not None for at_s in distinct.values()),
        worst_lateness_s=max(late_s.values(), default=0.0),
        troubles=[*lost, *post.doubled(), *_wrong(evidence)],
        remarks=list(_remarks(evidence, late_s)),
    )


def what_is_owed(evidence: Evidence) -> Iterator[Owed]:
    """Yield every asking and every slot."""
    for played in evidence.played:
        if played.update_id:
            answered_by = evidence.book.answered_by.get(played.update_id)
            what = f"asking {played.update_id} of round {played.number}, answered by {answered_by}"
            yield Owed(what=what, due_at_s=played.asked_at_s, round_id=answered_by)
    slot_s = evidence.first_slot_s
    while slot_s <= evidence.last_slot_s:
        name = f"{datetime.fromtimestamp(slot_s, UTC):%Y-%m-%dT%H:%MZ}"
        yield Owed(what=f"slot {name}", due_at_s=slot_s, round_id=name, slot_s=slot_s)
        slot_s += _SLOT_S


class _Post:
    """The chat, by what it says."""

    def __init__(self, evidence: Evidence) -> None:
        self._book = evidence.book
        self._by_core = evidence.messages_by_core()
        self._by_id = {message.message_id: message for message in evidence.messages if not message.deleted}
        self._rows_by_id = {row.id: row for row in evidence.book.rows.values()}
        self._missed: list[tuple[float, float, float]] = []
        for message in evidence.messages:
            told = _read(message)
            for first, last in missed_in(told) if told else ():
                self._missed.append((first.timestamp(), last.timestamp(), arrival_s(message)))

    def told_at_s(self, owed: Owed) -> float | None:
        """Return when what is owed was first told, None if never."""
        row = self._book.rows.get(owed.round_id or "")
        if row is None:
            return self._missed_at_s(owed)
        if row.state == "folded":
            return self._folded_at_s(row)
        message = self._by_id.get(row.message_id or 0)
        core = core_of(row.text or "")
        if row.state != "sent" or message is None or not core or core_of(message.text) != core:
            return None
        return min(arrival_s(each) for each in self._by_core[core])

    def state_of(self, owed: Owed) -> str:
        """Say what the ledger knows of it."""
        row = self._book.rows.get(owed.round_id or "")
        if row is None:
            return "the ledger has no message for it"
        return f"row {row.id} is {row.state}, message {row.message_id}, {row.reason}"

    def doubled(self) -> Iterator[Trouble]:
        """Yield the messages that tell a round again without saying so, and the slots both told and missed."""
        rows: dict[str, int] = {}
        for row in self._book.rows.values():
            core = core_of(row.text or "") if row.state != "folded" else ""
            rows[core] = rows.get(core, 0) + 1
        for core, messages in self._by_core.items():
            for again in messages[rows.get(core, 1) :]:
                if not read(again.text).repeated:
                    text = f"message {again.message_id} repeats {messages[0].message_id} without a mark"
                    yield Trouble(kind="doubled", at_s=arrival_s(again), text=text)
        for round_id in self._book.rows:
            told_for_s = self._book.rounds[round_id].told_for_s
            if any(first <= told_for_s <= last for first, last, _ in self._missed):
                yield Trouble(kind="doubled", at_s=told_for_s, text=f"slot {round_id} is told and named as missed")

    def _missed_at_s(self, owed: Owed) -> float | None:
        if owed.slot_s is None:
            return None
        return min((at_s for first, last, at_s in self._missed if first <= owed.slot_s <= last), default=None)

    def _folded_at_s(self, row: Row) -> float | None:
        newer = self._rows_by_id.get(row.folded_into or 0)
        message = self._by_id.get((newer.message_id if newer else None) or 0)
        told = _read(message) if message else None
        if message is None or told is None:
            return None
        label = f"{datetime.fromtimestamp(self._book.rounds[row.round_id].told_for_s, UTC):%H:%M}  "
        named = any(label in line or " earlier round" in line for line in told.above)
        return arrival_s(message) if named else None


def _read(message: Sent) -> Told | None:
    try:
        return read(message.text)
    except UnreadableError:
        return None


def _wrong(evidence: Evidence) -> Iterator[Trouble]:
    """Yield what messages say and is not so."""
    rounds: dict[str, list[str]] = {}
    for row in evidence.book.rows.values():
        rounds.setdefault(core_of(row.text or ""), []).append(row.round_id)
    for message in evidence.messages:
        if "TOTAL" not in message.text:
            continue
        try:
            told = read(message.text)
        except UnreadableError as error:
            yield Trouble(
                kind="wrong", at_s=arrival_s(message), text=f"message {message.message_id} unreadable: {error}"
            )
            continue
        belongs = [name for name in rounds.get(told.core, []) if name in evidence.book.rounds]
        faults = misadded(told) + min((_untrue(told, evidence, name) for name in belongs), key=len, default=[])
        for fault in faults:
            text = f"message {message.message_id} of {' or '.join(belongs) or 'no round'}: {fault}"
            yield Trouble(kind="wrong", at_s=arrival_s(message), text=text)


def _untrue(told: Told, evidence: Evidence, round_id: str) -> list[str]:
    closed_at_s = evidence.book.rounds[round_id].closed_at_s
    faults = []
    for source, part in told.parts.items():
        if part.amount is None or part.mark:  # what some of the accounts make was never held as a whole
            continue
        since_s, until_s = _span(part, source, evidence=evidence, round_id=round_id)
        if not evidence.truth.was_held(source, part.amount, since_s=since_s, until_s=until_s):
            fresh = "fresh" if part.age_s is None else f"{part.age_s:.0f} s old"
            span = f"{since_s:.1f} to {until_s:.1f}"
            faults.append(
                f"{source} {part.amount}, {fresh}, {evidence.truth.when(source, part.amount)}, must be {span}"
            )
        if part.check:
            faults.append(f"{source} {part.amount} is marked as a jump, which it is not")
    if told.rate is not None and told.rate_at is not None:
        at_s = told.rate_at.timestamp()
        if not evidence.truth.was_held(
            "fx", told.rate, since_s=at_s - evidence.deadline_s, until_s=at_s + 60 + _EDGE_S
        ):
            faults.append(f"rate {told.rate} of {told.rate_at:%H:%M}, {evidence.truth.when('fx', told.rate)}")
        if not told.stale and at_s + 60 + _RATE_TTL_S + evidence.deadline_s + _FROZEN_S < closed_at_s:
            faults.append(f"rate of {told.rate_at:%H:%M} is not marked STALE")
    return faults


def _span(part: Shown, source: str, *, evidence: Evidence, round_id: str) -> tuple[float, float]:
    """Return the stretch of time in which a shown number must have been true."""
    closed_at_s = evidence.book.rounds[round_id].closed_at_s
    if part.age_s is not None:
        oldest_s = part.age_s + part.age_step_s + evidence.deadline_s + _FROZEN_S
        return closed_at_s - oldest_s, closed_at_s - part.age_s + _EDGE_S
    opened_at_s = evidence.opened_at_s.get(round_id, closed_at_s - evidence.deadline_s)
    since_s = opened_at_s
    others = [
        (at_s, evidence.book.rounds[name].closed_at_s)
        for name, at_s in evidence.opened_at_s.items()
        if name in evidence.book.rounds
    ]
    for other_at_s, other_closed_at_s in sorted(others, reverse=True):  # a fetch of an older round may still run
        if other_at_s < since_s < other_closed_at_s:
            since_s = other_at_s
    for played in evidence.played:
        felt_until_s = played.lifted_at_s + _FELT_AFTER_S
        if not played.applied_at_s or not played.disturbance.touches(source):
            continue
        if played.applied_at_s <= closed_at_s and felt_until_s >= since_s:
            since_s = min(since_s, opened_at_s - evidence.deadline_s)
            if played.disturbance.stops:  # what was being fetched when it froze counts when it goes on
                since_s = min(since_s, played.applied_at_s - evidence.deadline_s)
    return since_s - _EDGE_S, closed_at_s + _EDGE_S


def _remarks(evidence: Evidence, late_s: Mapping[Owed, float]) -> Iterator[Trouble]:
    """Yield what was latest, and each `Working…` that nothing replaced."""
    if late_s:
        latest = max(late_s, key=lambda each: late_s[each])
        yield Trouble(kind="latest", at_s=latest.due_at_s, text=f"{latest.what}, {late_s[latest]:.1f} s")
    for message in evidence.messages:
        if message.text == "Working…" and not message.deleted:
            yield Trouble(kind="left", at_s=arrival_s(message), text=f"message {message.message_id} is still Working…")


def describe(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    """Yield a line for each trouble and remark, and below it what was done around that moment."""
    for trouble in (*verdict.remarks, *verdict.troubles):
        yield f"{trouble.kind}: {trouble.text} ({shown_time(trouble.at_s)})"
        before = [played for played in evidence.played if played.began_at_s <= trouble.at_s]
        for played in before[-3:]:
            at = f"{shown_time(played.began_at_s)}, done {shown_time(played.applied_at_s)}"
            yield f"    round {played.number} ({at}): {played.disturbance} {played.note}".rstrip()


def notes(evidence: Evidence) -> str:
    """Say how much the run had to endure, in a line."""
    told = [found for message in evidence.messages if (found := _read(message)) is not None]
    states = [row.state for row in evidence.book.rows.values()]
    marked = sum(bool(each.usd.mark) for each in told)
    return (
        f"{len(told)} messages, {marked} with a failed platform, {sum(each.repeated for each in told)} marked as "
        f"repeats, {states.count('folded')} rounds folded, {states.count('dead')} dead"
    )
