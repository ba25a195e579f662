"""Write the forecasts of the article's target and every open one, never to be edited.

Usage:  python data/prepare/forecast_archive.py

The file is named after the newest day in the data, not after the clock. If it exists nothing is
written: a forecast is scored as it was made (`tradelib.score_forecasts`).
"""

import json
from pathlib import Path

import pandas as pd

from tradelib import article_target, assess, growth_model, open_targets
from tradelib.front.archive import digest

# A target whose last figure is older rests on too little to be written down.
RECENT_YEARS = 3
KEPT = ["target_id", "reporter", "partner", "currency", "target_value", "last_value", "last_year",
        "by", "deadline_kind", "probability_in", "probability_ever", "rests_on"]  # fmt: skip


def write_forecasts(where: Path) -> tuple[Path, bool]:
    """Write forecasts of the article's target and of every open one with enough data.

    The file is named after the newest day in the data; whether it is new: what is there stays.
    """
    article = assess(article_target())
    day = pd.Timestamp(article.as_of).date()
    file = where / f"{day.isoformat()}.json"
    if file.exists():
        return file, False
    table = open_targets().dropna(subset="probability_in")
    recent = table[(table["last_year"] >= day.year - RECENT_YEARS) & (table["by"] >= day.year)]
    content = {
        "known_by": day.isoformat(),
        "model": growth_model().digest(),
        "article": json.loads(article.to_json()),
        "open_targets": json.loads(recent[KEPT].to_json(orient="records")),
    }
    where.mkdir(exist_ok=True)
    signed = {"sha256": digest(content), **content}
    text = json.dumps(signed, indent=1, ensure_ascii=False, allow_nan=False)
    file.write_text(f"{text}\n", encoding="utf-8")
    return file, True


if __name__ == "__main__":
    written, new = write_forecasts(Path(__file__).parents[1] / "forecasts")
    print(f"{written.name}: {'written' if new else 'there already, left as it is'}")
