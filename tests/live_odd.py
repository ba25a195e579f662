"""Further hostile answers: parts that pass for the whole, and answers that contradict the question.

Each names a kind: a part under status 200, another unit, frequency, type, reporter, product or
action than was asked for, a mark in an odd place, an odd thing in the cache, an odd address of a
proxy. `live_faults` says what comes of a fault. `held` yields those that the tests hold; `odd` those
that ``benchmarks/live_faults.py`` tries besides.
"""

import base64
import fcntl
import gzip
import hashlib
import io
import json
import os
import struct
import zipfile
import zlib
from functools import partial

import live_bodies as bodies
import pandas as pd
from live_faults import IMTS, Fault, edited, goods, head, put, repacked, routes, swap, workbook
from live_server import Answer

from tradelib.live import cache

JSON = ("comtrade", "wits", "wdi")
TABLES = ("imts", "imts panel", "months")


def refused(source, name, answers, **more):
    """A fault whose figures, right or wrong, must not be taken."""
    return Fault(source, name, answers, refuse=True, **more)


def whole_lines(body):
    """A table without its last line; anything else as it is."""
    cut = body.rindex(b"\n", 0, -1) + 1 if body.count(b"\n") > 1 else len(body)
    return body[:cut]


def exports(change):
    """A change of the bodies about exports alone."""
    return lambda body: change(body) if b"XG_FOB" in body or b"XPRT" in body else body


def column(name, value, old="SCALE"):
    """A table in which one column is another."""
    was = b",6," if old == "SCALE" else b",6,\n"
    now = f",{value},".encode() if old == "SCALE" else f",6,{value}\n".encode()
    return exports(lambda b: b.replace(old.encode(), name.encode(), 1).replace(was, now))


def on_row(name, value):
    """A mark in a column of an odd name, on the exports of 2020."""

    def change(body):
        at = body.index(b",76500000.0,6,") + len(b",76500000.0,6,")
        marked = body[:at] + value.encode() + body[at:]
        return marked.replace(b"OBS_STATUS", name.encode(), 1)

    return exports(change)


def first(**changes):
    """UN Comtrade's document with another first row."""
    return edited(lambda d: d["data"][0].update(changes))


def every(**changes):
    """UN Comtrade's document with other rows."""
    return edited(lambda d: [row.update(changes) for row in d["data"]])


def wits(edit):
    """WITS's answers, those about exports edited."""
    return partial(routes, "wits", exports(edited(edit)))


def series_of(document):
    """The only series of WITS's document."""
    return document["dataSets"][0]["series"]["0:0:0:0:0"]


def marked(level, place=1, name="OBS_STATUS", values=("A", "E")):
    """WITS's document with a mark on every figure, told by a level of its attributes."""

    def edit(document):
        attribute = {"id": name, "values": [{"id": value} for value in values]}
        attributes = document["structure"]["attributes"]
        attributes[level] = [attribute]
        if level == "observation":
            for observation in series_of(document)["observations"].values():
                observation.append(place)
        elif level == "series":
            series_of(document)["attributes"] = [place]
        else:
            document["dataSets"][0]["attributes"] = [place]

    return edit


def parts():
    """Answers that say that they are one part of several."""
    ways = {
        "200 with a range": {"Content-Range": "bytes 0-99/319"},
        "200 with a range of unknown length": {"Content-Range": "bytes 0-99/*"},
        "200 with a range that failed": {"Content-Range": "bytes */319"},
        "200 of byte ranges": {"Content-Type": "Multipart/byteranges; boundary=x"},
        "a link to the next page": {"Link": '</x?page=2>; rel="next", </x>; rel="self"'},
    }
    for source in (*TABLES, *JSON, "goods"):
        for name, headers in ways.items():
            how = lambda a, h=headers: Answer(whole_lines(a.body), headers=dict(h))  # noqa: E731
            answers = (
                partial(goods, how=how) if source == "goods" else partial(routes, source, how=how)
            )
            yield refused(source, name, answers)
    for source in ("imts", "imts panel"):
        for coding in (b"notchunked", b"gzip, chunked", b"identity", b"", b"chunked;q=1"):
            lines = [b"200 OK", b"Transfer-Encoding: " + coding, b"Connection: close"]
            how = lambda a, n=lines: head(n, whole_lines(a.body))  # noqa: E731
            yield refused(source, f"sent as {coding.decode()!r}", partial(routes, source, how=how))
    for source in ("comtrade", "goods"):
        for name in ("next", "hasMore", "@odata.nextLink", "isTruncated", "continuationToken"):
            change = edited(lambda d, n=name: d.update({n: "https://x.test/2"}))
            answers = goods(change) if source == "goods" else routes(source, change)
            yield refused(source, f"a document with {name}", lambda a=answers: a)


def of_units():
    """Other units than US$, in whatever attribute; transformed figures; figures to be deleted."""
    stated = {
        "unit_measure": "EUR",
        "UNIT_MEASURE: Unit": "EUR",
        "Unit_Measure[;]": "EUR",
        "CURR": "EUR",
        "TRANSFORMATION": "PC",
        "PRICES": "V",
        "UNIT_MULT": "6",
        "a new unit": "KZT",
        "BASE_PER": "2015",
        "ADJUSTMENT": "S",
        "SCALE ": "EUR",
        "VALUATION": "CIF",
        "TRADE_FLOW": "MG",
        "PRODUCT": "27",
        "COMMODITY_CODE": "HS27",
    }
    for source in TABLES:
        for name, value in stated.items():
            yield refused(source, f"{name} {value}", partial(routes, source, column(name, value)))
        for action in ("D", "d", "Delete", "X"):
            change = exports(lambda b, a=action: b.replace(b",I,", f",{a},".encode()))
            yield refused(source, f"action {action}", partial(routes, source, change))
        for name, value in {"PRICES": "_Z", "TRANSFORMATION": "N", "CURR": "USD"}.items():
            fine = partial(routes, source, column(name, value))
            yield Fault(source, f"{name} {value}", fine, fine=True)
    yield Fault("imts", "action A", partial(routes, "imts", swap(",I,", ",A,", 9)), fine=True)
    for action in ("Delete", "D", "merge", 5):
        edit = lambda d, a=action: d["dataSets"][0].update(action=a)  # noqa: E731
        yield refused("wits", f"action {action}", wits(edit))

    def second_unit(document):
        unit = {"id": "UNIT", "values": [{"id": "USD"}, {"id": "EUR"}]}
        document["structure"]["attributes"]["series"] = [unit]
        series_of(document)["attributes"] = [1]

    yield refused("wits", "unit EUR by its index", wits(second_unit))
    every_row = lambda **c: edited(lambda d: [row.update(c) for row in d[1]])  # noqa: E731
    for name, value in {"unit": "EUR", "currency": "EUR", "unit_mult": "6"}.items():
        yield refused("wdi", f"{name} {value}", partial(routes, "wdi", every_row(**{name: value})))
    names = {
        "another currency": "GDP (current LCU)",
        "another base year": "GDP (constant 2015 US$)",
    }
    for name, value in names.items():
        change = every_row(indicator={"id": "NY.GDP.MKTP.CD", "value": value})
        yield refused("wdi", name, partial(routes, "wdi", change))
    for name in ("currency", "valueUnit", "priceBase"):
        yield refused(
            "comtrade", f"{name} EUR", partial(routes, "comtrade", every(**{name: "EUR"}))
        )
        yield refused("goods", f"{name} EUR", partial(goods, every(**{name: "EUR"})))


