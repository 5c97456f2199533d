"""Every kind of message that there is, whatever its subject."""

import importlib
import pkgutil

import bus.messages
from bus.codec import Decoder
from bus.messages.base import Message

for _subject in pkgutil.iter_modules(bus.messages.__path__):
    importlib.import_module(f"bus.messages.{_subject.name}")

KINDS: tuple[type[Message], ...] = tuple(Message.__subclasses__())

decode = Decoder(KINDS).decode
