"""Further hostile answers: parts that pass for the whole, and answers that contradict the question.

Each names a kind: a part under status 200, another unit, frequency, type, reporter, product or
action than was asked for, a mark in an odd place, an odd thing in the cache, an odd address of a
proxy. `held` yields these, `kinds` one of each name. `odd` yields what a few rules make of intact
answers: an odd value in the place of each cell of a table, each value of a document, each cell of a
workbook. `live_faults` says what comes of a fault.
"""

import base64
import fcntl
import gzip
import hashlib
import io
import json
import os
import random
import zipfile
from functools import partial

import live_bodies as bodies
import pandas as pd
from live_faults import (
    IMTS,
    KEY,
    Fault,
    at_2020,
    counted,
    edited,
    fault,
    first,
    goods,
    intact,
    listing,
    on_row,
    put,
    repacked,
    routes,
    swap,
    workbook,
)
from live_server import Answer

from tradelib.live import cache

SOURCES = ("imts", "imts panel", "months", "comtrade", "wits", "wdi", "goods")
TABLES = ("imts", "imts panel", "months")
ESTIMATE = at_2020("estimate")
PANEL = "panels/baci_HS92_V202601"
ARCHIVE = f"{PANEL}/BACI_HS92_V202601.zip"


def refused(source, changes):
    """Faults by name whose figures, right or wrong, must not be taken."""
    for name, change in changes.items():
        yield fault(source, name, change, refuse=True)


def sent_otherwise(source, ways):
    """Faults by name of how an answer is sent, whose figures must not be taken."""
    for name, how in ways.items():
        yield fault(source, name, how=how, refuse=True)


def whole_lines(body):
    """A table without its last line; anything else as it is."""
    cut = body.rindex(b"\n", 0, -1) + 1 if body.count(b"\n") > 1 else len(body)
    return body[:cut]


def column(name, value):
    """A table in which the column of the scale is another one."""
    return lambda b: b.replace(b"SCALE", name.encode(), 1).replace(b",6,", f",{value},".encode())


def every(**changes):
    """UN Comtrade's document with other rows."""
    return edited(lambda d: [row.update(changes) for row in d["data"]])


def series_of(document):
    """The only series of WITS's document."""
    return document["dataSets"][0]["series"]["0:0:0:0:0"]


def sides_of(document):
    """What the series of WITS's document are of."""
    return document["structure"]["dimensions"]["series"]


def marked(level, place=1, name="OBS_STATUS", values=("A", "E")):
    """WITS's document with a mark on every figure, told by a level of its attributes."""

    def edit(document):
        attribute = {"id": name, "values": [{"id": value} for value in values]}
        document["structure"]["attributes"][level] = [attribute]
        if level == "observation":
            for observation in series_of(document)["observations"].values():
                observation.append(place)
        elif level == "series":
            series_of(document)["attributes"] = [place]
        else:
            document["dataSets"][0]["attributes"] = [place]

    return edited(edit)


def parts():
    """Answers that say that they are one part of several, or that nothing tells from a part."""
    headers = {
        "200 with a range": {"Content-Range": "bytes 0-99/319"},
        "200 with a range of unknown length": {"Content-Range": "bytes 0-99/*"},
        "200 with a range that failed": {"Content-Range": "bytes */319"},
        "200 of byte ranges": {"Content-Type": "Multipart/byteranges; boundary=x"},
        "a link to the next page": {"Link": '</x?page=2>; rel="next", </x>; rel="self"'},
    }
    for source in SOURCES:
        ways = {
            name: lambda a, h=of_part: Answer(whole_lines(a.body), headers=dict(h))
            for name, of_part in headers.items()
        }
        yield from sent_otherwise(source, ways)
    for source in ("comtrade", "goods"):
        names = ("next", "hasMore", "@odata.nextLink", "isTruncated", "continuationToken")
        changes = {
            f"a document with {name}": edited(lambda d, n=name: d.update({n: "https://x.test/2"}))
            for name in names
        }
        yield from refused(source, changes)


