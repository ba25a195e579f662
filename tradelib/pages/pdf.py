"""A page printed as PDF by a browser of this machine."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tradelib.core.errors import NoAnswerError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
SECONDS = 120


def print_pdf(page: Path) -> Path:
    """The PDF beside a page, printed by Chromium.

    Raises
    ------
    NoAnswerError
        If there is no Chromium at hand, or it does not print.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    by_hand = f"open {page.name} in a browser and print it, there is a style for paper"
    if browser is None:
        raise NoAnswerError(f"{page.name} is written, but no Chromium is at hand: {by_hand}")
    out = page.with_suffix(".pdf")
    with TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={out.resolve()}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has none for the administrator
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            done = None
    if done is None or done.returncode or not out.is_file():
        raise NoAnswerError(f"{page.name} is written, but {browser} did not print it: {by_hand}")
    return out
