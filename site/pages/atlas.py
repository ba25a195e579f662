"""Every open target in one picture, and all targets on a map of the world."""

# ruff: noqa: PD008 - `at` is the place of a shape.

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

import pandas as pd

from tradelib.core.labels import percent
from tradelib.datasets.tables import table
from tradelib.pages.cards import Card
from tradelib.pages.charts import ROOM, Frame, Picture, Point, Shape, axes, label, shape
from tradelib.pages.words import name, plural

# Width and height of the picture, on a desktop and on a phone.
WIDE, NARROW = (560, 380), (360, 300)
# Percent of growth a year; what asks for more is drawn at the edge.
MOST = 50
# Percent of growth a year below which little is asked, and above which much is.
LITTLE, MUCH = 10, 20
# Targets that are named, at most, by the width of the picture.
NAMED = {WIDE: 6, NARROW: 3}
# Pixels of a letter and of a line of a name, in the picture and on the map, whose words a phone has
# larger.
SMALL, LARGE = (8.3, 15), (11, 22)
# Pixels from a dot up to its name: the first that lies on nothing. Far ones get a line.
LIFTS = (-9, *range(-25, -180, -12))
# Width of the map, the meridian in its middle, and the one west of which rings lie on the right.
MAP_WIDE, MIDDLE, WEST = 560, 11, -169
# Numbers of targets from which on a country is drawn darker, and countries that are named at most.
STEPS = (1, 5, 10, 25, 50)
COUNTRIES_NAMED = 5
# A ring in well-known text.
RING = re.compile(r"\(([^()]+)\)")
# Coefficients of the Equal Earth projection: Šavrič, Patterson and Jenny (2019),
# doi:10.1080/13658816.2018.1504949
EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many targets a country has, how many are open, and what became of those judged."""

    country: str
    targets: int
    open: int
    on_time: int
    late: int

    @property
    def words(self) -> str:
        """The counts in words; those not judged and not open are the rest."""
        told = f"{plural(self.targets, 'target')}: {self.open} open, {self.on_time} kept on time"
        told += f", {self.late} not in time"
        rest = self.targets - self.open - self.on_time - self.late
        return f"{name(self.country)}: {told}" + (f", {rest} not judged" if rest else "")


def drawable(cards: Sequence[Card]) -> list[Card]:
    """Open targets with a chance that is one number."""
    return [card for card in cards if card.numbered]


def chances(cards: Sequence[Card], size: tuple[int, int], first: str = "") -> Picture:
    """The chance of each open target by the growth that it asks a year, a dot each.

    The target called `first` and the largest are named, where names touch nothing.
    """
    drawn = drawable(cards)
    frame = Frame(size=size, first=0, last=MOST, top=1)
    levels = [f"{level}%" for level in range(0, 101, 25)]
    across = {float(growth): f"{growth}%" for growth in range(0, MOST, 10)}
    across[MOST] = f"{MOST}%+"
    shapes = axes(frame, levels, "chance, by the growth that is asked a year", across)
    # Those with a deadline lie above.
    shapes += [_dot(card, frame) for card in sorted(drawn, key=lambda card: card.by or 0)]
    spots = [place(card, frame) for card in drawn]
    shapes += names(_named(drawn, frame, first), NAMED[size], SMALL, spots)
    words = f"{plural(len(drawn), 'open target')} with a chance, by the growth asked a year"
    return Picture(frame=frame, shapes=tuple(shapes), words=f"{words}. {told(cards)}")


def place(card: Card, frame: Frame) -> Point:
    """Where a target stands: the growth that it asks, and its chance."""
    return frame.at((min(max(asked(card), 0), MOST), chance(card)))


def asked(card: Card) -> float:
    """Growth that is asked, percent a year."""
    return 100 * float(card.open_row.asked)


def chance(card: Card) -> float:
    """The chance that is the answer."""
    if card.verdict is None:
        raise ValueError(f"{card.id} has no chance")
    return card.verdict.shown


def _dot(card: Card, frame: Frame) -> Shape:
    """A target's dot, which leads to its page."""
    x, y = place(card, frame)
    kind = "dated" if card.deadline else "undated"
    when = f"by {card.deadline}" if card.deadline else f"in any year up to {card.by}"
    tip = (
        f"{card.pair}, {card.goal}: {percent(chance(card))} {when}; asks {asked(card):,.0f}% a year"
    )
    to = f"targets/{card.id}.html"
    radius = 4.5 if frame.size == WIDE else 4
    return shape("circle", kind, tip=tip, to=to, cx=x, cy=y, r=radius)