def of_others():
    """Other countries, years, products or pages than were asked for, in a second field."""
    rows = {
        "typeCode S": {"typeCode": "S"},
        "freqCode M": {"freqCode": "M"},
        "period 201903": {"period": "201903"},
        "period 2018": {"period": "2018"},
        "reporterISO RUS": {"reporterISO": "RUS"},
        "partnerISO RUS": {"partnerISO": "RUS"},
        "refMonth 3": {"refMonth": 3},
        "SITC": {"classificationSearchCode": "S4"},
        "SITC by its code": {"classificationCode": "S4"},
        "flowDesc Import": {"flowDesc": "Import"},
        "mode of supply 2": {"mosCode": "2"},
        "a value that is not its own": {"fobvalue": 5.0},
    }
    for name, changes in rows.items():
        if name != "flowDesc Import":
            change = every(**changes) if name != "a value that is not its own" else first(**changes)
            yield refused("goods", name, partial(goods, change))
        yield refused("comtrade", name, partial(routes, "comtrade", first(**changes)))
    dimension = lambda place, code: (  # noqa: E731
        lambda d: d["structure"]["dimensions"]["series"][place]["values"][0].update(id=code)
    )
    yield refused("wits", "frequency M", wits(dimension(0, "M")))

    def by_sector(document):
        document["structure"]["dimensions"]["series"][3].update(id="SECTOR")

    def monthly(document):
        times = document["structure"]["dimensions"]["observation"][0]["values"]
        times[1].update(start="2020-01-01T00:00:00", end="2020-01-31T00:00:00")

    def whole_of_all(document):
        sides = document["structure"]["dimensions"]
        sides["dataset"] = [{"id": "FREQ", "values": [{"id": "Q"}]}]
        del sides["series"][0]
        series = document["dataSets"][0]["series"]
        series["0:0:0:0"] = series.pop("0:0:0:0:0")

    yield refused("wits", "a series by sector", wits(by_sector))
    yield refused("wits", "a month in the place of a year", wits(monthly))
    yield refused("wits", "quarters, said of all", wits(whole_of_all))
    yield refused("wits", "a test", wits(lambda d: d["header"].update(test=True)))
    for name, change in {
        "page 2 of 1": lambda d: d[0].update(page=2),
        "page 0": lambda d: d[0].update(page=0),
        "another database": lambda d: d[0].update(sourceid="57"),
        "another country's name": lambda d: d[1][0].update(country={"id": "RU", "value": "Russia"}),
    }.items():
        yield refused("wdi", name, partial(routes, "wdi", edited(change)))
    for code in ("WLD", "XXX", "EUU", "ROM"):
        change = lambda b, c=code: b.replace(b",TKM,", f",{c},".encode())  # noqa: E731
        yield refused("imts panel", f"partner {code}", partial(routes, "imts panel", change))
    times = (
        "за 9 месяцев 2021 года",
        "в январе-июле 2021 года",
        "за I полугодие 2021 года",
        "за 4 квартал 2021 года",
        "за декабрь 2021 года",
    )
    for text in times:
        yield refused("bns", text, partial(routes, "bns", put(2, 1, text)))
    yield refused("bns", "Uzbekistan's", partial(routes, "bns", put(1, 1, "Республики Узбекистан")))
    real = "Основные показатели внешней торговли Республики Казахстан"
    yield Fault("bns", "Kazakhstan's", partial(routes, "bns", put(1, 1, real)), fine=True)
    table = bodies.BACI_COUNTRIES.replace("Kazakhstan,KZ,KAZ", "Russian Federation,RU,RUS")
    wide = {2020: "t,i,j,k,v,q,currency\n2020,398,795,270900,5,1,EUR\n"}
    total = {2020: bodies.baci_rows((2020, 398, 795, "000000", 9), (2020, 398, 795, "270900", 9))}
    for name, body in {
        "a number with another country's letters": bodies.baci(countries=table),
        "a column more": bodies.baci(wide),
        "a row of all products": bodies.baci(total),
    }.items():
        yield refused("baci", name, lambda b=body: {"/baci": Answer(b)})


def of_marks():
    """Marks that stand somewhere else than usual."""
    for source in ("imts", "imts panel"):
        for name in ("OBS_STATUS: Observation status", "obs_status", "STATUS[;]", "DATA_STATUS"):
            answers = partial(routes, source, on_row(name, "E"))
            yield Fault(source, f"{name} E", answers, {("export", 2020): "estimate"})
        for name in ("CONFIDENTIALITY", "Conf_Status: Confidentiality"):
            answers = partial(routes, source, on_row(name, "D"))
            yield Fault(source, f"{name} D", answers, {("export", 2020): "suppressed"})
    for level in ("observation", "series", "dataset", "dataSet"):
        status = {("export", 2020): "estimate"}
        yield Fault("wits", f"estimate by the {level}", wits(marked(level)), status)
    secret = wits(marked("observation", 0, "CONF_STATUS", ["C"]))
    yield Fault("wits", "confidential", secret, {("export", 2020): "suppressed"})
    for place in (2, -1, "1", True):
        yield refused("wits", f"a mark at {place!r}", wits(marked("observation", place)))


def of_secrets():
    """Ordinary words and numbers that are somebody's key or password, and odd addresses."""
    withheld = on_row("CONF_STATUS", "C")
    login = {"https_proxy": "http://CONF_STATUS:hunter2@proxy.invalid"}
    yield Fault(
        "imts",
        "a login that is a head",
        partial(routes, "imts", withheld),
        {("export", 2020): "suppressed"},
        env=login,
    )
    for name, env in {
        "a key that is a number": {"COMTRADE_API_KEY": "000000"},
        "a login that is a figure": {"https_proxy": "http://76500000:x@proxy.invalid"},
        "a login that is a name": {"https_proxy": "http://COUNTRY:primaryValue@proxy.invalid"},
    }.items():
        for source in ("imts", "imts panel", "comtrade", "wits", "wdi"):
            yield Fault(source, name, partial(routes, source), fine=True, env=env)
    proxies = {
        "a slash": "http://me:HUN/TER2-of-me@127.0.0.1:1",
        "a mark": "http://me:HUN?TER2-of-me@127.0.0.1:1",
        "a hash": "http://me:HUN#TER2-of-me@127.0.0.1:1",
        "a blank": "http://me:HUN TER2-of-me@127.0.0.1:1",
        "an at": "http://me:HUN@TER2-of-me@127.0.0.1:1",
        "no scheme": "me:HUNTER2-of-me@127.0.0.1:1",
        "no port": "http://me:HUNTER2-of-me@127.0.0.1:x",
        "another scheme": "ftp://me:HUNTER2-of-me@127.0.0.1:1",
        "half a bracket": "http://me:HUNTER2-of-me@[::1",
        "a large port": "http://me:HUNTER2-of-me@127.0.0.1:99999",
        "a line": "http://me:HUN\nTER2-of-me@127.0.0.1:1",
        "socks": "socks5://me:HUNTER2-of-me@127.0.0.1:1",
    }
    for name, proxy in proxies.items():
        env = {"http_proxy": proxy, "all_proxy": proxy, "NO_PROXY": "", "no_proxy": ""}
        told = ("HUN", "TER2-of", "of-me")
        yield refused("imts", f"proxy with {name}", partial(routes, "imts"), env=env, secrets=told)
    echo = Answer(b"see http://me:HUN/TER2-of-me@p", status=500)
    yield Fault(
        "wits",
        "an echo of the password",
        lambda: {"/wits": echo},
        env={"https_proxy": "http://me:HUN/TER2-of-me@proxy.invalid"},
        secrets=("HUN", "TER2-of"),
    )


def link(name, target="mine"):
    """A link in the cache to a file outside, which must stay as it is."""

    def plant(folder):
        outside = folder.parent / f"{folder.name}-{target}"
        outside.parent.mkdir(parents=True, exist_ok=True)
        outside.write_bytes(b"do not touch")
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(outside)
        return {outside: b"do not touch"}

    return plant


def special(name, make):
    """Something in the cache that is no ordinary file."""

    def plant(folder):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        make(place)
        return {}

    return plant


def huge(place):
    """A file of a terabyte that takes no room."""
    with place.open("wb") as file:
        file.truncate(2**40)


