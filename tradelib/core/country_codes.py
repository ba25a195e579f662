"""ISO 3166 alpha-3 codes and names of countries, from our own small table."""

import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from tradelib.core.errors import InputError
from tradelib.core.validation import validated

__all__ = ["all_codes", "iso3", "m49", "name", "region"]
# Countries and groups that take "the" within a sentence.
WITH_THE = {
    *("ARE", "BHS", "CAF", "COD", "COM", "CYM", "DOM", "GBR", "GMB", "MDV", "MHL", "NLD", "PHL"),
    *("SLB", "USA", "VAT"),
    *("ARAB", "CELAC", "EAEU", "EU", "OTS", "SPECA"),
}
# Letters of a text that is looked at for a name like it; longer ones are no name.
LONGEST_NAME = 100


@validated
def iso3(country: str | int) -> str:
    """ISO 3166-1 alpha-3 code of a country given by code, UN number, English or Russian name.

    Case, accents and punctuation do not matter. "Congo" is Brazzaville, "Korea" is South Korea. A
    few groups have a code of their own: ``WLD``, ``CENTRAL-ASIA``, ``ASEAN``, ``EU`` and others
    (`tradelib.load_blocs` has their members); none is the code of a country in another list.

    Parameters
    ----------
    country : str or int
        A code such as ``"KAZ"``, a name such as ``"Kazakhstan"``, a UN number such as ``398``, or
        an older code such as ``"ROM"``.

    Returns
    -------
    str
        Code of three letters; that of a group has two or more.

    Raises
    ------
    InputError
        If no country fits; the message offers the closest names.

    Examples
    --------
    >>> iso3("Turkmenistan"), iso3("türkiye"), iso3(398), iso3("ROM")
    ('TKM', 'TUR', 'KAZ', 'ROU')
    """
    key = _fold(country) if isinstance(country, str) else f"{int(country):03d}"
    if key not in _lookup():
        raise InputError(f"no country is called {country!r:.200}; {_hint(key)}")
    return _lookup()[key]


def known(text: str) -> bool:
    """Whether a text is a code, number or name of a country.

    >>> known("KAZ"), known("Atlantis")
    (True, False)
    """
    return _fold(text) in _lookup()


def aliases(country: str) -> list[str]:
    """Every name by which `iso3` knows a country, its code first; without numbers.

    >>> aliases("ARE")
    ['ARE', 'United Arab Emirates', 'UAE', 'ОАЭ', 'Объединённые Арабские Эмираты']
    """
    code = iso3(country)
    names = next(names for entry_code, _, names, _ in _entries() if entry_code == code)
    return [code, *(name for name in names if not name.isdigit()), *_russian()[code]]


@validated
def name(country: str | int) -> str:
    """English short name of a country given by code, UN number or any of its names.

    Parameters
    ----------
    country : str or int
        A code, UN number or name, as `iso3` takes it.

    Returns
    -------
    str
        The name that tables and pictures show.

    Examples
    --------
    >>> name("KAZ")
    'Kazakhstan'
    """
    return _by_code()[iso3(country)][1]


def spoken(country: str) -> str:
    """A country or a group as it is called within a sentence.

    >>> spoken("KAZ"), spoken("ARE")
    ('Kazakhstan', 'the United Arab Emirates')
    """
    return f"the {name(country)}" if country in WITH_THE else name(country)


@validated
def russian_name(country: str | int) -> str:
    """Russian name of a country, in the nominative.

    Parameters
    ----------
    country : str or int
        A code, UN number or name, as `iso3` takes it.

    Returns
    -------
    str
        The name that the answer in Russian shows.

    Examples
    --------
    >>> russian_name("KAZ")
    'Казахстан'
    """
    return _russian()[iso3(country)][0]