def of_columns():
    """Columns that speak of units, of parts of trade or of another flow, and odd actions."""
    stated = {
        "unit_measure": "EUR",
        "UNIT_MEASURE: Unit": "US_DOLLAR",
        "Unit_Measure[;]": "EUR",
        "CURRENCY": "USD/KZT",
        "a new unit": "KZT",
        "TRANSFORMATION": "PC",
        "ADJUSTMENT": "S",
        "PRICES": "V",
        "BASE_PER": "2015",
        "UNIT_MULT": "00",
        "POWER": "3",
        "EXCHANGE_RATE": "450",
        "SCALE ": "EUR",
        "VALUATION": "CIF",
        "TRADE_FLOW": "MG",
        "PRODUCT": "27",
        "COMMODITY[;]": "27",
        "COUNTERPART_SECTOR": "S11",
        "CUSTOMS_PROCEDURE": "C04",
        "MODE_OF_TRANSPORT": "3100",
    }
    data_sets = {
        "another data set": swap("IMF.STA:IMTS(", "IMF.STA:DIP(", 9),
        "a draft of the data set": swap("IMF.STA:IMTS(", "IMF.STA:IMTS_DRAFT(", 9),
        "another maker": swap("IMF.STA:", "ECB:", 9),
    }
    actions = {
        f"action {action}": swap(",I,", f",{action},", 99) for action in ("D", "d", "Delete", "X")
    }
    columns = {f"{name} {value}": column(name, value) for name, value in stated.items()}
    for source in TABLES:
        yield from refused(source, columns | actions | data_sets)
        for name, value in {"PRICES": "_Z", "TRANSFORMATION": "N", "CURR": "USD"}.items():
            yield fault(source, f"{name} {value}", column(name, value), fine=True)
    yield fault("imts", "action A", swap(",I,", ",A,", 9), fine=True)


def of_tables():
    """Tables of another pair or of no country, and marks in columns of other names."""
    codes = {f"partner {code}": swap(",TKM,", f",{code},", 9) for code in ("WLD", "XXX", "ROM")}
    yield from refused("imts panel", codes)
    changes = {
        "the pair the other way round": lambda b: (
            b.replace(b",KAZ,", b",@,").replace(b",TKM,", b",KAZ,").replace(b",@,", b",TKM,")
        ),
        "a head of another value": lambda b: b.replace(b"OBS_VALUE", b"OBS_VALUE[]", 1).replace(
            b"SCALE", b"OBS_VALUE", 1
        ),
        "a line separator": swap("76500000.0", "76500000.0\u2028"),
    }
    yield from refused("imts", changes)
    for source in ("imts", "imts panel"):
        for name in (" STATUS", "obs_status: Status", "Obs_Status[]", "OBS_TYPE", "FLAG"):
            yield fault(source, f"{name} E", on_row(name, "E"), **ESTIMATE)
        for name in ("CONFIDENTIALITY", "Conf_Status: Confidentiality"):
            yield fault(source, f"{name} D", on_row(name, "D"), **at_2020("suppressed"))
    yield from refused(
        "months",
        {
            f"a month {period}": lambda b, p=period: b.replace(b"2020-M03", p.encode())
            for period in ("2020-M13", "2020-M00", "2020-M3", "2099-M01", "2020-03", "2020")
        },
    )


def of_rows():
    """UN Comtrade's rows with a field that contradicts the question, or another field."""
    fields = {
        "typeCode": "S",
        "freqCode": "M",
        "period": "201903",
        "reporterISO": "RUS",
        "partnerISO": "RUS",
        "refMonth": 3,
        "classificationSearchCode": "S4",
        "classificationCode": "S4",
        "mosCode": "2",
        "currency": "EUR",
        "valueUnit": "EUR",
        "priceBase": "EUR",
    }
    beside = {"statusCode": 429, "message": "Rate limit", "warning": "truncated", "errors": ["x"]}
    for source in ("comtrade", "goods"):
        yield from refused(source, {f"{k} {v}": every(**{k: v}) for k, v in fields.items()})
        yield from refused(
            source,
            {
                f"{k} beside": edited(lambda d, k=k, v=v: d.update({k: v}))
                for k, v in beside.items()
            },
        )
        yield from refused(source, {"a value that is not its own": first(fobvalue=5.0)})
    others = {
        "flowDesc": "Import",
        "isReported": "false",
        "refPeriodId": 20180101,
        "reporterDesc": "Russian Federation",
        "partnerDesc": "Uzbekistan",
        "flowCode": "x",
        "partnerCode": None,
        "refYear": "2019",
        "motCode": "0",
        "aggrLevel": 2,
    }
    yield from refused("comtrade", {f"{k} {v}": first(**{k: v}) for k, v in others.items()})
    twice = counted(lambda rows: rows.append({**rows[0], "partner2Code": None}))
    yield from refused("comtrade", {"a total with and without second partner": twice})


