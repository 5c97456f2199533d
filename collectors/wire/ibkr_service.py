"""The answers of IBKR's Flex Web Service, version 3: a reference code, a statement, or one of its error codes.

Follows IBKR Campus "Flex Web Service" and the IBKR guides' "Flex Web Service Version 3" (read 2026-11).

Quirks: errors come with HTTP 200 and as XML, from a CSV query too, and their Status is Warn or Fail without a rule: the
code alone counts. The Url in an answer names a host that had outages; it is never followed. What an unknown code means
is not guessed.
"""

import re

import msgspec

from bus import reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.wire.answer import parse_xml
from collectors.wire.ibkr_accounts import Statement
from collectors.wire.ibkr_statement import read_csv, read_xml

IS_NO_XML, IS_XML = "a report that is no XML", "an XML report"
PENDING, LOST, TOO_MANY, NO_STATEMENT = "1019", "1017", "1018", "1003"
PASSING = frozenset({"1001", "1004", "1005", "1006", "1007", "1008", "1009", "1021", LOST})
DENIED = {
    NO_STATEMENT: (reasons.QUERY_INVALID, "the query's period has no statement: set its period to Last Business Day"),
    "1010": (reasons.QUERY_INVALID, "convert the query to an Activity Flex query in Client Portal"),
    "1011": (reasons.NO_PERMISSION, "activate the Flex Web Service in Client Portal, Flex Queries"),
    "1012": (reasons.KEY_EXPIRED, "make a new token in Client Portal, Flex Web Service Configuration"),
    "1013": (reasons.IP_NOT_ALLOWED, "add this machine's address to the token in Client Portal, or make one without"),
    "1014": (reasons.QUERY_INVALID, "IBKR_FLEX_QUERY_ID must be a query of the user who made the token"),
    "1015": (reasons.BAD_KEY, "check IBKR_FLEX_TOKEN; a new token replaces the one before"),
    "1016": (reasons.QUERY_INVALID, "choose the accounts of the query anew in Client Portal"),
    "1020": (reasons.QUERY_INVALID, "check IBKR_FLEX_QUERY_ID and IBKR_FLEX_TOKEN: digits only"),
}
"""Error codes that the owner must act on: the reason for the chat, and the cure for the log."""

_REFERENCE = re.compile(r"[0-9]{1,30}")
_CODE = re.compile(r"[0-9]{1,6}")


class Ordered(msgspec.Struct, frozen=True):
    """The statement is being made; `reference` fetches it."""

    reference: str


class Pending(msgspec.Struct, frozen=True):
    """The statement is still being made."""


class Lost(msgspec.Struct, frozen=True):
    """The service does not know the reference code (any more)."""


def read_order(body: bytes) -> Ordered:
    """Read the answer of SendRequest.

    Args:
        body: The body as it came.

    Returns:
        The reference code to ask with.

    Raises:
        Busy, Denied: An error code.
        Malformed: Anything else.
    """
    answer = _service_answer(body)
    if isinstance(answer, Ordered):
        return answer
    raise refusal(PENDING if isinstance(answer, Pending) else LOST)


def read_report(body: bytes, report_format: str) -> Statement | Pending | Lost:
    """Read the answer of GetStatement.

    Args:
        body: The body as it came.
        report_format: IBKR_FLEX_REPORT_FORMAT in small letters: auto, xml or csv.

    Returns:
        The statement, or why there is none yet.

    Raises:
        Busy, Denied: An error code, or the statement lacks something.
        Malformed: Anything else.
    """
    if not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        if report_format == "xml":
            raise Denied(reasons.QUERY_INVALID, code=IS_NO_XML)
        return read_csv(body)
    root = parse_xml(body.lstrip())
    if root.tag == "FlexStatementResponse":
        answer = _service_answer(body)
        if isinstance(answer, Ordered):
            raise Malformed(reasons.BAD_ANSWER, code="a reference in place of a report")
        return answer
    if report_format == "csv" and root.tag == "FlexQueryResponse":
        raise Denied(reasons.QUERY_INVALID, code=IS_XML)
    return read_xml(root)


def refusal(code: str) -> PlatformError:
    """Return the error that an error code of the service stands for; an unknown code is Malformed.

    Args:
        code: The code, as text.
    """
    if code in DENIED:
        return Denied(DENIED[code][0], code=code)
    if code == TOO_MANY:
        return Busy(reasons.RATE_LIMITED, code=code)
    if code in PASSING or code == PENDING:
        return Busy(reasons.STATEMENT_NOT_READY, code=code)
    return Malformed(reasons.BAD_ANSWER, code=f"Flex {code}")


def _service_answer(body: bytes) -> Ordered | Pending | Lost:
    """Return what the service says by its codes, whatever the status; raise what a code refuses."""
    root = parse_xml(body.lstrip())
    if root.tag != "FlexStatementResponse":
        raise Malformed(reasons.BAD_ANSWER, code="not a Flex answer")
    code = (root.findtext("ErrorCode") or "").strip()
    if code == PENDING:
        return Pending()
    if code == LOST:
        return Lost()
    if code:
        raise refusal(code if _CODE.fullmatch(code) else "unreadable")
    reference = (root.findtext("ReferenceCode") or "").strip()
    if (root.findtext("Status") or "").strip() != "Success" or not _REFERENCE.fullmatch(reference):
        raise Malformed(reasons.BAD_ANSWER, code="no reference code")
    return Ordered(reference)
