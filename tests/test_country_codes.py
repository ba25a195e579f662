import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradelib.core import country_codes


def test_table_is_complete():
    """The 249 codes of ISO 3166-1, two former ones, Kosovo, thirteen groups; no key leads two ways."""
    everything = country_codes.all_codes()
    ways = (country_codes.name, country_codes.region, country_codes.m49)
    assert [way("Cape Verde") for way in ways] == ["Cabo Verde", "Western Africa", 132]
    assert country_codes.iso3("Western Sahara") == "ESH"
    assert "; " not in "".join(map(country_codes.name, everything))
    groups = {code for code in everything if country_codes.region(code) == "Groups"}
    assert " ".join(sorted(groups)) == (
        "AFR ARAB ASEAN CEE CELAC CENTRAL-ASIA CIS EAEU EU LAC OTS SPECA WLD"
    )
    assert len(everything - groups - {"YUG", "ANT", "XKX"}) == 249
    keys = set()
    for code, number, names, _ in country_codes._entries():
        for key in {code, number, *names, *country_codes._russian()[code]} - {"-"}:
            keys.add((country_codes._fold(key), code))
    assert len(keys) == len(country_codes._lookup())


@pytest.mark.parametrize(
    ("given_as", "code"),
    [
        ("KAZ", "KAZ"),
        (398, "KAZ"),
        ("398", "KAZ"),
        (4, "AFG"),
        ("Türkiye", "TUR"),
        ("turkey", "TUR"),
        ("Cote d'Ivoire", "CIV"),
        ("842", "USA"),
        ("ROM", "ROU"),
        ("ZAR", "COD"),
        ("South Korea", "KOR"),
        ("World", "WLD"),
        ("Kosovo", "XKX"),
    ],
)
def test_iso3(given_as, code):
    """Codes, numbers, names and older codes all lead to one code."""
    assert country_codes.iso3(given_as) == code


@given(st.sampled_from(sorted(country_codes.all_codes())))
def test_every_name_leads_back(code):
    """The shown name is accepted and means the same country."""
    assert country_codes.iso3(country_codes.name(code)) == code
    assert country_codes.iso3(code.lower()) == code


def test_unknown_country():
    """The error names what came and offers the three nearest; a dash in the table is no name."""
    with pytest.raises(ValueError, match=r"'Kazakstan'; did you mean Kazakhstan \(KAZ\)"):
        country_codes.iso3("Kazakstan")
    message = (
        r"^no country is called 'Irak'; did you mean Iraq \(IRQ\), Iran \(IRN\), Israel \(ISR\)\?$"
    )
    with pytest.raises(ValueError, match=message):
        country_codes.iso3("Irak")
    for nothing in ("", "-"):
        with pytest.raises(ValueError, match=f"^no country is called '{nothing}'; give an ISO"):
            country_codes.iso3(nothing)
    with pytest.raises(ValueError, match="999; give an ISO 3166 alpha-3 code"):
        country_codes.iso3(999)
    with pytest.raises(TypeError, match="^country must be a text or a whole number, got None"):
        country_codes.iso3(None)


def test_un_numbers():
    """The number in the table leads to the country; groups have none."""
    assert [country_codes.m49(c) for c in ("AFG", "Türkiye", 398)] == [4, 792, 398]
    with pytest.raises(ValueError, match="^CIS has no UN number"):
        country_codes.m49("CIS")


def test_russian_names():
    """Every code has a Russian name, by which it is found too, with two dots or without."""
    everything = country_codes.all_codes()
    assert {
        country_codes.iso3(country_codes.russian_name(code)) for code in everything
    } == everything
    assert country_codes.iso3("Киргизия") == country_codes.iso3("Кыргызстан") == "KGZ"
    assert country_codes.iso3("Объединенные Арабские Эмираты") == "ARE"
    with pytest.raises(ValueError, match=r"did you mean Kazakhstan \(KAZ\)"):
        country_codes.iso3("Казакстан")
