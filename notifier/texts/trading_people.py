"""What is said about users of trading, in each language: who asks to be let in, who decides, and what they are told.

Texts are HTML for Telegram, but for what stands on buttons, and for what comes through the outbox, which is plain.
"""

import msgspec

from bus.language import Language


class PeopleWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence about users; a missing translation is a type error.

    Through the outbox come `request`, `let_in`, `on_paper`, `turned_down`, `shut_out`, and `role_changed`.
    """

    asked: str
    waits: str
    too_many: str
    later: str
    request: str
    button_trader: str
    button_viewer: str
    button_block: str
    decided_in: str
    decided_out: str
    let_in: str
    on_paper: str
    turned_down: str
    shut_out: str
    role_changed: str
    is_in: str
    is_in_already: str
    is_blocked: str
    is_turned_down: str
    is_blocked_already: str
    stays: str
    nothing_stays: str
    has_role: str
    approve_usage: str
    block_usage: str
    role_usage: str
    waiting: str
    active: str
    blocked: str
    asked_at: str
    more: str
    users_usage: str


WORDS: dict[Language, PeopleWords] = {
    "en": PeopleWords(
        asked="Asked. An admin decides, and the answer comes here.",
        waits="Asked already, on {at}. An admin has not decided yet; the answer comes here.",
        too_many="Too many people wait to be let in, so this was not noted. Type /start again tomorrow.",
        later="That could not be noted now. Type /start again in a few minutes.",
        request="{name} asks to be let in to trading.\nNumber at Telegram: {number}",
        button_trader="Approve",
        button_viewer="Approve as viewer",
        button_block="Block",
        decided_in="✓ In, as {role} – {by}, {at}",
        decided_out="✗ Blocked – {by}, {at}",
        let_in="An admin has let you in, as {role}. /help lists what there is.",
        on_paper="Your portfolio {name} is on paper: its orders cost nothing.",
        turned_down="An admin has not let you in.",
        shut_out="An admin has blocked you: your signals are refused, and nothing that you type or press is heard. "
        "What is open at the venues stays.",
        role_changed="An admin has given you another role: {role}.",
        is_in="{name} is in, as {role}.",
        is_in_already="{name} is in already, as {role}. Another role: /role",
        is_blocked="{name} is blocked. Signals that wait or come are refused; questions can no longer be answered.",
        is_turned_down="{name} is not let in, and is not heard any more.",
        is_blocked_already="{name} is blocked already.",
        stays="At the venues nothing was changed. There stay open orders: {orders}, open positions: {positions}. "
        "/kill cancels openings, of everybody.",
        nothing_stays="There are no open orders and no positions of theirs.",
        has_role="{name} is {role} from now on.",
        approve_usage="Write /approve, the name or number of who is to come in, and, unless it is trader, the role: "
        "/approve 123456789 viewer. /users lists who waits.",
        block_usage="Write /block and the name or number: /block 123456789. /users lists them.",
        role_usage="Write /role, the name or number, and admin, trader or viewer: /role 123456789 viewer",
        waiting="Waiting to be let in",
        active="In",
        blocked="Blocked",
        asked_at="asked {day}",
        more="and {count} more",
        users_usage="/approve NUMBER · /block NUMBER",
    ),
    "ru": PeopleWords(
        asked="Просьба записана. Решит администратор, ответ придёт сюда.",
        waits="Просьба уже записана, {at}. Администратор ещё не решил; ответ придёт сюда.",
        too_many="Слишком многие ждут допуска, поэтому просьба не записана. Наберите /start завтра.",
        later="Сейчас записать не получилось. Наберите /start через несколько минут.",
        request="{name} просит допустить к торговле.\nНомер в Telegram: {number}",
        button_trader="Допустить",
        button_viewer="Только смотреть",
        button_block="Заблокировать",
        decided_in="✓ Допуск, роль {role} – {by}, {at}",
        decided_out="✗ Заблокировано – {by}, {at}",
        let_in="Администратор дал допуск, роль: {role}. Что есть, покажет /help.",
        on_paper="Портфель {name} бумажный: его заявки ничего не стоят.",
        turned_down="Администратор не дал допуска.",
        shut_out="Администратор закрыл доступ: сигналы отклоняются, команды и кнопки не действуют. "
        "Открытое на биржах остаётся.",
        role_changed="Администратор сменил роль: {role}.",
        is_in="{name}: допуск есть, роль {role}.",
        is_in_already="{name}: допуск уже есть, роль {role}. Сменить роль: /role",
        is_blocked="{name}: доступ закрыт. Сигналы, новые и в очереди, отклоняются; на вопросы ответить нельзя.",
        is_turned_down="{name}: в допуске отказано, и больше бот не отвечает.",
        is_blocked_already="{name}: доступ уже закрыт.",
        stays="На биржах ничего не изменилось. Остаются заявки: {orders}, позиции: {positions}. "
        "/kill отменит покупки, у всех.",
        nothing_stays="Открытых заявок и позиций нет.",
        has_role="{name}: теперь роль {role}.",
        approve_usage="Наберите /approve, имя или номер и, если это не trader, роль: /approve 123456789 viewer. "
        "Кто ждёт, покажет /users.",
        block_usage="Наберите /block и имя или номер: /block 123456789. Список: /users",
        role_usage="Наберите /role, имя или номер и admin, trader или viewer: /role 123456789 viewer",
        waiting="Ждут допуска",
        active="С допуском",
        blocked="Заблокированы",
        asked_at="с {day}",
        more="и ещё {count}",
        users_usage="/approve NUMBER · /block NUMBER",
    ),
    "de": PeopleWords(
        asked="Angefragt. Ein Admin entscheidet, die Antwort kommt hierher.",
        waits="Schon angefragt, am {at}. Noch hat kein Admin entschieden; die Antwort kommt hierher.",
        too_many="Zu viele warten auf Zugang, daher wurde nichts notiert. Morgen noch einmal /start senden.",
        later="Das ließ sich gerade nicht notieren. In ein paar Minuten noch einmal /start senden.",
        request="{name} bittet um Zugang zum Handel.\nNummer bei Telegram: {number}",
        button_trader="Zulassen",
        button_viewer="Nur zum Ansehen",
        button_block="Sperren",
        decided_in="✓ Zugelassen als {role} – {by}, {at}",
        decided_out="✗ Gesperrt – {by}, {at}",
        let_in="Zugang erteilt, Rolle: {role}. Was es gibt, zeigt /help.",
        on_paper="Das Portfolio {name} ist auf Papier: Seine Orders kosten nichts.",
        turned_down="Ein Admin hat den Zugang abgelehnt.",
        shut_out="Ein Admin hat den Zugang gesperrt: Signale werden abgelehnt, Befehle und Knöpfe gelten nicht mehr. "
        "Was an den Handelsplätzen offen ist, bleibt.",
        role_changed="Ein Admin hat die Rolle geändert: {role}.",
        is_in="{name} ist zugelassen, als {role}.",
        is_in_already="{name} ist schon zugelassen, als {role}. Andere Rolle: /role",
        is_blocked="{name} ist gesperrt. Wartende und neue Signale werden abgelehnt; Fragen lassen sich nicht mehr "
        "beantworten.",
        is_turned_down="{name} ist abgelehnt und wird nicht mehr gehört.",
        is_blocked_already="{name} ist schon gesperrt.",
        stays="An den Handelsplätzen ist nichts geändert. Es bleiben offene Orders: {orders}, Positionen: {positions}. "
        "/kill storniert Eröffnungen, bei allen.",
        nothing_stays="Offene Orders und Positionen gibt es keine.",
        has_role="{name} ist ab jetzt {role}.",
        approve_usage="/approve mit Name oder Nummer senden und, falls nicht trader, mit der Rolle: "
        "/approve 123456789 viewer. Wer wartet, zeigt /users.",
        block_usage="/block mit Name oder Nummer senden: /block 123456789. Alle zeigt /users.",
        role_usage="/role mit Name oder Nummer und admin, trader oder viewer senden: /role 123456789 viewer",
        waiting="Warten auf Zugang",
        active="Zugelassen",
        blocked="Gesperrt",
        asked_at="seit {day}",
        more="und {count} weitere",
        users_usage="/approve NUMBER · /block NUMBER",
    ),
}


def words_of(language: str) -> PeopleWords:
    """Return the words of a user's language, as the ledger keeps it; English for one that has none here.

    Args:
        language: Such as `ru`.
    """
    return next((words for each, words in WORDS.items() if each == language), WORDS["en"])