def reply_name(path):
    """Where the copy of an address lies, once the server is known."""
    return lambda: cache._path(f"{os.environ['TRADELIB_LIVE_BASE']}{path}").name


def of_replies():
    """Odd things in the place of a copy of an answer."""
    kinds = {
        "a pipe": os.mkfifo,
        "a folder": os.mkdir,
        "a link in a circle": lambda place: place.symlink_to(place),
        "a device": lambda place: place.symlink_to("/dev/zero"),
        "a terabyte": huge,
        "nothing": lambda place: place.write_bytes(b""),
        "brackets": lambda place: place.write_bytes(b"[" * 100_000 + b"\n"),
        "an odd day": lambda place: place.write_bytes(
            cache.sealed("x", {"accessed": "soon", "bytes": 1, "sha256": "x"})
        ),
    }
    for name, make in kinds.items():

        def plant(folder, make=make):
            for code in ("XG_FOB_USD", "MG_CIF_USD"):
                file = reply_name(f"{IMTS}KAZ.{code}.TKM.A")()
                special(f"replies/{file}", make)(folder)
                special(f"replies/other-{code}.reply", make)(folder)
            return {}

        yield Fault("imts", f"{name} as a copy", partial(routes, "imts"), fine=True, plant=plant)
    replies = partial(routes, "imts")

    def linked(folder):
        files = {}
        for code in ("XG_FOB_USD", "MG_CIF_USD"):
            file = reply_name(f"{IMTS}KAZ.{code}.TKM.A")()
            files |= link(f"replies/{file}", code)(folder)
        return files

    yield Fault("imts", "a link as a copy", replies, fine=True, plant=linked)

    def elsewhere(folder):
        outside = folder.parent / f"{folder.name}-elsewhere"
        outside.mkdir(parents=True)
        (outside / "mine").write_bytes(b"mine")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "replies").symlink_to(outside)
        return {outside / "mine": b"mine"}

    yield Fault("imts", "a link as the folder", replies, fine=True, plant=elsewhere)


def parquet(frame):
    """A table as Parquet."""
    stored = io.BytesIO()
    frame.to_parquet(stored)
    return stored.getvalue()


def of_panels():
    """Odd things among the files of the panels."""
    archive = partial(routes, "baci")
    place = "panels/baci_HS92_V202601"
    name = f"{place}/BACI_HS92_V202601.zip"
    for file in (f"{place}/.lock", f"{name}.part", f"{name}.part.json", f"{name}.provenance", name):
        short = file.rsplit("/", 1)[1]
        fine = not file.endswith("lock")
        yield Fault("baci", f"a link as {short}", archive, fine=fine, plant=link(file))
        yield Fault(
            "baci", f"a pipe as {short}", archive, fine=fine, plant=special(file, os.mkfifo)
        )

    def forged(folder):
        """A part that is a link to another file, with a mark that fits its beginning."""
        files = link(f"{name}.part")(folder)
        mark = {"bytes": 2, "sha256": cache.hashlib.sha256(b"do").hexdigest(), "same": '"a"'}
        address = f"{os.environ['TRADELIB_LIVE_BASE']}/baci/BACI_HS92_V202601.zip"
        (folder / f"{name}.part.json").write_bytes(cache.sealed(address, mark))
        return files

    yield Fault("baci", "a forged mark", archive, fine=True, plant=forged)
    body = bodies.baci()
    digest = cache.hashlib.sha256(body).hexdigest()
    right = pd.DataFrame(
        {"exporter": ["KAZ"], "importer": ["TKM"], "year": [2020], "trade_usd": [5]}
    )
    tables = {
        "cut": parquet(right)[:-9],
        "foreign": parquet(pd.DataFrame({"a": [1]})),
        "of texts": parquet(right.astype({"trade_usd": "str"})),
        "empty": b"",
        "text": b"PAR1" + b"x" * 99 + b"PAR1",
    }
    for what, content in tables.items():

        def sealed(folder, content=content):
            table = folder / place / f"{digest[:16]}-2-2020.parquet"
            table.parent.mkdir(parents=True, exist_ok=True)
            table.write_bytes(content)
            seal = cache.hashlib.sha256(content).hexdigest()
            table.with_suffix(".seal").write_text(seal)
            return {}

        yield Fault("baci", f"a sealed table, {what}", archive, fine=True, plant=sealed)
    for what, content in {"no text": b"\xff\xfe\xff", "brackets": b"[" * 99_999}.items():

        def odd(folder, content=content):
            table = folder / place / f"{digest[:16]}-2-2020.parquet"
            table.parent.mkdir(parents=True, exist_ok=True)
            table.write_bytes(b"x")
            for beside in (table.with_suffix(".seal"), folder / f"{name}.provenance"):
                beside.write_bytes(content)
            return {}

        yield Fault("baci", f"a seal of {what}", archive, fine=True, plant=odd)
    for odd_place in ("~nobody-of-that-name/x", "s3://bucket/x", "file:///tmp/x"):
        env = {"TRADELIB_CACHE": odd_place}
        yield refused("imts", f"the cache at {odd_place}", partial(routes, "imts"), env=env)


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
        "another procedure": {"customsCode": "C04"},
        "months": {"freqCode": "M"},
        "services": {"typeCode": "S"},
    }
    for name, options in turned.items():
        yield Fault("goods", name, partial(goods, **options))
    bodies_turned = {
        "a chapter twice": edited(
            lambda d: (d["data"].append(d["data"][0]), d.update(count=len(d["data"])))
        ),
        "fewer than counted": edited(lambda d: d["data"].pop()),
        "an error beside": edited(lambda d: d.update(error="partly")),
        "a list": lambda b: b"[" + b + b"]",
        "cut": lambda b: b[:-9],
        "nothing at all": lambda b: b"",
        "no rows": edited(lambda d: d.update(data=[], count=0)),
        "only exports": edited(
            lambda d: (
                d.update(data=[r for r in d["data"] if r["flowCode"] == "X"]),
                d.update(count=len(d["data"])),
            )
        ),
        "a chapter of text": first(cmdCode=27),
        "a negative": first(primaryValue=-1),
        "a text": first(primaryValue="much"),
        "a giant": first(primaryValue=1e300),
        "400 digits": swap("58000000.0", "9" * 400),
        "NaN": swap("58000000.0", "NaN"),
    }
    for name, change in bodies_turned.items():
        yield Fault("goods", name, partial(goods, change))
    yield Fault("goods", "as it is", goods, fine=True)
    hang = {"hang": Answer(hang=30), "drip": Answer(bodies.comtrade(), drip=0.1)}
    for name, answer in {"503": Answer(status=503), "204": Answer(status=204), **hang}.items():
        yield Fault("goods", name, partial(goods, how=lambda _, a=answer: a))
    for name, answer in {
        "a key in 401": Answer(b"key 5e6d1c0ffee4ab7e9d2b", status=401),
        "a key cut short": Answer(b"x" * 191 + b"5e6d1c0ffee4ab7e9d2b", status=500),
    }.items():
        yield Fault("goods", name, partial(goods, how=lambda _, a=answer: a), keyed=True)
    echo = partial(goods, edited(lambda d: d.update(said="5e6d1c0ffee4ab7e9d2b")))
    yield Fault("goods", "a key beside figures", echo, fine=True, keyed=True)


