"""The languages in which a verdict is told: their numbers, amounts, days and names.

Words and sentences stand in the dictionary, ``words.txt`` in English and ``words_ru.txt`` in
Russian. In Russian countries stand in the nominative, with a dash between them, so that no case is
guessed. What has no words there is refused: no sentence mixes two languages.
"""

import re
from datetime import date
from typing import Any

from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import DOLLAR, capital, dictionary, format_value, money, percent, sign_of
from tradelib.science.assessment.likelihood_words import as_chances, number, own_words, parts_of
from tradelib.science.pledges.target import Target

RUSSIAN_WORDS = "words_ru.txt"
# Between a number and what it counts.
NO_BREAK = "\N{NO-BREAK SPACE}"


class English:
    """A verdict's words, numbers and sentences in English."""

    def sentence(self, code: str, **blanks: Any) -> str:
        """A sentence of the dictionary with its blanks filled."""
        return dictionary("sentences")[code].format(**blanks)

    def target(self, target: Target) -> str:
        """Who is to reach what by when."""
        return target.summary()

    def words(self, words: str) -> str:
        """The words of a verdict: of its chance, or what became of the target.

        At an edge of the scale those of the chance's own side alone: the number stands beside them.
        """
        return own_words(words)

    def percent(self, probability: float) -> str:
        """A probability in percent, no finer than it can be known."""
        return percent(probability)

    def share(self, value: float, decimals: int = 0) -> str:
        """A share in percent."""
        return f"{value:.{decimals}%}"

    def decimal(self, value: float) -> str:
        """A number with one decimal."""
        return f"{value:.1f}"

    def money(self, millions: float, currency: str = DOLLAR) -> str:
        """An amount in millions, rounded as newspapers do."""
        return money(millions, currency)

    def exact(self, millions: float, currency: str) -> str:
        """An amount in millions, with one decimal."""
        return f"{sign_of(currency)}{millions:,.1f}m"

    def frequency(self, probability: float) -> str:
        """A probability as a number of chances, from what is printed."""
        if probability < 0.01:
            return self.sentence("less")
        if probability > 0.99:
            return self.sentence("more")
        chances, of = self.chances(*as_chances(probability))
        return self.sentence("about", chances=chances, of=of)

    def chances(self, chances: int, of: int) -> tuple[str, str]:
        """So many chances, and in how many."""
        noun = "chance" if chances == 1 else "chances"
        return f"{number(chances)} {noun}", number(of)

    def group(self, group: str) -> str:
        """A group of other estimates."""
        return group

    def reason(self, row: Any) -> str:
        """A row of the reasons, with what it does to the chance."""
        return f"{row.item} ({format_value(row.value, 'probability moved')})"

    def item(self, item: str) -> str:
        """What a row of the evidence is, at the start of a sentence."""
        return capital(item)

    def members(self, convention: str) -> str:
        """Whose trade counts as a bloc's."""
        return convention

    def day(self, when: date) -> str:
        """A day."""
        return f"{when.day} {when:%B %Y}"


