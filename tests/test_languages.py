"""The answer in another language: the same numbers, and no sentence half in English."""

import re
import string

import pytest
from babel import Locale

import tradelib as tl
from tradelib.core.labels import dictionary
from tradelib.pages.cards import open_now
from tradelib.science.assessment.languages import RUSSIAN as SAY
from tradelib.science.assessment.languages import RUSSIAN_WORDS, form, language


def blanks(text):
    """Names of the blanks of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_forms_are_those_of_cldr():
    """The noun after 0 to 130 has the form that the Unicode locale data ask for."""
    asked = [Locale("ru").plural_form(n) for n in range(131)]
    assert [form(n, "one|few|many") for n in range(131)] == asked


def test_every_sentence_has_both_languages():
    """The same sentences in both; Russian has no blank that English does not fill."""
    english = dictionary("sentences")
    russian = dictionary("sentences", file=RUSSIAN_WORDS)
    assert set(russian) - set(english) == {"under", "over"}
    assert set(english) <= set(russian)
    # Of another bloc of words, or told by the item that has it in English.
    for code, text in english.items():
        assert blanks(russian[code]) <= blanks(text) | {"year"}, code


def test_open_targets():
    """No Latin letter in any; and the chance of the English answer."""
    chances = open_now().dropna(subset="probability_in")["target_id"]
    for target_id in chances[::12]:
        answer = tl.assess(tl.open_target(target_id))
        text = answer.summary("ru")
        assert not re.search("[A-Za-z{}]", text), target_id
        assert SAY.percent(answer.probability_in) in text


def test_by_hand():
    """The article's target, sentence by sentence up to the other ways."""
    text = tl.assess(tl.article_target()).summary(lang="ru").replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith(
        "Казахстан – Туркменистан: товарооборот 1 000 млн долл. США, срок – 2027 год. "
        "Ответ: весьма маловероятно. Вероятность в 2027 году – 9 % (примерно 1 шанс из 11), "
        "а если засчитать и 2026 год, как при проверке обещаний, – 11 %. "
    )


def test_numbers_and_days():
    """Commas, blanks and signs; what is beyond 1 and 99 %."""
    asked = [SAY.percent(0.004), SAY.percent(0.123), SAY.percent(0.999), SAY.share(0.0725, 1)]
    expected = ["менее 1_%", "12_%", "более 99_%", "7,2_%"]
    assert [text.replace("\N{NO-BREAK SPACE}", "_") for text in asked] == expected
    assert SAY.money(1234, "EUR").replace("\N{NO-BREAK SPACE}", "_") == "1,2_млрд евро"
    assert SAY.exact(515.5, "USD").replace("\N{NO-BREAK SPACE}", "_") == "515,5_млн долл. США"


def test_outcomes():
    """What became of a target, with its year."""
    assert SAY.words("reached in 2011") == "достигнуто в 2011 году"
    assert SAY.words("missed, reached in 2015") == "в срок не достигнуто, достигнуто в 2015 году"
    assert SAY.words("likely, close to about as likely as not") == "вероятно"


def test_what_cannot_be_said_is_refused():
    """Neither an unknown language nor words without a translation give half an answer."""
    with pytest.raises(tl.InputError, match="lang is one of en, ru, got 'fr'"):
        language("fr")
    with pytest.raises(tl.NoAnswerError, match="'odd words' cannot be said in Russian yet"):
        SAY.words("odd words")
