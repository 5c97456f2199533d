"""The alerts in German, by the keys of `bus.alert_texts`; a test sees to it that the tables fit together."""

WAY_BACK = "Zurück zur letzten Sicherung: make stop, make restore FILE={backup}, make start"

GERMAN = {
    "clock_ahead": "Die Uhr dieses Rechners ging auf einmal {span} vor: Sie wurde gestellt, oder er schlief.",
    "clock_set_back": "Die Uhr dieses Rechners wurde um {span} zurückgestellt; keine Nachricht kommt doppelt.",
    "clock_behind": "Die Uhr dieses Rechners geht nach: Der letzte Termin liegt {span} voraus; vorher kommt keiner.",
    "backup_failed": "Die tägliche Sicherung ist fehlgeschlagen: {reason}. Neuer Versuch jede Stunde.",
    "ledger_unusable": "Datenbank nicht verfügbar: {reason}. Nachrichten kommen mit dem Vermerk, dass nichts "
    "gespeichert ist.",
    "ledger_usable": "Die Datenbank ist wieder verfügbar.",
    "ledger_gone": "Die Datenbank {file} war verschwunden, eine neue ist begonnen. " + WAY_BACK,
    "ledger_damaged": "Die Datenbank war beschädigt. Sie liegt jetzt unter {kept}, eine neue ist begonnen. " + WAY_BACK,
    "ledger_damaged_for_good": "Die Datenbank war beschädigt. Sie liegt jetzt unter {kept}, eine neue ist begonnen. "
    "Eine Sicherung zum Zurückkehren gibt es nicht.",
    "history_aside": "In {file} stehen Tage, die die Datenbank nicht kennt. Die Datei bleibt als {kept}. "
    "Zum Übernehmen: make import-history FILE={path}",
    "history_not_written": "Die Verlaufsdatei wurde nicht geschrieben: {reason}. Neuer Versuch jede Minute.",
    "silent": "{program} war {seconds} s stumm und wurde beendet",
    "silent_still": "{program} ist seit {seconds} s stumm und lässt sich nicht beenden; nötig: make stop, make start",
    "hub_silent": "hub leitete nichts weiter und wurde beendet",
    "down": "{program} läuft seit {seconds} s nicht",
    "died": "{program} ist in zehn Minuten abgestürzt, Anzahl: {count}",
    "well": "{program} läuft wieder",
    "machine_silent": "Rechner {machine}: Seit {seconds} s ist von ihm nichts zu hören. Er ist aus, oder die Leitung "
    "zu ihm; was dort läuft, fehlt solange.",
    "machine_heard": "Rechner {machine} ist wieder zu hören",
    "machine_ahead": "Die Uhr des Rechners {machine} geht {seconds} s vor gegenüber dem Rechner des Hubs. Ab fünf "
    "werden Orders dort nicht befolgt; NTP soll sie stellen.",
    "machine_behind": "Die Uhr des Rechners {machine} geht {seconds} s nach gegenüber dem Rechner des Hubs. Ab fünf "
    "werden Orders dort nicht befolgt; NTP soll sie stellen.",
    "deaf": "Der Bot hört keine Befehle: keine Antwort. Geplante Nachrichten kommen weiter.",
    "deaf_conflict": "Der Bot hört keine Befehle: Noch jemand fragt mit demselben Token ab (Conflict). "
    "Geplante Nachrichten kommen weiter.",
    "deaf_webhook": "Der Bot hört keine Befehle: Ein Webhook ist gesetzt, Telegram gibt sie einem anderen Programm. "
    "Geplante Nachrichten kommen weiter. Wie er zu entfernen ist, steht in docs/keys (Telegram); ist er ein fremder, "
    "den Token bei @BotFather widerrufen.",
    "deaf_token": "Der Bot hört keine Befehle: Telegram lehnt den Token des Bots ab. "
    "Geplante Nachrichten kommen weiter.",
    "deaf_unanswered": "Der Bot hört keine Befehle: Telegram antwortet nicht ({error}). "
    "Geplante Nachrichten kommen weiter.",
    "hears": "Der Bot hört wieder Befehle.",
    "chat_moved": "Diese Gruppe hat eine neue Nummer: in TELEGRAM_CHAT_ID {new} statt {old} eintragen",
    "call_stopped": "{program}: Etwas in diesem Programm versuchte {attempt}, was es nie braucht. Der Aufruf wurde "
    "gestoppt, nichts gesendet. Kommt es wieder, den Bot anhalten und den Schlüssel widerrufen.",
    "key_not_used": "{label}: Der Schlüssel kann mehr als lesen und wird deshalb nicht benutzt. {advice}.",
    "key_used": "{label}: Der Schlüssel kann mehr als lesen und wird benutzt: READ_ONLY_CHECK=warn. {advice}.",
    "key_ends": "{label}: Der Schlüssel läuft in {days} Tagen ab, am {day}. {advice}.",
    "key_ends_tomorrow": "{label}: Der Schlüssel läuft morgen ab, am {day}. {advice}.",
    "key_ends_today": "{label}: Der Schlüssel läuft heute ab, am {day}. {advice}.",
    "key_ended": "{label}: Der Schlüssel ist am {day} abgelaufen. {advice}.",
    "chat_gone": "Chat {chat} nimmt keine Nachrichten an: {error}. Sie sind aufgehoben; die nächste, die ankommt, "
    "erzählt davon. Noch einmal senden: make status, make resend.",
    "chat_refuses": "Chat {chat} nimmt gerade keine Nachrichten an: {error}. Sie sind aufgehoben, die Versuche werden "
    "immer seltener.",
    "not_signed": "{program} hat Aufträge übergangen, die nicht von execution oder zu spät kamen: bisher {count} "
    "({reason}). Nichts davon wurde gehandelt. Kommt es wieder, prüfen, wer auf diesem Rechner noch Programme startet.",
    "not_signed_event": "Execution hat übergangen, was kein Broker signiert hat oder zu spät kam: bisher {count} "
    "({reason}). Nichts davon wurde gebucht. Kommt es wieder, prüfen, wer auf diesem Rechner noch Programme startet.",
    "trading_waits": "Der Handel wartet: {reason}. Nichts geht verloren; er geht von selbst weiter.",
    "trading_goes_on": "Der Handel geht weiter.",
    "bridge_waits": "RabbitMQ nimmt keine Ereignisse an: {reason}. Sie warten, keines geht verloren, der Handel läuft "
    "weiter.",
    "bridge_goes_on": "RabbitMQ nimmt wieder Ereignisse an.",
    "bridge_queues_lost": "RabbitMQ hatte den Exchange {exchange} nicht mehr; er ist neu angelegt, die Queues daran "
    "sind es nicht. Sie müssen wieder gebunden werden. Ereignisse, die eine Queue hatten, warten eine Stunde auf eine.",
    "inbox_damaged": "Der Eingang war beschädigt. Er liegt jetzt unter {kept}, ein neuer ist begonnen. "
    "Kein Handel bis /unkill.",
    "message_dead": "Eine Nachricht war nicht zustellbar: {error}. Näheres: make status.",
    "webhook_strangers": "Webhook: {count} abgelehnt, von Adressen, die keine Signale senden dürfen, zuletzt {sender}. "
    "Die eigene in WEBHOOK_ALLOWED_IPS eintragen; einen eigenen Proxy in WEBHOOK_TRUSTED_PROXIES.",
    "webhook_wrong_secret": "Webhook: {count} mit falschem oder ohne Geheimnis abgelehnt, zuletzt von {sender}. "
    "Sind es eigene, den Alarm in TradingView mit Adresse oder Geheimnis der Strategie vergleichen.",
    "webhook_unreadable": "Webhook: {count} abgelehnt, weil sie keine Signale sind: {cure}.",
    "webhook_refused": "Signale von {strategy} abgelehnt: {count}. {field}: {cure}.",
    "webhook_repeated_id": "Signale von {strategy} abgelehnt: {count}, ihre id gab es schon. "
    "Die id im Text des Alarms muss {{{{timenow}}}} enthalten, damit jede neu ist.",
    "webhook_not_kept": "Webhook: Signale ließen sich nicht speichern: {reason}. TradingView sendet jedes noch "
    "dreimal; bisher nicht gespeichert: {count}.",
    "webhook_secret_not_known": "Webhook: {count} Signale mit WEBHOOK_SECRET, das noch keine Strategie hat. "
    "Läuft execution, und gibt es den Nutzer TRADING_DEFAULT_USERNAME?",
}

