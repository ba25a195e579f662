"""Write the members of blocs: a member a line, with the days on which it joined and left.

Usage:  python data/prepare/blocs.py FOLDER

FOLDER holds ``facts/blocs.csv``, with years. Where its notes name a day it stands in `JOINED` or
`LEFT`. Observers and countries that a pledge may or may not count are no members, and left out.
"""

import sys
from pathlib import Path

import pandas as pd

# Where the file goes.
DATA = Path(__file__).parents[1]
FILE = "blocs.csv"
SOURCE = "blocs"
# Observers, and a country that sat in one council.
NO_MEMBERS = ["OTS-OBSERVER", "CA-PLUS"]
# The registry's code, where that of the facts is a country's in another list.
CODES = {"CA": "CENTRAL-ASIA"}
# Days or months that the notes name: of the founders of a bloc first, then of single members.
FOUNDED = {"ASEAN": "1967-08-08", "EAEU": "2015-01-01", "OTS": "2009-10-03"}
JOINED = {
    ("ASEAN", "BRN"): "1984-01-07",
    ("ASEAN", "VNM"): "1995-07-28",
    ("ASEAN", "LAO"): "1997-07-23",
    ("ASEAN", "MMR"): "1997-07-23",
    ("ASEAN", "KHM"): "1999-04-30",
    ("ASEAN", "TLS"): "2025-10-26",
    ("EAEU", "ARM"): "2015-01-02",
    ("EAEU", "KGZ"): "2015-08",
    ("OTS", "UZB"): "2019-10-15",
    ("CEE", "GRC"): "2019-04",
}
LEFT = {
    ("EU", "GBR"): "2020-01-31",
    ("ARAB", "SYR"): "2011-11",
    ("CEE", "LTU"): "2021-05",
    ("CEE", "EST"): "2022-08-11",
    ("CEE", "LVA"): "2022-08-11",
    ("CELAC", "BRA"): "2019",
}


def blocs(folder: Path) -> pd.DataFrame:
    """The table that ships."""
    facts = pd.read_csv(folder / "facts" / "blocs.csv", dtype="str", keep_default_na=False)
    facts = facts[~facts["bloc"].isin(NO_MEMBERS)]
    rows = [
        {
            "bloc": CODES.get(row.bloc, row.bloc),
            "country": row.country,
            "from": joined(row.bloc, row.country, row.from_year),
            "to": left(row.bloc, row.country, row.to_year),
            "title": row.source_title,
            "url": row.source_url,
            "source_id": SOURCE,
            "note": row.note,
        }
        for row in facts.itertuples()
    ]
    return pd.DataFrame(rows).sort_values(["bloc", "country"], ignore_index=True)


def joined(bloc: str, country: str, year: str) -> str:
    """When a member joined, as exact as it is known."""
    founded = FOUNDED.get(bloc, "")
    usual = founded if founded.startswith(year) else year
    return JOINED.get((bloc, country), usual)


def left(bloc: str, country: str, year: str) -> str:
    """When a member left, as exact as it is known; a year that no note makes exact is an error."""
    if year and not LEFT[bloc, country].startswith(year):
        sys.exit(f"{country} left {bloc} in {year}, and LEFT says {LEFT[bloc, country]}")
    return LEFT[bloc, country] if year else ""


def main() -> None:
    """Write the file."""
    table = blocs(Path(sys.argv[1]))
    table.to_csv(DATA / FILE, index=False, lineterminator="\n")
    print(f"{FILE}: {len(table):,} members of {table['bloc'].nunique()} blocs")


if __name__ == "__main__":
    main()
