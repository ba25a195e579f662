"""Write today's forecasts of the article's target and every open one, never to be edited.

Usage:  python data/prepare/forecast_archive.py

The file is named after the newest day in the data, not after the clock. If it exists nothing is
written: a forecast is scored as it was made.
"""

import json
from pathlib import Path

import tradelib as tl

FOLDER = Path(__file__).parents[1] / "forecasts"


def archive(folder):
    """The file written, or the one that was there."""
    article = tl.assess(tl.article_target())
    file = folder / f"{article.as_of.isoformat()}.json"
    if file.exists():
        return file, False
    table = tl.open_targets().dropna(subset="probability_in")
    # Enough data: a figure of the last three years, and a year judged that is not over.
    recent = table[
        (table["last_year"] >= article.as_of.year - 3) & (table["by"] >= article.as_of.year)
    ]
    columns = ["target_id", "currency", "target_value", "last_value", "last_year", "by",
               "deadline_kind", "probability_in", "probability_ever", "rests_on"]  # fmt: skip
    content = {
        "known_by": article.as_of.isoformat(),
        "model": tl.growth_model().digest(),
        "article": json.loads(article.to_json()),
        "open_targets": json.loads(recent[columns].to_json(orient="records")),
    }
    folder.mkdir(exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    file.write_text(f"{text}\n", encoding="utf-8")
    return file, True


if __name__ == "__main__":
    written, new = archive(FOLDER)
    print(f"{written.name}: {'written' if new else 'there already, left as it is'}")