def of_documents():
    """Documents of WITS and the World Bank that contradict the question."""

    def code(place, value):
        return edited(lambda d: sides_of(d)[place]["values"][0].update(id=value))

    def named(place, name):
        return edited(lambda d: sides_of(d)[place]["values"][0].update(name=name))

    def second_unit(document):
        unit = {"id": "UNIT", "values": [{"id": "USD"}, {"id": "EUR"}]}
        document["structure"]["attributes"]["series"] = [unit]
        series_of(document)["attributes"] = [1]

    def monthly(document):
        times = document["structure"]["dimensions"]["observation"][0]["values"]
        times[1].update(start="2020-01-01T00:00:00", end="2020-01-31T00:00:00")

    def whole_of_all(document):
        sides = document["structure"]["dimensions"]
        sides["dataset"] = [{"id": "FREQ", "values": [{"id": "Q"}]}]
        del sides["series"][0]
        series = document["dataSets"][0]["series"]
        series["0:0:0:0"] = series.pop("0:0:0:0:0")

    yield from refused(
        "wits",
        {
            **{
                f"action {action}": edited(lambda d, a=action: d["dataSets"][0].update(action=a))
                for action in ("Delete", "D", "merge", 5)
            },
            "unit EUR by its index": edited(second_unit),
            "frequency M": code(0, "M"),
            "a series by sector": edited(lambda d: sides_of(d)[3].update(id="SECTOR")),
            "a month in the place of a year": edited(monthly),
            "quarters, said of all": edited(whole_of_all),
            "a test": edited(lambda d: d["header"].update(test=True)),
            "a test in words": edited(lambda d: d["header"].update(test="true")),
            "another reporter's name": named(1, "Russian Federation"),
            "another partner's name": named(2, "Uzbekistan"),
            "months by name": named(0, "Monthly"),
            "fuels by name": named(3, "Fuels"),
            "tariffs by name": named(4, "AHS Simple Average (%)"),
            "another data set": edited(lambda d: d["header"].update(id="DF_WITS_Tariff_TRAINS")),
            "errors beside": edited(lambda d: d.update(errors=[{"code": 100, "title": "partly"}])),
        },
    )
    for level in ("observation", "series", "dataset", "dataSet"):
        yield fault("wits", f"estimate by the {level}", marked(level), **ESTIMATE)
    secret = marked("observation", 0, "CONF_STATUS", ["C"])
    yield fault("wits", "confidential", secret, **at_2020("suppressed"))
    places = {f"a mark at {place!r}": marked("observation", place) for place in (2, -1, "1", True)}
    yield from refused("wits", places)

    def rows(**changes):
        return edited(lambda d: [row.update(changes) for row in d[1]])

    def about(**changes):
        return edited(lambda d: d[0].update(changes))

    gdp = {"id": "NY.GDP.MKTP.CD"}
    yield from refused(
        "wdi",
        {
            "unit EUR": rows(unit="EUR"),
            "currency EUR": rows(currency="EUR"),
            "unit_mult 6": rows(unit_mult="6"),
            "another currency": rows(indicator=gdp | {"value": "GDP (current LCU)"}),
            "another base year": rows(indicator=gdp | {"value": "GDP (constant 2015 US$)"}),
            "another country's name": rows(country={"id": "RU", "value": "Russia"}),
            "page 2 of 1": about(page=2),
            "page 0": about(page=0),
            "another database": about(sourceid="57"),
            "a warning beside": about(warning="partly"),
        },
    )
    for mark in "Fe":
        status = {("KAZ", 2020): "estimate"}
        yield fault("wdi", f"marked {mark}", rows(obs_status=mark), status=status)


