"""Requests for a snapshot, in the ledger, or in memory while the ledger cannot be used; nothing here raises.

A request that lives in memory alone is forgotten when the process ends.
"""

from collections.abc import Iterable, Iterator

from bus.messages.delivery import Outcome
from ledger.portfolio import request_outcomes, requests
from ledger.portfolio.outbox import Row
from ledger.portfolio.requests import Answered, Request
from notifier.storage.careful_ledger import CarefulLedger
from notifier.storage.chats import Chats
from notifier.storage.recent import MOST_KEPT, Recent


class RequestStore:
    """Who asked for what, and which message is to become the answer."""

    def __init__(self, ledger: CarefulLedger, chats: Chats) -> None:
        """Hold no request in memory.

        Args:
            ledger: The ledger, which may be out of use.
            chats: Know where a chat is now.
        """
        self._ledger = ledger
        self._chats = chats
        self._here: dict[str, tuple[Request, tuple[str, ...]]] = {}
        self._told: Recent[str] = Recent()

    def add(
        self, request: Request, *, update_id: int | None, chats: Iterable[str], refreshes: int | None = None
    ) -> bool:
        """Store a request, in memory where the ledger cannot (then for a new message); False when it is known already.

        Args:
            request: What is asked for.
            update_id: The update that brought it; None from a terminal.
            chats: Who gets the answer.
            refreshes: The message that the answer is to replace, None for a new one.

        Returns:
            Whether it was not known yet.
        """
        askers = tuple(dict.fromkeys(map(self._chats.present_id, chats)))
        if request.id in self._here:
            return False
        stored = self._ledger.ask(requests.add_request, request, update_id=update_id, chats=askers, refreshes=refreshes)
        if stored is None and len(self._here) < MOST_KEPT:
            self._here[request.id] = (request, askers)
        return stored is not False

    def outcome(self, request_id: str) -> Outcome:
        """Return what has become of a request, as far as the ledger can tell."""
        found = self._ledger.ask(request_outcomes.outcome_of, request_id)
        round_id, text, chats = found or ("", "", ())
        return Outcome(id=request_id, round_id=round_id, text=text, chats=chats, trouble=self._ledger.trouble)

    def open(self) -> tuple[Request, ...]:
        """Return the requests without an answer, oldest first; those of the ledger also while it cannot be written."""
        stored = self._ledger.ask(requests.open_requests) or ()
        waiting = (*stored, *(request for request, _ in self._here.values()))
        return tuple(request for request in waiting if request.id not in self._told)

    def answered_by(self, row: Row, told: Iterable[str]) -> list[Answered]:
        """Return the requests that a row answers by telling these rounds.

        Args:
            told: The rounds that its message tells.
        """
        if row.round_id is None:
            return []
        here = [Answered(id=request.id) for request, chats in self._waiting_here() if row.chat_id in chats]
        rounds = tuple(told)
        stored = self._ledger.ask(requests.requests_answered_by, rounds, row.chat_id)
        return [*here, *(stored or ())]

    def forget(self, row: Row, answers: Iterable[Answered]) -> None:
        """Note that a message went out: the request that its round was made for is answered, whatever the ledger says.

        Args:
            row: The message.
            answers: The requests that it answered when it was begun; of those that live in memory alone no other one is
                forgotten, since it may have come meanwhile.
        """
        if row.round_id is not None:
            self._told.note(row.round_id)
        for answer in answers:
            self._here.pop(answer.id, None)

    def waits_without_working(self, request_id: str, chat_id: str) -> bool:
        """Tell whether a request is still open and its chat has no `Working…` yet."""
        return bool(self._ledger.ask(requests.waits_without_working, request_id, chat_id))

    def working_message(self, request_id: str, chat_id: str) -> int | None:
        """Return the `Working…` of a request that is still open."""
        return self._ledger.ask(requests.working_message, request_id, chat_id)

    def forget_place(self, request_id: str, chat_id: str) -> None:
        """Note that the message which the answer was to replace is gone, or must not be touched again."""
        self._ledger.do(requests.forget_place, request_id, chat_id)

    def set_working_message(self, request_id: str, chat_id: str, message_id: int) -> None:
        """Remember the `Working…` that the answer will replace."""
        self._ledger.do(requests.set_working_message, request_id, chat_id, message_id)

    def waiting_here(self) -> dict[str, None]:
        """Return the chats whose requests live in memory alone, in the order of the requests."""
        return {chat_id: None for _, chats in self._waiting_here() for chat_id in chats}

    def waiting(self) -> dict[str, None]:
        """Return the chats whose requests wait in the ledger."""
        return dict.fromkeys(self._ledger.ask(requests.askers_waiting) or ())

    def _waiting_here(self) -> Iterator[tuple[Request, tuple[str, ...]]]:
        """Yield the requests that live in memory alone, with the chats that wait for them, wherever those are now."""
        for request, chats in self._here.values():
            yield request, tuple(map(self._chats.present_id, chats))