def of_second_fields():
    """Second fields that contradict the first, and marks in odd forms."""
    for name, changes in {
        "reported as text": {"isReported": "false", "isAggregate": "false"},
        "reported as 0": {"isReported": 0, "isAggregate": 0},
        "another period's number": {"refPeriodId": 20180101},
        "another reporter's name": {"reporterDesc": "Russian Federation"},
        "another partner's name": {"partnerDesc": "Uzbekistan"},
        "a flow in small letters": {"flowCode": "x"},
        "a partner of null": {"partnerCode": None},
        "a year of text": {"refYear": "2019"},
        "a mode of transport of text": {"motCode": "0"},
        "a detail of chapters": {"aggrLevel": 2},
    }.items():
        yield refused("comtrade", name, partial(routes, "comtrade", first(**changes)))
    twice = edited(
        lambda d: (
            d["data"].append({**d["data"][0], "partner2Code": None}),
            d.update(count=len(d["data"])),
        )
    )
    yield refused(
        "comtrade", "a total with and without second partner", partial(routes, "comtrade", twice)
    )

    def named(place, name):
        def edit(document):
            side = document["structure"]["dimensions"]["series"][place]["values"][0]
            side["name"] = name

        return wits(edit)

    yield refused("wits", "another reporter's name", named(1, "Russian Federation"))
    yield refused("wits", "another partner's name", named(2, "Uzbekistan"))
    yield refused("wits", "months by name", named(0, "Monthly"))
    yield refused("wits", "fuels by name", named(3, "Fuels"))
    yield refused("wits", "tariffs by name", named(4, "AHS Simple Average (%)"))
    for name, value in {
        "UNIT": "usd",
        "UNIT_MEASURE": "US_DOLLAR",
        "CURRENCY": "USD/KZT",
        "UNIT_MULT": "00",
        "MULTIPLIER": "1000",
        "DENOMINATOR": "GDP",
        "PRICE_BASE": "2015",
        "EXCHANGE_RATE": "450",
        "POWER": "3",
    }.items():
        yield refused("imts", f"{name} {value}", partial(routes, "imts", column(name, value)))
    for name in (" STATUS", "Obs_Status[]", "OBS_TYPE", "FLAG"):
        status = {("export", 2020): "estimate"}
        yield Fault("imts", f"{name} E", partial(routes, "imts", on_row(name, "E")), status)
    for text in (
        "0x1p3",
        "1e+",
        "1E 5",
        "+-1",
        "1__0",
        "1e0x1",
        "\u0667\u0666",
        "7\u20076",
        "7,6e7",
        "1/2",
    ):
        change = exports(swap(",76500000.0,", f',"{text}",'))
        yield refused("imts", f"a number {text!r}", partial(routes, "imts", change))
    for name, change in {
        "the pair the other way round": lambda b: (
            b.replace(b",KAZ,", b",@,").replace(b",TKM,", b",KAZ,").replace(b",@,", b",TKM,")
        ),
        "a head of another value": lambda b: b.replace(b"OBS_VALUE", b"OBS_VALUE[]", 1).replace(
            b"SCALE", b"OBS_VALUE", 1
        ),
        "a line separator": lambda b: b.replace(b"76500000.0", "76500000.0\u2028".encode()),
    }.items():
        yield refused("imts", name, partial(routes, "imts", exports(change)))
    real = bodies.bns_listing(("11", 2021, True, "15.07.2022"))
    early = real.replace("2021г.)".encode(), "2021г., предварительные данные)".encode())
    page = "/bns/ru/industries/economy/foreign-market/spreadsheets/"
    lists = {page: Answer(early), f"{page}?year=2021": Answer(early)}
    status = {("export", 2021): "preliminary"}
    yield Fault("bns", "preliminary by its title", lambda: routes("bns") | lists, status)
    early_sheet = put(1, 1, "Предварительные данные Республики Казахстан")
    yield Fault("bns", "preliminary by its head", partial(routes, "bns", early_sheet), status)
    for source in ("imts", "comtrade", "baci", "goods"):
        for name, how in {
            "packed, and not said": lambda a: Answer(gzip.compress(a.body)),
            "JSON in another shape": lambda a: Answer(b'{"dataSets": [], "structure": {}}'),
            "an empty table": lambda a: Answer(b"\n"),
            "a redirect to https": lambda a: Answer(
                status=301, headers={"Location": "https://127.0.0.1:1/x"}
            ),
        }.items():
            answers = (
                partial(goods, how=how) if source == "goods" else partial(routes, source, how=how)
            )
            yield refused(source, name, answers)


def of_neighbours():
    """What others left or hold in the cache, and texts that must be told to nobody."""
    imts = partial(routes, "imts")
    archive = partial(routes, "baci")
    place = "panels/baci_HS92_V202601"
    for name, make in {"a pipe": os.mkfifo, "a file": lambda p: p.write_bytes(b"x")}.items():
        yield Fault(
            "imts", f"{name} as the folder", imts, fine=True, plant=special("replies", make)
        )
        for file in ("panels", place):
            answers = f"{name} as {file.rsplit('/')[-1]}"
            yield Fault("baci", answers, archive, fine=True, plant=special(file, make))
    leftovers = {"a pipe": os.mkfifo, "a folder": os.mkdir, "a file": lambda p: p.write_bytes(b"x")}
    for name, make in leftovers.items():
        left = special("replies/.unfinished-x", make)
        yield Fault("imts", f"{name} left over", imts, fine=True, plant=left)
    yield Fault("imts", "a link left over", imts, fine=True, plant=link("replies/.unfinished-x"))

    def linked_hard(folder):
        outside = folder.parent / f"{folder.name}-mine"
        part = folder / place / "BACI_HS92_V202601.zip.part"
        part.parent.mkdir(parents=True)
        outside.write_bytes(b"do not touch")
        os.link(outside, part)
        return {outside: b"do not touch"}

    yield Fault("baci", "a hard link as .part", archive, fine=True, plant=linked_hard)

    def lock(folder):
        (folder / place).mkdir(parents=True)
        handle = os.open(folder / place / ".lock", os.O_WRONLY | os.O_CREAT)
        fcntl.flock(handle, fcntl.LOCK_EX)  # until the process ends
        return {}

    yield refused("baci", "a lock that is held", archive, plant=lock)
    key = "5e6d1c0ffee4ab7e9d2b"
    shown = {
        "a link": {"Link": f'</{key}>; rel="next"'},
        "a range": {"Content-Range": f"bytes {key}"},
        "a kind": {"Content-Type": f"multipart/{key}"},
        "a cookie": {"Set-Cookie": f"a={key}"},
        "a packing": {"Content-Encoding": f"x-{key}"},
        "a warning": {"Warning": f'199 - "{key}"'},
    }
    for name, headers in shown.items():
        answer = Answer(bodies.comtrade(), headers=headers)
        yield Fault("comtrade", f"a key in {name}", lambda a=answer: {"/comtrade": a}, keyed=True)
    for name, body in {
        "a key in a row's name": bodies.comtrade().replace(
            b'"typeCode"', f'"{key}": 1, "typeCode"'.encode()
        ),
        "a key in base 64": b"NWU2ZDFjMGZmZWU0YWI3ZTlkMmI= is no key",
        "a key cut at its end": ("x" * 185 + key).encode(),
        "a key in a currency": bodies.comtrade().replace(
            b'"typeCode"', f'"currency": "{key}", "typeCode"'.encode()
        ),
        "a key as a period": bodies.comtrade().replace(
            b'"period": "2019"', f'"period": "{key}"'.encode()
        ),
        "a key behind 30 letters": bodies.comtrade().replace(
            b'"period": "2019"', f'"period": "{"y" * 30}{key}"'.encode()
        ),
    }.items():
        yield Fault("comtrade", name, lambda b=body: {"/comtrade": Answer(b)}, keyed=True)
    env = {"https_proxy": "http://me:p%40ss%2Fword9@proxy.invalid"}
    for told in ("p@ss/word9", "p%40ss%2Fword9", "p@ss/wo"):
        answer = Answer(f"no way with {told}".encode(), status=400)
        secrets = ("p@ss/wo", "p%40ss")
        yield Fault(
            "wdi", f"an echo of {told}", lambda a=answer: {"/wdi": a}, env=env, secrets=secrets
        )


