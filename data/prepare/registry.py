"""Write the size and SHA-256 of every bundled file into data/registry.toml.

Usage:  python data/prepare/registry.py [--check]

``--check`` changes nothing and fails if an entry is out of date. A file in ``data/`` without an
entry, or an entry without a file, is an error either way. Archived forecasts need none.
"""

import hashlib
import re
import sys
from pathlib import Path

DATA = Path(__file__).parents[1]
REGISTRY = DATA / "registry.toml"
ENTRY = re.compile(r'^\[file\."(?P<name>[^"]+)"\]\n(?:(?!\[).*\n)*', re.MULTILINE)


def refreshed(text, folder):
    """The registry's text with the bytes and SHA-256 of the files as they are in a folder."""
    entries = {match["name"] for match in ENTRY.finditer(text)}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    present = {
        p for p in present if not p.startswith(("prepare/", "forecasts/")) and p != "registry.toml"
    }
    if entries != present:
        odd = ", ".join(sorted(entries ^ present))
        raise SystemExit(f"registry.toml and data/ must name the same files; check {odd}")

    def refresh(match):
        content = (folder / match["name"]).read_bytes()
        entry = re.sub(r"(?m)^bytes = .*$", f"bytes = {len(content)}", match[0])
        digest = hashlib.sha256(content).hexdigest()
        return re.sub(r"(?m)^sha256 = .*$", f'sha256 = "{digest}"', entry)

    return ENTRY.sub(refresh, text)


def main():
    """Refresh or check the registry."""
    old = REGISTRY.read_text(encoding="utf-8")
    new = refreshed(old, DATA)
    if old == new:
        print("data/registry.toml is up to date")
    elif "--check" in sys.argv:
        raise SystemExit("data/registry.toml is out of date; run `make data`")
    else:
        REGISTRY.write_text(new, encoding="utf-8")
        print("data/registry.toml refreshed")


if __name__ == "__main__":
    main()
