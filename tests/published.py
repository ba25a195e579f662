"""What the published formats ask of a file, as far as ours can break it: a line for each fault."""

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
from jsonschema import Draft202012Validator

QUESTION_SET = json.loads(
    (Path(__file__).parent / "schemas" / "question_set.json").read_text(encoding="utf-8")
)
ATOM = "{http://www.w3.org/2005/Atom}"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
# RFC 4151: an authority (a host's name), a date on which it held that name, and what it names.
TAG = r"tag:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?,\d{4}(?:-\d\d){0,2}:[\w.:@/~?+-]+"
# Columns of hubverse's model output: the task, and how what is said of it is represented.
TASK = ["model_id", "reference_date", "target", "horizon", "location"]
OUTPUT = ["output_type", "output_type_id", "value"]


def of_question_set(held):
    """Faults of a question set, by our schema of ForecastBench's shape."""
    errors = Draft202012Validator(QUESTION_SET).iter_errors(held)
    faults = [f"{error.json_path}: {error.message[:100]}" for error in errors]
    items = [*held.get("questions", ()), *held.get("numeric_questions", ())]
    faults += [f"{name} is there twice" for name in twice(item.get("id") for item in items)]
    for item in items:
        quantiles = item.get("forecast", {}).get("quantiles", {})
        if list(quantiles.values()) != sorted(quantiles.values()):
            faults.append(f"{item['id']}: quantiles are not in order")
    return faults


def twice(names):
    """Names that are there more than once."""
    return [name for name, n in Counter(names).items() if n > 1]


def of_model_output(table):
    """Faults of a table as hubverse's model output, of which every cell is a text."""
    if list(table.columns) != TASK + OUTPUT:
        return [f"columns are {list(table.columns)}"]
    faults = []
    value = pd.to_numeric(table["value"], errors="coerce")
    if not np.isfinite(value).all():
        faults.append("a value is no number")
    if not table["reference_date"].str.fullmatch(r"\d{4}-\d\d-\d\d").all():
        faults.append("a reference date is no day")
    if not table["horizon"].str.fullmatch(r"\d+").all():
        faults.append("a horizon is no whole number")
    if not table["model_id"].str.fullmatch(r"[A-Za-z0-9_]+-[A-Za-z0-9_]+").all():
        faults.append("a model is not called by team and model")
    if table.duplicated(TASK + OUTPUT[:2]).any():
        faults.append("something is said twice")
    for kind, rows in table.assign(value=value).groupby("output_type"):
        faults += _of_kind(kind, rows)
    return faults


def _of_kind(kind, rows):
    """Faults of rows of one output type."""
    by_task = rows.groupby(TASK)
    if kind == "pmf":
        sums = by_task["value"].sum()
        wrong = ~rows["value"].between(0, 1).all() or not np.allclose(sums, 1, atol=1e-9)
        return ["chances of a question do not sum to one"] if wrong else []
    if kind not in ("quantile", "cdf"):
        return [f"{kind} is no output type of ours"]
    places = pd.to_numeric(rows["output_type_id"], errors="coerce")
    if places.isna().any():
        return [f"a {kind} has no number as its id"]
    if kind == "quantile":
        if not places.between(0, 1).all():
            return ["a level is not between 0 and 1"]
        in_order = rows.assign(place=places).sort_values("place").groupby(TASK)["value"]
        if not in_order.apply(lambda values: values.is_monotonic_increasing).all():
            return ["quantiles are not in order"]
        return []
    return [] if rows["value"].between(0, 1).all() else ["a cdf is not between 0 and 1"]


def of_feed(text):
    """Faults of an Atom feed, by RFC 4287."""
    root = ET.fromstring(text)  # noqa: S314 - our own
    if root.tag != f"{ATOM}feed":
        return [f"the root is {root.tag}"]
    faults = _of_construct("the feed", root)
    if len(root.findall(f"{ATOM}author/{ATOM}name")) != 1:
        faults.append("the feed has no author")
    if [link.get("rel") for link in root.findall(f"{ATOM}link")].count("self") != 1:
        faults.append("the feed does not say where it is")
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        name = entry.findtext(f"{ATOM}title")
        faults += _of_construct(name, entry)
        if entry.find(f"{ATOM}content") is None and not entry.findall(f"{ATOM}link"):
            faults.append(f"{name} has neither content nor a link")
    ids = [part.findtext(f"{ATOM}id") for part in (root, *entries)]
    faults += [f"{name} is there twice" for name in twice(ids)]
    days = [entry.findtext(f"{ATOM}updated") for entry in entries]
    if days and root.findtext(f"{ATOM}updated") != max(days):
        faults.append("the feed is not as new as its newest entry")
    return faults


def _of_construct(name, part):
    """Faults of what a feed and an entry both have: one title, one absolute id, one instant."""
    faults = []
    for tag in ("title", "id", "updated"):
        found = part.findall(f"{ATOM}{tag}")
        if len(found) != 1 or not (found[0].text or "").strip():
            faults.append(f"{name} has not one {tag}")
    address = part.findtext(f"{ATOM}id", "")
    absolute = re.fullmatch(TAG, address) or (urlsplit(address).scheme and urlsplit(address).netloc)
    if not absolute:
        faults.append(f"{name}: the id {address!r} is not absolute")
    if not re.fullmatch(INSTANT, part.findtext(f"{ATOM}updated", "")):
        faults.append(f"{name}: updated is no instant of RFC 3339")
    addresses = [link.get("href", "") for link in part.findall(f"{ATOM}link")]
    faults += [f"{name}: a link leads nowhere" for to in addresses if not to or " " in to]
    return faults