def _named(drawn: Sequence[Card], frame: Frame, first: str) -> Iterator[list[list[Shape]]]:
    """Names of pairs, that of the target called `first` and then those of the largest first."""
    in_dollars = [card for card in drawn if card.row.currency == "USD"]
    largest = sorted(in_dollars, key=lambda card: -card.row.target_value)
    pairs: dict[str, Point] = {}
    for card in sorted(largest, key=lambda card: card.id != first):
        pairs.setdefault(card.pair, place(card, frame))
    for words, spot in pairs.items():
        lifted = (_lifted(words, spot, lift, frame) for lift in LIFTS)
        yield [shapes for shapes in lifted if float(shapes[-1].at["y"]) > ROOM["top"] + SMALL[1]]


def _lifted(words: str, spot: Point, lift: float, frame: Frame) -> list[Shape]:
    """Words above a place, with a line to it if they are far."""
    text = label(words, spot, lift, frame, "value")
    if lift == LIFTS[0]:
        return [text]
    x, y = spot
    return [
        shape("line", "leader", x1=x, x2=x, y1=round(y - 5, 1), y2=round(y + lift + 4, 1)),
        text,
    ]


def names(
    wanted: Iterable[Sequence[Sequence[Shape]]],
    most: int,
    letter: tuple[float, float],
    dots: Sequence[Point] = (),
) -> list[Shape]:
    """Names, as many as wanted and as lie neither upon each other nor upon dots.

    Of each the first place that is free; its words are the last of its shapes.
    """
    taken: list[tuple[float, ...]] = [(x - 4, y - 4, x + 4, y + 4) for x, y in dots]
    found: list[Sequence[Shape]] = []
    for places in wanted:
        boxes = (_box(shapes[-1], letter) for shapes in places)
        free = (
            (box, shapes)
            for box, shapes in zip(boxes, places, strict=True)
            if not any(_touch(box, other) for other in taken)
        )
        box, shapes = next(free, (None, ()))
        if box is not None and len(found) < most:
            taken.append(box)
            found.append(shapes)
    return [one for shapes in found for one in shapes]


def _box(text: Shape, letter: tuple[float, float]) -> tuple[float, ...]:
    """Left, top, right and bottom of words."""
    long = letter[0] * len(text.text)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[str(text.at["text-anchor"])]
    left = float(text.at["x"]) - share * long
    y = float(text.at["y"])
    return left, y - letter[1], left + long, y


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes lie upon each other."""
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def told(cards: Sequence[Card]) -> str:
    """How chances differ between targets that ask little and those that ask much."""
    drawn = drawable(cards)
    groups = {
        f"that ask trade to grow by less than {LITTLE}% a year": [
            card for card in drawn if asked(card) < LITTLE
        ],
        f"that ask for more than {MUCH}%": [card for card in drawn if asked(card) > MUCH],
    }
    if any(len(group) < 2 for group in groups.values()):
        return ""
    parts = [
        f"{percent(median(map(chance, group)))} for the {len(group)} {words}"
        for words, group in groups.items()
    ]
    return f"The median chance is {' and '.join(parts)}."


# ---------------------------------------------------------------------------- the map


def counts(records: pd.DataFrame, cards: Sequence[Card], judged: set[str]) -> list[Count]:
    """Of each country with a target how many it has; the most first.

    `records` as `tradelib.country_records` has them, `judged` names of the pledges they judge.
    """
    undecided = [
        card
        for card in cards
        if card.row.scope == "pair" and card.row.status == "open" and card.id not in judged
    ]
    found = [
        Count(
            country=str(row.Index),
            targets=int(row.pledges),
            open=sum(row.Index in card.sides for card in undecided),
            on_time=int(row.on_time),
            late=int(row.scored - row.on_time),
        )
        for row in records.itertuples()
    ]
    return sorted(found, key=lambda one: (-one.targets, one.country))


def world(found: Sequence[Count]) -> Picture:
    """A map of the world: a country with more targets is darker, and leads to its page."""
    rings_of, deep = outlines()
    frame = Frame(size=(MAP_WIDE, deep), first=0, last=1, top=1)
    of_country = {one.country: one for one in found}
    lands: list[Shape] = []
    bare: list[str] = []
    for country, rings in rings_of.items():
        one = of_country.get(country)
        if one is None:
            bare += map(_drawn, rings)
        else:
            lands.append(_land(one, rings))
    shapes = [shape("path", "land", d="".join(bare)), *lands]
    named = [[[_count(one, middle(rings_of[one.country]))]] for one in found]
    shapes += names(named, COUNTRIES_NAMED, LARGE)
    most = ", ".join(f"{name(one.country)} {one.targets}" for one in found[:COUNTRIES_NAMED])
    words = f"A map of {len(found)} countries by the number of their targets. Most have {most}."
    return Picture(frame=frame, shapes=tuple(shapes), words=words)


def _count(one: Count, spot: Point) -> Shape:
    """A country's name and its number of targets, upon it."""
    words = f"{name(one.country)} {one.targets}"
    x, y = spot
    return shape("text", "value", text=words, x=x, y=round(y + 5, 1), text_anchor="middle")