def of_files():
    """Workbooks of the bureau and archives of BACI that are of something else."""
    times = ("за 9 месяцев 2021 года", "в январе-июле 2021 года", "за 4 квартал 2021 года")
    titles = (
        "Основные показатели внешней торговли Республики Узбекистан",
        "Основные показатели внешней торговли услугами",
        "Основные показатели взаимной торговли Республики Казахстан",
        "Прогноз внешней торговли Республики Казахстан",
        "Внешняя торговля Республики Казахстан в натуральном выражении",
        "Удельный вес стран во внешней торговле, в процентах",
        "Внешняя торговля, в % к соответствующему периоду",
    )
    yield from refused("bns", {text: put(2, 1, text) for text in times})
    yield from refused("bns", {title: put(1, 1, title) for title in titles})
    real = "Основные показатели внешней торговли Республики Казахстан"
    yield fault("bns", "Kazakhstan's", put(1, 1, real), fine=True)
    page = bodies.bns_listing(("11", 2021, True, "15.07.2022"))
    early = page.replace("2021г.)".encode(), "2021г., предварительные данные)".encode())
    status = {("export", 2021): "preliminary"}
    yield Fault("bns", "preliminary by title", lambda: routes("bns") | listing(early), status)
    head = put(1, 1, "Предварительные данные Республики Казахстан")
    yield fault("bns", "preliminary by its head", head, status=status)
    table = bodies.BACI_COUNTRIES.replace("Kazakhstan,KZ,KAZ", "Russian Federation,RU,RUS")
    wide = {2020: "t,i,j,k,v,q,currency\n2020,398,795,270900,5,1,EUR\n"}
    total = {2020: bodies.baci_rows((2020, 398, 795, "000000", 9), (2020, 398, 795, "270900", 9))}
    yield from refused(
        "baci",
        {
            "a number with another country's letters": lambda _: bodies.baci(countries=table),
            "a column more": lambda _: bodies.baci(wide),
            "a row of all products": lambda _: bodies.baci(total),
        },
    )


def of_digests():
    """Answers that state a digest, of themselves or of another body."""
    nothing = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # SHA-256
    stated = {
        "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==",
        "Digest": f"sha-256={nothing}",
        "Content-Digest": f"sha-256=:{nothing}:",
        "Repr-Digest": f"sha-256=:{nothing}:",
    }

    def its_own(answer):
        md5 = base64.b64encode(hashlib.md5(answer.body, usedforsecurity=False).digest()).decode()
        return Answer(answer.body, headers={"Content-MD5": md5, "Digest": "sha-512=x"})

    for source in ("imts", "comtrade", "baci", "goods"):
        ways = {
            f"{name} of another body": lambda a, h=(name, value): Answer(a.body, headers=dict([h]))
            for name, value in stated.items()
        }
        ways |= {
            "packed, and not said": lambda a: Answer(gzip.compress(a.body)),
            "JSON in another shape": lambda _: Answer(b'{"dataSets": [], "structure": {}}'),
            "an empty table": lambda _: Answer(b"\n"),
        }
        yield from sent_otherwise(source, ways)
        yield fault(source, "its own digest", how=its_own, fine=True)