class Russian(English):
    """A verdict's words, numbers and sentences in Russian."""

    def _said(self, part: str, code: str) -> str:
        """The words for a code of a part of the dictionary."""
        words = dictionary(part, file=RUSSIAN_WORDS)
        if code not in words:
            raise NoAnswerError(f"{code!r} cannot be said in Russian yet; leave out lang='ru'")
        return words[code]

    def sentence(self, code: str, **blanks: Any) -> str:
        """A sentence of the dictionary with its blanks filled."""
        filled = self._said("sentences", code).format(**blanks)
        # An abbreviation at the end, such as that of the dollar, brings the full stop.
        return filled.replace("..", ".")

    def target(self, target: Target) -> str:
        """Who is to reach what by when; without the wording, which is English."""
        inside = target.reporter == target.partner
        places = [target.reporter] if inside else [target.reporter, target.partner]
        names = [country_codes.russian_name(place) for place in places]
        worth = ""
        if target.rate is not None:
            dollars = self._amount(target.value_musd, "млн", DOLLAR)
            worth = self._said("targets", "worth").format(dollars=dollars, year=target.rate[0])
        when = self._said("targets", "no_deadline")
        if target.deadline is not None:
            when = self._said("targets", "by").format(year=target.deadline)
        return self._said("targets", "inside" if inside else target.flow).format(
            pair=f" {self.sentence('between')} ".join(names),
            amount=self._amount(target.value, "млн", target.currency),
            worth=worth,
            when=when,
        )

    def words(self, words: str) -> str:
        """The words of a chance; an outcome by the pattern of its English words."""
        if parts_of(words):
            return self._said("likelihood", own_words(words))
        for english, russian in dictionary("states", file=RUSSIAN_WORDS).items():
            pattern = re.escape(english).replace(r"\{year\}", r"(?P<year>\d{4})")
            match = re.fullmatch(pattern, words)
            if match is not None:
                return russian.format(**match.groupdict())
        raise NoAnswerError(f"{words!r} cannot be said in Russian yet; leave out lang='ru'")

    def percent(self, probability: float) -> str:
        """A probability in percent, no finer than it can be known."""
        if probability < 0.01:
            return self.sentence("under", percent=self.share(0.01))
        if probability > 0.99:
            return self.sentence("over", percent=self.share(0.99))
        return self.share(probability)

    def share(self, value: float, decimals: int = 0) -> str:
        """A share in percent."""
        return f"{_digits(100 * value, decimals)}{NO_BREAK}%"

    def decimal(self, value: float) -> str:
        """A number with one decimal."""
        return _digits(value, 1)

    def digits(self, english: str) -> str:
        """A number as it is written in English with its commas and points those of Russian."""
        return english.replace(",", NO_BREAK).replace(".", ",")

    def money(self, millions: float, currency: str = DOLLAR) -> str:
        """An amount in millions, rounded as newspapers do."""
        if abs(millions) >= 1000:
            return self._amount(millions / 1000, "млрд", currency)
        return self._amount(millions, "млн", currency)

    def exact(self, millions: float, currency: str) -> str:
        """An amount in millions, with one decimal."""
        return f"{_digits(millions, 1)}{NO_BREAK}млн {self._currency(currency)}"

    def _amount(self, value: float, unit: str, currency: str) -> str:
        """An amount in a unit; from ten on whole, and without a decimal that is nought."""
        digits = _digits(value, 0 if abs(value) >= 10 else 1).removesuffix(",0")
        return f"{digits}{NO_BREAK}{unit} {self._currency(currency)}"

    def _currency(self, currency: str) -> str:
        """A currency after an amount: in words where they are known, else its code."""
        return dictionary("currencies", file=RUSSIAN_WORDS).get(currency, currency)

    def chances(self, chances: int, of: int) -> tuple[str, str]:
        """So many chances, and in how many: in figures, which need no case."""
        return self._counted(chances, "chance"), str(of)

    def _counted(self, n: int, noun: str) -> str:
        """A whole number with its noun."""
        return f"{n}{NO_BREAK}{form(n, self._said('nouns', noun))}"

    def group(self, group: str) -> str:
        """A group of other estimates."""
        return self._said("groups", group)

    def reason(self, row: Any) -> str:
        """A reason by its key, without the numbers that its English name has."""
        return f"{self.reason_name(row.key)} ({self.points(round(100 * row.value))})"

    def reason_name(self, key: str) -> str:
        """A reason by its key."""
        return self._said("reasons", key)

    def points(self, moved: int) -> str:
        """A change of a chance in percentage points, with its sign."""
        if moved == 0:
            return self._said("nouns", "hardly")
        sign = "+" if moved > 0 else "\N{MINUS SIGN}"
        return f"{sign}{self._counted(abs(moved), 'point')}"

    def members(self, convention: str) -> str:
        """Whose trade counts as a bloc's."""
        words = dictionary("members", file=RUSSIAN_WORDS)
        if convention in words:
            return words[convention]
        return words["day"].format(day=self.day(date.fromisoformat(convention)))

    def day(self, when: date) -> str:
        """A day as it is written in Russian: 25.11.2026."""
        return f"{when:%d.%m.%Y}"


RUSSIAN = Russian()
LANGUAGES = {"en": English(), "ru": RUSSIAN}


def language(lang: str) -> English:
    """The language of a code."""
    if lang not in LANGUAGES:
        raise InputError(f"lang is one of {', '.join(LANGUAGES)}, got {lang!r}")
    return LANGUAGES[lang]


def frequency(probability: float) -> str:
    """A probability as a number of chances, in English.

    >>> frequency(0.087), frequency(0.32)
    ('about one chance in eleven', 'about one chance in three')
    >>> frequency(0.42), frequency(0.004)
    ('about four chances in ten', 'less than one chance in a hundred')
    """
    return LANGUAGES["en"].frequency(probability)


def form(n: int, forms: str) -> str:
    """The form of a Russian noun after a whole number; `forms` are those of 1, 2 and 5.

    >>> [form(n, "год|года|лет") for n in (1, 2, 5, 11, 21, 112)]
    ['год', 'года', 'лет', 'лет', 'год', 'лет']
    """
    one, few, many = forms.split("|")
    # Eleven to fourteen are told as five is, though they end in 1 to 4.
    if n % 100 in range(11, 15):
        return many
    if n % 10 == 1:
        return one
    return few if n % 10 in (2, 3, 4) else many


def _digits(value: float, decimals: int) -> str:
    """A number as it is written in Russian: a comma before decimals, a blank between thousands.

    >>> _digits(1234.5, 1).replace(NO_BREAK, "_")
    '1_234,5'
    """
    return RUSSIAN.digits(f"{value:,.{decimals}f}")
