"""Write the forecasts of the article's target and every open one, never to be edited.

Usage:  python data/prepare/forecast_archive.py

The file is named after the newest day in the data, not after the clock: a forecast has a day, and a
day one file. Where today's answers are those of the newest file, nothing is written. Where a model
or an answer has changed without a newer day, it is refused: the new model speaks from the next day
on, or one could choose later among several answers of one day. `resolve.py` writes what becomes of
them.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tradelib.api.archive import digest, forecasts_now
from tradelib.core.errors import InputError

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


def write_forecasts(where: Path) -> tuple[Path, bool]:
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
        if day <= last["known_by"]:
            what = "answer" if last["model"] == content["model"] else "model"
            raise InputError(
                f"another {what} than that of {files[-1].name}, and no newer figures: a forecast "
                f"has a day, and the new {what} speaks from the next day on"
            )
    file = where / f"{day}.json"
    body = {"version": version("tradelib")} | content
    signed = {"sha256": digest(body), **body}
    where.mkdir(exist_ok=True)
    text = json.dumps(signed, indent=1, ensure_ascii=False, allow_nan=False)
    file.write_text(f"{text}\n", encoding="utf-8")
    return file, True


def main() -> None:
    """Write the file, or say that nothing in it would be new, or why it may not be written."""
    try:
        written, new = write_forecasts(Path(__file__).parents[1] / "forecasts")
    except InputError as error:
        sys.exit(f"nothing written: {error}")
    print(f"{written.name}: {'written' if new else 'there already, left as it is'}")


if __name__ == "__main__":
    main()