def of_secrets():
    """Ordinary words and numbers that are somebody's key or password, and odd addresses."""
    login = {"https_proxy": "http://CONF_STATUS:hunter2@proxy.invalid"}
    withheld = on_row("CONF_STATUS", "C")
    yield fault("imts", "a login that is a head", withheld, **at_2020("suppressed"), env=login)
    for name, env in {
        "a key that is a number": {"COMTRADE_API_KEY": "000000"},
        "a login that is a figure": {"https_proxy": "http://76500000:x@proxy.invalid"},
        "a login that is a name": {"https_proxy": "http://COUNTRY:primaryValue@proxy.invalid"},
    }.items():
        for source in ("imts", "imts panel", "comtrade", "wits", "wdi"):
            yield fault(source, name, fine=True, env=env)
    proxies = (
        *(f"http://me:HUN{sign}TER2-of-me@127.0.0.1:1" for sign in "/?# @\n"),
        *(f"{scheme}me:HUNTER2-of-me@127.0.0.1:1" for scheme in ("", "ftp://", "socks5://")),
        *(f"http://me:HUNTER2-of-me@{host}" for host in ("127.0.0.1:x", "[::1", "127.0.0.1:99999")),
    )
    told = ("HUN", "TER2-of", "of-me")
    for proxy in proxies:
        env = {"http_proxy": proxy, "all_proxy": proxy, "NO_PROXY": "", "no_proxy": ""}
        yield fault("imts", f"proxy {proxy!r}", refuse=True, env=env, secrets=told)
    for password, written_as in {
        "HUN/TER2-of-me": "HUN/TER2-of-me",
        "p%40ss%2Fword9": "p@ss/word9",
        "p%2540ss-word9": "p%40ss-word9",
    }.items():
        echo = Answer(f"see http://me:{written_as}@p".encode(), status=500)
        env = {"https_proxy": f"http://me:{password}@proxy.invalid"}
        secrets = (password[:6], written_as[:6])
        answers = lambda a=echo: {"/wits": a}  # noqa: E731
        yield Fault("wits", f"an echo of {written_as}", answers, env=env, secrets=secrets)
    for place in ("~nobody-of-that-name/x", "s3://bucket/x", "file:///tmp/x"):
        env = {"TRADELIB_CACHE": place}
        yield fault("imts", f"the cache at {place}", refuse=True, env=env)


def plant(make, names):
    """What `make` does at some places of the cache, given a file outside, which must stay as it is."""

    def planted(folder):
        outside = folder.parent / f"{folder.name}-mine"
        outside.parent.mkdir(parents=True, exist_ok=True)
        outside.write_bytes(b"do not touch")
        for name in names():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            make(place, outside)
        return {outside: b"do not touch"}

    return planted


def huge(place, _):
    """A file of a terabyte that takes no room."""
    with place.open("wb") as file:
        file.truncate(2**40)


def holding(content):
    """A file that holds something."""
    return lambda place, _: place.write_bytes(content)


def hard_link(place, outside):
    """Another name of a file outside."""
    os.link(outside, place)


def copies():
    """Where the copies of answers lie, and one of nobody, once the server is known."""
    yield "replies/other.reply"
    for code in ("XG_FOB_USD", "MG_CIF_USD"):
        address = f"{os.environ['TRADELIB_LIVE_BASE']}{IMTS}KAZ.{code}.TKM.A"
        yield f"replies/{cache._path(address).name}"


A_LINK = {"a link": lambda place, outside: place.symlink_to(outside)}
A_PIPE = {"a pipe": lambda place, _: os.mkfifo(place)}
A_FOLDER = {"a folder": lambda place, _: place.mkdir()}
A_FILE = {"a file": holding(b"x")}


