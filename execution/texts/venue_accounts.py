"""What is told of an account that the settings name or its broker has proven; English, Russian, German; plain text."""

from typing import Final, NamedTuple

from bus.language import Language


class Words(NamedTuple):
    """All words of one language, with the names of their values in braces."""

    added: str
    taken: str
    archived: str
    taken_proven: str
    archived_proven: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        added="The account {number} ({kind}) at {broker} is here now, as the portfolio {name}. The default strategy "
        "goes on in {default}. To trade there: /portfolio {name}, then /strategy new.",
        taken="⚠ {variable} is {number}, and another user here has that account already, so none was made. Archive it "
        "there, or correct {variable} in .env.",
        archived="⚠ {variable} is {number}, and that account was archived here, so nothing trades in it. Take it out "
        "of .env, or: make add-account OWNER=… NAME=… BROKER={broker} NUMBER={number}",
        taken_proven="⚠ The key of {broker} is of the account {number}, and another user here has that account "
        "already, so none was made. Archive it there, or give {broker} another key in .env.",
        archived_proven="⚠ The key of {broker} is of the account {number}, and that account was archived here, so "
        "nothing trades in it. Take the key out of .env, or: make add-account OWNER=… NAME=… BROKER={broker} "
        "NUMBER={number}",
    ),
    "ru": Words(
        added="Счёт {number} ({kind}) у {broker} добавлен как портфель {name}. Стратегия по умолчанию остаётся в "
        "{default}. Чтобы торговать там: /portfolio {name}, затем /strategy new.",
        taken="⚠ {variable} — {number}, но этот счёт здесь уже у другого пользователя, поэтому он не создан. "
        "Отправьте тот в архив или исправьте {variable} в .env.",
        archived="⚠ {variable} — {number}, но этот счёт здесь в архиве, и на нём ничего не торгуется. Уберите его из "
        ".env или: make add-account OWNER=… NAME=… BROKER={broker} NUMBER={number}",
        taken_proven="⚠ Ключ {broker} — от счёта {number}, но этот счёт здесь уже у другого пользователя, поэтому он "
        "не создан. Отправьте тот в архив или укажите для {broker} другой ключ в .env.",
        archived_proven="⚠ Ключ {broker} — от счёта {number}, но этот счёт здесь в архиве, и на нём ничего не "
        "торгуется. Уберите ключ из .env или: make add-account OWNER=… NAME=… BROKER={broker} NUMBER={number}",
    ),
    "de": Words(
        added="Das Konto {number} ({kind}) bei {broker} ist jetzt da, als Portfolio {name}. Die Standardstrategie "
        "bleibt in {default}. Um dort zu handeln: /portfolio {name}, dann /strategy new.",
        taken="⚠ {variable} ist {number}, und dieses Konto hat hier schon jemand anders; es wurde keines angelegt. "
        "Dort archivieren oder {variable} in .env berichtigen.",
        archived="⚠ {variable} ist {number}, und dieses Konto ist hier archiviert; dort wird nichts gehandelt. "
        "Aus .env nehmen oder: make add-account OWNER=… NAME=… BROKER={broker} NUMBER={number}",
        taken_proven="⚠ Der Schlüssel von {broker} gehört zum Konto {number}, und dieses Konto hat hier schon jemand "
        "anders; es wurde keines angelegt. Dort archivieren oder {broker} in .env einen anderen Schlüssel geben.",
        archived_proven="⚠ Der Schlüssel von {broker} gehört zum Konto {number}, und dieses Konto ist hier "
        "archiviert; dort wird nichts gehandelt. Den Schlüssel aus .env nehmen oder: make add-account OWNER=… NAME=… "
        "BROKER={broker} NUMBER={number}",
    ),
}
