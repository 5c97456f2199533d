"""What the pretend gateways of the platforms share: refusals, rolling rate limits, and answers with pieces missing.

Follows no outside page.
"""

import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence


class Refused(Exception):
    """Say no with one of the platform's codes; an empty text means the code's usual one."""

    def __init__(self, code: str, text: str = "") -> None:
        """Keep the code and the text."""
        super().__init__(code)
        self.code = code
        self.text = text


class Calls:
    """Counts the calls of each name within a rolling span; refused calls do not count."""

    def __init__(self) -> None:
        """Start with no calls."""
        self._at_s: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, name: str, *, limit: int, span_s: float) -> bool:
        """Count a call, unless the span already holds `limit` of them."""
        made_at_s, now_s = self._at_s[name], time.monotonic()
        while made_at_s and made_at_s[0] <= now_s - span_s:
            made_at_s.popleft()
        if len(made_at_s) >= limit:
            return False
        made_at_s.append(now_s)
        return True

    def made(self, name: str) -> int:
        """Return how many calls were counted when the last one came."""
        return len(self._at_s[name])

    def free_in_s(self, name: str, *, span_s: float) -> float:
        """Return the seconds until the oldest call leaves the span; the whole span when there was none."""
        made_at_s = self._at_s[name]
        return made_at_s[0] + span_s - time.monotonic() if made_at_s else span_s

    def forget(self) -> None:
        """Forget all calls."""
        self._at_s.clear()


def reshaped(body: object, *, omitted: Sequence[str], nulled: Sequence[str]) -> object:
    """Copy a JSON value without some keys, and with null at others, at every depth."""

    def keep(fields: dict[str, object]) -> dict[str, object]:
        return {name: None if name in nulled else value for name, value in fields.items() if name not in omitted}

    copy: object = json.loads(json.dumps(body), object_hook=keep)
    return copy


def without_none(fields: dict[str, object]) -> dict[str, object]:
    """Copy a JSON object without what is None."""
    return {name: value for name, value in fields.items() if value is not None}


def merged(headers: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Lay headers over others; an empty value takes a header away."""
    return {name: value for name, value in {**headers, **wanted}.items() if value}


def compact(body: object) -> str:
    """Write JSON as the platforms do: no blanks, no escapes."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