def of_claims():  # noqa: C901
    """What an answer says of itself: its digest, its data set, its state, its kind of trade."""
    digests = {
        "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==",
        "Digest": "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "Content-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
        "Repr-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    }
    for source in ("imts", "comtrade", "baci", "goods"):
        for name, value in digests.items():
            how = lambda a, n=name, v=value: Answer(a.body, headers={n: v})  # noqa: E731
            answers = (
                partial(goods, how=how) if source == "goods" else partial(routes, source, how=how)
            )
            yield refused(source, f"{name} of another body", answers)
        answers = (
            partial(goods, how=with_digest)
            if source == "goods"
            else partial(routes, source, how=with_digest)
        )
        yield Fault(source, "its own digest", answers, fine=True)
    for source in ("imts", "imts panel"):
        for name, old, new in (
            ("another data set", b"IMF.STA:IMTS(", b"IMF.STA:DIP("),
            ("a draft of the data set", b"IMF.STA:IMTS(", b"IMF.STA:IMTS_DRAFT("),
            ("another maker", b"IMF.STA:", b"ECB:"),
        ):
            change = exports(lambda b, o=old, n=new: b.replace(o, n))
            yield refused(source, name, partial(routes, source, change))
        for name, value in {
            "SECTOR": "S13",
            "COUNTERPART_SECTOR": "S11",
            "PRODUCT_GROUP": "FUEL",
            "CUSTOMS_PROCEDURE": "C04",
            "MODE_OF_TRANSPORT": "3100",
            "COMMODITY[;]": "27",
        }.items():
            yield refused(source, f"{name} {value}", partial(routes, source, column(name, value)))
    for name, edit in {
        "another data set": lambda d: d["header"].update(id="DF_WITS_Tariff_TRAINS"),
        "a test in words": lambda d: d["header"].update(test="true"),
        "errors beside": lambda d: d.update(errors=[{"code": 100, "title": "partly"}]),
    }.items():
        yield refused("wits", name, wits(edit))
    for name, changes in {
        "a status beside": {"statusCode": 429},
        "a message beside": {"message": "Rate limit is exceeded."},
        "a warning beside": {"warning": "truncated at 24 rows"},
        "errors beside": {"errors": ["partly"]},
    }.items():
        change = edited(lambda d, c=changes: d.update(c))
        yield refused("comtrade", name, partial(routes, "comtrade", change))
        yield refused("goods", name, partial(goods, change))
    titles = {
        "services": "Основные показатели внешней торговли услугами",
        "trade within the union": "Основные показатели взаимной торговли Республики Казахстан",
        "a forecast": "Прогноз внешней торговли Республики Казахстан",
        "quantities": "Внешняя торговля Республики Казахстан в натуральном выражении",
        "a share": "Удельный вес стран во внешней торговле, в процентах",
        "growth": "Внешняя торговля, в % к соответствующему периоду",
    }
    for name, title in titles.items():
        yield refused("bns", name, partial(routes, "bns", put(1, 1, title)))
    for name, edit in {
        "a projection": lambda d: [r.update(obs_status="F") for r in d[1]],
        "an estimate in small letters": lambda d: [r.update(obs_status="e") for r in d[1]],
    }.items():
        answers = partial(routes, "wdi", edited(edit))
        yield Fault("wdi", name, answers, {("KAZ", 2020): "estimate"})
    for name, edit in {
        "a warning beside": lambda d: d[0].update(warning="partly"),
        "errors beside": lambda d: d[0].update(errors=["x"]),
        "a source of another name": lambda d: d[0].update(sourceid="11"),
    }.items():
        yield refused("wdi", name, partial(routes, "wdi", edited(edit)))


def with_digest(answer):
    """An answer with its own digest, and one that nobody knows."""
    md5 = base64.b64encode(hashlib.md5(answer.body, usedforsecurity=False).digest()).decode()
    return Answer(answer.body, headers={"Content-MD5": md5, "Digest": "sha-512=x"})


def held():
    """Faults that the tests hold, in every source that can have them."""
    for make in (
        parts,
        of_units,
        of_others,
        of_second_fields,
        of_claims,
        of_marks,
        of_secrets,
        of_replies,
        of_panels,
        of_neighbours,
    ):
        yield from make()


def kinds():
    """A fault of each kind: of those of one name the first."""
    yield from {fault.name: fault for fault in reversed(list(held()))}.values()


# ---- tried by the benchmark alone -----------------------------------------------------------


def raw(*lines, body=b""):
    """An answer of which every byte is written here."""
    return Answer(raw=b"\r\n".join(lines) + body)


def sized(body):
    """Status line and length of a body."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body)


def ways():
    """Ways of sending, by name: an answer made of the usual one."""
    zipped = lambda pack, kind: lambda a: Answer(pack(a.body), headers={"Content-Encoding": kind})  # noqa: E731
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    one = lambda a: b"%x\r\n%s\r\n" % (len(a.body), a.body)  # noqa: E731
    moved = lambda to: lambda a: Answer(status=302, headers={"Location": to})  # noqa: E731
    named = struct.pack("<4s6s", b"\x1f\x8b\x08\x08", b"\0" * 6)
    return {
        "early hints": lambda a: raw(
            b"HTTP/1.1 103 Early Hints\r\n\r\n" + sized(a.body), body=b"\r\n" + a.body
        ),
        "continue without end": lambda a: raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000),
        "a chunk of a long extension": lambda a: raw(chunks + b"1;" + b"a" * 5_000_000),
        "trailers without end": lambda a: raw(chunks + one(a) + b"0\r\n" + b"X: y\r\n" * 200_000),
        "a chunk of -5": lambda a: raw(chunks + b"-5\r\n" + a.body),
        "a chunk of 1_0": lambda a: raw(chunks + b"1_0\r\n" + a.body + b"\r\n0\r\n\r\n"),
        "a chunk of 0x10": lambda a: raw(chunks + b"0x10\r\n" + a.body + b"\r\n0\r\n\r\n"),
        "chunks without an end": lambda a: raw(chunks + one(a)),
        "half a last chunk": lambda a: raw(chunks + one(a) + b"0\r\n"),
        "chunks and a length of 9": lambda a: raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
            + one(a)
            + b"0\r\n\r\n"
        ),
        "HTTP/1.0 in chunks": lambda a: raw(chunks.replace(b"1.1", b"1.0") + one(a) + b"0\r\n\r\n"),
        "HTTP/9.9": lambda a: raw(sized(a.body).replace(b"1.1", b"9.9"), body=b"\r\n" + a.body),
        "ICY 200": lambda a: raw(b"ICY 200 OK\r\n\r\n" + a.body),
        "status 2000": lambda a: raw(b"HTTP/1.1 2000 OK\r\n\r\n" + a.body),
        "status 20": lambda a: raw(b"HTTP/1.1 20 OK\r\n\r\n" + a.body),
        "status -200": lambda a: raw(b"HTTP/1.1 -200 OK\r\n\r\n" + a.body),
        "status without reason": lambda a: raw(
            sized(a.body).replace(b" OK", b""), body=b"\r\n" + a.body
        ),
        "a folded length": lambda a: raw(
            b"HTTP/1.1 200 OK\r\nContent-Length:\r\n 9\r\n\r\n" + a.body
        ),
        "a blank before the colon": lambda a: raw(
            b"HTTP/1.1 200 OK\r\nContent-Length : 9\r\n\r\n" + a.body
        ),
        "two lengths": lambda a: raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + sized(a.body)[17:], body=b"\r\n" + a.body
        ),
        "a length of 9;": lambda a: raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9;\r\n\r\n" + a.body),
        "bare line feeds": lambda a: raw(
            sized(a.body).replace(b"\r\n", b"\n"), body=b"\n" + a.body
        ),
        "a NUL in the head": lambda a: raw(
            b"HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 9\r\n\r\n" + a.body
        ),
        "300 heads": lambda a: raw(sized(a.body) + b"X: y\r\n" * 300, body=b"\r\n" + a.body),
        "a head of 70 kB": lambda a: raw(
            sized(a.body) + b"X: " + b"y" * 70_000 + b"\r\n", body=b"\r\n" + a.body
        ),
        "a head in odd bytes": lambda a: raw(
            sized(a.body) + b"\xff\xfe: \xc3\r\n", body=b"\r\n" + a.body
        ),
        "GZIP": zipped(gzip.compress, "GZIP"),
        "gzip, gzip": zipped(lambda b: gzip.compress(gzip.compress(b)), "gzip, gzip"),
        "gzip and zeros": zipped(lambda b: gzip.compress(b) + b"\0" * 512, "gzip"),
        "gzip with a name without end": zipped(lambda b: named + b"x" * 4_000_000, "gzip"),
        "two members": zipped(lambda b: gzip.compress(b[:50]) + gzip.compress(b[50:]), "gzip"),
        "raw deflate": zipped(lambda b: zlib.compress(b)[2:-4], "deflate"),
        "zstd": zipped(lambda b: b, "zstd"),
        "identity, gzip": zipped(gzip.compress, "identity, gzip"),
        "a packing of no name": zipped(lambda b: b, ""),
        "300 with choices": lambda a: Answer(a.body, status=300),
        "305 use a proxy": moved("http://127.0.0.1:1/")
        and (lambda a: Answer(status=305, headers={"Location": "http://127.0.0.1:1"})),
        "307 to nowhere": lambda a: Answer(a.body, status=307),
        "moved to data:": moved("data:text/csv,COUNTRY"),
        "moved to javascript:": moved("javascript:alert(1)"),
        "moved to a share": moved("//127.0.0.1/etc/passwd"),
        "moved to nothing": moved(""),
        "moved with a user": moved("http://me:you@127.0.0.1:1/x"),
        "moved far": moved("/" + "x" * 60_000),
        "moved to blanks": moved("/a b\tc"),
        "moved to half a bracket": moved("http://[::1]:x/"),
        "429 at once, for ever": lambda a: Answer(status=429, headers={"Retry-After": "0"}),
        "a wait of 1,2": lambda a: Answer(status=503, headers={"Retry-After": "1,2"}),
        "a wait of Infinity": lambda a: Answer(status=503, headers={"Retry-After": "Infinity"}),
        "a password wanted": lambda a: Answer(
            status=401, headers={"WWW-Authenticate": 'Digest realm="x", nonce="y"'}
        ),
        "a proxy's password wanted": lambda a: Answer(
            status=407, headers={"Proxy-Authenticate": "Basic"}
        ),
        "a teapot": lambda a: Answer(b"no records found", status=418),
        "404 with figures": lambda a: Answer(a.body, status=404),
        "500 with figures": lambda a: Answer(a.body, status=500),
        "two answers at once": lambda a: raw(
            sized(a.body), body=b"\r\n" + a.body + sized(b"x") + b"\r\nx"
        ),
        "a page that refreshes": lambda a: Answer(
            b'<meta http-equiv="refresh" content="0;url=/x">'
        ),
        "BOM twice": lambda a: Answer(b"\xef\xbb\xbf" * 2 + a.body),
        "UTF-32": lambda a: Answer(a.body.decode("utf-8", "replace").encode("utf-32")),
        "overlong letters": lambda a: Answer(a.body.replace(b"A", b"\xc1\x81")),
        "three megabytes of blanks": lambda a: Answer(b" " * 3_000_000),
        "a body and a NUL": lambda a: Answer(a.body + b"\0"),
        "a body twice": lambda a: Answer(a.body * 2),
        "a body backwards": lambda a: Answer(a.body[::-1]),
    }


def of_tables():
    """Odd texts in the IMF's tables."""
    row = b",TKM,A,2020,76500000.0,6,"
    turned = {
        "two heads": lambda b: b.replace(b"\n", b"\n" + b.splitlines()[0] + b"\n", 1),
        "semicolons": lambda b: b.replace(b",", b";"),
        "tabs": lambda b: b.replace(b",", b"\t"),
        "carriage returns": lambda b: b.replace(b"\n", b"\r"),
        "windows' lines": lambda b: b.replace(b"\n", b"\r\n"),
        "heads exchanged": lambda b: b.replace(b"OBS_VALUE,SCALE", b"SCALE,OBS_VALUE"),
        "a head twice in small letters": swap("SCALE", "obs_value"),
        "a head in small letters": swap("OBS_VALUE", "obs_value"),
        "a head of blanks": swap("SCALE", "   "),
        "an empty country": swap(",KAZ,", ",,"),
        "a country and a blank": swap(",TKM,A,2020", ",TKM ,A,2020"),
        "a country in two letters": swap(",TKM,A,2020", ",TM,A,2020"),
        "a country with a digit": swap(",TKM,A,2020", ",TK0,A,2020"),
        "a country in Cyrillic": swap(",TKM,A,2020", ",ТКМ,A,2020"),
        "a country in quotes": swap(",TKM,A,2020", ',"TKM",A,2020'),
        "a country and a line": swap(",TKM,A,2020", ',"TKM\n",A,2020'),
        "the same row twice": swap(row, row + b"\ndataflow,x,I,KAZ,XG_FOB_USD" + row),
        "a period 2020-A1": swap("A,2020,", "A,2020-A1,"),
        "a period of a day": swap("A,2020,", "A,2020-01-01,"),
        "a period and a blank": swap("A,2020,", "A,2020 ,"),
        "a period of two": swap("A,2020,", "A,2020/2021,"),
        "a frequency of two": swap(",A,2020", ",A+M,2020"),
        "a formula": swap(",76500000.0,", ',"=76500000",'),
        "1.0.0": swap(",76500000.0,", ",76.500.000,"),
        "an infinite number": swap(",76500000.0,", ",∞,"),
        "a number and its unit": swap(",76500000.0,", ",76500000 USD,"),
        "a number in brackets": swap(",76500000.0,", ",(76500000),"),
        "a soft hyphen": swap(",76500000.0,", ",765\u00ad00000,"),
        "a line in a number": swap(",76500000.0,", ',"7650\n0000",'),
        "a mark of two": on_row("OBS_STATUS", '"E,P"'),
        "a mark of 99 letters": on_row("OBS_STATUS", "E" * 99),
        "a thousand columns": lambda b: (
            b"\n".join(line + b",x" * 1000 for line in b.splitlines()) + b"\n"
        ),
        "a scale of words": column("SCALE", "millions"),
        "an indicator in small letters": swap("XG_FOB_USD", "xg_fob_usd"),
        "an indicator in national currency": lambda b: b.replace(b"XG_FOB_USD", b"XG_FOB_XDC"),
        "another structure": lambda b: b.replace(b"dataflow", b"datastructure"),
    }
    for source in ("imts", "imts panel"):
        for name, change in turned.items():
            yield Fault(source, name, partial(routes, source, exports(change)))
    periods = (
        "2020-M13",
        "2020-M00",
        "2020-M3",
        "2099-M01",
        "2020-03",
        "2020M03",
        "2020",
        "2020-M03 ",
    )
    for period in periods:
        change = exports(lambda b, p=period: b.replace(b",2020-M03,", f",{p},".encode()))
        yield Fault("months", f"a month {period}", partial(routes, "months", change))
    for name, change in {
        "years among months": lambda b: b.replace(b",M,2020-M04,", b",A,2020,"),
        "a month twice": lambda b: b.replace(b"2020-M04", b"2020-M03"),
        "months of another pair": lambda b: b.replace(b",TKM,", b",UZB,"),
    }.items():
        yield Fault("months", name, partial(routes, "months", exports(change)))


def of_documents():
    """Odd things in JSON."""
    counts = {
        "1e400": "1e400",
        "text": '"24"',
        "24.0": "24.0",
        "true": "true",
        "null": "null",
        "-24": "-24",
    }
    for name, count in counts.items():
        change = lambda b, c=count: b.replace(b'"count": 24', b'"count": ' + c.encode())  # noqa: E731
        yield Fault("comtrade", f"a count of {name}", partial(routes, "comtrade", change))
    deep = b"[" * 200_000 + b"]" * 200_000
    texts = {
        "a deep list": lambda b: deep,
        "a deep object": lambda b: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "a comma too many": lambda b: b.rstrip()[:-1] + b"," + b.rstrip()[-1:],
        "comments": lambda b: b"/* fine */" + b,
        "single quotes": lambda b: b.replace(b'"', b"'"),
        "a text": lambda b: json.dumps(b.decode()).encode(),
        "UTF-16": lambda b: b.decode().encode("utf-16"),
        "a callback": lambda b: b"callback(" + b + b")",
        "lines of JSON": lambda b: b + b"\n" + b,
        "half a letter": lambda b: b.replace(b'"TKM"', b'"TKM\xff"'),
        "a surrogate": lambda b: b.replace(b'"TKM"', b'"TKM\\ud800"'),
        "null": lambda b: b"null",
        "a number": lambda b: b"1e999",
    }
    for source in JSON:
        for name, change in texts.items():
            yield Fault(source, name, partial(routes, source, change))
    rows = {
        "data as an object": lambda d: d.update(data={"0": d["data"][0]}),
        "no data": lambda d: d.update(data=None),
        "a row of null": lambda d: d["data"].__setitem__(0, None),
        "a flow M;X": lambda d: d["data"][0].update(flowCode="M;X"),
        "a re-export": lambda d: d["data"][0].update(flowCode="RX"),
        "a reporter as text": lambda d: d["data"][0].update(reporterCode="398"),
        "a reporter as a float": lambda d: d["data"][0].update(reporterCode=398.0),
        "a year as true": lambda d: d["data"][0].update(refYear=True),
        "a value as an object": lambda d: d["data"][0].update(primaryValue={"v": 1}),
        "a value of -0.0": lambda d: d["data"][0].update(primaryValue=-1e-9),
        "no value": lambda d: d["data"][0].pop("primaryValue"),
        "a total of a second partner": lambda d: d["data"][0].update(partner2Code=795),
        "a procedure in small letters": lambda d: d["data"][0].update(customsCode="c00"),
        "an error as a list": lambda d: d.update(error=["partly"]),
    }
    for name, edit in rows.items():
        yield Fault("comtrade", name, partial(routes, "comtrade", edited(edit)))
    for name, edit in {
        "an observation of null": lambda d: series_of(d)["observations"].update({"0": None}),
        "an observation as an object": lambda d: series_of(d)["observations"].update(
            {"0": {"v": 1}}
        ),
        "no observation": lambda d: series_of(d)["observations"].update({"0": []}),
        "a place 1.0": lambda d: series_of(d)["observations"].update({"1.0": [1.0]}),
        "a place of years only": lambda d: series_of(d)["observations"].update({"7": [1.0]}),
        "no years": lambda d: d["structure"]["dimensions"]["observation"][0].update(values=[]),
        "a year as a number": lambda d: d["structure"]["dimensions"]["observation"][0]["values"][
            0
        ].update(id=2019),
        "two dimensions of time": lambda d: d["structure"]["dimensions"]["observation"].append(
            {"id": "X", "values": []}
        ),
        "version 2": lambda d: d.update(
            data={"dataSets": d.pop("dataSets"), "structures": [d.pop("structure")]}
        ),
        "a series of null": lambda d: d["dataSets"][0]["series"].update({"0:0:0:0:0": None}),
        "flat observations": lambda d: d["dataSets"][0].update(
            observations=d["dataSets"][0].pop("series")
        ),
        "attributes as a list": lambda d: d["structure"].update(attributes=[]),
        "attributes of texts": lambda d: d["structure"].update(attributes={"series": ["x"]}),
        "a header of text": lambda d: d.update(header="x"),
        "an action as a list": lambda d: d["dataSets"][0].update(action=["Information"]),
    }.items():
        yield Fault("wits", name, wits(edit))
    for name, edit in {
        "a date in brackets": lambda d: d[1][0].update(date="2020 [YR2020]"),
        "a quarter": lambda d: d[1][0].update(date="2020Q1"),
        "a value as text": lambda d: d[1][0].update(value="1e12"),
        "a value of true": lambda d: d[1][0].update(value=True),
        "a code in small letters": lambda d: d[1][0].update(countryiso3code="kaz"),
        "no code": lambda d: d[1][0].update(countryiso3code=""),
        "a third list": lambda d: d.append(d[1]),
        "a total as text": lambda d: d[0].update(total=str(d[0]["total"])),
        "a page as text": lambda d: d[0].update(page="1"),
        "no pages": lambda d: d[0].update(pages=0),
        "rows of rows": lambda d: d.__setitem__(1, [d[1]]),
        "a country of null": lambda d: d[1][0].update(country=None),
        "an indicator of null": lambda d: d[1][0].update(indicator=None),
        "a mark as a number": lambda d: d[1][0].update(obs_status=5),
        "a message inside": lambda d: d[0].update(message=[{"value": "partly"}]),
        "a negative product": lambda d: d[1][0].update(value=-5),
    }.items():
        yield Fault("wdi", name, partial(routes, "wdi", edited(edit)))


def of_workbooks():
    """Odd workbooks of Kazakhstan's bureau, and odd lists of them."""

    def plain_sheet(ending):
        def change(_):
            return ("Страна;Экспорт\n" * 9).encode("utf-16" if ending == "html" else "utf-8")

        return change

    cells = {
        "a day": pd.Timestamp("2021-05-05").to_pydatetime(),
        "true": True,
        "a number and a comma": "42500,5",
        "a number in words": "сорок",
        "a negative": -42500.0,
        "a formula that failed": "#NUM!",
        "a number with a star": "42500*",
        "a percentage": "42%",
        "a giant": 1e300,
        "a note in brackets": "42500 (1)",
    }
    for name, value in cells.items():
        yield Fault("bns", f"a cell with {name}", partial(routes, "bns", put(8, 6, value)))
    turned = {
        "a text that is no workbook": plain_sheet("csv"),
        "a page as a workbook": lambda _: b"<html><table><tr><td>1</td></tr></table></html>",
        "UTF-16 as a workbook": plain_sheet("html"),
        "another name of the country": put(8, 1, "Туркмения"),
        "the country in Latin letters": put(8, 1, "Tуркменистан"),
        "the country and a star": put(8, 1, "Туркменистан*"),
        "the country twice in other letters": workbook(
            lambda book: book["2021"].append(["ТУРКМЕНИСТАН", 5, None, 5, None, 0])
        ),
        "no countries": workbook(lambda book: [book["2021"].delete_rows(6, 9)]),
        "a sheet for each half": workbook(
            lambda book: book.copy_worksheet(book["2021"]).__setattr__("title", "2021 ")
        ),
        "a year in other digits": workbook(
            lambda book: book["2021"].__setattr__("title", "２０２１")
        ),
        "a title of another year": workbook(lambda book: book["2021"].cell(2, 1, "за 2020 год")),
        "yuan": lambda _: bodies.bns(unit="тыс. юаней, тыс. долларов США"),
        "constant prices": lambda _: bodies.bns(unit="тыс. долларов США в ценах 2015 года"),
        "Canadian dollars": lambda _: bodies.bns(unit="тыс. долларов Канады"),
        "an entity bomb": repacked(
            lambda n, b: b.replace(
                b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "' + b"z" * 9999 + b'">]><worksheet', 1
            )
        ),
        "a part outside": lambda b: _with_member(b, "../../evil.xml", b"<x/>"),
        "a macro": lambda b: _with_member(b, "xl/vbaProject.bin", b"x" * 99),
        "99 sheets": workbook(lambda book: [book.create_sheet(f"x{n}") for n in range(99)]),
        "no sheets": repacked(lambda n, b: b"" if "sheet" in n else b),
        "an encrypted workbook": lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(4000),
    }
    for name, change in turned.items():
        yield Fault("bns", name, partial(routes, "bns", change))
    lists = {
        "another host": b'<a href="http://evil.test/api/iblock/element/11/file/ru/">x (2021\xd0\xb3.)</a>',
        "an edition of 2099": bodies.bns_listing(("11", 2099, True, "15.07.2099")),
        "two finals": bodies.bns_listing(
            ("11", 2021, True, "15.07.2022"), ("12", 2021, True, "31.13.2022")
        ),
        "a comment": b"<html>spreadsheets <!--"
        + bodies.bns_listing(("11", 2021, True, "1.1.1"))
        + b"--></html>",
        "nothing": b"<html>spreadsheets</html>",
        "years of 5000 digits": b'<html>spreadsheets <a href="/api/iblock/element/11/file/ru/">'
        + "по странам (".encode()
        + b"2" * 5000
        + "г.)</a></html>".encode(),
    }
    for name, page in lists.items():
        answers = routes("bns") | {
            "/bns/ru/": Answer(page),
            "/bns/ru/industries/economy/foreign-market/spreadsheets/": Answer(page),
            "/bns/ru/industries/economy/foreign-market/spreadsheets/?year=2021": Answer(page),
        }
        yield Fault("bns", f"a list of {name}", lambda a=answers: a)


