"""Who the first admins are, by what the owner of the machine writes into `.env`; light, as the settings import it.

A person's number is no secret and lets nobody in by itself: Telegram says who a message is from, and only that counts.
"""

import re
from typing import Annotated

from msgspec import Meta

from bus.chats import ChatIds, bare

LARGEST_NUMBER = 2**52
"""Of a Telegram user (core.telegram.org/bots/api, "User", read 2026-11): at most 52 significant bits."""
_NUMBER = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


class AdminIds:
    """Numbers of people as `.env` lists them; a plain class, so that msgspec hands the text to `from_text`."""

    def __init__(self, ids: tuple[int, ...] = ()) -> None:
        """Keep the numbers, in order, each once.

        Args:
            ids: Numbers of Telegram users.
        """
        self.ids = tuple(dict.fromkeys(ids))

    @classmethod
    def from_text(cls, text: str) -> "AdminIds":
        """Read numbers separated by commas.

        Args:
            text: As `.env` has it, such as `123456789, 987654321`.

        Returns:
            The numbers.

        Raises:
            ValueError: One is no person's; the text says why, and not what stands there.
        """
        ids = []
        for place, part in enumerate(text.split(","), start=1):
            written = part.strip()
            if not written:
                raise ValueError(f"nothing stands in place {place}, before or behind a comma")
            if written.startswith("-"):
                raise ValueError(f"the one in place {place} is a group's or a channel's, whose number has a minus")
            if not _NUMBER.fullmatch(written) or int(written) >= LARGEST_NUMBER:
                raise ValueError(f"the one in place {place} is no person's number, which has digits alone, no name")
            ids.append(int(written))
        return cls(tuple(ids))

    def __str__(self) -> str:
        """Return them as `.env` writes them."""
        return ", ".join(map(str, self.ids))


NOBODY = AdminIds()
TelegramAdminIds = Annotated[
    AdminIds,
    Meta(
        description="the Telegram numbers of the people who become the first admins of trading, separated by commas; "
        "empty: whoever TELEGRAM_CHAT_ID names, where it is the private chat of one person"
    ),
]
"""The type of TELEGRAM_ADMIN_IDS in the Settings of everybody who asks who the first admins are."""


def first_admin_ids(admins: AdminIds, chats: ChatIds) -> tuple[int, ...]:
    """Return who becomes an admin without having been let in by one.

    A private chat has the number of the person in it (Bot API, "Chat", read 2026-11). Where several chats get the
    messages, none of them says whose the machine is: somebody who may read a message need not be an admin.

    Args:
        admins: TELEGRAM_ADMIN_IDS.
        chats: TELEGRAM_CHAT_ID; may be empty.

    Returns:
        Numbers of Telegram users; none where nobody is named.
    """
    if admins.ids or len(chats.ids) != 1:
        return admins.ids
    number = int(bare(chats.ids[0]))
    return (number,) if 0 < number < LARGEST_NUMBER else ()
