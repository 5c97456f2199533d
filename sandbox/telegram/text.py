"""Texts as the Telegram Bot API takes them: HTML markup in, plain text with entities out.

Follows https://core.telegram.org/bots/api#html-style and the wording of the server's errors (read 2026-11).

Quirks: offsets and lengths of entities are UTF-16 code units, offsets in error texts are UTF-8 bytes of the markup.
Space around the text is trimmed. Commands and addresses are found by the server in every text, typed or sent; here an
address begins with `http://`, `https://` or `www.`. Mentions and hashtags, which the server finds too, are not played,
but for the link that mentions a person by number, `tg://user?id=42`; here everybody has such a number.
MarkdownV2 is not understood.
"""

import re

import msgspec

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_CHARACTER = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]{1,6})|#(?P<decimal>\d{1,7})|(?P<name>lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_RUN = re.compile(r"[^<&]+")
_TAG_NAME = re.compile(r"[^\s>]*")
_VALUE = r"\"[^\"]*\"|'[^']*'|[\w.\-]+"
_ATTRIBUTES = re.compile(rf"(?:\s+[^\s=>/\"']+(?:\s*=\s*(?:{_VALUE}))?)*\s*>")
_ATTRIBUTE = re.compile(rf"([^\s=>/\"']+)(?:\s*=\s*({_VALUE}))?")
_COMMAND = re.compile(r"(?<![\w/<>])/\w{1,64}(?:@\w{3,32})?(?![\w/])")

_PERSON = re.compile(r"tg://user\?id=(\d{1,15})", re.ASCII)
_ADDRESS = re.compile(r"(?<![\w@.-])(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,:;!?')\]]", re.IGNORECASE)


class EntityError(Exception):
    """Say what is wrong with a markup, in the words of the server."""


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A marked stretch of a text; `offset` and `length` in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    custom_emoji_id: str = ""
    user: dict[str, object] = {}


class _Opened(msgspec.Struct):
    name: str
    begins_at: int
    attributes: dict[str, str]


def as_read(text: str) -> str:
    """Return a text as a person reads it: a space that does not break is a space, and nobody sees a word joiner."""
    return text.replace("\u00a0", " ").replace("\u2060", "")


def utf16_length(text: str) -> int:
    """Count a text in UTF-16 code units, as the Bot API does."""
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """Turn HTML markup into plain text and its entities, ordered by offset, untrimmed.

    Raises:
        EntityError: A tag is unknown, unclosed or unmatched.
    """
    return _Reader(markup).read()


