"""``python -m tradelib``: the same verbs as ``tradelib``."""

from tradelib.cli import main

if __name__ == "__main__":
    main()
