"""What `make now` says to a terminal: each outcome that is no message, and what to do about it."""

from collections.abc import Iterable, Mapping

from bus.messages.delivery import ChatOutcome
from notifier.now.programs import HEAR

STOPPED = "The system is not running here; start it with: make start"
UNHEARD = "The notifier does not answer. See: make status, and logs/notifier.log"
KEPT = "The request is kept: its message comes by itself once that is mended."
RESTART = "Then: make restart WHAT=core:notifier"
_RIGHTS = "Give the bot the right to send messages in that chat."
_OPEN = "Open the topic again, or let the bot manage topics."
_CURES = {
    "token refused": f"Set TELEGRAM_BOT_TOKEN in .env to the token that BotFather shows. {RESTART}",
    "chat not found": f"Check TELEGRAM_CHAT_ID in .env, and write to the bot in that chat once. {RESTART}",
    "blocked by the user": "Unblock the bot in Telegram, then: make now",
    "initiate conversation": "Write /start to the bot in Telegram, then: make now",
    "deactivated": f"That Telegram account is gone; set TELEGRAM_CHAT_ID in .env to another chat. {RESTART}",
    "kicked": "Add the bot to the group again, then: make now",
    "not a member": "Add the bot to the group again, then: make now",
    "rights": _RIGHTS,
    "_forbidden": _RIGHTS,
    "admin_required": _RIGHTS,
    "restricted": _RIGHTS,
    "topic_closed": _OPEN,
    "topic is closed": _OPEN,
    "network": "Check this machine's network, DNS and firewall: Telegram cannot be reached.",
    "timed out": "Check this machine's network: Telegram does not answer.",
}
"""By words in the reason that the outbox has; only these call for somebody to do something."""


def cure(reason: str) -> str:
    """Say what to do about a message that waits or is dead.

    Args:
        reason: Why a message waits or is dead, as the ledger keeps it.

    Returns:
        A sentence, empty where there is nothing to do.
    """
    return next((cure for words, cure in _CURES.items() if words in reason.lower()), "")


def lasts(reason: str) -> bool:
    """Tell whether only the owner ends what a message waits for: another try would say the same.

    Args:
        reason: Why a message waits or is dead, as the ledger keeps it.
    """
    return reason == "token refused" or cure(reason) in {_RIGHTS, _OPEN}


def not_delivered(chats: Iterable[ChatOutcome]) -> str:
    """Say which chats do not have the message, why, and whether they will.

    Args:
        chats: What became of the message in each chat.

    Returns:
        Lines of text, empty where all have it.
    """
    lines: list[str] = []
    for each in chats:
        if each.state == "sent":
            continue
        yet = "" if each.state == "dead" else " yet"
        because = f": {each.reason}" if each.reason else ""
        lines += [f"Not delivered to chat {each.chat}{yet}{because}."]
        lines += [cure(each.reason)] if cure(each.reason) else []
        lines += [] if each.state == "dead" else ["It is kept and goes out by itself as soon as that is possible."]
    return "\n".join(lines)


def elsewhere(who: str) -> str:
    """Say that another copy speaks for the bot.

    Args:
        who: The other copy, as it names itself.

    Returns:
        Two lines of text.
    """
    return (
        f"The notifier here stands down: another copy speaks for this bot ({who}).\n"
        "Type make now in its folder, or make stop there: half a minute later this one takes over."
    )


def not_running(down: Mapping[str, str], *, kept: bool) -> str:
    """Say which programs do not run.

    Args:
        down: Their states.
        kept: The notifier has heard the request.
    """
    lines = [f"{name} does not run ({state}); its log says why: logs/{name}.log" for name, state in down.items()]
    lines += [f"Start it with: make restart WHAT=core:{name}" for name in down]
    heard = kept and not any(name in HEAR for name in down)
    return "\n".join([*lines, KEPT if heard else "Nobody has heard the request; type make now again then."])


def too_late(within_s: float, chats: Iterable[ChatOutcome], trouble: str) -> str:
    """Say that the time is over, and what is known.

    Args:
        within_s: How long was waited, in seconds.
        chats: What became of the message in each chat.
        trouble: Why the ledger cannot be used, empty where it can.

    Returns:
        Lines of text.
    """
    known = not_delivered(chats)
    ledger = f"The ledger cannot be used: {trouble}. See: make check, and the disk." if trouble else ""
    said = [f"No message within {within_s:.0f} s.", known, ledger, "Look at: make status, make logs"]
    return "\n".join(line for line in said if line)
