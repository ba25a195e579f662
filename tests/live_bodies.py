"""Bodies in each source's documented shape, written here, with figures that are ours."""

import io
import json
import zipfile

import openpyxl

YEARS = (2019, 2020, 2021)
EXPORTS = {2019: 116.0, 2020: 76.5, 2021: 0.0}  # US$ million
IMPORTS = {2019: 29.75, 2020: 51.25, 2021: 42.5}
SIDES = {"export": EXPORTS, "import": IMPORTS}

# Twelve months of 2020, which sum to 76.5 and 51.25, and two of 2021.
MONTHLY_EXPORTS = {**{(2020, m): 6.0 for m in range(1, 12)}, (2020, 12): 10.5, (2021, 1): 0.0}
MONTHLY_IMPORTS = {**{(2020, m): 4.0 for m in range(1, 12)}, (2020, 12): 7.25, (2021, 2): 3.5}
MONTHLY_SIDES = {"export": MONTHLY_EXPORTS, "import": MONTHLY_IMPORTS}


def imts(
    flow="export",
    reporter="KAZ",
    partner="TKM",
    values=None,
    indicator=None,
    extra=(),
    frequency="A",
):
    """SDMX-CSV of one pair and indicator; a value may be text."""
    code = indicator or {"export": "XG_FOB_USD", "import": "MG_CIF_USD"}[flow]
    head = (
        "STRUCTURE,STRUCTURE_ID,ACTION,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,"
        "TIME_PERIOD,OBS_VALUE,SCALE,OBS_STATUS"
    )
    rows = [
        f"dataflow,IMF.STA:IMTS(1.0.0),I,{reporter},{code},{partner},{frequency},{year},"
        f"{value if isinstance(value, str) else value * 1e6:},6,"
        for year, value in (values or SIDES[flow]).items()
    ]
    return ("\n".join([head, *rows, *extra]) + "\n").encode()


def comtrade_row(flow, year, value, **changes):
    """One row of UN Comtrade; a pair's total unless changed."""
    return {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": year,
        "period": str(year),
        "reporterCode": 398,
        "reporterISO": "KAZ",
        "flowCode": {"export": "X", "import": "M"}[flow],
        "partnerCode": 795,
        "partnerISO": "TKM",
        "partner2Code": 0,
        "cmdCode": "TOTAL",
        "customsCode": "C00",
        "motCode": 0,
        "cifvalue": None,
        "fobvalue": None,
        "primaryValue": value and value * 1e6,
        "isReported": False,
        "isAggregate": True,
    } | changes


def imts_months(flow="export", values=None, **other):
    """SDMX-CSV of one pair and indicator by month, from (year, month) to value."""
    values = values or MONTHLY_SIDES[flow]
    by_period = {f"{year}-M{month:02d}": value for (year, month), value in values.items()}
    return imts(flow, values=by_period, frequency="M", **other)


def comtrade_month_row(flow, year, month, value, **changes):
    """One row of UN Comtrade for a month; a pair's total unless changed."""
    of_month = {
        "freqCode": "M",
        "refPeriodId": int(f"{year}{month:02d}01"),
        "refMonth": month,
        "period": f"{year}{month:02d}",
    }
    return comtrade_row(flow, year, value, **of_month) | changes


def comtrade_months(years, sides=None):
    """JSON of UN Comtrade by month, with a further row beside each total."""
    rows = [
        comtrade_month_row(flow, year, month, value, **other)
        for flow, side in (sides or MONTHLY_SIDES).items()
        for (year, month), value in side.items()
        if year in years
        for other in ({}, {"motCode": 3100})
    ]
    return comtrade(rows)


def comtrade(rows=None, years=YEARS, **changes):
    """JSON of UN Comtrade, with the further rows that come beside a total."""
    if rows is None:
        rows = [
            comtrade_row(flow, year, value, **other)
            for flow, side in SIDES.items()
            for year, value in side.items()
            if year in years
            for other in ({}, {"motCode": 3100}, {"customsCode": "C04"}, {"partner2Code": 643})
        ]
    document = {"elapsedTime": "0.02 secs", "count": len(rows), "data": rows, "error": ""}
    return json.dumps(document | changes).encode()


# Shares of chapters in each flow, and of the sections to which they belong.
CHAPTERS = {27: 0.5, 10: 0.25, 85: 0.25}
SECTIONS = {"Mineral Products": 0.5, "Vegetable Products": 0.25, "Machines": 0.25}


def chapter_rows(years, chapters=None, **changes):
    """Rows of UN Comtrade by chapter, which sum to the totals."""
    rows = []
    for flow, side in SIDES.items():
        for year in years:
            for chapter, share in (chapters or CHAPTERS).items():
                code = {"cmdCode": f"{chapter:02d}"}
                rows.append(comtrade_row(flow, year, side[year] * share, **code | changes))
    return rows


def wits_document(flow="export", reporter="KAZ", partner="TKM", values=None):
    """SDMX-JSON of WITS as a document."""
    code = {"export": "XPRT-TRD-VL", "import": "MPRT-TRD-VL"}[flow]
    values = values or SIDES[flow]
    sides = {
        "FREQ": "A",
        "REPORTER": reporter,
        "PARTNER": partner,
        "PRODUCTCODE": "Total",
        "INDICATOR": code,
    }
    return {
        "header": {"id": "1", "prepared": "2026-11-01T00:00:00"},
        "dataSets": [
            {
                "action": "Information",
                "series": {
                    "0:0:0:0:0": {
                        "attributes": [0],
                        "observations": {
                            str(place): [value and value * 1000]
                            for place, value in enumerate(values.values())
                        },
                    }
                },
            }
        ],
        "structure": {
            "dimensions": {
                "series": [
                    {"id": name, "values": [{"id": value, "name": value}]}
                    for name, value in sides.items()
                ],
                "observation": [
                    {"id": "TIME_PERIOD", "values": [{"id": str(year)} for year in values]}
                ],
            },
            "attributes": {"series": [{"id": "NOTE", "values": [{"id": "0"}]}]},
        },
    }


