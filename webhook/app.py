"""The webhook's pages: what may be sent, and what may be asked.

FastAPI finds the page and describes the interface. It is kept from everything that would repeat what was sent: bodies
are read by our own code, its own pages are off, and so is its telemetry, whose spans would name paths with secrets.
"""

import msgspec
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bus.version import VERSION
from ledger.inbox.alert import Fault
from ledger.inbox.listing import listed
from webhook import described
from webhook.answers import not_kept, refused
from webhook.health import MEDIA_TYPE, Heard, Page, page
from webhook.networks import address_of
from webhook.receiving import Receiving, Unauthorized, must_have_token
from webhook.settings import Settings
from webhook.signals_page import NoPage, wanted, worded
from webhook.writer import Unkept, Writer

PATH = "/webhook/tradingview"
JSON = "application/json"
_encode = msgspec.json.encode


class Pages:
    """Answers requests."""

    def __init__(self, settings: Settings, receiving: Receiving, writer: Writer, heard: Heard) -> None:
        """Take what it works with.

        Args:
            settings: Hold the secret of the owner's own programs.
            receiving: Takes alerts in.
            writer: Reads from the inbox, and knows whether alerts can be kept.
            heard: What the bus says.
        """
        self._settings = settings
        self._writer = writer
        self._heard = heard
        self.app = FastAPI(
            title="webhook",
            version=VERSION,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        )
        add = self.app.add_api_route
        alert = described.alert()
        add(PATH, receiving.receive, methods=["POST"], summary="Send an alert", openapi_extra=alert)
        by_path = "Send an alert, its secret in the path"
        add(PATH + "/{token}", receiving.receive, methods=["POST"], summary=by_path, openapi_extra=alert)
        add("/health", self._health, methods=["GET"], summary="How far an alert would get now")
        signals = described.signals()
        add("/signals", self._signals, methods=["GET"], summary="The signals, newest first", openapi_extra=signals)
        self.app.add_route("/openapi.json", self._openapi, methods=["GET"], include_in_schema=False)
        self.app.add_exception_handler(Unauthorized, _unauthorized)

    async def _health(self, request: Request) -> Response:
        """Answer how it is, in detail to whoever asks from this machine or has the secret."""
        found = page(can_keep=await self._writer.can_keep(), queue=self._writer.waiting, heard=self._heard)
        if not self._may_know(request):
            found = Page(status=found.status)
        return Response(_encode(found), 503 if found.status == "fail" else 200, media_type=MEDIA_TYPE)

    async def _signals(self, request: Request) -> Response:
        """Answer with a page of signals."""
        must_have_token(request, self._settings)
        try:
            asked = wanted(request.query_params)
            found = await self._writer.ask(lambda connection: listed(connection, asked))
        except NoPage as error:
            return refused(422, Fault("WRONG_FIELD", error.field, error.cure))
        except Unkept:
            return not_kept()
        return Response(worded(found), media_type=JSON)

    async def _openapi(self, request: Request) -> Response:
        """Answer with the description of the interface."""
        must_have_token(request, self._settings)
        document = self.app.openapi()
        document.setdefault("components", {})["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        return Response(_encode(document), media_type=JSON)

    def _may_know(self, request: Request) -> bool:
        """Tell whether a request comes from this machine, through no proxy, or bears the secret."""
        address = address_of(request.client.host) if request.client else None
        if address is not None and address.is_loopback and "x-forwarded-for" not in request.headers:
            return True
        try:
            must_have_token(request, self._settings)
        except Unauthorized:
            return False
        return True


async def _unauthorized(_request: Request, error: Exception) -> Response:
    """Answer whoever asks without the secret; where there is none, as any page that does not exist."""
    if isinstance(error, Unauthorized) and error.status == 401:
        return refused(401, Fault("API_TOKEN", "", "send the header Authorization: Bearer and the API_TOKEN"))
    return Response(b'{"detail":"Not Found"}', 404, media_type=JSON)