def finish(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Trim a text as the server does, fit the entities to it, and add what is found in it by itself."""
    kept = text.replace("\r", "").rstrip()
    first = min((entity.offset for entity in entities), default=utf16_length(kept))
    lead = min(len(kept) - len(kept.lstrip(" \n")), first)
    kept = kept[lead:]
    total = utf16_length(kept)
    fitted = [
        msgspec.structs.replace(entity, offset=start, length=min(entity.length, total - start))
        for entity in entities
        if (start := entity.offset - lead) < total
    ]
    verbatim = [entity for entity in fitted if entity.type in {"code", "pre", "text_link", "text_mention"}]
    added = [found for found in find_by_itself(kept) if not any(_overlap(found, other) for other in verbatim)]
    return kept, sorted(fitted + added, key=lambda entity: (entity.offset, -entity.length))


def find_by_itself(text: str) -> list[Entity]:
    """Find what needs no markup: commands, such as ``/now`` and ``/now@some_bot``, and addresses."""
    addresses = _found("url", _ADDRESS, text)
    commands = _found("bot_command", _COMMAND, text)
    return [*addresses, *(each for each in commands if not any(_overlap(each, other) for other in addresses))]


def _found(kind: str, pattern: re.Pattern[str], text: str) -> list[Entity]:
    return [
        Entity(kind, utf16_length(text[: match.start()]), utf16_length(match.group()))
        for match in pattern.finditer(text)
    ]


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.offset + other.length and other.offset < one.offset + one.length


def _decode(match: re.Match[str]) -> str:
    if match["name"]:
        return _NAMED[match["name"]]
    number = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return match.group()
    return chr(number)


class _Reader:
    """One pass over a markup."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.position = 0
        self.pieces: list[str] = []
        self.units = 0
        self.opened: list[_Opened] = []
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self.position < len(self.markup):
            if self.markup.startswith("</", self.position):
                self._close()
            elif self.markup[self.position] == "<":
                self._open()
            else:
                self._copy()
        if self.opened:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].name}"')
        return "".join(self.pieces), sorted(self.entities, key=lambda entity: (entity.offset, -entity.length))

    def _copy(self) -> None:
        run = _RUN.match(self.markup, self.position)
        character = _CHARACTER.match(self.markup, self.position)
        if run is not None:
            piece, self.position = run.group(), run.end()
        elif character is not None:
            piece, self.position = _decode(character), character.end()
        else:  # a lone & is taken as it stands
            piece, self.position = "&", self.position + 1
        self.pieces.append(piece)
        self.units += utf16_length(piece)

    def _open(self) -> None:
        at = self._byte_offset()
        name_end = self._end_of_name(self.position + 1)
        name = self.markup[self.position + 1 : name_end].lower()
        if name_end == len(self.markup):
            raise EntityError(f"Unclosed start tag at byte offset {at}")
        if name not in TAGS:
            raise EntityError(f'Unsupported start tag "{name}" at byte offset {at}')
        rest = _ATTRIBUTES.match(self.markup, name_end)
        if rest is None:
            raise EntityError(f'Unclosed start tag "{name}" at byte offset {at}')
        attributes = {key.lower(): _unquote(value) for key, value in _ATTRIBUTE.findall(rest.group())}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self.opened.append(_Opened(name, self.units, attributes))
        self.position = rest.end()

    def _close(self) -> None:
        at = self._byte_offset()
        if not self.opened:
            raise EntityError(f"Unexpected end tag at byte offset {at}")
        name_end = self._end_of_name(self.position + 2)
        name = self.markup[self.position + 2 : name_end].lower()
        bracket = self.markup.find(">", name_end)
        if bracket < 0 or self.markup[name_end:bracket].strip():
            raise EntityError(f"Unclosed end tag at byte offset {at}")
        expected = self.opened[-1].name
        if name and name != expected:
            raise EntityError(f'Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{name}>"')
        self._mark(self.opened.pop())
        self.position = bracket + 1

    def _mark(self, tag: _Opened) -> None:
        length = self.units - tag.begins_at
        if length == 0:
            return
        entity = Entity(TAGS[tag.name], tag.begins_at, length)
        match tag.name:
            case "a":
                url = tag.attributes.get("href", "")
                if not url:  # a link without an address is only text
                    return
                person = _PERSON.fullmatch(url)
                about = {"url": url} if person is None else {"type": "text_mention", "user": {"id": int(person[1])}}
                entity = msgspec.structs.replace(entity, **about)
            case "tg-emoji":
                entity = msgspec.structs.replace(entity, custom_emoji_id=tag.attributes.get("emoji-id", ""))
            case "blockquote" if "expandable" in tag.attributes:
                entity = msgspec.structs.replace(entity, type="expandable_blockquote")
            case "code" if self.opened and self.opened[-1].name == "pre":
                language = tag.attributes.get("class", "").removeprefix("language-")
                entity = msgspec.structs.replace(entity, language=language)
            case "pre":
                entity = self._take_language(entity)
        self.entities.append(entity)

    def _take_language(self, pre: Entity) -> Entity:
        for inner in self.entities:
            if inner.type == "code" and (inner.offset, inner.length) == (pre.offset, pre.length):
                self.entities.remove(inner)
                return msgspec.structs.replace(pre, language=inner.language)
        return pre

    def _end_of_name(self, start: int) -> int:
        match = _TAG_NAME.match(self.markup, start)
        return match.end() if match is not None else start

    def _byte_offset(self) -> int:
        return len(self.markup[: self.position].encode())


def _unquote(value: str) -> str:
    return _CHARACTER.sub(_decode, value.strip("\"'"))
