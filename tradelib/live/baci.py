"""CEPII BACI: bilateral trade by product, with both countries' reports reconciled.

A release is a zip archive with one CSV file per year and a table of country numbers. Columns
``t,i,j,k,v,q`` are year, exporter, importer, product, thousand US$ and tonnes, and there are no
others. Files are read in blocks and summed over products in whole dollars, so that the sums are
exact in any order. Every file is checked against its checksum. Flows that are not listed are no
trade.

References
----------
Gaulier, G. and Zignago, S. (2010), *BACI: International Trade Database at the Product-Level*, CEPII
Working Paper 2010-23. https://doi.org/10.2139/ssrn.1994500
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow
from tqdm.utils import CallbackIOWrapper

from tradelib.core import country_codes as iso_codes
from tradelib.core.errors import InputError
from tradelib.live.checks import MOST_MUSD, ZIP_DAMAGE, check_head, malformed_on, newest_year
from tradelib.live.errors import MalformedError
from tradelib.live.http import Call

_NUMBERS = 1000  # country numbers have three digits
_PRODUCTS = 10**6  # products have six digits
_BLOCK = 2**24  # bytes read at a time
_TYPES = {"t": pa.int32(), "i": pa.int32(), "j": pa.int32(), "k": pa.int32(), "v": pa.float64()}
_HEAD = [*_TYPES, "q"]
_READ = arrow.ReadOptions(block_size=_BLOCK, use_threads=False)
_CONVERT = arrow.ConvertOptions(column_types=_TYPES, include_columns=list(_TYPES))
_MEMBER = re.compile(r"(?:^|/)BACI_(HS\d\d)_Y([0-9]{4})_(V\w+)\.csv$")
_CODES = re.compile(r"(?:^|/)(?:country|product)_codes_\w+\.csv$")
_ISO3 = {"iso_3digit_alpha": "country_iso3"}  # older name of the column, in releases to 2022
_MOST_HEAD = 1000  # bytes of the line of columns
_MOST_TABLE = 2**20  # bytes of the table of countries
_MOST_YEAR = 2**32  # bytes of the file of a year


def archive_call(release: str) -> Call:
    """Call for the archive of a release such as ``HS92_V202601``."""
    if not isinstance(release, str) or not re.fullmatch(r"HS[0-9]{2}_V[0-9]{6}[a-z]?", release):
        raise InputError(f"a release is named like HS92_V202601, got {release!r}")
    return Call(source="baci", path=f"BACI_{release}.zip")


def open_archive(file: Path) -> zipfile.ZipFile:
    """The archive; a file that is no zip archive, or a damaged one, is a `MalformedError`."""
    with malformed_on("a file that is no zip archive", *ZIP_DAMAGE):
        archive = zipfile.ZipFile(file)
        for member in archive.infolist():
            archive.open(member).close()  # raises if its name is damaged, which would hide a year
        return archive


def years(archive: zipfile.ZipFile, release: str) -> dict[int, zipfile.ZipInfo]:
    """File of each year of a release in its archive.

    No file, two of a year, one of another release, a year that is missed out or a table of another
    name is a `MalformedError`.
    """
    members: dict[int, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        match = _MEMBER.search(member.filename)
        if not match:
            _check_other(member.filename)
            continue
        year = int(match[2])
        own_release = f"{match[1]}_{match[3]}"
        if own_release != release or year > newest_year() or member.file_size > _MOST_YEAR:
            raise MalformedError(f"an archive with {member.filename} instead of {release}'s files")
        if year in members:
            raise MalformedError(f"an archive with two files of {year}")
        members[year] = member
    if not members:
        names = ", ".join(archive.namelist()[:3])
        raise MalformedError(f"an archive without yearly files; it has {names[:120] or 'none'}")
    lost = set(range(min(members), max(members))) - members.keys()
    if lost:
        raise MalformedError(f"an archive without a file of {min(lost)}")
    return dict(sorted(members.items()))


def _check_other(name: str) -> None:
    """Raise if a member is a table of a name that we do not know: it may be that of a year."""
    if name.casefold().endswith(".csv") and not _CODES.search(name):
        raise MalformedError(f"an archive with {name[:80]!r}, which is no table of BACI's")


def countries(archive: zipfile.ZipFile, release: str) -> dict[int, str]:
    """ISO3 code of each country number; the source's own code where we have none."""
    name = f"country_codes_{release.split('_')[1]}.csv"
    members = [item for item in archive.infolist() if Path(item.filename).name == name]
    if len(members) != 1 or members[0].file_size > _MOST_TABLE:
        raise MalformedError(f"an archive with {len(members)} tables {name} of country codes")
    kinds = (KeyError, TypeError, AttributeError, csv.Error, *ZIP_DAMAGE)
    with malformed_on("a damaged table of country codes", *kinds):
        rows = _country_rows(archive.read(members[0]))
        country_codes = {int(row["country_code"]): _code(row) for row in rows}
    out_of_range = [number for number in country_codes if not 0 <= number < _NUMBERS]
    if len(country_codes) < len(rows) or out_of_range:
        problem = f"a table of {len(rows)} country codes with a number twice or out of range"
        raise MalformedError(problem)
    return country_codes


