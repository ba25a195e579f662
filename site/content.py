"""What the site says: every number computed from `data/` by calls anyone can make."""

import json
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from multiprocessing import get_context
from types import SimpleNamespace

import pandas as pd
from charts import chart_of, figure, money

import tradelib as tl
from tradelib.bundle.registry import latest
from tradelib.front import explore
from tradelib.front.registry import registry_target
from tradelib.ground import codes

GROUPS = {
    "ASEAN": "ASEAN", "AFR": "Africa", "CEE": "Central and Eastern Europe",
    "CELAC": "Latin America and the Caribbean", "EU": "European Union",
}  # fmt: skip
STATUS = {
    "open": "open", "met_on_time": "met on time", "met_late": "met late", "missed": "missed",
    "superseded": "superseded",
}  # fmt: skip
TAGS = {
    "presumptive": "the outcome is presumed", "near_year": "the outcome is of a year nearby",
    "partial": "a value covers part of a year", "derived": "a value is worked out from another",
    "conflict": "sources disagree", "weak": "rests on a weak source", "re_dated": "was re-dated",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One target of the registry with all that its page shows.

    `history` holds what the probability rests on (``year``, ``turnover_musd``); `verdict`, `fan` and
    `grid` (as pages ship it) are missing where nothing can be said, and `rests_on` says why.
    """

    row: object
    verdict: object = None
    fan: object = None
    grid: str = ""
    history: object = None
    rests_on: str = ""

    @property
    def id(self):
        """Name in the registry and of the page."""
        return self.row.target_id

    @property
    def pair(self):
        """Both sides in words."""
        return f"{name(self.row.reporter)}–{name(self.row.partner)}"

    @property
    def goal(self):
        """The target in words."""
        return money(self.row.target_value, self.row.currency)

    @property
    def by(self):
        """Year judged or asked, if there is one."""
        if self.verdict is not None:
            return self.verdict.by
        return None if pd.isna(self.row.deadline) else int(self.row.deadline)


def name(code):
    """A country or a group of them in words."""
    return GROUPS.get(code) or codes.name(code)


def percent(share):
    """A probability no finer than it can be known."""
    if share < 0.01:
        return "under 1%"
    return "over 99%" if share > 0.99 else f"{share:.0%}"


def slug(text):
    """A text as the name of an anchor."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def link(text, address):
    """A link."""
    return f'<a href="{escape(str(address), quote=True)}">{text}</a>'


def cell(value):
    """A table cell's text; nothing where nothing is known."""
    if value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return escape(f"{value:,.4g}" if isinstance(value, float) else str(value))


def table(columns, rows, caption, *, kind="plain", ids=()):
    """An HTML table; rows are lists of finished cells, `ids` their anchors."""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    names = [f' id="{i}"' for i in ids] or [""] * len(rows)
    body = "".join(
        f"<tr{i}>{''.join(f'<td>{c}</td>' for c in row)}</tr>"
        for i, row in zip(names, rows, strict=True)
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="{kind}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


# ---------------------------------------------------------------------------- the targets


def cards():
    """Every target of the registry, open ones with their verdict and grid; on all cores."""
    waiting = tl.open_targets().set_index("target_id")["rests_on"].to_dict()
    rows = [SimpleNamespace(**row) for row in tl.load_targets().to_dict("records")]
    reasons = [waiting.get(row.target_id, "") for row in rows]
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("fork")) as pool:
        return list(pool.map(_card, rows, reasons, chunksize=4))


def _card(row, rests_on):
    if rests_on not in ("history", "size alone"):
        return Card(row=row, rests_on=rests_on)
    target, own = registry_target(row), None
    if row.currency != "USD":  # whose figures `assess` does not take from the registry
        value, year = latest(row)
        own = pd.DataFrame({"year": [year], "turnover_musd": [value]})
    grid = explore.grid(target, history=own)
    return Card(
        row=row, verdict=tl.assess(target, history=own), fan=grid.fan(), grid=grid.to_json(),
        history=grid.cases[-1].history, rests_on=rests_on,
    )  # fmt: skip


def question(card):
    """What a reader asks of a target."""
    both = f"{name(card.row.reporter)} and {name(card.row.partner)}"
    when = f" by {card.by}" if card.by else ""
    verb = "Will" if card.row.status == "open" else "Did"
    return f"{verb} {both} trade for {card.goal}{when}?"


def chart(card):
    """The fan of an open target, or base, target and outcome of any other."""
    row, found = card.row, card.verdict
    deadline = None if pd.isna(row.deadline) else int(row.deadline)
    if found is not None:
        return _fan(card, deadline)
    points = [(int(row.baseline_year), row.baseline_value)] if pd.notna(row.baseline_year) else []
    outcome = None
    if pd.notna(row.outcome_value) and pd.notna(row.outcome_year):
        outcome = (int(row.outcome_year), row.outcome_value)
    if not points and not outcome:
        return None
    words = f"{card.pair}: target {card.goal}" + (f" by {deadline}" if deadline else "")
    words += f", from {money(points[0][1], row.currency)} in {points[0][0]}" if points else ""
    words += f", then {money(outcome[1], row.currency)} in {outcome[0]}" if outcome else ""
    return chart_of(
        history=points, target=row.target_value, deadline=deadline, currency=row.currency,
        outcome=outcome, words=words, caption="Baseline, target (star at its deadline) and outcome"
        " as announced and quoted; the sources stand below.",
    )  # fmt: skip


def _fan(card, deadline):
    row, found = card.row, card.verdict
    fan = card.fan.query("year <= @found.by").to_dict("records")
    history = [(int(r.year), float(r.turnover_musd)) for r in card.history.itertuples()]
    low, middle, high = (money(v, row.currency) for v in found.value_range)
    last = money(history[-1][1], row.currency)
    words = (
        f"{card.pair}: {last} in {history[-1][0]}; in {found.by} {middle}, with 80 % between {low}"
        f" and {high}. The target is {card.goal}" + (f" by {deadline}." if deadline else ".")
    )
    return chart_of(
        history=history, target=row.target_value, deadline=deadline, currency=row.currency,
        fan=fan, words=words,
        caption=f"Fan: the growth model's futures, central 50 and 80 %. {escape(_rests(card))}",
    )  # fmt: skip


def _rests(card):
    if card.rests_on == "history":
        return tl.cite(card.history) + "."
    return "One figure is known: the futures are those of a typical pair of that size."


# ---------------------------------------------------------------------------- a target's page


def target_page(card, statements):
    """Title and body of a target's page."""
    parts = [
        f'<p class="back">{link("All targets", "../targets.html")}</p>',
        f"<h1>{escape(question(card))}</h1>",
        _answer(card),
    ]
    drawn = chart(card)
    parts.append(figure(drawn) if drawn else "<p>No figure of this pair is known to us.</p>")
    if card.grid:
        parts += [explorer(card, drawn), _reasons(card.verdict), _evidence(card)]
    parts += [_pledge(card), _said(card, statements), _series(card), _in_python(card)]
    return {"title": question(card), "body": "\n".join(part for part in parts if part)}


def _answer(card):
    row, found = card.row, card.verdict
    if found is not None:
        low, high = found.probability_range
        return (
            f'<div class="answer"><p class="number">{percent(found.probability_in)}</p>'
            f'<p class="words"><strong>{escape(found.words.capitalize())}</strong> in {found.by}; '
            f"the evidence runs from {percent(low)} to {percent(high)}. "
            f"{percent(found.probability_ever)} ever by then.</p></div>"
        )
    if row.status == "open":
        return f'<div class="answer"><p class="words">Open, and no probability: {escape(card.rests_on)}.</p></div>'
    came = ""
    if pd.notna(row.outcome_value):
        share = f"{row.outcome_value / row.target_value:.0%} of the target"
        year = f" in {int(row.outcome_year)}" if pd.notna(row.outcome_year) else ""
        came = f" {money(row.outcome_value, row.currency)}{year}, {share}."
    reached = f" Reached in {int(row.reached_year)}." if pd.notna(row.reached_year) else ""
    return (
        f'<div class="answer"><p class="words"><strong>{STATUS[row.status].capitalize()}.</strong>'
        f"{came}{reached}</p></div>"
    )


SLIDERS = (("value", "Target"), ("deadline", "Deadline"), ("day", "As known on"))


def explorer(card, drawn):
    """Sliders over the grid; without scripts the page simply stands as it is."""
    grid = json.loads(card.grid)
    ends = {
        "value": (0, len(grid["values"]) - 1),
        "deadline": (1, 1),
        "day": (0, len(grid["days"]) - 1),
    }
    sliders = "".join(
        f'<div><label for="{key}">{words} <output id="{key}-said" for="{key}"></output></label>'
        f'<input type="range" id="{key}" min="{ends[key][0]}" max="{ends[key][1]}" step="1"></div>'
        for key, words in SLIDERS
    )
    shipped = {"grid": grid, "chart": drawn | {"by": card.by}}
    for unused in ("caption", "words", "fan", "top", "years"):
        shipped["chart"].pop(unused)
    return (
        '<section class="explore" id="explore" hidden><h2>Move the target, watch the probability</h2>'
        '<p class="result"><span class="now" id="now"></span> <strong id="words"></strong> '
        '<span id="range"></span> <span id="ever"></span></p>'
        f'<div class="sliders">{sliders}</div>'
        '<button type="button" id="reset">Back to the pledge</button></section>'
        f'<script type="application/json" id="grid">{dump(shipped)}</script>'
        '<script defer src="../_static/explore.js"></script>'
    )


def moved_words(value):
    """How many points a reason moves the probability, in words."""
    points = round(100 * value)
    way = "lowers it by" if points < 0 else "raises it by"
    if points == 0:
        return "hardly moves it"
    return f"{way} {abs(points)} point{'s' * (abs(points) > 1)}"


def _reasons(found):
    if found.reasons.empty:
        return ""
    items = "".join(
        f"<li>{escape(row.item[:1].upper() + row.item[1:])}: "
        f"{link(moved_words(row.value), '#' + evidence_id(row.key))}.</li>"
        for row in found.reasons.itertuples()
    )
    return f"<h2>What moves it most</h2><p>Against what is usual.</p><ul>{items}</ul>"


def evidence_id(key):
    """Anchor of a row of evidence."""
    return f"e-{slug(key)}"


def _evidence(card):
    rows, ids = [], []
    for row in card.verdict.evidence.itertuples():
        unit = (
            row.unit if card.row.currency == "USD" else row.unit.replace("US$", card.row.currency)
        )
        low_high = (
            "" if pd.isna(row.low) else f"{_value(row.low, unit)} to {_value(row.high, unit)}"
        )
        rows.append([escape(row.item), _value(row.value, unit), low_high, escape(unit), row.role,
                     _source(row)])  # fmt: skip
        ids.append(evidence_id(row.key))
    return "<h2>Evidence</h2>" + table(
        ["what", "value", "range", "unit", "role", "source"], rows,
        "All that the probability, its range and its reasons rest on", ids=ids,
    )  # fmt: skip


def _value(value, unit):
    if pd.isna(value):
        return ""
    if unit in ("year", "years"):
        return f"{value:.0f}"
    if unit in ("probability", "share", "a year"):
        return f"{value:.1%}"
    return f"{100 * value:+.1f} points" if unit == "probability moved" else f"{value:,.4g}"


# Where the source of each row of evidence is described, by the row's key, else by its role.
MODEL, SERIES, PRICES = "../trust.html", "../sources.html#series", "../sources.html#source-bls"
PLACES = {
    "by": "#pledge", "last_year": SERIES, "last_musd": SERIES, "share_of_target": SERIES,
    "required": SERIES, "export": SERIES, "import": SERIES, "own_years": SERIES,
    "inflation": PRICES, "inflation_share": PRICES, "headline": MODEL, "ever": MODEL,
    "turnover": MODEL, "shortfall": MODEL, "half_year": MODEL, "known_from": MODEL,
    "nowcast": "../notebooks/03_nowcast.html", "pledges": "../notebooks/08_pledges.html",
    "pledge_shift": "../notebooks/08_pledges.html",
    "like_pairs": "../notebooks/07_outside_view.html",
    "like_pairs_real": "../notebooks/07_outside_view.html",
}  # fmt: skip
ROLES = {
    "range": MODEL,
    "reason": MODEL,
    "by year": MODEL,
    "era": MODEL,
    "ceiling": "../notebooks/09_gravity.html",
}


def _source(row):
    """A source as a link to where it is described."""
    place = PLACES.get(row.key) or ROLES.get(row.role)
    if place == SERIES and row.source == "registry of targets":
        place = "#pledge"
    return escape(row.source) if place is None else link(escape(row.source), place)


def _pledge(card):
    row = card.row
    facts = [
        ("Announced", f"{cell(row.announced)} by {cell(row.announced_by)}", row.announce_url),
        ("Target", f"{card.goal}" + _deadline(row), row.announce_url),
        ("Baseline", _figure(row, "baseline"), row.baseline_url),
        ("Outcome", _figure(row, "outcome"), row.outcome_url),
        ("Status", STATUS[row.status], None),
        ("Counts", f"{cell(row.coverage)}, by {cell(row.statistics_of) or 'whom is not said'}", None),
        ("Care", "; ".join(words for tag, words in TAGS.items() if getattr(row, tag)), None),
        ("Note", cell(row.note), None),
    ]  # fmt: skip
    rows = [
        [f"<strong>{what}</strong>", said, _outside(address)]
        for what, said, address in facts
        if said
    ]
    return '<h2 id="pledge">The pledge and its sources</h2>' + table(
        ["what", "as known", "source"], rows, "The pledge as the registry holds it"
    )


def _deadline(row):
    kinds = {"explicit": "", "n_years": " (a number of years was named)"}
    if pd.isna(row.deadline):
        return ", no deadline named"
    return f" by {int(row.deadline)}{kinds.get(row.deadline_kind, '')}"


def _figure(row, kind):
    value, year = getattr(row, f"{kind}_value"), getattr(row, f"{kind}_year")
    if pd.isna(value):
        return ""
    return money(value, row.currency) + (f" in {int(year)}" if pd.notna(year) else "")


def _outside(address):
    """A link out of the site, or the words that stand for one."""
    if not isinstance(address, str) or not address:
        return ""
    if not address.startswith("http"):
        return escape(address)
    host = re.sub(r"^https?://(www\.)?", "", address).split("/")[0]
    return link(escape(host), address)


def _said(card, statements):
    mine = statements[
        (statements["reporter"] == card.row.reporter) & (statements["partner"] == card.row.partner)
    ]
    if mine.empty or card.rests_on != "history":
        return ""
    rows = [
        [row.released.date().isoformat(), escape(row.who), money(row.value_musd),
         cell(row.deadline_words) or "none named", _outside(row.source_url)]
        for row in mine.itertuples()
    ]  # fmt: skip
    return "<h2>What was said, and when</h2>" + table(
        ["day", "who", "target", "deadline, in the speaker's words", "source"], rows,
        "Statements of this target",
    )  # fmt: skip


def series_id(row):
    """Anchor of a year of a recommended series on the page of sources."""
    return f"series-{row.reporter}-{row.partner}-{row.year}"


def _series(card):
    if card.rests_on != "history":
        return ""
    rows = [
        [str(row.year), cell(row.export_musd), cell(row.import_musd),
         link(f"{row.turnover_musd:,.1f}", f"../sources.html#{series_id(row)}"), row.status,
         escape(row.source_id), cell(row.released)]
        for row in card.history.itertuples()
    ]  # fmt: skip
    return "<h2>The series</h2>" + table(
        ["year", "exports", "imports", "turnover", "status", "source", "released"], rows,
        f"Goods trade of {card.pair}, US$ million; each turnover links to its source row",
    )  # fmt: skip


def _in_python(card):
    lines = ["import tradelib as tl", ""]
    if card.verdict is not None and card.row.currency == "USD":
        lines.append(f'print(tl.assess(tl.open_target("{card.id}")).summary())')
    else:
        lines.append(f"print(tl.load_targets().query(\"target_id == '{card.id}'\").T)")
    code = escape("\n".join(lines))
    return f'<h2>The same in Python</h2><pre class="code" tabindex="0"><code>{code}</code></pre>'


# ---------------------------------------------------------------------------- all targets

COLUMNS = ["pair", "target", "by", "probability", "ever by then", "status", "rests on",
           "latest value", "announced"]  # fmt: skip
TEXTS = ("pair", "status", "rests on", "announced")


def targets_table(all_cards):
    """The registry as a table that `_static/targets.js` sorts, filters and searches."""
    rows = "".join(_row(card) for card in sorted(all_cards, key=_order))
    head = "".join(
        f'<th scope="col" data-kind="{"text" if c in TEXTS else "number"}">{c}</th>'
        for c in COLUMNS
    )
    count = len(all_cards)
    choices = "".join(f'<option value="{s}">{s}</option>' for s in STATUS.values())
    return (
        '<form class="filters" role="search" hidden><label>Search <input type="search" id="search" '
        'autocomplete="off" placeholder="country, year, amount"></label>'
        f'<label>Status <select id="status"><option value="">all</option>{choices}</select></label>'
        '<label class="check"><input type="checkbox" id="known"> with a probability</label>'
        f'<output id="count" aria-live="polite">{count} of {count} targets</output></form>'
        '<div class="scroll" tabindex="0" role="region" aria-label="All targets">'
        f'<table id="targets" class="targets"><caption>{count} announced bilateral trade targets; '
        "choose a heading to sort</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        "<p>* No deadline was named; the fifth year ahead is judged.</p>"
        '<script defer src="_static/targets.js"></script>'
    )


def _order(card):
    """Open ones with a probability first, the likeliest on top; then the newest."""
    found = card.verdict
    return (found is None, card.row.status != "open", 0 if found is None else -found.probability_in,
            -int(str(card.row.announced)[:4]))  # fmt: skip


def _row(card):
    row, found = card.row, card.verdict
    chance = ("", "") if found is None else (found.probability_in, found.probability_ever)
    shown = ("", "") if found is None else tuple(percent(p) for p in chance)
    if found is not None:
        low, high = found.probability_range
        shown = (f"{shown[0]} <small>{percent(low)}–{percent(high)}</small>", shown[1])
    came = _figure(row, "outcome")
    share = row.outcome_value / row.target_value if came else ""
    cells = [
        (slug(card.pair), link(escape(card.pair), f"targets/{card.id}.html")),
        (row.target_value, card.goal),
        (card.by or "", f"{card.by or 'none'}" + ("*" if found is not None and pd.isna(row.deadline) else "")),
        (chance[0], shown[0]), (chance[1], shown[1]),
        (STATUS[row.status], STATUS[row.status]),
        (card.rests_on, escape(card.rests_on)),
        (share, f"{came} <small>{share:.0%}</small>" if came else ""),
        (str(row.announced), str(row.announced)),
    ]  # fmt: skip
    body = "".join(
        f'<td data-v="{escape(str(value), quote=True)}">{text}</td>' for value, text in cells[1:]
    )
    first = f'<th scope="row" data-v="{cells[0][0]}">{cells[0][1]}</th>'
    return f'<tr data-status="{STATUS[row.status]}">{first}{body}</tr>'


# ---------------------------------------------------------------------------- the front page


def front(card):
    """The question, the answer, the picture, the reasons."""
    found, page = card.verdict, f"targets/{card.id}.html"
    low, high = found.probability_range

    def there(text, key):
        return link(text, f"{page}#{evidence_id(key)}")

    spread = found.evidence[found.evidence["role"].isin(["range", "headline"])]
    least = spread.loc[spread["value"].idxmin(), "key"]
    most = spread.loc[spread["value"].idxmax(), "key"]
    answer = (
        f'<div class="answer"><p class="number">{there(percent(found.probability_in), "headline")}</p>'
        f'<p class="words"><strong>{escape(found.words.capitalize())}.</strong> '
        f"The evidence runs from {there(percent(low), least)} to {there(percent(high), most)}; "
        f"{there(percent(found.probability_ever), 'ever')} "
        "ever by then.</p></div>"
    )
    reasons = "".join(
        f"<li>{there(f'{escape(_plain(row))}: {moved_words(row.value)}', row.key)}.</li>"
        for row in found.reasons.itertuples()
    )
    drawn = chart(card)
    return (
        f'<div class="front"><div class="told">{answer}<h2>Why</h2><ol class="why">{reasons}</ol></div>'
        f"{figure(drawn)}</div>{_below(card, page)}"
    )


def _plain(row):
    """A reason's name as the start of a sentence."""
    known = {"move": "How trade moved of late", "volatility": "How jumpy it is",
             "months": "What the months published say"}  # fmt: skip
    return known.get(row.key, row.item[:1].upper() + row.item[1:])


def _below(card, page):
    found, last = card.verdict, card.history.iloc[-1]
    row = next(card.history.tail(1).itertuples())
    amount = link(money(last["turnover_musd"]), f"sources.html#{series_id(row)}")
    asks = f"{found.value('required'):.0%}"
    asked = link(asks, f"{page}#{evidence_id('required')}")
    return (
        '<div class="below"><h2>Where it stands</h2>'
        f"<p>Turnover was {amount} in {row.year}{' (preliminary)' if row.status == 'preliminary' else ''}. "
        f"The target of {link(card.goal, page + '#pledge')} by {found.by} asks {asked} a year. "
        f"{link('Move the target', page + '#explore')} and watch the probability, or read "
        f"{link('how the answer is found', 'notebooks/00_answer.html')}.</p>"
        "<h2>And the others</h2>"
        f"<p>{link('All announced targets', 'targets.html')} · "
        f"{link('Is it to be trusted?', 'trust.html')} · {link('Sources', 'sources.html')} · "
        f"{link('Data to download', 'downloads.html')} · {link('Notebooks', 'notebooks.html')} · "
        f"{link('Library', 'api.html')}</p></div>"
    )


def front_title(card):
    """The question of the front page."""
    return question(card)


# ---------------------------------------------------------------------------- sources


def sources_page():
    """Everyone who reported a figure, every year of the series, every figure, every file."""
    who = tl.sources()
    ids = [f"source-{s}" for s in who["source_id"]]
    rows = [
        [escape(r.source_id), escape(r.title), escape(r.producer), cell(r.version),
         _outside(r.landing_page), escape(r.licence), escape(r.release_rule), cell(r.accessed)]
        for r in who.itertuples()
    ]  # fmt: skip
    parts = ["<h2 id='who'>Who reported</h2>", table(
        ["id", "title", "producer", "version", "address", "licence", "counts as published",
         "accessed"], rows, "Sources of figures", ids=ids)]  # fmt: skip
    parts += [_all_series(), _all_figures(), _all_files()]
    return "\n".join(parts)


def bundled():
    """The recommended series of every bundled pair, one below the other."""
    return pd.concat([tl.load_turnover(*pair) for pair in BUNDLED], ignore_index=True)


BUNDLED = (("KAZ", "TKM"), ("UZB", "TKM"))


def _figure_ids(figures):
    """Anchors of reported figures, numbered where one alone does not tell."""
    plain = [
        slug(f"f-{r.reporter}-{r.partner}-{r.flow}-{_period(r)}-{r.source_id}")
        for r in figures.itertuples()
    ]
    seen, found = {}, []
    for one in plain:
        seen[one] = seen.get(one, 0) + 1
        found.append(one if seen[one] == 1 else f"{one}-{seen[one]}")
    return found


def _all_series():
    figures = tl.load_figures().reset_index(drop=True)
    spots = dict(zip(_figure_ids(figures), figures.index, strict=True))
    rows, ids = [], []
    for row in bundled().itertuples():

        def spot(flow, value, row=row):
            anchor = slug(f"f-{row.reporter}-{row.partner}-{flow}-{row.year}-{row.source_id}")
            return link(cell(value), f"#{anchor}") if anchor in spots else cell(value)

        turnover = spot("turnover", row.turnover_musd)
        rows.append([f"{name(row.reporter)}–{name(row.partner)}", str(row.year),
                     spot("export", row.export_musd), spot("import", row.import_musd), turnover,
                     row.status, link(row.source_id, f"#source-{row.source_id}"), cell(row.released)])  # fmt: skip
        ids.append(series_id(row))
    return "<h2 id='series'>The series used</h2>" + table(
        ["pair", "year", "exports", "imports", "turnover", "status", "source", "released"], rows,
        "Recommended annual series, US$ million; a rule picks one source a year", ids=ids,
    )  # fmt: skip


def _all_figures():
    figures = tl.load_figures()
    rows = [
        [f"{r.reporter}–{r.partner}", r.flow, _period(r),
         ("" if r.bound == "exact" else r.bound.replace("_", " ") + " ") + cell(r.value_musd),
         r.coverage.replace("_", " and "), r.status, cell(r.who),
         link(r.source_id, f"#source-{r.source_id}"), cell(r.released) + f" ({r.released_basis})",
         _titled(r), cell(r.note)]
        for r in figures.itertuples()
    ]  # fmt: skip
    return "<h2 id='figures'>Every figure</h2>" + table(
        ["pair", "flow", "period", "US$ million", "covers", "status", "who", "source", "released",
         "where", "note"], rows, "Reported figures; those that contradict each other stand side by side",
        ids=_figure_ids(figures),
    )  # fmt: skip


def _titled(row):
    title = cell(row.source_title)
    return link(title, row.source_url) if str(row.source_url).startswith("http") else title


def _period(row):
    start, end = row.period_start, row.period_end
    if pd.isna(start) or pd.isna(end):
        return "no period given"
    if (start.month, end.month) == (1, 12) and start.year == end.year:
        return str(start.year)
    return f"{start:%Y-%m} to {end:%Y-%m}"


def _all_files():
    rows = [
        [escape(r.file), escape(r.title), escape(r.producer), escape(r.licence), escape(r.unit),
         f"{r.bytes / 1024:,.0f} kB", f"<code>{r.sha256[:12]}</code>", escape(r.prepared_by)]
        for r in tl.files().itertuples()
    ]  # fmt: skip
    return "<h2 id='files'>Every file</h2>" + table(
        ["file", "title", "producer", "licence", "unit", "size", "SHA-256", "prepared by"], rows,
        "Files bundled with the library",
    )  # fmt: skip


def dump(value):
    """JSON safe to stand inside a page."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
