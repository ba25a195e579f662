"""Charts of finished numbers as SVG text: colours from the page, so dark mode and print follow.

`_static/explore.js` draws the same chart again when a slider moves; keep the two alike.
"""

import math
from html import escape

ROOM = {"left": 52, "right": 16, "top": 26, "bottom": 30}
WIDE, NARROW = (720, 400), (360, 250)


def money(value, currency="USD"):
    """An amount in millions as a reader says it: US$254.3m, US$1bn, EUR 15bn."""
    sign = "US$" if currency == "USD" else f"{currency} "
    amount, unit = (value / 1000, "bn") if abs(value) >= 1000 else (value, "m")
    digits = 0 if amount >= 100 else 1 if amount >= 10 or unit == "m" else 2
    text = f"{amount:,.{digits}f}"
    return f"{sign}{text.rstrip('0').rstrip('.') if '.' in text else text}{unit}"


def steps(top, count=4):
    """Round values from 0 to a little over the top, for an axis."""
    rough = top / count
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 2.5, 5, 10) if unit * m >= rough)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


def frame(chart, size):
    """Positions of years and values, and the axes as SVG."""
    width, height = size
    first, last = chart["years"]
    ticks = steps(chart["top"])
    inner = width - ROOM["left"] - ROOM["right"]
    deep = height - ROOM["top"] - ROOM["bottom"]

    def x(year):
        return round(ROOM["left"] + inner * (year - first) / max(1, last - first), 1)

    def y(value):
        return round(ROOM["top"] + deep * (1 - value / ticks[-1]), 1)

    parts = [f'<text class="unit" x="0" y="12">{escape(chart["unit"])}</text>']
    parts += [
        f'<line class="grid" x1="{ROOM["left"]}" x2="{width - ROOM["right"]}" '
        f'y1="{y(tick)}" y2="{y(tick)}"/><text class="tick" text-anchor="end" '
        f'x="{ROOM["left"] - 8}" y="{y(tick) + 4}">{tick:,.10g}</text>'
        for tick in ticks
    ]
    rough = (last - first) / (8 if width > 500 else 5)
    every = next(e for e in (1, 2, 5, 10, 20) if e >= rough)
    parts += [
        f'<text class="tick" text-anchor="middle" x="{x(year)}" y="{height - 8}">{year}</text>'
        for year in range(first, last + 1)
        if year % every == 0
    ]
    return x, y, "".join(parts)


def path(points):
    """An SVG path through points."""
    return "M" + "L".join(f"{a} {b}" for a, b in points)


def bands(chart, x, y):
    """The fan: central 80 % and 50 %, and the median, from the last point known."""
    fan, start = chart["fan"], chart["history"][-1]
    parts = []
    for name, low, high in (("band80", "q10", "q90"), ("band50", "q25", "q75")):
        upper = [(x(start[0]), y(start[1])), *((x(f["year"]), y(f[high])) for f in fan)]
        lower = [(x(f["year"]), y(f[low])) for f in reversed(fan)]
        parts.append(f'<path class="{name}" d="{path([*upper, *lower])}Z"/>')
    middle = [(x(start[0]), y(start[1])), *((x(f["year"]), y(f["q50"])) for f in fan)]
    parts.append(f'<path class="median" d="{path(middle)}"/>')
    return "".join(parts)


def marks(chart, x, y, width):
    """Known values, the target as a level and a star, the outcome."""
    known = [(x(year), y(value)) for year, value in chart["history"]]
    parts = [f'<path class="known" d="{path(known)}"/>'] if len(known) > 1 else []
    if known:
        parts.append(f'<circle class="dot" cx="{known[-1][0]}" cy="{known[-1][1]}" r="4"/>')
        year, value = chart["history"][-1]
        if not chart.get("outcome"):
            words = f"{money(value, chart['currency'])} in {year}"
            near = [b for a, b in known if a > known[-1][0] - 9 * len(words)]
            parts.append(label(words, known[-1], (width, min(near) - known[-1][1] - 10), "value"))
    goal = y(chart["target"])
    parts.append(
        f'<line class="goal" x1="{ROOM["left"]}" x2="{width - ROOM["right"]}" y1="{goal}" y2="{goal}"/>'
    )
    words = f"target {money(chart['target'], chart['currency'])}"
    parts.append(f'<text class="value" x="{ROOM["left"] + 4}" y="{goal - 7}">{words}</text>')
    if chart.get("deadline"):
        parts.append(star(x(chart["deadline"]), goal))
    if chart.get("outcome"):
        year, value = chart["outcome"]
        spot = (x(year), y(value))
        if known:
            was = f"{money(chart['history'][0][1], chart['currency'])} in {chart['history'][0][0]}"
            parts.append(label(was, known[0], (width, 22), "value"))
        parts.append(f'<circle class="came" cx="{spot[0]}" cy="{spot[1]}" r="5"/>')
        below = 20 if abs(y(value) - goal) < 24 else -12
        words = f"{money(value, chart['currency'])} in {year}"
        parts.append(label(words, spot, (width, below), "value"))
    return "".join(parts)


def label(words, spot, place, kind):
    """Text beside a point, kept inside the picture."""
    width, up = place
    right = spot[0] > width * 0.72
    anchor = "end" if right else "middle" if spot[0] > width * 0.25 else "start"
    x = min(spot[0] + 6, width - 2) if right else spot[0]
    return f'<text class="{kind}" text-anchor="{anchor}" x="{x}" y="{spot[1] + up}">{escape(words)}</text>'


def star(x, y):
    """A five-pointed star."""
    points = [
        (x + r * math.sin(math.pi * i / 5), y - r * math.cos(math.pi * i / 5))
        for i in range(10)
        for r in [10 if i % 2 == 0 else 4]
    ]
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    return f'<polygon class="star" points="{corners}"/>'


def svg(chart, size, name):
    """One picture with its words for those who do not see it."""
    width, height = size
    x, y, axes = frame(chart, size)
    fan = bands(chart, x, y) if chart.get("fan") else ""
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}">'
        f'<title id="{name}">{escape(chart["words"])}</title>'
        f"{axes}{fan}{marks(chart, x, y, width)}</svg>"
    )


def figure(chart, name="fan"):
    """The picture for desk and phone, with a caption that says what is drawn and whence."""
    return (
        f'<figure class="picture" id="{name}"><div class="wide">{svg(chart, WIDE, f"{name}-w")}</div>'
        f'<div class="narrow">{svg(chart, NARROW, f"{name}-n")}</div>'
        f"<figcaption>{chart['caption']}</figcaption></figure>"
    )


def chart_of(*, history, target, deadline, currency, fan=(), outcome=None, **texts):
    """What the pictures draw, and the ends of their axes."""
    years = [year for year, _ in history] + [f["year"] for f in fan]
    years += [deadline] if deadline else []
    values = [value for _, value in history] + [f["q90"] for f in fan] + [target]
    if outcome:
        years.append(outcome[0])
        values.append(outcome[1])
    first, last = min(years), max(years)
    unit = "US$" if currency == "USD" else currency
    return {
        "history": [list(point) for point in history], "target": target, "deadline": deadline,
        "currency": currency, "fan": list(fan), "outcome": outcome,
        "years": [first - (first == last), last + (first == last)], "top": 1.05 * max(values),
        "unit": f"turnover, {unit} million a year", **texts,
    }  # fmt: skip
