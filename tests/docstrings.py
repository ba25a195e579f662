"""Hold the docstrings of all public names to numpydoc's rules: ``make lint`` runs it.

Every parameter is there with its meaning under its name, results are described, and a function has an
example. Rules of taste (capitals, full stops, "See Also") are left out.
"""

import inspect
import sys
from types import ModuleType

from numpydoc.validate import validate

import tradelib

RULES = {"PR01", "PR02", "PR03", "PR04", "PR07", "RT01", "RT03", "GL03", "SS03", "EX01"}
# Of a class and its methods no example is asked: its maker's shows it.
OF_FUNCTIONS = {"EX01"}


def public():
    """Public functions, classes and their methods: dotted name of its home -> kind."""
    rooms = [tradelib, *(room for room in vars(tradelib).values() if isinstance(room, ModuleType))]
    for room in rooms:
        names = vars(room) if room is tradelib else getattr(room, "__all__", ())
        for name in names:
            item = getattr(room, name)
            if name.startswith("_") or not getattr(item, "__module__", "").startswith("tradelib."):
                continue
            home = f"{item.__module__}.{item.__qualname__}"
            if inspect.isfunction(item):
                yield home, "function"
            elif inspect.isclass(item):
                yield home, "class"
                for method, value in vars(item).items():
                    if not method.startswith("_") and callable(getattr(value, "__func__", value)):
                        yield f"{home}.{method}", "method"


def problems():
    """Each rule that is broken, a line each."""
    for name, kind in dict(sorted(set(public()))).items():
        for code, text in validate(name)["errors"]:
            if code in RULES and (kind == "function" or code not in OF_FUNCTIONS):
                yield f"{name}: {code} {text}"


if __name__ == "__main__":
    broken = list(problems())
    print("\n".join(broken))
    print(f"{len(broken)} problems of docstrings")
    sys.exit(bool(broken))
