"""The interface, described for OpenAPI from the table of fields itself."""

from ledger.inbox.fields import FIELDS, REQUIRED
from webhook.signals_page import CURES

Described = dict[str, object]


def alert() -> Described:
    """Describe what may be sent, and how it is answered.

    Returns:
        The operation's request body and responses, as OpenAPI writes them.
    """
    properties = {
        name: {"type": ["string", "number"], "description": field.about} for field in FIELDS for name in field.names
    }
    secret = {"type": "string", "description": "the strategy's, unless it stands in the path or the header"}
    schema = {"type": "object", "properties": {"secret": secret, **properties}, "required": list(REQUIRED)}
    answers = {
        "200": "kept: `accepted`, or `duplicate` of what is kept already",
        "400": "no JSON",
        "401": "the secret is wrong or missing",
        "403": "the address may not send",
        "408": "too slow",
        "413": "too long",
        "422": "a field is wrong; `field` names it, `cure` says what to write",
        "503": "not kept: send it again",
    }
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {status: {"description": text} for status, text in answers.items()},
    }


def signals() -> Described:
    """Describe what may be asked of the signals.

    Returns:
        The operation's parameters, security and responses, as OpenAPI writes them.
    """
    parameters = [
        {"name": name, "in": "query", "description": cure, "schema": {"type": "string"}} for name, cure in CURES.items()
    ]
    answers = {"200": "a page of them, the newest first", "401": "the secret is wrong", "404": "API_TOKEN is not set"}
    return {
        "parameters": parameters,
        "security": [{"bearer": []}],
        "responses": {status: {"description": text} for status, text in answers.items()},
    }