REASONS = {
    "its signature is wrong": "die Signatur ist falsch",
    "it has expired, or a clock is wrong": "abgelaufen, oder eine Uhr geht falsch",
    "it was opened before": "schon einmal empfangen",
    "it is of a life of its sender that is over": "der Absender wurde seither neu gestartet",
    "it is another program's": "von einem anderen Programm",
    "its content cannot be read": "der Inhalt ist nicht lesbar",
    "it cannot be reached": "nicht erreichbar",
    "its disk or memory is nearly full": "Platte oder Speicher dort fast voll",
    "a queue is full and refuses more": "eine Queue ist voll und lehnt ab",
    "its exchange was made anew, and the queues are not bound again": "der Exchange ist neu, und die Queues sind nicht "
    "wieder gebunden",
    "it refuses BROKER_USERNAME or BROKER_PASSWORD": "BROKER_USERNAME oder BROKER_PASSWORD wird abgelehnt",
    "BROKER_VHOST does not exist there, or the user may not use it": "BROKER_VHOST gibt es dort nicht, oder der "
    "Benutzer darf ihn nicht verwenden",
    "the user may not write to BROKER_EXCHANGE, or not make it (docs/rabbitmq.md)": "der Benutzer darf nicht in "
    "BROKER_EXCHANGE schreiben oder ihn nicht anlegen (docs/rabbitmq.md)",
    "no TLS: its certificate is not trusted here, or BROKER_PORT speaks none": "kein TLS: das Zertifikat gilt hier "
    "nicht, oder BROKER_PORT spricht keines",
    "it refuses what the bridge asks; see its log": "die Bitte der bridge wird abgelehnt; siehe das Log dort",
    "the disk is full": "die Platte ist voll",
    "the disk has an error": "Plattenfehler",
    "the disk is read-only": "die Platte ist nur lesbar",
    "it may not be written": "keine Schreibrechte",
    "its folder cannot be used": "der Ordner ist nicht verfügbar",
    "the ledger is busy": "die Datenbank ist belegt",
    "the ledger is damaged": "die Datenbank ist beschädigt",
    "the ledger is read-only": "die Datenbank ist nur lesbar",
    "the ledger may not be opened": "keine Rechte, die Datenbank zu öffnen",
    "the ledger cannot be opened": "die Datenbank lässt sich nicht öffnen",
    "the ledger cannot be reached": "die Datenbank ist nicht erreichbar",
    "the ledger's files cannot be used": "die Dateien der Datenbank sind nicht verfügbar",
    "the ledger is being made ready": "die Datenbank wird vorbereitet",
    "the ledger could not be migrated": "die Datenbank ließ sich nicht aktualisieren",
    "the ledger is older than this program and cannot be backed up": "die Datenbank ist älter als das Programm, und "
    "die Sicherung ist fehlgeschlagen",
}
"""What stands behind a colon for `reason`; others, with details in them, stay English."""
