"""Build the site: numbers from the library, pages by Sphinx, nothing from the network.

Usage:  python site/build.py [OUT] [--only TARGET ...] [--address URL]

Pages go to ``build/site`` unless OUT says otherwise; what Sphinx reads is put together beside it.
With ``--only`` the pages of a few targets, notebooks and modules are made, to look at or to test.
``--address`` (or SITE_URL) is where the site will stand: previews of shared links need it, for
their pictures have whole addresses; without it these are relative.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")

ROOT = Path(__file__).parents[1]
# What reads a notebook stands beside the notebooks.
sys.path.append(str(ROOT / "notebooks"))

from pages.build import build


def main() -> None:
    """Read the command line, build, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--only", nargs="*", default=[], metavar="TARGET")
    parser.add_argument("--address", default=os.environ.get("SITE_URL", ""), metavar="URL")
    options = parser.parse_args()
    os.environ["SITE_URL"] = options.address.rstrip("/")
    print(build(options.out.resolve(), only=options.only))


if __name__ == "__main__":
    main()