def of_cache():
    """Odd things in the places of the cache: nothing is overwritten, and the figures arrive."""
    odd_copies = {
        **A_LINK,
        **A_PIPE,
        **A_FOLDER,
        "a link in a circle": lambda place, _: place.symlink_to(place),
        "a device": lambda place, _: place.symlink_to("/dev/zero"),
        "a terabyte": huge,
        "nothing": holding(b""),
        "brackets": holding(b"[" * 100_000 + b"\n"),
        "an odd day": holding(cache.sealed("x", {"accessed": "soon", "bytes": 1, "sha256": "x"})),
    }
    for name, make in odd_copies.items():
        yield fault("imts", f"{name} as a copy", fine=True, plant=plant(make, copies))
    beside = {
        ("imts", "replies"): A_PIPE | A_FILE,
        ("imts", "replies/.unfinished-x"): A_PIPE | A_FILE | A_FOLDER | A_LINK,
        ("baci", "panels"): A_PIPE | A_FILE,
        ("baci", PANEL): A_PIPE | A_FILE,
        ("baci", f"{PANEL}/.lock"): A_PIPE | A_LINK,
        ("baci", f"{ARCHIVE}.part"): A_PIPE | A_LINK | {"a hard link": hard_link},
        ("baci", f"{ARCHIVE}.part.json"): A_PIPE | A_LINK,
        ("baci", f"{ARCHIVE}.provenance"): A_PIPE | A_LINK,
        ("baci", ARCHIVE): A_PIPE | A_LINK,
    }
    for (source, place), things in beside.items():
        for name, make in things.items():
            what = f"{name} as {place.rsplit('/', 1)[-1]}"
            planted = plant(make, lambda p=place: [p])
            yield fault(source, what, fine=not place.endswith("lock"), plant=planted)

    def elsewhere(folder):
        outside = folder.parent / f"{folder.name}-elsewhere"
        outside.mkdir(parents=True)
        (outside / "mine").write_bytes(b"mine")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "replies").symlink_to(outside)
        return {outside / "mine": b"mine"}

    def forged(folder):
        """A part that is a link to another file, with a mark that fits its beginning."""
        files = plant(A_LINK["a link"], lambda: [f"{ARCHIVE}.part"])(folder)
        mark = {"bytes": 2, "sha256": hashlib.sha256(b"do").hexdigest(), "same": '"a"'}
        address = f"{os.environ['TRADELIB_LIVE_BASE']}/baci/BACI_HS92_V202601.zip"
        (folder / f"{ARCHIVE}.part.json").write_bytes(cache.sealed(address, mark))
        return files

    def locked(folder):
        (folder / PANEL).mkdir(parents=True)
        handle = os.open(folder / PANEL / ".lock", os.O_WRONLY | os.O_CREAT)
        fcntl.flock(handle, fcntl.LOCK_EX)  # until the process ends
        return {}

    yield fault("imts", "a link as the folder", fine=True, plant=elsewhere)
    yield fault("baci", "a forged mark", fine=True, plant=forged)
    yield fault("baci", "a lock that is held", refuse=True, plant=locked)


def parquet(frame):
    """A table as Parquet."""
    stored = io.BytesIO()
    frame.to_parquet(stored)
    return stored.getvalue()


def of_seals():
    """Tables of a panel's year that are none under a seal that fits, and seals that are none."""
    right = pd.DataFrame(
        {"exporter": ["KAZ"], "importer": ["TKM"], "year": [2020], "trade_usd": [5]}
    )
    tables = {
        "cut": parquet(right)[:-9],
        "foreign": parquet(pd.DataFrame({"a": [1]})),
        "of texts": parquet(right.astype({"trade_usd": "str"})),
        "empty": b"",
    }
    seals = {name: hashlib.sha256(table).hexdigest().encode() for name, table in tables.items()}
    tables |= {"under a seal of no text": b"x", "under a seal of brackets": b"x"}
    seals |= {"under a seal of no text": b"\xff\xfe\xff", "under a seal of brackets": b"[" * 99_999}
    digest = hashlib.sha256(bodies.baci()).hexdigest()
    for name, content in tables.items():

        def sealed(folder, content=content, seal=seals[name]):
            table = folder / PANEL / f"{digest[:16]}-2-2020.parquet"
            table.parent.mkdir(parents=True, exist_ok=True)
            table.write_bytes(content)
            table.with_suffix(".seal").write_bytes(seal)
            return {}

        yield fault("baci", f"a table, {name}", fine=True, plant=sealed)


def held():
    """Faults that the tests hold, in every source that can have them."""
    for make in (
        parts,
        of_columns,
        of_tables,
        of_rows,
        of_documents,
        of_files,
        of_digests,
        of_secrets,
        of_cache,
        of_seals,
    ):
        yield from make()


def kinds():
    """A fault of each kind: of those of one name the first."""
    yield from {fault.name: fault for fault in reversed(list(held()))}.values()


# ---- made by rule ---------------------------------------------------------------------------

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
ODD_VALUES = {
    "null": None,
    "true": True,
    "-1": -1,
    "1e300": 1e300,
    "a list": ["x"],
    "an object": {"v": 1},
    "nothing": "",
    "gone": ...,
}