def _with_member(body, name, content):
    """A zip archive with one more part."""
    stored = io.BytesIO(body)
    with zipfile.ZipFile(stored, "a") as archive:
        archive.writestr(name, content)
    return stored.getvalue()


def of_archives():
    """Odd archives of BACI."""
    rows = bodies.baci_rows
    good = {2020: rows((2020, 398, 795, "270900", 5))}

    def renamed(body, old, new):
        return body.replace(old, new)

    def flagged(body):
        """As if every part were encrypted."""
        changed = bytearray(body)
        at = -1
        while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
            changed[at + 8] |= 1
        return bytes(changed)

    year = lambda text: bodies.baci({2020: text})  # noqa: E731
    every_year = lambda change: bodies.baci({y: change(t) for y, t in bodies.BACI_YEARS.items()})  # noqa: E731
    head_ = "t,i,j,k,v,q\n"
    turned = {
        "windows' lines": every_year(lambda t: t.replace("\n", "\r\n")),
        "a BOM": every_year(lambda t: "\ufeff" + t),
        "semicolons": year(good[2020].replace(",", ";")),
        "quotes": every_year(lambda t: t.replace("t,i,j,k,v,q", '"t","i","j","k","v","q"')),
        "a column less": year("t,i,j,k,v\n2020,398,795,270900,5\n"),
        "heads in capitals": year(good[2020].upper()),
        "NA as a value": year(head_ + "2020,398,795,270900,NA,NA\n"),
        "a year 2020.0": year(head_ + "2020.0,398,795,270900,5,NA\n"),
        "a product with letters": year(head_ + "2020,398,795,27090A,5,NA\n"),
        "a product of one digit": year(head_ + "2020,398,795,-1,5,NA\n"),
        "a negative": year(head_ + "2020,398,795,270900,-5,NA\n"),
        "half a row": year(head_ + "2020,398,795\n"),
        "a row more": year(good[2020] + "total,,,,5,\n"),
        "only heads": year(head_),
        "nothing": year(""),
        "a line of 20 MB": every_year(lambda t: t.replace("NA", "x" * 20_000_000, 1)),
        "encrypted": flagged(bodies.baci()),
        "small letters": bodies.baci().replace(b"BACI_HS92_Y2020", b"baci_hs92_y2020"),
        "another year's name": renamed(bodies.baci(), b"Y2021_V202601", b"Y2020_V202601"),
        "a part outside": _with_member(bodies.baci(), "../../evil.csv", "x"),
        "a year in two folders": _with_member(
            bodies.baci(), "x/BACI_HS92_Y2020_V202601.csv", good[2020]
        ),
        "rubbish before": b"MZ" * 500 + bodies.baci(),
        "rubbish after": bodies.baci() + b"x" * 500,
        "a table of countries twice": _with_member(
            bodies.baci(), "x/country_codes_V202601.csv", bodies.BACI_COUNTRIES
        ),
        "a table of countries with a hole": bodies.baci(
            countries=bodies.BACI_COUNTRIES.replace("398,", ",")
        ),
        "a table of countries in Latin-1": bodies.baci(
            countries=bodies.BACI_COUNTRIES.replace("Kazakhstan", "K\u00e4z")
        ),
        "an empty zip": b"PK\x05\x06" + b"\0" * 18,
    }
    for name, body in turned.items():
        yield Fault("baci", name, lambda b=body: {"/baci": Answer(b)})
    loose = Answer(bodies.baci(), etag='W/"a"', cut=90)
    for name, answers in {
        "cut for ever": [loose],
        "cut, then another": [
            Answer(bodies.baci(good), etag='"a"', cut=90),
            Answer(bodies.baci(), etag='"b"'),
        ],
        "a rest of another": [
            Answer(bodies.baci(), etag='"a"', cut=90),
            Answer(
                b"x" * 9, status=206, headers={"Content-Range": f"bytes 90-98/{len(bodies.baci())}"}
            ),
        ],
        "a rest that begins again": [
            Answer(bodies.baci(), etag='"a"', cut=90),
            Answer(
                bodies.baci(),
                status=206,
                headers={"Content-Range": f"bytes 0-{len(bodies.baci()) - 1}/{len(bodies.baci())}"},
            ),
        ],
        "a rest in two ranges": [
            Answer(bodies.baci(), etag='"a"', cut=90),
            Answer(
                b"--x\r\n", status=206, headers={"Content-Type": "multipart/byteranges; boundary=x"}
            ),
        ],
    }.items():
        yield Fault("baci", name, lambda a=answers: {"/baci": list(a)})


