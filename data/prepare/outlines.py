"""Write the outlines of countries: a line a country, as small as a map of the world allows.

Usage:  python data/prepare/outlines.py FOLDER

FOLDER holds ``naturalearth_lowres`` and ``naturalearth_cities`` of Natural Earth, 1:110m, as the
wheel of geopandas 0.14.4 has them under ``geopandas/datasets``. Needs pyshp. A border that two
countries share is simplified once, so that no gap opens along it.
"""

import csv
import math
import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import shapefile

from tradelib.core.country_codes import all_codes

FILE = Path(__file__).parents[1] / "outlines.csv"
Point = tuple[float, float]
# Degrees by which a line may be off, and across which an island is kept.
OFF, ISLAND = 0.35, 1.6
# What stands under no ISO code there, and the country that the United Nations count it to.
COUNTED_TO = {"CYN": "CYP", "SOL": "SOM", "-99": "XKX"}
# Nobody pledges there.
LEFT_OUT = {"ATA", "ATF"}
# Too small for an outline: cities that stand for their countries.
CITIES = {"Singapore": "SGP"}


def rings_of(folder: Path) -> dict[str, list[list[Point]]]:
    """Outer rings of each country, the widest first, without islands that nobody would see."""
    found: dict[str, list[list[Point]]] = defaultdict(list)
    layer = shapefile.Reader(str(folder / "naturalearth_lowres" / "naturalearth_lowres"))
    for item in layer.shapeRecords():
        country = COUNTED_TO.get(item.record["iso_a3"], item.record["iso_a3"])
        starts = [*item.shape.parts, len(item.shape.points)]
        for first, end in pairwise(starts):
            ring = [(round(x, 3), round(y, 3)) for x, y in item.shape.points[first : end - 1]]
            if area(ring) < 0:  # clockwise, as outer rings are; what lies in a hole lies upon it
                found[country].append(ring)
    cities = shapefile.Reader(str(folder / "naturalearth_cities" / "naturalearth_cities"))
    for item in cities.shapeRecords():
        if item.record["name"] in CITIES:
            found[CITIES[item.record["name"]]].append([item.shape.points[0]])
    kept = {}
    for country, rings in found.items():
        if country not in LEFT_OUT:
            rings.sort(key=across, reverse=True)
            kept[country] = [rings[0], *(ring for ring in rings[1:] if across(ring) >= ISLAND)]
    return kept


def area(ring: Sequence[Point]) -> float:
    """Twice the area of a ring in square degrees, below zero if it runs clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]]))


def across(ring: Sequence[Point]) -> float:
    """Degrees across a ring."""
    xs, ys = zip(*ring, strict=True)
    return max(max(xs) - min(xs), max(ys) - min(ys))


def simplified(rings: dict[str, list[list[Point]]]) -> dict[str, list[list[Point]]]:
    """Rings with fewer points: lines between places where other countries begin are thinned."""
    owners: dict[Point, set[str]] = defaultdict(set)
    for country, of_country in rings.items():
        for ring in of_country:
            for point in ring:
                owners[point].add(country)
    return {
        country: [thin_ring(ring, owners) for ring in of_country]
        for country, of_country in rings.items()
    }


def thin_ring(ring: list[Point], owners: dict[Point, set[str]]) -> list[Point]:
    """A ring with fewer points, cut where the countries that share it change."""
    n = len(ring)
    cuts = [i for i in range(n) if len({frozenset(owners[p]) for p in (ring[i - 1], ring[i])}) > 1]
    if len(cuts) < 2:
        farthest = max(range(n), key=lambda i: math.dist(ring[0], ring[i]))
        cuts = sorted({0, farthest})
    around = ring[cuts[0] :] + ring[: cuts[0] + 1]
    ends = [cut - cuts[0] for cut in cuts] + [n]
    found: list[Point] = []
    for first, last in pairwise(ends):
        line = around[first : last + 1]
        forth = line if line[0] <= line[-1] else line[::-1]
        kept = thin(forth)
        found += (kept if forth is line else kept[::-1])[:-1]
    return found


def thin(line: list[Point]) -> list[Point]:
    """A line with fewer points, none of those left out farther off than allowed."""
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    long = math.dist(line[0], line[-1])

    def off(i: int) -> float:
        x, y = line[i]
        if not long:
            return math.dist(line[0], line[i])
        return abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / long

    far = max(range(1, len(line) - 1), key=off)
    if off(far) <= OFF:
        return [line[0], line[-1]]
    return thin(line[: far + 1])[:-1] + thin(line[far:])


def text(rings: Sequence[Sequence[Point]]) -> str:
    """An outline as well-known text: longitude and latitude to a tenth of a degree."""
    told = []
    for ring in rings:
        points = [f"{round(x, 1):g} {round(y, 1):g}" for x, y in ring]
        if len(points) == 1:
            return f"POINT ({points[0]})"
        corners = [point for i, point in enumerate(points) if point != points[i - 1]]
        told.append(f"(({','.join([*corners, corners[0]])}))")
    return f"MULTIPOLYGON ({','.join(told)})"


def main() -> None:
    """Read the folder, write the file."""
    outlines = simplified(rings_of(Path(sys.argv[1])))
    unknown = sorted(set(outlines) - set(all_codes()))
    if unknown:
        raise SystemExit(f"no countries of ours: {unknown}")
    with FILE.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["country", "outline"])
        # The largest first: a country within another is drawn upon it.
        ordered = sorted(outlines, key=lambda country: area(outlines[country][0]))
        lines.writerows([country, text(outlines[country])] for country in ordered)
    n_points = sum(len(ring) for rings in outlines.values() for ring in rings)
    print(f"{len(outlines)} countries, {n_points} points, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
