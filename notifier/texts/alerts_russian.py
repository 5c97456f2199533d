"""The alerts in Russian, by the keys of `bus.alert_texts`; a test sees to it that the two tables fit together."""

WAY_BACK = "Вернуться к последней копии: make stop, make restore FILE={backup}, make start"

RUSSIAN = {
    "clock_ahead": "Часы этой машины разом ушли вперёд на {span}: их перевели, или она спала.",
    "clock_set_back": "Часы этой машины перевели назад на {span}; ни одно сообщение не придёт дважды.",
    "clock_behind": "Часы этой машины отстают: последнее сообщение на {span} впереди; до него других не будет.",
    "backup_failed": "Ежедневная копия не удалась: {reason}. Новая попытка каждый час.",
    "ledger_unusable": "База данных недоступна: {reason}. Сообщения приходят с пометкой, что не записаны.",
    "ledger_usable": "База данных снова работает.",
    "ledger_gone": "База данных {file} исчезла, начата новая. " + WAY_BACK,
    "ledger_damaged": "База данных повреждена. Она отложена как {kept}, начата новая. " + WAY_BACK,
    "ledger_damaged_for_good": "База данных повреждена. Она отложена как {kept}, начата новая. "
    "Копии, к которой можно вернуться, нет.",
    "history_aside": "В файле {file} есть дни, которых нет в базе. Он сохранён как {kept}. "
    "Чтобы их взять: make import-history FILE={path}",
    "history_not_written": "Файл истории не записан: {reason}. Новая попытка каждую минуту.",
    "silent": "Процесс {program} молчал {seconds} с и был убит",
    "silent_still": "Процесс {program} молчит {seconds} с, и убить его нельзя; наберите: make stop, make start",
    "hub_silent": "Процесс hub ничего не пересылал и был убит",
    "down": "Процесс {program} не работает уже {seconds} с",
    "died": "Падений процесса {program} за десять минут: {count}",
    "well": "Процесс {program} снова в порядке",
    "machine_silent": "Машина {machine}: от неё ничего не слышно {seconds} с. Не работает она или линия к ней; того, "
    "что на ней запущено, пока нет.",
    "machine_heard": "Машину {machine} снова слышно",
    "machine_ahead": "Часы машины {machine} спешат на {seconds} с против машины с хабом. От пяти секунд приказы там не "
    "исполняются; пусть часы ставит NTP.",
    "machine_behind": "Часы машины {machine} отстают на {seconds} с от машины с хабом. От пяти секунд приказы там не "
    "исполняются; пусть часы ставит NTP.",
    "deaf": "Бот не слышит команд: нет ответа. Сообщения по расписанию приходят.",
    "deaf_conflict": "Бот не слышит команд: кто-то ещё слушает с тем же токеном (Conflict). "
    "Сообщения по расписанию приходят.",
    "deaf_webhook": "Бот не слышит команд: задан webhook, и Telegram отдаёт их другой программе. "
    "Сообщения по расписанию приходят. Как его убрать, сказано в docs/keys (Telegram); если он не ваш, "
    "отзовите токен у @BotFather.",
    "deaf_token": "Бот не слышит команд: Telegram не принимает токен бота. Сообщения по расписанию приходят.",
    "deaf_unanswered": "Бот не слышит команд: Telegram не отвечает ({error}). Сообщения по расписанию приходят.",
    "hears": "Бот снова слышит команды.",
    "chat_moved": "У этой группы новый номер: впишите {new} вместо {old} в TELEGRAM_CHAT_ID",
    "call_stopped": "{program}: что-то в этой программе попыталось сделать {attempt}, что ей не нужно. "
    "Вызов остановлен, ничего не отправлено. Если повторится, остановите бота и отзовите ключ.",
    "key_not_used": "{label}: ключ может больше, чем читать, и потому не используется. {advice}.",
    "key_used": "{label}: ключ может больше, чем читать, и используется: READ_ONLY_CHECK=warn. {advice}.",
    "key_ends": "{label}: ключ истекает через {days} дн., {day}. {advice}.",
    "key_ends_tomorrow": "{label}: ключ истекает завтра, {day}. {advice}.",
    "key_ends_today": "{label}: ключ истекает сегодня, {day}. {advice}.",
    "key_ended": "{label}: ключ истёк {day}. {advice}.",
    "chat_gone": "Чат {chat} не принимает сообщений: {error}. Они сохранены, и первое же, что пройдёт, "
    "расскажет о них; отправить снова: make status, make resend.",
    "chat_refuses": "Чат {chat} сейчас не принимает сообщений: {error}. Они сохранены, попытки идут всё реже.",
    "not_signed": "{program}: приказы не от execution или устаревшие пропущены, всего {count} ({reason}). "
    "По ним ничего не сделано. Если повторится, проверьте, кто ещё запускает программы на этой машине.",
    "not_signed_event": "Execution: сообщения без подписи брокера или устаревшие пропущены, всего {count} ({reason}). "
    "По ним ничего не записано. Если повторится, проверьте, кто ещё запускает программы на этой машине.",
    "trading_waits": "Торговля ждёт: {reason}. Ничего не потеряно; продолжится сама.",
    "trading_goes_on": "Торговля продолжается.",
    "bridge_waits": "RabbitMQ не принимает события: {reason}. Они ждут, ничего не потеряно, торговля идёт.",
    "bridge_goes_on": "RabbitMQ снова принимает события.",
    "bridge_queues_lost": "В RabbitMQ пропал exchange {exchange}; он создан заново, но очереди к нему не привязаны. "
    "Привяжите их снова. События, у которых была очередь, ждут её один час.",
    "inbox_damaged": "Входящие повреждены. Отложены как {kept}, начаты новые. Торговли нет до /unkill.",
    "message_dead": "Сообщение не удалось доставить: {error}. Подробности: make status.",
    "webhook_strangers": "Webhook: отказано {count} с адресов, которым слать сигналы нельзя, последний {sender}. "
    "Если он ваш, впишите его в WEBHOOK_ALLOWED_IPS; свой прокси — в WEBHOOK_TRUSTED_PROXIES.",
    "webhook_wrong_secret": "Webhook: отказано {count} с неверным секретом или без него, последний с {sender}. "
    "Если они ваши, сверьте сигнал в TradingView с адресом или секретом стратегии.",
    "webhook_unreadable": "Webhook: отказано {count}, это не сигналы: {cure}.",
    "webhook_refused": "Отклонено сигналов {strategy}: {count}. {field}: {cure}.",
    "webhook_repeated_id": "Отклонено сигналов {strategy}: {count}, их id уже был. "
    "В id в тексте сигнала должно стоять {{{{timenow}}}}, чтобы каждый был новым.",
    "webhook_not_kept": "Webhook: сигналы не удалось сохранить: {reason}. TradingView шлёт каждый ещё три раза; "
    "пока не сохранено: {count}.",
    "webhook_secret_not_known": "Webhook: сигналов с WEBHOOK_SECRET, которого нет ни у одной стратегии: {count}. "
    "Работает ли execution, и есть ли пользователь TRADING_DEFAULT_USERNAME?",
}

