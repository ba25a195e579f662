"""Ctrl-C ends a command with a word and exit code 130, also while the package is being imported."""

import os
import signal
import sys


def _stopped(*_: object) -> None:
    os.write(2, b"tradelib: stopped\n")
    os._exit(130)


# The command by its name, or python -m tradelib; whoever imports the package keeps their own.
if "tradelib" in (os.path.basename(sys.argv[0]), *sys.orig_argv[2:3]):  # noqa: PTH119
    signal.signal(signal.SIGINT, _stopped)
