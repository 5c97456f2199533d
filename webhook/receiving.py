"""An alert's way in, in this order: from where, how long, with which secret, what it says, and into the inbox.

An answer of 500 to 599 makes TradingView send the alert again, and nothing else does: so whatever sending again cannot
mend is refused with less, and whatever could not be kept is answered with 503.
"""

import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.inbox.alert import Fault, read_alert
from ledger.inbox.records import Accepted
from webhook.answers import kept, not_kept, refused
from webhook.body import BodyRefused, read_body
from webhook.keeping import Delivery, Verdict
from webhook.senders import Address, sender_of
from webhook.settings import Settings
from webhook.told import Kind, Told
from webhook.writer import Unkept, Writer

HEADER = "x-tradingview-token"
STRANGER = Fault("ADDRESS", "", "this address may not send alerts; it is for the owner to allow it")
NO_SECRET = Fault("SECRET", "", "the secret is wrong, or there is none: compare with the strategy's own")
REPEATED_ID = Fault("REPEATED_ID", "id", "this id was used before; let the id hold {{timenow}}")


class Receiving:
    """Takes alerts in."""

    def __init__(self, settings: Settings, writer: Writer, told: Told, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Take what it works with.

        Args:
            settings: Who may send, and how old an alert may be.
            writer: Keeps what comes.
            told: Counts what is refused.
            time: Says how old an alert is.
        """
        self._allowed = settings.webhook_allowed_ips
        self._trusted = settings.webhook_trusted_proxies
        self._max_age_s = settings.signal_max_age_seconds
        own = settings.webhook_secret
        self._own = _hash(own.reveal()) if own else ""
        self._writer = writer
        self._told = told
        self._time = time

    async def receive(self, request: Request) -> Response:
        """Take in an alert.

        Args:
            request: A request of which nothing is read yet; a secret in its path is called `token`.

        Returns:
            The answer.
        """
        sender = self.sender(request)
        if sender is None or not self._allowed.holds(sender):
            self._told.note(Kind("strangers"), "an address that cannot be told" if sender is None else str(sender))
            return refused(403, STRANGER, close=True)
        try:
            body = await read_body(request)
        except BodyRefused as error:
            return refused(error.status, Fault(error.code, "", error.cure), close=True)
        beside = request.path_params.get("token") or request.headers.get(HEADER)
        reading = read_alert(body, now=self._time.now(), max_age_s=self._max_age_s, secret=beside)
        secret = beside or reading.secret
        if secret is None:
            return self._without_secret(reading.content, sender)
        delivery = Delivery(_hash(secret), str(sender), reading.content)
        try:
            verdict = await self._writer.keep(delivery)
        except Unkept:
            return not_kept()
        return self._answer(verdict, delivery)

    def sender(self, request: Request) -> Address | None:
        """Tell who sends a request.

        Args:
            request: The request; its body is not read.

        Returns:
            The sender's address; None where it cannot be told.
        """
        peer = request.client.host if request.client else None
        return sender_of(peer, request.headers.getlist("x-forwarded-for"), self._trusted)

    def _without_secret(self, content: object, sender: Address) -> Response:
        """Answer what has no secret; where it is no JSON, it may have been meant to."""
        if isinstance(content, Fault) and content.code == "NOT_JSON":
            self._told.note(Kind("unreadable"), content.cure)
            return refused(400, content)
        self._told.note(Kind("wrong secret"), str(sender))
        return refused(401, NO_SECRET)

    def _answer(self, verdict: Verdict, delivery: Delivery) -> Response:
        """Answer by what became of an alert."""
        if verdict.strategy is None:
            if hmac.compare_digest(delivery.hashed, self._own):
                self._told.note(Kind("secret not known yet"), "")
                return not_kept()
            self._told.note(Kind("wrong secret"), delivery.peer)
            return refused(401, NO_SECRET)
        if isinstance(verdict.result, Accepted) and verdict.result.outcome != "repeated":
            status = "accepted" if verdict.result.outcome == "new" else "duplicate"
            return kept(status, verdict.result.uid)
        if isinstance(verdict.result, Fault):
            fault = verdict.result
            self._told.note(Kind("refused", verdict.strategy, fault.field), fault.cure)
            return refused(400 if fault.code == "NOT_JSON" else 422, fault)
        self._told.note(Kind("repeated id", verdict.strategy), "")
        return refused(422, REPEATED_ID)


class Unauthorized(Exception):
    """Somebody asks for what only the owner's own programs may read."""

    def __init__(self, status: int) -> None:
        """Keep the answer.

        Args:
            status: The answer's: 404 where there is no such thing here, 401 where the secret is wrong.
        """
        super().__init__(status)
        self.status = status


def must_have_token(request: Request, settings: Settings) -> None:
    """Make sure that a request bears the secret of the owner's own programs.

    Args:
        request: The request.
        settings: Hold the secret, if there is one.

    Raises:
        Unauthorized: It does not, or there is none.
    """
    if settings.api_token is None:
        raise Unauthorized(404)
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(_hash(given.strip()), _hash(settings.api_token.reveal())):
        raise Unauthorized(401)


def _hash(secret: str) -> str:
    """Return a secret's SHA-256 as hex digits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
