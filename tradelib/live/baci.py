"""CEPII BACI: bilateral trade by product, both reports of a flow made one, in a zip of yearly CSV.

``t,i,j,k,v,q``: year, exporter, importer, product, thousand US$, tonnes; a table of the country
numbers lies beside. Read in blocks and summed over products in whole dollars, so the sums are exact
in any order. Every member is held against its checksum; flows that are not listed are no trade.

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

from tradelib.ground import codes
from tradelib.ground.errors import InputError
from tradelib.live.errors import MalformedError
from tradelib.live.gate import MOST_MUSD, ZIP_DAMAGE, check_head, damage, newest_year
from tradelib.live.transport import Call

_NUMBERS = 1000  # country numbers have three digits
_BLOCK = 2**24  # bytes at a time, whatever the size of a year
_TYPES = {"t": pa.int32(), "i": pa.int32(), "j": pa.int32(), "k": pa.int32(), "v": pa.float64()}
_READ = arrow.ReadOptions(block_size=_BLOCK, use_threads=False)
_CONVERT = arrow.ConvertOptions(column_types=_TYPES, include_columns=list(_TYPES))
_MEMBER = re.compile(r"(?:^|/)BACI_(HS\d\d)_Y([0-9]{4})_(V\w+)\.csv$")
_ISO3 = {"iso_3digit_alpha": "country_iso3"}  # as releases to 2022 call the column
_MOST_TABLE, _MOST_YEAR = 2**20, 2**32  # bytes of the table of countries, and of a year


def call(release: str) -> Call:
    """Call for the archive of a release such as ``HS92_V202601``."""
    if not isinstance(release, str) or not re.fullmatch(r"HS[0-9]{2}_V[0-9]{6}[a-z]?", release):
        raise InputError(f"a release is named like HS92_V202601, got {release!r}")
    return Call(source="baci", path=f"BACI_{release}.zip")


def open_archive(file: Path) -> zipfile.ZipFile:
    """The archive, if it is one, and whole."""
    with damage("a file that is no zip archive", *ZIP_DAMAGE):
        archive = zipfile.ZipFile(file)
        for member in archive.infolist():  # a name stands twice, and a damaged one hides a year
            archive.open(member).close()
        return archive


def years(archive: zipfile.ZipFile, release: str) -> dict[int, zipfile.ZipInfo]:
    """Member of each year of a release; none, two of a year, or another's is a `MalformedError`."""
    members: dict[int, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        match = _MEMBER.search(member.filename)
        if not match:
            continue
        year, whose = int(match[2]), f"{match[1]}_{match[3]}"
        if whose != release or year > newest_year() or member.file_size > _MOST_YEAR:
            raise MalformedError(f"an archive with {member.filename} instead of {release}'s files")
        if year in members:
            raise MalformedError(f"an archive with two files of {year}")
        members[year] = member
    if not members:
        names = ", ".join(archive.namelist()[:3])
        raise MalformedError(f"an archive without yearly files; it has {names[:120] or 'none'}")
    return dict(sorted(members.items()))


def countries(archive: zipfile.ZipFile, release: str) -> dict[int, str]:
    """ISO3 code of each country number; the source's own code where ours knows none."""
    table = f"country_codes_{release.split('_')[1]}.csv"
    found = [one for one in archive.infolist() if Path(one.filename).name == table]
    if len(found) != 1 or found[0].file_size > _MOST_TABLE:
        raise MalformedError(f"an archive with {len(found)} tables {table} of country codes")
    kinds = (KeyError, TypeError, AttributeError, csv.Error, *ZIP_DAMAGE)
    with damage("a damaged table of country codes", *kinds):
        text = archive.read(found[0]).decode("utf-8-sig", "replace")  # names only, some in Latin-1
        reader = csv.DictReader(io.StringIO(text), strict=True)
        reader.fieldnames = head = [_ISO3.get(name, name) for name in reader.fieldnames or []]
        check_head(head, ["country_code", "country_iso3"])
        rows = list(reader)
        codes = {int(row["country_code"]): _code(row) for row in rows}
    if len(codes) < len(rows) or not all(0 <= number < _NUMBERS for number in codes):
        what = f"a table of {len(rows)} country codes with a number twice or out of range"
        raise MalformedError(what)
    return codes


def read_year(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    *,
    year: int,
    known: dict[int, str],
    tick: Callable[[int], object] = lambda _: None,
) -> pd.DataFrame:
    """Trade of a year summed over products: ``exporter``, ``importer``, ``year``, ``trade_usd``.

    `known` is what `countries` returns; `tick` is called with the bytes read since the last call.
    Damage, an unknown country, a value that is none or a row given twice is a `MalformedError`.
    """
    sums = np.zeros(_NUMBERS**2)
    rows: list[np.ndarray] = []
    kinds = (pa.ArrowException, *ZIP_DAMAGE)
    with damage(f"a damaged {member.filename}", *kinds), archive.open(member) as opened:
        counted = CallbackIOWrapper(tick, opened)
        for block in arrow.open_csv(counted, _READ, convert_options=_CONVERT):
            pairs, dollars = _block(block, year, known)
            sums += np.bincount(pairs, weights=dollars, minlength=_NUMBERS**2)
            rows.append(pairs.astype(np.int64) * 10**6 + block["k"].to_numpy())
        while counted.read(_BLOCK):  # to the end, where the checksum is compared
            pass
    places = np.unique(_once(rows, member.filename) // 10**6)
    if sums.max() > MOST_MUSD * 1e6:
        raise MalformedError(f"a trade of {sums.max():g} US$ between two countries in {year}")
    exporter, importer = (pd.Series(side).map(known) for side in np.divmod(places, _NUMBERS))
    flows = {"exporter": exporter, "importer": importer, "year": year}
    return pd.DataFrame(flows | {"trade_usd": sums[places].astype(np.int64)})


def _block(block: pa.RecordBatch, year: int, known: dict[int, str]) -> list[np.ndarray]:
    """Place of each row in the matrix of pairs, and its whole dollars."""
    if any(block[name].null_count for name in _TYPES):
        raise MalformedError(f"a row of {year} with an empty cell")
    t, i, j, k, v = (block[name].to_numpy() for name in _TYPES)
    if (t != year).any():
        raise MalformedError(f"a row of {t[t != year][0]} in the file of {year}")
    odd = np.setdiff1d(np.union1d(i, j), list(known))
    if odd.size:
        raise MalformedError(f"country {odd[0]} in {year}, which its own table does not know")
    if ((k < 0) | (k >= 10**6)).any():
        raise MalformedError(f"a product of more than six digits in {year}")
    fits = np.isfinite(v) & (v >= 0) & (v <= MOST_MUSD * 1e3)
    if not fits.all():
        raise MalformedError(f"a trade of {v[~fits][0]} in {year}")
    return [i * _NUMBERS + j, np.rint(v * 1000)]


def _once(rows: list[np.ndarray], name: str) -> np.ndarray:
    """Exporter, importer and product of each row, in order; none may come twice."""
    if not any(map(len, rows)):
        raise MalformedError(f"no rows in {name}")
    ordered = np.sort(np.concatenate(rows))
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if twice.size:
        pair, product = divmod(int(twice[0]), 10**6)
        i, j = divmod(pair, _NUMBERS)
        raise MalformedError(f"exporter {i}, importer {j}, product {product:06d} twice in {name}")
    return ordered


def _code(row: dict[str, str]) -> str:
    own, number = row["country_iso3"].strip(), int(row["country_code"])
    try:  # ours has one code for SCG and Yugoslavia
        return own if own == "SCG" else codes.iso3(number)
    except ValueError:
        return own if re.fullmatch(r"[A-Z0-9]{3}", own) else f"{number:03d}"
