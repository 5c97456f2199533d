"""What is said around reports: how they are asked for, and why there is none; in each language."""

import msgspec

from bus.language import Language


class AroundReports(msgspec.Struct, frozen=True, kw_only=True):
    """Every word around reports; a missing translation is a type error."""

    pnl_usage: str
    trades_usage: str
    report_usage: str
    nothing: str
    not_drawn: str
    no_button: str
    not_there: str
    lost: str


WORDS: dict[Language, AroundReports] = {
    "en": AroundReports(
        pnl_usage="Type /pnl, or with a period: today, week, month, or days such as 7d (at most 366d).",
        trades_usage="Type /trades, or with how many are wanted, 1 to 20.",
        report_usage="Type /report day, week or month; with csv or pdf behind it comes a file.",
        nothing="There is nothing of that time to put into a file.",
        not_drawn="⚠ The PDF could not be made now. Try again; the CSV has the numbers too.",
        no_button="This button is not known here.",
        not_there="This portfolio is not there for you.",
        lost="⚠ The file may not have arrived. Try again, or ask for a shorter period.",
    ),
    "ru": AroundReports(
        pnl_usage="Напишите /pnl или добавьте срок: today, week, month или дни, например 7d (не больше 366d).",
        trades_usage="Напишите /trades или добавьте, сколько нужно: от 1 до 20.",
        report_usage="Напишите /report day, week или month; с csv или pdf в конце придёт файл.",
        nothing="За это время в файл положить нечего.",
        not_drawn="⚠ Сейчас PDF сделать не удалось. Попробуйте ещё раз; числа есть и в CSV.",
        no_button="Такой кнопки здесь нет.",
        not_there="Такого портфеля здесь нет.",
        lost="⚠ Файл мог не дойти. Попробуйте ещё раз или возьмите срок короче.",
    ),
    "de": AroundReports(
        pnl_usage="/pnl schreiben, oder mit Zeitraum: today, week, month oder Tage wie 7d (höchstens 366d).",
        trades_usage="/trades schreiben, oder mit der gewünschten Anzahl, 1 bis 20.",
        report_usage="/report day, week oder month schreiben; mit csv oder pdf dahinter kommt eine Datei.",
        nothing="Aus dieser Zeit gibt es nichts für eine Datei.",
        not_drawn="⚠ Das PDF ließ sich gerade nicht erstellen. Erneut versuchen; die Zahlen hat auch das CSV.",
        no_button="Dieser Knopf ist hier nicht bekannt.",
        not_there="Dieses Portfolio gibt es hier nicht.",
        lost="⚠ Die Datei kam vielleicht nicht an. Erneut versuchen oder einen kürzeren Zeitraum nehmen.",
    ),
}