REASONS = {
    "its signature is wrong": "подпись неверна",
    "it has expired, or a clock is wrong": "срок истёк, или часы неверны",
    "it was opened before": "уже было получено",
    "it is of a life of its sender that is over": "отправитель с тех пор перезапущен",
    "it is another program's": "от другой программы",
    "its content cannot be read": "содержание не читается",
    "it cannot be reached": "нет связи",
    "its disk or memory is nearly full": "там почти нет места на диске или в памяти",
    "a queue is full and refuses more": "очередь полна и больше не берёт",
    "its exchange was made anew, and the queues are not bound again": "exchange создан заново, очередей у него ещё нет",
    "it refuses BROKER_USERNAME or BROKER_PASSWORD": "BROKER_USERNAME или BROKER_PASSWORD не подходят",
    "BROKER_VHOST does not exist there, or the user may not use it": "BROKER_VHOST там нет, или пользователю он закрыт",
    "the user may not write to BROKER_EXCHANGE, or not make it (docs/rabbitmq.md)": "пользователю нельзя писать в "
    "BROKER_EXCHANGE или создать его (docs/rabbitmq.md)",
    "no TLS: its certificate is not trusted here, or BROKER_PORT speaks none": "нет TLS: сертификату здесь не верят, "
    "или BROKER_PORT его не знает",
    "it refuses what the bridge asks; see its log": "запрос bridge отклонён; смотрите его журнал",
    "the disk is full": "диск заполнен",
    "the disk has an error": "ошибка диска",
    "the disk is read-only": "диск только для чтения",
    "it may not be written": "нет прав на запись",
    "its folder cannot be used": "его папка недоступна",
    "the ledger is busy": "база занята",
    "the ledger is damaged": "база повреждена",
    "the ledger is read-only": "база доступна только для чтения",
    "the ledger may not be opened": "нет прав открыть базу",
    "the ledger cannot be opened": "база не открывается",
    "the ledger cannot be reached": "нет связи с базой",
    "the ledger's files cannot be used": "файлы базы недоступны",
    "the ledger is being made ready": "база готовится к работе",
    "the ledger could not be migrated": "базу не удалось обновить",
    "the ledger is older than this program and cannot be backed up": "база старше программы, и копия не удалась",
}
"""What stands behind a colon for `reason`; others, with details in them, stay English."""
