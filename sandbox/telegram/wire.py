"""A bare client of the pretend Bot API, for tests that look at the wire itself and not at a library's view of it."""

import httpx

from sandbox.control.client import Sandbox
from sandbox.telegram.chat import TOKEN

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\3\x20\0\0\2\x58"  # the head of an 800 x 600 picture is enough


class Wire:
    """Bot API calls as urlencoded forms, answers as decoded."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client) -> None:
        """Call the Telegram of a running sandbox."""
        self.url = f"{sandbox.addresses['telegram']}/bot{TOKEN}"
        self.client = client

    def __call__(self, method: str, /, **fields: object) -> dict[str, object]:
        """Return the whole answer, ok or not."""
        answer: dict[str, object] = self.post(method, fields).json()
        return answer

    def post(self, method: str, fields: dict[str, object]) -> httpx.Response:
        """Return the HTTP answer as it came."""
        return self.client.post(f"{self.url}/{method}", data=fields)

    def refusal(self, method: str, /, **fields: object) -> str:
        """Return HTTP status and description of a call that must be refused.

        Raises:
            ValueError: It was not refused, or the status in the body is not the one of HTTP.
        """
        answer = self.post(method, fields)
        body = answer.json()
        if (body["ok"], body.get("error_code")) != (False, answer.status_code):
            raise ValueError(f"not a refusal: {answer.status_code} {body}")
        return f"{answer.status_code} {body['description']}"

    def update_ids(self, **fields: object) -> list[int]:
        """Call getUpdates and return the ids of what it answers."""
        updates = self("getUpdates", **fields)["result"]
        if not isinstance(updates, list):
            raise TypeError(f"not a list of updates: {updates}")
        return [update["update_id"] for update in updates]
