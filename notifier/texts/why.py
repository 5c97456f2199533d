"""The words of /why."""

import msgspec

from bus.language import Language


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the page; a missing translation is a type error."""

    title: str
    no_round: str
    unknown: str
    slot: str
    asked: str
    closed: str
    lasted: str
    seconds: str
    milliseconds: str
    answered: str
    attempts: str
    before: str
    amount: str
    wallets: str
    covers: str
    close_of: str
    as_of: str
    fetched: str
    check: str
    silent: str
    gave_up: str
    code: str
    last_known: str
    no_last_known: str
    rate: str
    rate_used: str
    second: str
    second_missing: str
    more_accounts: str
    valid_for: str
    rate_fetched: str
    stale: str
    unconfirmed: str
    last_rate: str
    no_rate: str


WORDS: dict[Language, Words] = {
    "en": Words(
        title="The last round",
        no_round="There was no round yet. /now asks for one.",
        unknown="There is no {name} here. There are: {names}.",
        slot="By schedule, for {at}",
        asked="Asked for, not by schedule",
        closed="Closed {at}",
        lasted="Took {took}",
        seconds="{seconds} s",
        milliseconds="{milliseconds} ms",
        answered="answered in {took}",
        attempts="Attempts: {count}",
        before="before",
        amount="Amount: {amount}",
        wallets="Wallets: {wallets}",
        covers="Covers less than all: {covers}",
        close_of="Close of {day}",
        as_of="As of {at}",
        fetched="Fetched {at}",
        check="⚠ Jumped, and nothing says why: check it",
        silent="It said nothing in this round",
        gave_up="Gave up after {took}",
        code="Code: {code}",
        last_known="Used instead: {amount}",
        no_last_known="No last known number",
        rate="Rate",
        rate_used="{rate} from {source} is used",
        second="Compared with {source}: {rate} ({apart} %)",
        second_missing="Compared with nobody: no second answer",
        more_accounts="Accounts missing besides: {count}",
        valid_for="For {day}, fetched {at}",
        rate_fetched="Fetched {at}",
        stale="STALE: no new answer, or its day is long past",
        unconfirmed="UNCONFIRMED: more than 2 % apart",
        last_rate="Used instead: {rate} from {source}",
        no_rate="No rate is used",
    ),
    "ru": Words(
        title="Последний опрос",
        no_round="Опросов ещё не было. /now запросит первый.",
        unknown="{name} здесь нет. Есть: {names}.",
        slot="По расписанию, на {at}",
        asked="По запросу, вне расписания",
        closed="Закончен {at}",
        lasted="Занял {took}",
        seconds="{seconds} с",
        milliseconds="{milliseconds} мс",
        answered="ответ за {took}",
        attempts="Попыток: {count}",
        before="до этого",
        amount="Сумма: {amount}",
        wallets="Кошельки: {wallets}",
        covers="Учтено не всё: {covers}",
        close_of="На закрытие {day}",
        as_of="На {at}",
        fetched="Получено {at}",
        check="⚠ Резкий скачок без видимой причины: проверьте",
        silent="В этот раз ответа не было",
        gave_up="Прекращено через {took}",
        code="Код: {code}",
        last_known="Взято прежнее: {amount}",
        no_last_known="Прежнего значения нет",
        rate="Курс",
        rate_used="{rate}, источник {source}",
        second="Сверка с {source}: {rate} ({apart} %)",
        second_missing="Сверить не с чем: второй не ответил",
        more_accounts="Ещё нет данных по счетам: {count}",
        valid_for="На {day}, получен {at}",
        rate_fetched="Получен {at}",
        stale="STALE: нового нет или его день давно прошёл",
        unconfirmed="UNCONFIRMED: расходятся больше чем на 2 %",
        last_rate="Взят прежний: {rate}, источник {source}",
        no_rate="Курса нет",
    ),
    "de": Words(
        title="Letzte Abfrage",
        no_round="Noch keine Abfrage. /now startet die erste.",
        unknown="{name} gibt es hier nicht. Vorhanden: {names}.",
        slot="Nach Zeitplan, für {at}",
        asked="Auf Anfrage, nicht nach Zeitplan",
        closed="Beendet {at}",
        lasted="Dauer: {took}",
        seconds="{seconds} s",
        milliseconds="{milliseconds} ms",
        answered="Antwort nach {took}",
        attempts="Versuche: {count}",
        before="davor",
        amount="Betrag: {amount}",
        wallets="Wallets: {wallets}",
        covers="Nicht alles erfasst: {covers}",
        close_of="Tagesschluss vom {day}",
        as_of="Stand {at}",
        fetched="Abgerufen {at}",
        check="⚠ Sprung ohne erkennbaren Grund: prüfen",
        silent="Keine Antwort in dieser Abfrage",
        gave_up="Aufgegeben nach {took}",
        code="Code: {code}",
        last_known="Ersatzwert: {amount}",
        no_last_known="Kein früherer Wert bekannt",
        rate="Kurs",
        rate_used="{rate}, Quelle {source}",
        second="Vergleich mit {source}: {rate} ({apart} %)",
        second_missing="Ohne Vergleich: keine zweite Antwort",
        more_accounts="Weitere fehlende Konten: {count}",
        valid_for="Für {day}, abgerufen {at}",
        rate_fetched="Abgerufen {at}",
        stale="STALE: kein neuer, oder sein Tag ist lange vorbei",
        unconfirmed="UNCONFIRMED: mehr als 2 % Abweichung",
        last_rate="Ersatzkurs: {rate}, Quelle {source}",
        no_rate="Kein Kurs",
    ),
}