def wits(flow="export", **changes):
    """SDMX-JSON of WITS."""
    return json.dumps(wits_document(flow, **changes)).encode()


def worldbank(rows=None, **changes):
    """JSON of the World Bank."""
    if rows is None:
        rows = [worldbank_row(c, y, v) for c in ("KAZ", "TKM") for y, v in GDP.items()]
    about = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "2"}
    return json.dumps([about | changes, rows]).encode()


GDP = {2020: 171_000_000_000.5, 2021: 197_000_000_000, 2022: None}


def worldbank_row(country, year, value, **changes):
    """One row of the World Bank."""
    return {
        "indicator": {"id": "NY.GDP.MKTP.CD", "value": "GDP (current US$)"},
        "country": {"id": country[:2], "value": country},
        "countryiso3code": country,
        "date": str(year),
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    } | changes


def bns_listing(*editions):
    """A page of the bureau: (element, year, final, day) each."""
    rows = "".join(
        f'<div class="divTableRow" id="bx_1_{element}"><div><a href="/api/iblock/element/{element}'
        f'/file/ru/"> Основные показатели внешней торговли РК по странам ('
        f"{'' if final else 'январь-декабрь '}{year}г.) </a></div>"
        f'<div class="text-right"> {day} </div></div>'
        for element, year, final, day in editions
    )
    partial = (
        '<a href="/api/iblock/element/9/file/ru/">по странам (январь-июль 2022г.)</a> 15.09.2022'
    )
    form = '<form action="/ru/industries/economy/foreign-market/spreadsheets/"></form>'
    return f"<!DOCTYPE html><html><body>{form}{rows}{partial}</body></html>".encode()


def stored(book):
    """A workbook as a file's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bns(sheets=None, **how):
    """A file of the bureau, as `bns_book`."""
    return stored(bns_book(sheets, **how))


def bns_book(sheets=None, *, unit="тыс. долларов США", rows=(), total=None):
    """A workbook of the bureau: a sheet a year from name to (exports, imports) in US$ million.

    Rows are (name, turnover, share, exports, share, imports); a turnover of None is added up.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (exported, imported) in (
        sheets or {"2021": (0.0, 42.5), "2020": (76.5, 51.25)}
    ).items():
        sheet = book.create_sheet(name)
        cells = [
            ("Страны СНГ", None, None, 900.0, None, 800.0),
            ("Россия", None, None, 500.125, None, 700.25),
            ("Туркменистан", None, None, _thousands(exported), None, _thousands(imported)),
            *rows,
        ]
        sums = [
            sum(c[column] for c in cells[1:] if isinstance(c[column], int | float))
            for column in (3, 5)
        ]
        whole = ("Всего", None, None, (total or sums)[0], None, (total or sums)[1])
        sheet.append(["Основные показатели внешней торговли по странам"])
        sheet.append([f"за {name[-4:]} год", None, None, None, unit])
        sheet.append(["Страна", "Товарооборот", None, "Экспорт", None, "Импорт"])
        sheet.append([None, "Всего", "удельный вес, %"] + ["Всего", "удельный вес, %"] * 2)
        for row in (whole, *cells):
            sheet.append(with_turnover(list(row)))
        sheet.append(["* без неорганизованной торговли"])
    return book


def with_turnover(row):
    """A row with the sum of its flows as turnover, withheld where one of them is."""
    flows = [row[3], row[5]]
    if row[1] is None and row[0] and any(flow is not None for flow in flows):
        row[1] = sum(flow for flow in flows if isinstance(flow, int | float))
        row[1] = "x" if {"x", "Х", "...", "…"} & set(flows) else row[1]
    return row


def _thousands(value):
    return value * 1000 if isinstance(value, int | float) else value


BACI_COUNTRIES = (
    "country_code,country_name,country_iso2,country_iso3\n398,Kazakhstan,KZ,KAZ\n"
    "795,Turkmenistan,TM,TKM\n643,Russian Federation,RU,RUS\n490,Other Asia nes,N/A,S19\n"
    "697,Europe EFTA nes,N/A,R20\n"
)


def baci_rows(*rows):
    """CSV of a year of BACI from (t, i, j, k, v) rows."""
    lines = [f"{t},{i},{j},{k},{v},          NA" for t, i, j, k, v in rows]
    return "\n".join(["t,i,j,k,v,q", *lines]) + "\n"


BACI_YEARS = {
    2020: baci_rows(
        (2020, 398, 795, "010121", 70.5),
        (2020, 398, 795, "270900", 6.001),
        (2020, 795, 398, "270900", 51.25),
        (2020, 643, 398, "100119", 9),
    ),
    2021: baci_rows((2021, 398, 795, "010121", 200.123)),
}


def baci(
    years=None, *, countries=BACI_COUNTRIES, release="HS92_V202601", level=zipfile.ZIP_DEFLATED
):
    """A zip of BACI from year to CSV text."""
    classification, version = release.split("_")
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", level) as archive:
        for year, text in (years or BACI_YEARS).items():
            archive.writestr(f"BACI_{classification}_Y{year}_{version}.csv", text)
        if countries is not None:
            archive.writestr(f"country_codes_{version}.csv", countries)
        archive.writestr("Readme.txt", "BACI")
    return stored.getvalue()
