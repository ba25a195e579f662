"""Write the forecasts of the article's target and every open one, never to be edited.

Usage:  python data/prepare/forecast_archive.py [--why "what is new about the model"]

The file is named after the newest day in the data, not after the clock, and numbered if there is
one of that day. Where nothing in it would be new, nothing is written: a forecast is scored as it
was made (`tradelib.score_forecasts`). Another of the same day, or by another model, has to say why.
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tradelib.front.archive import digest, forecasts_now

# What makes a file a new one: another day, model or answer. Other words are none.
MATTERS = ("known_by", "model", "open_targets")
# The part of the article's answer that forecasts.
ANSWER_OF_ARTICLE = ("target", "by", "probability_in", "probability_ever", "value_range_musd")


def matters(content: dict[str, Any]) -> list[Any]:
    """The part of an archived file that forecasts."""
    article = content["article"]
    return [content[key] for key in MATTERS] + [article[key] for key in ANSWER_OF_ARTICLE]


def by_name(file: Path) -> str:
    """What archived files are sorted by: the day and number in their name, without the ending."""
    return file.stem


def write_forecasts(where: Path, *, why: str = "") -> tuple[Path, bool]:
    """Write forecasts of the article's target and of every open one with enough data.

    Returns the file they are in, and whether it is new: what is there stays.
    """
    content = forecasts_now()
    day = content["known_by"]
    files = sorted(where.glob("*.json"), key=by_name)
    if files:
        last = json.loads(files[-1].read_text(encoding="utf-8"))
        if matters(last) == matters(content):
            return files[-1], False
        new_day = last["known_by"] < day
        same_model = last["model"] == content["model"]
        if not why and not (new_day and same_model):
            raise ValueError(
                f"{files[-1].name} says something else of the same day, or by another model; "
                "say why: make forecast WHY='...'"
            )
    of_the_day = sum(file.stem[:10] == day for file in files)
    name = f"{day}-{of_the_day + 1}" if of_the_day else day
    file = where / f"{name}.json"
    body = {"version": version("tradelib"), "why": why} | content
    signed = {"sha256": digest(body), **body}
    where.mkdir(exist_ok=True)
    text = json.dumps(signed, indent=1, ensure_ascii=False, allow_nan=False)
    file.write_text(f"{text}\n", encoding="utf-8")
    return file, True


def main() -> None:
    """Write the file, or say that nothing in it would be new."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--why", default="")
    options = parser.parse_args()
    folder = Path(__file__).parents[1] / "forecasts"
    written, new = write_forecasts(folder, why=options.why)
    print(f"{written.name}: {'written' if new else 'there already, left as it is'}")


if __name__ == "__main__":
    main()
