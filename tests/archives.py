"""Archives of forecasts in which something else was said, for tests."""

import json

from tradelib.api.archive import digest


def rewritten(file, where, name, change):
    """A copy of an archived file in which something else was said, signed as if made so."""
    held = json.loads(file.read_text(encoding="utf-8"))
    del held["sha256"]
    change(held)
    signed = {"sha256": digest(held), **held}
    (where / f"{name}.json").write_text(json.dumps(signed, indent=1), encoding="utf-8")


def open_target(held, name):
    """The row of an open target in an archived file."""
    return next(row for row in held["open_targets"] if row["target_id"] == name)
