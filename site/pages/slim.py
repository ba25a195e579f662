"""Take out of a built site what no page uses: rules of style, icon fonts, maps, indentation."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from html import unescape
from itertools import chain, zip_longest
from pathlib import Path

from PIL import Image

UNUSED = (
    "*.map",
    "fontawesome.js*",
    "fa-*.woff2",
    "*.LICENSE.txt",
    "file.png",
    "minus.png",
    "plus.png",
    "alabaster.css",
    "graphviz.css",
    "webpack-macros.html",
)
# Names of a table's columns in its style, and the class that stands before it.
HEADS = re.compile(r'style="(--c2:[^"]*)"')
OF_TABLE = re.compile(r'(class="\w+)" style="(--c2:[^"]*)"')
# Tables from which on their common style is shared.
ENOUGH = 20
# What Sphinx puts around each word of code.
AROUND = re.compile(r'<span class="pre">(.*?)</span>')
# Colours of a picture.
COLOURS = 128
WORD = re.compile(r"[A-Za-z_][\w-]*")
VERBATIM = re.compile(
    r"(<(?:pre|script|style|textarea)\b.*?</(?:pre|script|style|textarea)>)", re.DOTALL
)
# End tags that a browser adds where the next tag begins.
IMPLIED = re.compile(
    r"</(?:td|th)>\s*(?=<t[dh]\b|</tr>)|</tr>\s*(?=<tr\b|</tbody>)|</(?:dt|dd)>\s*(?=<d[td]\b|</dl>)|</thead>\s*(?=<tbody>)|</tbody>\s*(?=</table>)"
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ICON = re.compile(r"\.fa[srlb]?\b|\.fa-")


def slim(out: Path) -> None:
    """Delete unused files, pictures there twice, and rules whose classes no page names."""
    for pattern in UNUSED:
        for path in (out / "_static").rglob(pattern):
            path.unlink()
    shutil.rmtree(out / "_sources", ignore_errors=True)
    for page in out.rglob("*.html"):
        page.write_text(squeezed(page.read_text(encoding="utf-8")), encoding="utf-8")
    used = words(out)
    for style in (out / "_static").rglob("*.css"):
        if style.name != "site.css":
            text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
            style.write_text(kept(text, used), encoding="utf-8")


def squeezed(html: str) -> str:
    """A page without what a browser does not need, but where spaces are shown or code."""
    parts = VERBATIM.split(html)
    plain = []
    for part in parts[::2]:
        told = re.sub(r"\s*\n\s*", "\n", COMMENT.sub("", part))
        plain.append(AROUND.sub(r"\1", IMPLIED.sub("", told)))
    return "".join(chain.from_iterable(zip_longest(plain, parts[1::2], fillvalue="")))


def shared(out: Path) -> None:
    """Put names of columns that many tables have into the style, under a class each."""
    pages = list(out.rglob("*.html"))
    found = Counter(name for page in pages for name in HEADS.findall(page.read_text("utf-8")))
    classes = {
        heads: f"columns{i}" for i, (heads, n) in enumerate(found.most_common()) if n >= ENOUGH
    }

    def by_class(match: re.Match[str]) -> str:
        """The attributes of a table whose names of columns have a class."""
        name = classes.get(match[2])
        return match[0] if name is None else f'{match[1]} {name}"'

    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.write_text(OF_TABLE.sub(by_class, text), encoding="utf-8")
    rules = [f".{name} {{ {unescape(heads)} }}\n" for heads, name in classes.items()]
    with (out / "_static" / "site.css").open("a", encoding="utf-8") as style:
        style.writelines(rules)


def lighter(out: Path) -> None:
    """Draw the pictures of notebooks in fewer colours."""
    for path in (out / "_images").glob("*.png"):
        with Image.open(path) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def words(out: Path) -> set[str]:
    """Every word that can be a class or an id: of pages, and of scripts that set some."""
    used: set[str] = set()
    for page in out.rglob("*.html"):
        for value in re.findall(r'(?:class|id)="([^"]*)"', page.read_text(encoding="utf-8")):
            used.update(value.split())
    for script in out.rglob("*.js"):
        if script.name != "searchindex.js":
            used.update(WORD.findall(script.read_text(encoding="utf-8")))
    return used


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Head and body of each rule at the top level; the body is None for a statement."""
    start = depth = 0
    head = ""
    for i, sign in enumerate(css):
        if sign == "{":
            depth += 1
            if depth == 1:
                head = css[start:i].strip()
                start = i + 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start:i]
                start = i + 1
        elif sign == ";" and depth == 0:
            yield css[start:i].strip(), None
            start = i + 1


def kept(css: str, used: AbstractSet[str]) -> str:
    """The style without rules that nothing matches."""
    parts = []
    for head, body in blocks(css):
        if body is None:
            parts.append(f"{head};")
        elif head.startswith(("@media", "@supports", "@layer", "@container")):
            inner = kept(body, used)
            if inner:
                parts.append(f"{head}{{{inner}}}")
        elif head.startswith("@font-face"):
            continue
        elif head.startswith("@"):
            parts.append(f"{head}{{{body}}}")
        else:
            left = [selector for selector in selectors(head) if matches(selector, used)]
            if left:
                parts.append(f"{','.join(left)}{{{body}}}")
    return "".join(parts)


def selectors(head: str) -> list[str]:
    """Selectors of a list, parted at commas outside brackets."""
    return [selector.strip() for selector in re.split(r",(?![^(\[]*[)\]])", head)]


def matches(selector: str, used: AbstractSet[str]) -> bool:
    """Whether every class and id outside brackets is used somewhere, and it is no icon."""
    # Brackets may hold brackets: the inner ones go first.
    plain = re.sub(r"\([^()]*\)", "", selector)
    plain = re.sub(r"\([^()]*\)|\[[^\]]*\]|\\.", "", plain)
    if ICON.search(plain):
        return False
    return all(name in used for name in re.findall(r"[.#]([A-Za-z_][\w-]*)", plain))


def once(out: Path) -> None:
    """Delete pictures that are the same as another, such as a notebook's, and show that one."""
    names: dict[bytes, str] = {}
    replaced_by = {}
    for path in sorted((out / "_images").glob("*.png")):
        name = names.setdefault(path.read_bytes(), path.name)
        if name != path.name:
            replaced_by[f"_images/{path.name}"] = f"_images/{name}"
            path.unlink()
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for old, new in replaced_by.items():
            text = text.replace(old, new)
        page.write_text(text, encoding="utf-8")