def odd_texts(text):
    """Odd texts by name, made of a usual one."""
    made = {
        "nothing": "",
        "a blank before": f" {text}",
        "a blank behind": f"{text} ",
        "small letters": text.lower(),
        "twice": text * 2,
        "a question": f"{text[:-1]}?",
        "wide digits": text.translate(WIDE),
        "a line in it": f"{text[:2]}\n{text[2:]}",
        "a soft hyphen in it": f"{text[:2]}\u00ad{text[2:]}",
        "a formula": f"={text}",
        "in brackets": f"({text})",
        "a star": f"{text}*",
        "a unit": f"{text} USD",
        "a list": f"{text},{text}",
        "long": "x" * 5000,
    }
    return {name: odd for name, odd in made.items() if odd != text}


def of_cells():
    """An odd text in the place of each cell of a row, in tables."""
    rows = {"imts": 2, "imts panel": 2, "months": 3}
    tables = {
        source: (next(iter(intact(source).values())).decode(), rows[source]) for source in rows
    }
    tables |= {"baci": (bodies.BACI_YEARS[2020], 2), "baci's countries": (bodies.BACI_COUNTRIES, 1)}
    for source, (table, number) in tables.items():
        head = table.splitlines()[0].split(",")
        row = table.splitlines()[number]
        for place, name in enumerate(head):
            cells = row.split(",")
            for what, odd in odd_texts(cells[place]).items():
                changed = ",".join([*cells[:place], f'"{odd}"', *cells[place + 1 :]])
                turn = partial(_in_place, table, row, changed)
                gaps = (
                    name in ("OBS_VALUE", "v") or source == "imts panel"
                )  # which leaves out groups
                yield fault(source.split("'")[0], f"{name}: {what}", turn, gaps=gaps)


def _in_place(table, row, changed, body):
    """A body in which a row of a table is another one."""
    if not body.startswith(b"PK"):
        return body.replace(row.encode(), changed.encode())
    turned = table.replace(row, changed)
    if table == bodies.BACI_COUNTRIES:
        return bodies.baci(countries=turned)
    return bodies.baci(bodies.BACI_YEARS | {2020: turned})


def paths(value, path=()):
    """Paths to every value of a document, of lists to the first (of the whole to both)."""
    items = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        items = enumerate(value[: 1 if path else 2])
    for step, inner in items:
        yield (*path, step), inner
        yield from paths(inner, (*path, step))


def with_value(path, value):
    """A document with another value at the end of a path, or without it."""

    def edit(document):
        *way, last = path
        for step in way:
            document = document[step]
        if value is ...:
            del document[last]
        else:
            document[last] = value

    return edited(edit)


def of_values():
    """An odd value in the place of each value of a document."""
    documents = {
        source: next(iter(intact(source).values())) for source in ("comtrade", "wits", "wdi")
    }
    for source, body in documents.items():
        for path, usual in paths(json.loads(body)):
            odd = ODD_VALUES | (
                odd_texts(usual) if isinstance(usual, str) else {"text": str(usual)}
            )
            gaps = bool({"primaryValue", "value", "series"} & set(path))
            for what, value in odd.items():
                name = f"{'.'.join(map(str, path))}: {what}"
                yield fault(source, name, with_value(path, value), gaps=gaps)


def of_sheets():
    """An odd text in the place of each cell of a sheet."""

    def keep(book):
        cells.extend(
            cell for row in book["2021"].iter_rows() for cell in row if cell.value is not None
        )

    cells = []
    workbook(keep)(b"")
    for cell in cells:
        for what, odd in odd_texts(str(cell.value)).items():
            turn = put(cell.row, cell.column, odd)
            yield fault("bns", f"{cell.coordinate}: {what}", turn, gaps=cell.row == 8)


def with_part(name, content):
    """A zip archive with one more part."""

    def change(body):
        stored = io.BytesIO(body)
        with zipfile.ZipFile(stored, "a") as archive:
            archive.writestr(name, content)
        return stored.getvalue()

    return change


def flagged(body):
    """A zip archive as if every part were encrypted."""
    changed = bytearray(body)
    at = -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        changed[at + 8] |= 1
    return bytes(changed)