def steps() -> list[tuple[str, str]]:
    """Classes of the map and what they mean."""
    ends = [*(str(after - 1) for after in STEPS[1:]), ""]
    return [
        (f"n{i}", f"{first} to {end}" if end else f"{first} or more targets")
        for i, (first, end) in enumerate(zip(STEPS, ends, strict=True), start=1)
    ]


def _land(one: Count, rings: Sequence[Sequence[Point]]) -> Shape:
    """A country on the map, or a dot where it is too small for an outline."""
    kind = f"land n{sum(one.targets >= step for step in STEPS)}"
    to = f"countries/{one.country}.html"
    if len(rings[0]) == 1:
        x, y = rings[0][0]
        return shape("circle", kind, tip=one.words, to=to, cx=x, cy=y, r=3)
    return shape("path", kind, tip=one.words, to=to, d="".join(map(_drawn, rings)))


@cache
def outlines() -> tuple[dict[str, list[list[Point]]], int]:
    """Rings of each country in pixels, the largest country first, and how deep the map is."""
    rows = table("outlines.csv")
    plane: dict[str, list[list[Point]]] = {}
    for country, text in zip(rows["country"], rows["outline"], strict=True):
        rings = [[_degrees(corner) for corner in ring.split(",")] for ring in RING.findall(text)]
        plane[country] = [[equal_earth(*corner) for corner in _moved(ring)] for ring in rings]
    corners = [corner for rings in plane.values() for ring in rings for corner in ring]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    scale = (MAP_WIDE - 2) / (right - left)
    found = {
        country: [
            [(round(1 + scale * (x - left), 1), round(1 + scale * (top - y), 1)) for x, y in ring]
            for ring in rings
        ]
        for country, rings in plane.items()
    }
    return found, math.ceil(scale * (top - bottom)) + 2


def _degrees(corner: str) -> Point:
    """Longitude and latitude."""
    longitude, latitude = corner.split()
    return float(longitude), float(latitude)


def _moved(ring: Sequence[Point]) -> list[Point]:
    """A ring by its degrees from the middle meridian; what lies beyond the last is on the right."""
    turn = 360 if max(longitude for longitude, _ in ring) < WEST + 1 else 0
    return [(longitude + turn - MIDDLE, latitude) for longitude, latitude in ring]


def equal_earth(longitude: float, latitude: float) -> Point:
    """A place in degrees on a plane on which areas are as on the globe, in its radii."""
    a1, a2, a3, a4 = EQUAL_EARTH
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    squared = theta * theta
    slope = a1 + 3 * a2 * squared + squared**3 * (7 * a3 + 9 * a4 * squared)
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(theta) / slope
    y = theta * (a1 + a2 * squared + squared**3 * (a3 + a4 * squared))
    return x, y


def _drawn(ring: Sequence[Point]) -> str:
    """A ring as a path, each corner told by how far it lies from the one before."""
    (x, y), *others = ring
    told = [f"M{x:g} {y:g}l"]
    for right, down in others[:-1]:
        told.append(f"{_short(right - x)} {_short(down - y)} ")
        x, y = right, down
    return "".join(told).rstrip() + "z"


def _short(number: float) -> str:
    """A number to a tenth, without a zero before its point."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{round(number, 1) + 0:g}")


def middle(rings: Sequence[Sequence[Point]]) -> Point:
    """The centre of gravity of the largest ring."""
    ring = rings[0]
    if len(ring) == 1:
        return ring[0]
    total = x = y = 0.0
    for (a, b), (c, d) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = a * d - c * b
        total += cross
        x += (a + c) * cross
        y += (b + d) * cross
    return round(x / (3 * total), 1), round(y / (3 * total), 1)