def _country_rows(body: bytes) -> list[dict[str, str]]:
    """Rows of the table of countries, with today's names of the columns."""
    text = body.decode("utf-8-sig", "replace")  # only names of countries have odd letters
    reader = csv.DictReader(io.StringIO(text), strict=True)
    head = [_ISO3.get(name, name) for name in reader.fieldnames or []]
    reader.fieldnames = head
    check_head(head, ["country_code", "country_iso3"])
    return list(reader)


def read_year(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    *,
    year: int,
    country_codes: dict[int, str],
    tick: Callable[[int], object] = lambda _: None,
) -> pd.DataFrame:
    """Trade of a year summed over products: ``exporter``, ``importer``, ``year``, ``trade_usd``.

    `country_codes` is what `countries` returns. `tick` is called with the number of bytes that were
    read since the last call. A damaged file, an unknown country, an invalid value or a row given
    twice is a `MalformedError`.
    """
    sums = np.zeros(_NUMBERS**2)
    rows: list[np.ndarray] = []
    kinds = (pa.ArrowException, *ZIP_DAMAGE)
    with malformed_on(f"a damaged {member.filename}", *kinds), archive.open(member) as opened:
        _check_columns(opened.readline(_MOST_HEAD), member.filename)
        opened.seek(0)
        counted = CallbackIOWrapper(tick, opened)
        for block in arrow.open_csv(counted, _READ, convert_options=_CONVERT):
            pairs, dollars = _block(block, year, country_codes)
            sums += np.bincount(pairs, weights=dollars, minlength=_NUMBERS**2)
            rows.append(pairs.astype(np.int64) * _PRODUCTS + block["k"].to_numpy())
        while counted.read(_BLOCK):  # to the end, where the checksum is compared
            pass
    traded_pairs = np.unique(_sorted_rows(rows, member.filename) // _PRODUCTS)
    if sums.max() > MOST_MUSD * 1e6:
        raise MalformedError(f"a trade of {sums.max():g} US$ between two countries in {year}")
    exporters, importers = np.divmod(traded_pairs, _NUMBERS)
    flows = {
        "exporter": pd.Series(exporters).map(country_codes),
        "importer": pd.Series(importers).map(country_codes),
        "year": year,
        "trade_usd": sums[traded_pairs].astype(np.int64),
    }
    return pd.DataFrame(flows)


def _check_columns(line: bytes, name: str) -> None:
    """Raise if a file has other columns than BACI's: one more may say that another is otherwise."""
    head = [column.strip(' "') for column in line.decode("utf-8-sig", "replace").strip().split(",")]
    if sorted(head) != sorted(_HEAD):
        raise MalformedError(f"columns {str(head)[:80]} in {name}")


def _block(
    block: pa.RecordBatch, year: int, country_codes: dict[int, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's pair (1000 x exporter + importer), and its trade in whole dollars."""
    if any(block[name].null_count for name in _TYPES):
        raise MalformedError(f"a row of {year} with an empty cell")
    t, i, j, k, v = (block[name].to_numpy() for name in _TYPES)
    if (t != year).any():
        raise MalformedError(f"a row of {t[t != year][0]} in the file of {year}")
    unknown = np.setdiff1d(np.union1d(i, j), list(country_codes))
    if unknown.size:
        raise MalformedError(f"country {unknown[0]} in {year}, which its own table does not know")
    if ((k < 1) | (k >= _PRODUCTS)).any():
        raise MalformedError(f"a product of no digits, or of more than six, in {year}")
    is_valid = np.isfinite(v) & (v >= 0) & (v <= MOST_MUSD * 1e3)
    if not is_valid.all():
        raise MalformedError(f"a trade of {v[~is_valid][0]} in {year}")
    return i * _NUMBERS + j, np.rint(v * 1000)


def _sorted_rows(rows: list[np.ndarray], name: str) -> np.ndarray:
    """Exporter, importer and product of each row as one number, sorted; none may come twice."""
    if not any(map(len, rows)):
        raise MalformedError(f"no rows in {name}")
    ordered = np.sort(np.concatenate(rows))
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if twice.size:
        pair, product = divmod(int(twice[0]), _PRODUCTS)
        i, j = divmod(pair, _NUMBERS)
        raise MalformedError(f"exporter {i}, importer {j}, product {product:06d} twice in {name}")
    return ordered


def _code(row: dict[str, str]) -> str:
    """Code of a country: ours, else the source's three letters, else its number.

    A number that the source calls another country, by its letters and its name, is a
    `MalformedError`. One of the two may be wrong: in a release of 2020 Antigua has Antarctica's.
    """
    own = row["country_iso3"].strip()
    number = int(row["country_code"])
    if own == "SCG":  # Serbia and Montenegro; we have one code for it and Yugoslavia
        return own
    try:
        ours = iso_codes.iso3(number)
    except ValueError:
        return own if re.fullmatch(r"[A-Z0-9]{3}", own) else f"{number:03d}"
    said = [own, row.get("country_name") or row.get("country_name_full") or ""]
    meant = {iso_codes.iso3(text) for text in said if iso_codes.known(text)}
    if meant and ours not in meant:
        raise MalformedError(f"country {number} called {', '.join(said)[:80]}, not {ours}")
    return ours