def of_zips():
    """Odd archives and workbooks."""
    entity = b'<!DOCTYPE x [<!ENTITY a "' + b"z" * 9999 + b'">]><worksheet'
    turned = {
        "encrypted": flagged,
        "rubbish before": lambda b: b"MZ" * 500 + b,
        "rubbish behind": lambda b: b + b"x" * 500,
        "no parts": lambda _: b"PK\x05\x06" + b"\0" * 18,
        "a part outside": with_part("../../evil.xml", b"<x/>"),
        "a macro": with_part("xl/vbaProject.bin", b"x" * 99),
        "an entity": repacked(lambda _, b: b.replace(b"<worksheet", entity, 1)),
        "another year of a name": lambda b: b.replace(b"Y2021_V202601", b"Y2020_V202601"),
        "a year twice": with_part("x/BACI_HS92_Y2020_V202601.csv", bodies.BACI_YEARS[2020]),
        "countries twice": with_part("x/country_codes_V202601.csv", bodies.BACI_COUNTRIES),
    }
    for source in ("bns", "baci"):
        for name, change in turned.items():
            yield fault(source, name, change)


def of_texts():
    """Texts that are nearly JSON."""
    turned = {
        "a deep list": lambda _: b"[" * 200_000 + b"]" * 200_000,
        "a deep object": lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "a comma too many": lambda b: b[:-1] + b"," + b[-1:],
        "comments": lambda b: b"/* fine */" + b,
        "single quotes": lambda b: b.replace(b'"', b"'"),
        "a text": lambda b: json.dumps(b.decode()).encode(),
        "a callback": lambda b: b"callback(" + b + b")",
        "lines of JSON": lambda b: b + b"\n" + b,
        "half a letter": lambda b: b.replace(b'"TKM"', b'"TKM\xff"'),
        "a surrogate": lambda b: b.replace(b'"TKM"', b'"TKM\\ud800"'),
        "a number": lambda _: b"1e999",
    }
    for source in ("comtrade", "wits", "wdi", "goods"):
        for name, change in turned.items():
            yield fault(source, name, change)


def of_goods():
    """Chapters that are no chapters, or not of the total."""
    turned = {
        "more than the total": {"chapters": {27: 0.7, 10: 0.7}},
        "nothing": {"chapters": {27: 0.0}},
        "chapter 0": {"chapters": {0: 1.0}},
        "another reporter": {"reporterCode": 643},
        "another year": {"refYear": 2011, "period": "2011"},
        "headings": {"cmdCode": "2709"},
        "the total": {"cmdCode": "TOTAL"},
    }
    for name, options in turned.items():
        yield Fault("goods", name, partial(goods, **options))
    for name, answer in {
        "hang": Answer(hang=30),
        "drip": Answer(bodies.comtrade(), drip=0.1),
        "a key in 401": Answer(f"key {KEY}".encode(), status=401),
    }.items():
        yield fault("goods", name, how=lambda _, a=answer: a, keyed=True)


def of_surroundings():
    """Odd surroundings of a process."""
    for env in (
        {"HOME": "/nonexistent"},
        {"TZ": "No/Where"},
        {"LC_ALL": "xx_YY.nothing"},
        {"REQUESTS_CA_BUNDLE": "/nonexistent"},
        {"NO_PROXY": "*,,;[", "no_proxy": "*,,;["},
        {"http_proxy": "", "HTTP_PROXY": ""},
    ):
        yield fault("imts", f"surroundings {env}", env=env)
    for place in ("/dev/null", "/proc/1/x", "/dev/null\n/x", "x" * 5000):
        for source in ("imts", "baci"):
            env = {"TRADELIB_CACHE": place}
            yield fault(source, f"a cache at {place[:20]!r}", fine=True, env=env)
    for key in ("   ", "x" * 5000, "\u00e9" * 9, "a\tb", "key\\n", "*" * 9, "figure"):
        yield fault("comtrade", f"a key {key[:9]!r}", env={"COMTRADE_API_KEY": key})


def odd(share=1.0):
    """A seeded share of what the rules make."""
    pick = random.Random(0)  # noqa: S311
    for make in (
        of_cells,
        of_values,
        of_sheets,
        of_zips,
        of_texts,
        of_goods,
        of_surroundings,
    ):
        yield from (made for made in make() if pick.random() < share)
