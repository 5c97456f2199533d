"""Files of the pretend Telegram: how they are named in a request, sent again, fetched, and put into messages."""

import json

import pytest

from sandbox.control.client import Sandbox
from sandbox.telegram.chat import TOKEN
from sandbox.telegram.wire import PNG, Wire

OTHER_PNG = PNG + b"\0"


def post(wire: Wire, method: str, /, *, files: dict[str, bytes], **fields: object) -> dict[str, object]:
    """Call a method with files; return the message, or the description of the refusal as `refused`."""
    parts = {name: (f"{name}.png", content) for name, content in files.items()}
    answer = wire.client.post(f"{wire.url}/{method}", data=fields, files=parts).json()
    message: dict[str, object] = answer["result"] if answer["ok"] else {"refused": answer["description"]}
    return message


def media(kind: str, named: str, **fields: object) -> str:
    """Return an InputMedia."""
    return json.dumps({"type": kind, "media": named} | fields)


def id_of(message: dict[str, object]) -> str:
    """Return the id of a message's photo."""
    photo = message["photo"]
    assert isinstance(photo, list)
    return str(photo[0]["file_id"])


def test_a_file_may_come_as_a_part_that_the_parameter_names(wire: Wire, sandbox: Sandbox) -> None:
    photo = post(wire, "sendPhoto", files={"chart": PNG}, chat_id=42, photo="attach://chart")
    document = post(wire, "sendDocument", files={"table": b"a;b"}, chat_id=42, document="attach://table")
    missing = post(wire, "sendPhoto", files={"chart": PNG}, chat_id=42, photo="attach://other")

    assert sandbox.file(42, int(str(photo["message_id"]))) == PNG
    assert sandbox.file(42, int(str(document["message_id"]))) == b"a;b"
    assert missing == {"refused": "Bad Request: there is no photo in the request"}


def test_a_file_that_came_before_is_sent_again_by_its_id(wire: Wire, sandbox: Sandbox) -> None:
    first = post(wire, "sendPhoto", files={"photo": PNG}, chat_id=42)
    again = wire("sendPhoto", chat_id=42, photo=id_of(first))["result"]
    assert isinstance(again, dict)
    as_document = wire.refusal("sendDocument", chat_id=42, document=id_of(first))

    assert again["photo"] == first["photo"]
    assert sandbox.file(42, again["message_id"]) == PNG
    assert as_document == "400 Bad Request: can't use file of type Photo as Document"
    assert wire.refusal("sendPhoto", chat_id=42, photo="nonsense").endswith("wrong file identifier/HTTP URL specified")


def test_a_file_is_fetched_from_where_get_file_says(wire: Wire, sandbox: Sandbox) -> None:
    file_id = id_of(post(wire, "sendPhoto", files={"photo": PNG}, chat_id=42))
    told = wire("getFile", file_id=file_id)["result"]
    assert isinstance(told, dict)
    base = f"{sandbox.addresses['telegram']}/file/bot"

    assert wire.client.get(f"{base}{TOKEN}/{told['file_path']}").content == PNG
    assert wire.client.get(f"{base}{TOKEN[:-1]}x/{told['file_path']}").status_code == 404
    assert wire.client.get(f"{base}{TOKEN}/photos/none.png").status_code == 404
    assert wire.refusal("getFile", file_id="nonsense") == "400 Bad Request: invalid file_id"
    assert TOKEN not in str(sandbox.requests("telegram"))


def test_a_photo_is_replaced_and_its_caption_changed(wire: Wire, sandbox: Sandbox) -> None:
    sandbox.set_state("telegram", flood_control=False)
    number = post(wire, "sendPhoto", files={"photo": PNG}, chat_id=42, caption="old")["message_id"]
    new = media("photo", "attach://new", caption="<b>new</b>", parse_mode="HTML")
    replaced = post(wire, "editMessageMedia", files={"new": OTHER_PNG}, chat_id=42, message_id=number, media=new)
    content = sandbox.file(42, int(str(number)))
    captioned = wire("editMessageCaption", chat_id=42, message_id=number, caption="newer")["result"]
    same = wire.refusal("editMessageCaption", chat_id=42, message_id=number, caption="newer")
    as_text = wire.refusal("editMessageText", chat_id=42, message_id=number, text="a")
    assert isinstance(captioned, dict)

    assert (replaced["caption"], replaced["caption_entities"]) == ("new", [{"type": "bold", "offset": 0, "length": 3}])
    assert content == OTHER_PNG
    assert (captioned["caption"], captioned["photo"]) == ("newer", replaced["photo"])
    assert same.startswith("400 Bad Request: message is not modified")
    assert as_text == "400 Bad Request: there is no text in the message to edit"


def test_a_text_gets_a_file_and_no_caption_without_one(wire: Wire, sandbox: Sandbox) -> None:
    sent = wire("sendMessage", chat_id=42, text="Total")["result"]
    assert isinstance(sent, dict)
    number = sent["message_id"]
    refusal = wire.refusal("editMessageCaption", chat_id=42, message_id=number, caption="a")
    new = media("document", "attach://table", caption="c")
    edited = post(wire, "editMessageMedia", files={"table": b"a;b"}, chat_id=42, message_id=number, media=new)

    assert refusal == "400 Bad Request: there is no caption in the message to edit"
    assert (edited["caption"], "text" in edited) == ("c", False)
    assert sandbox.file(42, number) == b"a;b"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("no JSON", "can't parse input media JSON object"),
        (media("hologram", "attach://new"), 'can\'t parse InputMedia: type "hologram" is unsupported'),
        (media("photo", ""), "can't parse InputMedia: media not found"),
        (media("photo", "attach://other"), "can't parse InputMedia: media not found"),
        (media("photo", "attach://new", caption="x" * 1025), "message caption is too long"),
        (media("photo", "attach://new", caption="<x>", parse_mode="HTML"), "can't parse entities: Unsupported start"),
    ],
    ids=["no JSON", "unknown kind", "no file", "no such part", "caption too long", "broken caption"],
)
def test_media_that_cannot_be_is_refused(wire: Wire, written: str, problem: str) -> None:
    number = post(wire, "sendPhoto", files={"photo": PNG}, chat_id=42)["message_id"]
    answer = post(wire, "editMessageMedia", files={"new": PNG}, chat_id=42, message_id=number, media=written)

    assert str(answer["refused"]).startswith(f"Bad Request: {problem}")
