"""What the owner is told, by key: the English sentences of all alerts, in one table.

Whoever raises an alert names its key and values; the text is made here, and key and values travel along, so that the
notifier can word it in its own language. A sentence that is added here needs its Russian and German
beside it (`notifier/texts/alerts_russian.py`, `alerts_german.py`); a test compares them.
"""

import msgspec

WAY_BACK = "To go back to the last backup: make stop, make restore FILE={backup}, make start"

ENGLISH = {
    "clock_ahead": "The clock of this machine is {span} ahead at once: set, or asleep.",
    "clock_set_back": "The clock of this machine was set back by {span}; no slot comes twice.",
    "clock_behind": "The clock of this machine is behind: the last slot is {span} ahead; none before comes.",
    "backup_failed": "The daily backup failed: {reason}. It is tried again every hour.",
    "ledger_unusable": "The ledger cannot be used: {reason}. Messages go on, marked as not recorded.",
    "ledger_usable": "The ledger can be used again.",
    "ledger_gone": "The ledger {file} was gone and a new one was begun. " + WAY_BACK,
    "ledger_damaged": "The ledger was damaged. It was set aside as {kept} and a new one begun. " + WAY_BACK,
    "ledger_damaged_for_good": "The ledger was damaged. It was set aside as {kept} and a new one begun. "
    "There is no backup to go back to.",
    "history_aside": "{file} held days that the ledger does not know. It is kept as {kept}. "
    "To take them in: make import-history FILE={path}",
    "history_not_written": "The history file could not be written: {reason}. It is tried again every minute.",
    "silent": "{program} was silent for {seconds} s and was killed",
    "silent_still": "{program} has been silent for {seconds} s and may not be killed; type: make stop, make start",
    "hub_silent": "hub forwarded nothing and was killed",
    "down": "{program} is down since {seconds} s",
    "died": "{program} died {count} times in ten minutes",
    "well": "{program} is well again",
    "machine_silent": "Machine {machine}: nothing was heard from it for {seconds} s. It is down, or the line to it; "
    "what runs there is missing meanwhile.",
    "machine_heard": "Machine {machine} is heard again",
    "machine_ahead": "The clock of machine {machine} is {seconds} s ahead of the hub's machine's. From five on, orders "
    "are not obeyed there; see that it is set by NTP.",
    "machine_behind": "The clock of machine {machine} is {seconds} s behind the hub's machine's. From five on, orders "
    "are not obeyed there; see that it is set by NTP.",
    "deaf": "The bot does not hear what is typed: no answer. Scheduled messages go on.",
    "deaf_conflict": "The bot does not hear what is typed: somebody else polls with the same token (Conflict). "
    "Scheduled messages go on.",
    "deaf_webhook": "The bot does not hear what is typed: a webhook is set, so Telegram hands it to another program. "
    "Scheduled messages go on. docs/keys (Telegram) says how to take it away; is it not yours, then revoke the token "
    "with @BotFather.",
    "deaf_token": "The bot does not hear what is typed: Telegram refuses the bot's token. Scheduled messages go on.",
    "deaf_unanswered": "The bot does not hear what is typed: Telegram does not answer ({error}). "
    "Scheduled messages go on.",
    "hears": "The bot hears again.",
    "chat_moved": "This group has a new number: write {new} in place of {old} into TELEGRAM_CHAT_ID",
    "call_stopped": "{program}: something in this program tried {attempt}, which it never needs. It was stopped and "
    "nothing was sent. If it comes again, stop the bot and revoke the key.",
    "key_not_used": "{label}: the key can do more than read, so it is not used. {advice}.",
    "key_used": "{label}: the key can do more than read, and is used, as READ_ONLY_CHECK=warn says. {advice}.",
    "key_ends": "{label}: the key ends in {days} days, on {day}. {advice}.",
    "key_ends_tomorrow": "{label}: the key ends tomorrow, on {day}. {advice}.",
    "key_ends_today": "{label}: the key ends today, on {day}. {advice}.",
    "key_ended": "{label}: the key ended on {day}. {advice}.",
    "chat_gone": "Chat {chat} takes no messages: {error}. What was meant for it is kept, and told in the next one that "
    "it takes; to send it again: make status, make resend.",
    "chat_refuses": "Chat {chat} takes no messages now: {error}. They are kept and tried again, ever more slowly.",
    "not_signed": "{program} ignored orders that did not come from execution, or came too late: {count} so far "
    "({reason}). Nothing was traded on them. If it comes again, see who else runs programs on this machine.",
    "not_signed_event": "Execution ignored what no broker had signed, or what came late: {count} so far ({reason}). "
    "Nothing was booked on it. If it comes again, see who else runs programs on this machine.",
    "trading_waits": "Trading waits: {reason}. Nothing is lost; it goes on by itself.",
    "trading_goes_on": "Trading goes on.",
    "bridge_waits": "RabbitMQ takes no events: {reason}. They wait, none is lost, and trading goes on.",
    "bridge_goes_on": "RabbitMQ takes events again.",
    "bridge_queues_lost": "RabbitMQ had no exchange {exchange} any more; it was made anew, and the queues that were "
    "bound to it are not. Bind them again. Events that had a queue before wait for one, for an hour.",
    "inbox_damaged": "The inbox was damaged. It was set aside as {kept} and a new one begun. "
    "Nothing trades until /unkill.",
    "message_dead": "A message could not be delivered: {error}. See make status.",
    "webhook_strangers": "Webhook: refused {count} from addresses that may not send alerts, last from {sender}. "
    "If it is yours, write it into WEBHOOK_ALLOWED_IPS; a proxy of yours into WEBHOOK_TRUSTED_PROXIES.",
    "webhook_wrong_secret": "Webhook: refused {count} with a wrong secret or none, last from {sender}. "
    "If they are yours, compare the alert in TradingView with the strategy's own URL or secret.",
    "webhook_unreadable": "Webhook: refused {count} that are no alert: {cure}.",
    "webhook_refused": "Alerts of {strategy} refused: {count}. {field}: {cure}.",
    "webhook_repeated_id": "Alerts of {strategy} refused: {count}, with an id that was used before. "
    "The id in the alert's text must hold {{{{timenow}}}}, so that each is another one.",
    "webhook_not_kept": "Webhook: alerts could not be kept: {reason}. TradingView sends each three times more; "
    "not kept so far: {count}.",
    "webhook_secret_not_known": "Webhook: {count} alerts with WEBHOOK_SECRET, which no strategy has yet. "
    "Is execution running, and does TRADING_DEFAULT_USERNAME name a user?",
}
"""The templates are `str.format`'s. The notifier translates values named `reason`, `span` and `advice` too."""


class AlertText(msgspec.Struct, frozen=True):
    """One sentence for the owner, not yet worded."""

    key: str
    values: dict[str, str]

    @property
    def text(self) -> str:
        """The sentence in English."""
        return ENGLISH[self.key].format_map(self.values)


def alert_text(key: str, /, **values: str) -> AlertText:
    """Choose a sentence.

    Args:
        key: One of ENGLISH.
        values: What its template names.

    Returns:
        The sentence, to be handed to whoever raises alerts.
    """
    return AlertText(key, values)
