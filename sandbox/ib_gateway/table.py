"""The shape of the tables of requests; follows no outside page."""

from collections.abc import Callable

from sandbox.ib_gateway.gateway import Gateway
from sandbox.ib_gateway.session import Session

Handler = Callable[[Gateway, Session, list[str]], None]
Table = dict[str, tuple[str, Handler]]
"""By the request's number: its name in the log and for faults, and how it is answered."""
