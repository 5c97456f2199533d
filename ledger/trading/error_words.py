"""What services refuse with, in words: each refusal by its code, English for logs and terminals, Russian for chats.

German stands in `error_words_german`, what they are about in Russian in `error_names`.
The words stand here, once, since both that answer people show them: the chat's commands, and execution's answers.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    """A text with the names of its values in braces, in English and Russian."""

    en: str
    ru: str


NOT_FOUND: Final = "not_found"
REFUSALS: Final[Mapping[str, Words]] = {
    NOT_FOUND: Words("there is no {what} {name}", "не найдено: {what} {name}"),
    # who may
    "admin_only": Words("only an admin may do that", "это может только администратор"),
    "viewer": Words(
        "a viewer changes nothing; ask an admin for the role of a trader",
        "наблюдатель ничего не меняет; попросите у администратора роль трейдера",
    ),
    "set_by_admin": Words(
        "an admin has set this; only an admin may lift it", "это установил администратор; снять может только он"
    ),
    "limit_by_admin": Words(
        "this limit was set by an admin; ask one to change it",
        "этот лимит установил администратор; изменить может только он",
    ),
    # words and documents
    "bad_name": Words(
        "{what} has 1 to {longest} signs, with no space at its ends and no line breaks; not {text!r:.90}",
        "{what}: от 1 до {longest} знаков, без пробелов по краям и переносов строк; не {text!r:.90}",
    ),
    "bad_description": Words(
        "a description has at most {longest} signs, all of them to be seen; shorten it",
        "в описании не больше {longest} знаков, и все видимые; сократите его",
    ),
    "bad_currency": Words(
        "a currency is 2 to 8 capital letters or digits, such as USD; not {code!r:.40}",
        "валюта — от 2 до 8 заглавных букв или цифр, например USD; не {code!r:.40}",
    ),
    "not_one_of": Words("{what} is {known}; not {word!r:.40}", "{what}: {known}; не {word!r:.40}"),
    "no_document": Words(
        "{what} is a list of names and values, {{…}}; not {kind}", "{what} — список имён и значений, {{…}}; не {kind}"
    ),
    "no_text": Words(
        '{what}: {error}; write amounts as text, such as "0.1"', '{what}: {error}; пишите суммы текстом, например "0.1"'
    ),
    "too_deep": Words("{what} is nested too deep", "{what}: слишком глубокая вложенность"),
    "too_long": Words("{what} has {count} signs, at most {most}", "{what}: {count} знаков, можно не больше {most}"),
    "too_many_signs": Words(
        "{what}: {count} signs are too many; {most} can be kept", "{what}: знаков слишком много: {count} из {most}"
    ),
    "no_such_field": Words("{what}: there is no {name}; {nearest}", "{what}: нет {name}; {nearest}"),
    "bad_field": Words("{what}: {error}", "{what}: {error}"),
    "not_above_zero": Words("{what} is above zero, not {number}", "{what} должно быть больше нуля, не {number}"),
    "no_zone": Words(
        "there is no time zone {timezone!r:.70}; write it like Europe/Berlin",
        "нет часового пояса {timezone!r:.70}; пишите как Europe/Berlin",
    ),
    "too_many_listed": Words(
        "{count} {things} cannot be listed; ask for 1 to {most}", "столько не показать: {count}; просите от 1 до {most}"
    ),
    # people
    "no_number": Words(
        "{number} is no user's number at Telegram; write the person's own, not a group's",
        "{number} — не номер пользователя Telegram; нужен номер человека, не группы",
    ),
    "last_admin": Words(
        "{name} is the last active admin; make somebody else an admin first",
        "{name} — последний действующий администратор; сначала назначьте другого",
    ),
    "requests_full": Words(
        "{count} requests wait already, and no more are taken; ask an admin to answer them",
        "уже ждут заявок: {count}, больше не принимается; попросите администратора ответить на них",
    ),
    "in_already": Words(
        "{name} is in already, as {role}; change the role instead", "{name} уже допущен как {role}; смените роль"
    ),
    "users_full": Words(
        "{count} users are active, at most {most} may be; block one first, or raise MAX_USERS",
        "действующих пользователей {count}, можно не больше {most}; заблокируйте одного или поднимите MAX_USERS",
    ),
    "role_of_inactive": Words(
        "{name} is {status}, not active; approve them with the role instead",
        "{name} не активен ({status}); лучше допустите с нужной ролью",
    ),
    "inactive": Words(
        "{name} is {status}, not active; approve them first", "{name} не активен ({status}); сначала допустите"
    ),
    "several_users": Words(
        "several users are called {name}; write the number: {numbers}",
        "так зовут нескольких: {name}; напишите номер: {numbers}",
    ),
    # accounts, portfolios, strategies, instruments
    "account_number_taken": Words(
        "account {number} at {broker} is in use here already; archive the other one first",
        "счёт {number} у {broker} здесь уже используется; сначала отправьте тот в архив",
    ),
    "program_taken": Words(
        "{program} serves another account already; take another name",
        "{program} уже обслуживает другой счёт; возьмите другое имя",
    ),
    "program_of_another": Words(
        "{program} is no program of a further account at {broker}",
        "{program} — не программа ещё одного счёта у {broker}",
    ),
    "account_default": Words(
        "portfolio {name} of account {account} is the default; make another one the default first",
        "портфель {name} счёта {account} — основной; сначала сделайте основным другой",
    ),
    "paper_not_live": Words(
        "{broker} has no live accounts; make a paper one, or name the broker whose account it is",
        "у {broker} нет боевых счетов; сделайте бумажный или назовите брокера, у которого счёт",
    ),
    "number_is_paper": Words(
        "{number} is the number of a paper account: it begins with {begins}; leave out LIVE=1, or correct the number",
        "{number} — номер бумажного счёта: начинается с {begins}; уберите LIVE=1 или исправьте номер",
    ),
    "number_is_live": Words(
        "{number} is the number of a live account: those on paper begin with {begins}; add LIVE=1, or correct it",
        "{number} — номер боевого счёта: бумажные начинаются с {begins}; добавьте LIVE=1 или исправьте номер",
    ),
    "account_taken": Words(
        "there is an account {name} already, perhaps among the archived; take another name",
        "счёт {name} уже есть, возможно, в архиве; возьмите другое имя",
    ),
    "in_use": Words(
        "{what} {name} is in use (open orders: {orders}, open positions: {positions}); cancel and close them first",
        "{what} {name} занят (открытых заявок: {orders}, открытых позиций: {positions}); сначала отмените и закройте",
    ),
    "portfolio_archived": Words(
        "portfolio {name} is archived; choose one that is not", "портфель {name} в архиве; выберите другой"
    ),
    "portfolio_default": Words(
        "portfolio {name} is the default; make another one the default first, or archive the account",
        "портфель {name} — основной; сначала сделайте основным другой или отправьте в архив счёт",
    ),
    "portfolio_taken": Words(
        "there is a portfolio {name} already, perhaps among the archived; take another name",
        "портфель {name} уже есть, возможно, в архиве; возьмите другое имя",
    ),
    "strategy_taken": Words(
        "there is a strategy {name} already, perhaps switched off; make a new version of it instead",
        "стратегия {name} уже есть, возможно, выключена; сделайте её новую версию",
    ),
    "strategy_not_in_force": Words(
        "version {version} of strategy {name} is not in force; name the one that is",
        "версия {version} стратегии {name} не действует; назовите действующую",
    ),
    "instrument_differs": Words(
        "{symbol} is in the books as {what} {known}, not {said}; another instrument needs a name",
        "{symbol} в книгах: {what} {known}, не {said}; другому инструменту нужно другое имя",
    ),
    "priced_in_itself": Words(
        "{symbol} cannot be {currency} priced in {currency}; name what is bought",
        "{symbol} не может быть {currency} за {currency}; укажите, что покупается",
    ),
    "half_a_pair": Words(
        "{symbol} is a pair; name what is bought too, not only that it costs {currency}",
        "{symbol} — пара; укажите и то, что покупается, не только цену в {currency}",
    ),
    # halts, questions, requests, signals
    "names_nobody": Words("what holds for everybody names nobody", "что действует для всех, не называет никого"),
    "name_portfolio": Words("name the portfolio", "укажите портфель"),
    "name_user": Words("name the user; the system is none", "укажите пользователя; система им не является"),
    "bad_question": Words(
        "a question has 1 to {longest} signs, not {count}", "в вопросе от 1 до {longest} знаков, не {count}"
    ),
    "question_too_late": Words(
        "the question would have expired before it is asked", "вопрос истёк бы раньше, чем задан"
    ),
    "question_answered": Words(
        "this question has been answered already: {answer}", "на этот вопрос уже ответили: {answer}"
    ),
    "leverage_bounds": Words(
        "leverage is a whole number from 1 to {most}, not {number}", "плечо — целое число от 1 до {most}, не {number}"
    ),
    "question_expired": Words("this question has expired; nothing was done", "срок вопроса истёк; ничего не сделано"),
    "question_canceled": Words(
        "this question is no longer asked; nothing was done", "вопрос больше не актуален; ничего не сделано"
    ),
    "one_size": Words(
        "a change names a quantity or an amount, or where the legs go, and no other answer does; sizes: {count}",
        "изменение называет количество или сумму либо цены защиты, другие ответы — нет; размеров: {count}",
    ),
    "key_taken": Words(
        "another request has this key; a new one has its own",
        "этот ключ уже у другой просьбы; у новой должен быть свой",
    ),
    "cannot_become": Words(
        "{thing} {uid} is {state} and cannot become {wanted}", "{uid}: из {state} нельзя в {wanted}"
    ),
    "no_longer": Words("{thing} {uid} is no longer {state}", "{uid}: уже не {state}"),
    "several_signals": Words(
        "several signals begin with {uid}; write more of its digits", "на {uid} начинаются несколько; добавьте знаков"
    ),
    # orders
    "order_number": Words(
        "a venue's number of an order has 1 to {longest} signs, not {number!r}",
        "номер заявки у площадки: от 1 до {longest} знаков, не {number!r}",
    ),
    "other_number": Words(
        "order {uid} is {known} at its venue, not {number}", "заявка {uid} у площадки — {known}, не {number}"
    ),
    "number_taken": Words(
        "another order of the account is {number} at its venue", "под номером {number} у площадки другая заявка счёта"
    ),
    "order_archived": Words(
        "portfolio {name} is archived; place the order in another one", "портфель {name} в архиве; нужен другой"
    ),
    "not_moved": Words(
        "an order is not moved to {status}: its executions fill it; take these in",
        "заявка не переводится в {status}: её исполняют сделки; примите их",
    ),
    "has_executions": Words(
        "order {uid} is {state} with executions and cannot become {wanted}",
        "заявка {uid}: {state}, есть сделки; нельзя в {wanted}",
    ),
    "other_order": Words(
        "order {uid} was placed with another {fields}; a new order has its own key",
        "заявка {uid} выставлена с другими полями ({fields}); у новой должен быть свой ключ",
    ),
    "no_price_expected": Words(
        "order {uid} may still be filled, and nobody knows at what price; cancel it first",
        "заявка {uid} ещё может исполниться, а цена неизвестна; сначала отмените её",
    ),
    # alerts, schedules, screeners
    "name_in_use": Words(
        "there is a {what} {name} of yours already; delete it first, or take another name",
        "{what} {name} уже есть; сначала удалите или возьмите другое имя",
    ),
    "kind_full": Words(
        "there are {count} of yours already ({what}), and no more may be; delete one first",
        "у вас уже {count} ({what}), больше нельзя; сначала удалите лишнее",
    ),
    "screener_in_use": Words(
        "screener {name} is run by schedules: {schedules}; delete those first",
        "скринер {name} запускают расписания: {schedules}; сначала удалите их",
    ),
    "name_instrument": Words(
        "a PRICE alert watches an instrument; name it", "оповещение PRICE следит за инструментом; укажите его"
    ),
    "name_watched_portfolio": Words(
        "a POSITION alert watches a portfolio; name it", "оповещение POSITION следит за портфелем; укажите его"
    ),
    "cron_fields": Words(
        "a cron expression has five fields, not {count}; write minute, hour, day, month and weekday in UTC, "
        "such as 30 14 * * mon-fri",
        "в выражении cron пять полей, не {count}; пишите минуту, час, день, месяц и день недели по UTC, "
        "например 30 14 * * mon-fri",
    ),
    "cron_random": Words(
        "an R in a cron expression is random; write minute, hour, day, month and weekday in UTC, "
        "such as 30 14 * * mon-fri",
        "R в выражении cron — случайное время; пишите минуту, час, день, месяц и день недели по UTC, "
        "например 30 14 * * mon-fri",
    ),
    "bad_cron": Words(
        "the cron expression {text!r} cannot be read or never comes; write minute, hour, day, month and weekday in "
        "UTC, such as 30 14 * * mon-fri",
        "выражение cron {text!r} не прочесть, или это время не наступит; пишите минуту, час, день, месяц и день "
        "недели по UTC, например 30 14 * * mon-fri",
    ),
    # limits
    "policy_empty": Words(
        "a policy limits something; name at least one of {known}", "укажите хотя бы один лимит из: {known}"
    ),
}
"""By code."""
