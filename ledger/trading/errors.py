"""Why a service refuses; each text is fit for the person who asked.

TradingError
  ├─ NotFound      there is none, or it is another user's: nobody learns which
  ├─ NotAllowed    the asker's role does not reach that far
  ├─ Taken         a name or number is in use already
  └─ Invalid       the request cannot be carried out as it stands
"""


class TradingError(Exception):
    """A service of the trading books refuses; nothing was changed."""


class NotFound(TradingError):
    """There is no such row that the asker may see."""

    def __init__(self, what: str, name: object) -> None:
        """Word it.

        Args:
            what: The kind of thing, such as `portfolio`.
            name: What was asked for.
        """
        super().__init__(f"there is no {what} {name}")


class NotAllowed(TradingError):
    """The asker's role does not allow it."""


class Taken(TradingError):
    """A name or number that must be unique is in use."""


class Invalid(TradingError):
    """What is asked for cannot be done; the text says what to write instead."""