@validated
def region(country: str | int) -> str:
    """UN M49 sub-region of a country.

    Parameters
    ----------
    country : str or int
        A code, UN number or name, as `iso3` takes it.

    Returns
    -------
    str
        Sub-region, for example ``"Central Asia"``; ``"Groups"`` for groups of countries.

    Examples
    --------
    >>> region("KAZ"), region("Italy")
    ('Central Asia', 'Southern Europe')
    """
    return _by_code()[iso3(country)][2]


@validated
def m49(country: str | int) -> int:
    """UN M49 number of a country, the same as its ISO 3166-1 numeric code.

    Parameters
    ----------
    country : str or int
        A code, UN number or name, as `iso3` takes it.

    Returns
    -------
    int
        UN M49 number.

    Raises
    ------
    InputError
        If no country fits, or it is a group or territory without a number.

    Examples
    --------
    >>> m49("KAZ"), m49("Turkmenistan")
    (398, 795)
    """
    code = iso3(country)
    number = _by_code()[code][0]
    if number == "-":
        raise InputError(f"{code} has no UN number")
    return int(number)


@cache
def is_bloc(code: str) -> bool:
    """Whether a code is that of a group of countries, and not of one.

    >>> is_bloc("EU"), is_bloc("KAZ")
    (True, False)
    """
    return region(code) == "Groups"


def all_codes() -> frozenset[str]:
    """Every ISO3 code of the table, with the codes of groups.

    Returns
    -------
    frozenset of str
        Codes in no order.

    Examples
    --------
    >>> {"KAZ", "TKM", "WLD"} <= all_codes()
    True
    """
    return frozenset(_by_code())


def _hint(key: str) -> str:
    """Remedy for a key that fits no country: the closest names, or what to give."""
    keys = [key for key in _lookup() if not key.isdigit()]
    closest = get_close_matches(key, keys) if len(key) <= LONGEST_NAME else []
    countries = dict.fromkeys(_lookup()[match] for match in closest)  # each once, closest first
    if not countries:
        return "give an ISO 3166 alpha-3 code"
    offers = ", ".join(f"{name(code)} ({code})" for code in countries)
    return f"did you mean {offers}?"


def _fold(text: str) -> str:
    """A text in small letters without accents, blanks and punctuation."""
    # Decomposed, an accent is a character of its own, and neither letter nor digit.
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed.casefold() if letter.isalnum())


@cache
def _entries() -> list[tuple[str, str, list[str], str]]:
    """(code, number, names, region) of every entry of ``countries.txt`` beside this file.

    In that file a paragraph is a UN region, semicolons part entries and bars part names. The first
    name is the one shown. Names that are codes themselves are older codes or codes of one source
    (ROM of WITS, 842 of UN Comtrade). A dash stands where the UN has no number.
    """
    entries = []
    table = files("tradelib.core").joinpath("countries.txt").read_text(encoding="utf-8")
    for heading, paragraph in re.findall(r"^(\S.*):\n((?: .*\n)+)", table, re.MULTILINE):
        for entry in " ".join(paragraph.split()).split("; "):
            code, number, names = entry.split(maxsplit=2)
            entries.append((code, number, names.split("|"), heading))
    return entries


@cache
def _lookup() -> dict[str, str]:
    """Code of a country by each of its keys: code, number and names, folded."""
    codes = {}
    for code, number, names, _ in _entries():
        for key in (code, number, *names, *_russian()[code]):
            if key != "-":
                codes[_fold(key)] = code
    return codes


@cache
def _russian() -> dict[str, list[str]]:
    """Names of every code in ``countries_ru.txt`` beside this file, the one shown first."""
    table = files("tradelib.core").joinpath("countries_ru.txt").read_text(encoding="utf-8")
    lines = re.findall(r"^([A-Z-]+) +(.+)$", table, re.MULTILINE)
    return {code: names.split("|") for code, names in lines}


@cache
def _by_code() -> dict[str, tuple[str, str, str]]:
    """(number, name, region) of every code."""
    return {code: (number, names[0], heading) for code, number, names, heading in _entries()}
