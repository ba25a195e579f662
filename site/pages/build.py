"""The site put together: what Sphinx reads, what it makes of it, and whether that is whole."""

import json
import os
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import told
import yaml
from sphinx.cmd.build import build_main

import tradelib as tl
from pages import (
    about,
    countries,
    downloads,
    embed,
    front,
    library,
    russian,
    sources,
    targets,
    track,
    trust,
)
from pages.check import problems
from pages.files import png_file, svg_file
from pages.render import fill
from pages.slim import lighter, once, shared, slim
from tradelib.pages import answers, target
from tradelib.pages import pictures as target_pictures
from tradelib.pages.cards import Card, cards, known_day
from tradelib.pages.charts import WIDE, target_picture
from tradelib.pages.words import day

SITE = Path(__file__).parents[1]
ROOT = SITE.parent
FRONT = "KAZ-TKM-2022"
# Of a small site, which has a few targets' pages only.
FEW_NOTEBOOKS = ("00_answer", "13_explore")


def build(out: Path, only: Sequence[str] = ()) -> str:
    """The site in a folder, and a line on it; `only` are the targets of a small one.

    Raises
    ------
    SystemExit
        If Sphinx warns, or a link, a picture or a size is not as it must be.
    """
    start = time.perf_counter()
    source = out.parent / f"{out.name}-source"
    every = generate(source, only)
    computed = time.perf_counter()
    render(source, out)
    slim(out)
    shared(out)
    once(out)
    lighter(out)
    wrong = problems(out, whole=not only)
    if wrong:
        raise SystemExit("\n".join(["the site is not whole:", *wrong[:40]]))
    n_pages = len(list(out.rglob("*.html")))
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    computing = computed - start
    rendering = time.perf_counter() - computed
    return (
        f"{n_pages} pages, {len(every)} targets, {size / 1e6:.1f} MB, {computing:.0f} s computing "
        f"and {rendering:.0f} s rendering: {out.name}/index.html"
    )


def generate(source: Path, only: Sequence[str] = ()) -> list[Card]:
    """Everything that Sphinx reads, in a fresh folder."""
    shutil.rmtree(source, ignore_errors=True)
    for folder in ("drawn", "extra/pictures", "extra/embed"):
        (source / folder).mkdir(parents=True)
    every = cards({*only, FRONT} if only else ())
    # Pages that go straight through the theme's template, and those that Sphinx reads first.
    straight = _target_pages(every, source / "extra")
    (source / "extra" / "embed" / "style.css").write_text(embed.style(), encoding="utf-8")
    straight |= dict(countries.pages(every))
    address = os.environ.get("SITE_URL", "").rstrip("/")
    downloads.write(every, source / "extra" / "data", ROOT, address)
    front_card = next(card for card in every if card.id == FRONT)
    (source / "extra" / "ru").mkdir()
    for name, text in russian.pages(front_card).items():
        (source / "extra" / "ru" / name).write_text(f"{text}\n", encoding="utf-8")
    written = {
        "index": front.page(front_card),
        "targets": targets.page(every),
        "countries": countries.overview(countries.records()),
        "track": track.page(),
        "trust": trust.page(source / "drawn", tl.article_target()),
        "sources": sources.page(),
        "about": about.page(yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))),
        "downloads": downloads.page(source / "extra" / "data"),
    }
    heads = {}
    for name, page in written.items():
        text = fill("page.md", page=page, first=name == "index")
        (source / f"{name}.md").write_text(text + "\n", encoding="utf-8")
        heads[name] = {"description": page["description"], "preview": page["preview"]}
    (source / "targets.json").write_text(json.dumps(straight), encoding="utf-8")
    (source / "heads.json").write_text(json.dumps(heads), encoding="utf-8")
    _stories(source, small=bool(only))
    _library(source)
    return every


def _target_pages(every: Sequence[Card], folder: Path) -> dict[str, dict[str, str]]:
    """Each target's page by its name, made on all cores; what lies beside it goes to a folder."""
    by_pair: dict[frozenset[str], list[Card]] = {}
    for card in every:
        by_pair.setdefault(card.sides, []).append(card)
    same_pair = [by_pair[card.sides] for card in every]
    make = partial(target_files, folder=folder)
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("fork")) as pool:
        pages = list(pool.map(make, every, same_pair, chunksize=8))
    return {f"targets/{card.id}": page for card, page in zip(every, pages, strict=True)}


def target_files(card: Card, others: Sequence[Card], *, folder: Path) -> dict[str, str]:
    """A target's page; its pictures and its small version go to a folder."""
    page = target.page(card, others)
    chart = target_pictures.chart(card)
    (folder / "embed" / f"{card.id}.html").write_text(embed.page(card), encoding="utf-8")
    if chart is not None:
        pictures = folder / "pictures"
        svg = svg_file(target_pictures.pictures(card)[0])
        (pictures / f"{card.id}.svg").write_text(svg, encoding="utf-8")
        parts = answers.answer(card)
        line = f"{parts['number']} {parts['word']}".strip()
        by = f" by {card.deadline}" if card.deadline else ""
        source = f"tradelib, data to {day(known_day())}"
        settled = card.state == "settled"
        picture = target_picture(chart, WIDE)
        preview = png_file(picture, f"{card.pair}, {card.goal}{by}", line, source, half=settled)
        (pictures / f"{card.id}.png").write_bytes(preview)
    return page


def _stories(source: Path, *, small: bool) -> None:
    """Notebooks, and a list of them."""
    only = FEW_NOTEBOOKS if small else None
    stories = library.notebooks(ROOT / "notebooks", source / "notebooks", only)
    shelves = told.by_shelf(name for name, *_ in stories)
    text = fill("notebooks.md", shelves=shelves, stories={name: story for name, *story in stories})
    (source / "notebooks.md").write_text(text + "\n", "utf-8")


def _library(source: Path) -> None:
    """What the library offers, one page per question, with a list of them."""
    (source / "api").mkdir()
    by_question = library.offered(source / "notebooks", source / "api")
    offered = {}
    for question, names in by_question.items():
        page = library.slug(question)
        offered[page] = (question, names)
        text = fill("question.md", question=question, names=names)
        (source / "api" / f"{page}.md").write_text(text + "\n", "utf-8")
    overview = fill("api.md", offered=offered)
    (source / "api.md").write_text(overview + "\n", "utf-8")
    shutil.copy(SITE / "recipes.md", source / "api" / "recipes.md")


def render(source: Path, out: Path) -> None:
    """Pages by Sphinx; a warning is an error."""
    shutil.rmtree(out, ignore_errors=True)
    options = ["-W", "--keep-going", "-q", "-j", "2", "-c", str(SITE), "-d", f"{source}-trees"]
    if build_main([*options, str(source), str(out)]):
        raise SystemExit("the site has warnings, see above")