def of_surroundings():
    """Odd surroundings of a process."""
    answers = partial(routes, "imts")
    plain = {
        "no home": {"HOME": "/nonexistent"},
        "an odd zone": {"TZ": "No/Where"},
        "an odd language": {"LC_ALL": "xx_YY.nothing"},
        "no certificates": {"REQUESTS_CA_BUNDLE": "/nonexistent"},
        "no proxy for an odd list": {"NO_PROXY": "*,,;[", "no_proxy": "*,,;["},
        "an empty proxy": {"http_proxy": "", "HTTP_PROXY": ""},
        "a key of blanks": {"COMTRADE_API_KEY": "   "},
    }
    for name, env in plain.items():
        yield Fault("imts", f"surroundings: {name}", answers, env=env)
    for place in ("/dev/null", "/proc/1/x", "/dev/null\n/x", "x" * 5000):
        env = {"TRADELIB_CACHE": place}
        yield Fault("imts", f"a cache at {place[:20]!r}", answers, fine=True, env=env)
        yield Fault(
            "baci", f"a cache at {place[:20]!r}", partial(routes, "baci"), fine=True, env=env
        )
    for key in ("x" * 5000, "\u00e9" * 9, "a\tb", "key\\n", "*" * 9, "figure"):
        yield Fault(
            "comtrade",
            f"a key {key[:9]!r}",
            partial(routes, "comtrade"),
            env={"COMTRADE_API_KEY": key},
        )


def odd():
    """Faults that the benchmark tries besides."""
    for source in ("imts", "comtrade", "wits", "wdi", "baci", "goods"):
        for name, how in ways().items():
            answers = (
                partial(goods, how=how) if source == "goods" else partial(routes, source, how=how)
            )
            yield Fault(source, name, answers)
    for make in (of_goods, of_tables, of_documents, of_workbooks, of_archives, of_surroundings):
        yield from make()
