"""Write functions.md: every public function, class and method, file by file, from the docstrings.

    python -m tools.docs.functions_md            writes functions.md
    python -m tools.docs.functions_md --check    fails with the first differing line when functions.md is out of date

The sources are parsed, never imported, so that no SDK is needed and nothing runs. What begins with an underscore is
left out; of the double-underscored methods only `__init__` is shown.
"""

import argparse
import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from tools.docs.docstrings import escaped, markdown, paragraphs
from tools.docs.generated import ROOT, compare_or_write

TARGET = Path("functions.md")
PACKAGES = ("bus", "clock", "collectors", "aggregator", "notifier", "sentinel", "ledger", "sandbox", "tools")
SHOWN_DECORATORS = ("property", "classmethod", "staticmethod", "contextmanager", "asynccontextmanager")
WIDEST = 100
HEAD = """\
# Functions

Every public function, class and method of this program, file by file: how it is called, what it does, its parameters,
what it returns and raises. To find one by its name, look into the [index](#index) at the end.

Made from the docstrings by `python -m tools.docs.functions_md` (`make docs`); do not edit it by hand.
"""

Callable = ast.FunctionDef | ast.AsyncFunctionDef


def document(root: Path = ROOT) -> str:
    """Return the whole of functions.md.

    Args:
        root: The project's folder.

    Returns:
        Markdown: a table of files, a section for each file, an index by name.
    """
    sources = {path: ast.parse((root / path).read_text(encoding="utf-8")) for path in _files(root)}
    text = [HEAD, *_contents(sources)]
    package = ""
    for path, tree in sources.items():
        if path.parts[0] != package:
            package = path.parts[0]
            text.append(f"## {package}\n")
        text += _file(path, tree)
    return "\n".join([*text, *_index(sources)])


def names(tree: ast.Module) -> Iterator[str]:
    """List what a file offers.

    Args:
        tree: The parsed file.

    Yields:
        Functions and classes by name, methods as `Class.method`.
    """
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Callable) and _is_public(node.name):
            yield node.name
        if isinstance(node, ast.ClassDef) and _is_public(node.name):
            yield from (f"{node.name}.{each.name}" for each in _methods(node) if each.name != "__init__")


def _files(root: Path) -> list[Path]:
    found = []
    for package in PACKAGES:
        paths = (path.relative_to(root) for path in (root / package).rglob("*.py"))
        found += sorted(path for path in paths if path.name != "__init__.py")
    return found


def _contents(sources: dict[Path, ast.Module]) -> list[str]:
    rows = [f"| {_link(path)} | {_purpose(tree)} |" for path, tree in sources.items()]
    return ["| File | What it is for |", "| --- | --- |", *rows, ""]


def _index(sources: dict[Path, ast.Module]) -> list[str]:
    found = [(name, path) for path, tree in sources.items() for name in names(tree)]
    found.sort(key=lambda entry: (entry[0].rpartition(".")[2].lower(), entry[0], entry[1]))
    rows = []
    for name, path in found:
        owner, _, own = name.rpartition(".")
        rows.append(f"| `{own}` | {f'`{owner}`' if owner else ''} | {_link(path)} |")
    return ["## Index", "", "| Name | Of class | File |", "| --- | --- | --- |", *rows, ""]


def _file(path: Path, tree: ast.Module) -> Iterator[str]:
    yield f"### {escaped(str(path))}\n"
    yield f"{_purpose(tree)}\n"
    if not any(names(tree)):
        yield "Nothing in it is meant to be called from elsewhere.\n"
    for node in tree.body:
        if isinstance(node, Callable) and _is_public(node.name):
            yield from _function(node)
        elif isinstance(node, ast.ClassDef) and _is_public(node.name):
            yield from _class(node)


def _function(node: Callable, owner: str = "") -> Iterator[str]:
    name = f"{owner}.{node.name}" if owner else node.name
    yield f"#### {escaped(name)}\n"
    yield _code([*_decorators(node), _signature(node, bound=bool(owner))])
    yield from markdown(ast.get_docstring(node))


def _class(node: ast.ClassDef) -> Iterator[str]:
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    head = f"class {node.name}({bases})" if bases else f"class {node.name}"
    fields = [f"    {line}" for line in _fields(node)]
    made = [method for method in _methods(node) if method.name == "__init__"]
    yield f"#### class {node.name}\n"
    yield _code([f"{head}:", *fields] if fields else [head])
    yield from markdown(ast.get_docstring(node))
    for method in made:
        yield _code([_signature(method, bound=True, name=node.name)])
        yield from markdown(ast.get_docstring(method))
    for method in _methods(node):
        if method not in made:
            yield from _function(method, node.name)


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and _is_public(each.target.id):
            kind, description = _annotation(each.annotation)
            default = f" = {ast.unparse(each.value)}" if each.value is not None else ""
            if description:
                yield f"# {description}"
            yield f"{each.target.id}: {kind}{default}"


def _annotation(node: ast.expr) -> tuple[str, str]:
    """Return a field's type, and the description that an `Annotated[..., Meta(description=)]` gives to it."""
    described = isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Annotated"
    if not isinstance(node, ast.Subscript) or not described or not isinstance(node.slice, ast.Tuple):
        return ast.unparse(node), ""
    keywords = [word for extra in node.slice.elts[1:] if isinstance(extra, ast.Call) for word in extra.keywords]
    texts = [
        word.value.value for word in keywords if word.arg == "description" and isinstance(word.value, ast.Constant)
    ]
    return ast.unparse(node.slice.elts[0]), str(texts[0]) if texts else ""


def _methods(node: ast.ClassDef) -> list[Callable]:
    found = [each for each in node.body if isinstance(each, Callable)]
    return [each for each in found if _is_public(each.name) or each.name == "__init__"]


def _decorators(node: Callable) -> list[str]:
    shown = [ast.unparse(each) for each in node.decorator_list]
    return [f"@{each}" for each in shown if each.rpartition(".")[2] in SHOWN_DECORATORS]


def _signature(node: Callable, *, bound: bool, name: str = "") -> str:
    static = "@staticmethod" in _decorators(node)
    parameters = list(_parameters(node.args))[1 if bound and not static else 0 :]
    start = f"{'async ' if isinstance(node, ast.AsyncFunctionDef) else ''}{name or node.name}("
    end = f") -> {ast.unparse(node.returns)}" if node.returns and not name else ")"
    line = f"{start}{', '.join(parameters)}{end}"
    if len(line) <= WIDEST:
        return line
    return "\n".join([start, *(f"    {parameter}," for parameter in parameters), end])


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    plain = len(positional) - len(arguments.defaults)
    for place, argument in enumerate(positional):
        yield _parameter(argument, arguments.defaults[place - plain] if place >= plain else None)
        if arguments.posonlyargs and place == len(arguments.posonlyargs) - 1:
            yield "/"
    if arguments.vararg:
        yield f"*{_parameter(arguments.vararg, None)}"
    elif arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, default)
    if arguments.kwarg:
        yield f"**{_parameter(arguments.kwarg, None)}"


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    value = f" = {ast.unparse(default)}" if default is not None else ""
    return f"{ast.unparse(argument)}{value}"


def _purpose(tree: ast.Module) -> str:
    found = paragraphs(inspect.cleandoc(ast.get_docstring(tree) or ""))
    return escaped(found[0]).replace("|", "\\|") if found else ""


def _code(lines: list[str]) -> str:
    return "\n".join(["```python", *lines, "```", ""])


def _link(path: Path) -> str:
    """Return a link to a file's heading, by the anchor that GitHub and GitLab make of it."""
    anchor = "".join(sign for sign in str(path).lower() if sign.isalnum() or sign in "-_")
    return f"[{escaped(str(path))}](#{anchor})"


def _is_public(name: str) -> bool:
    return not name.startswith("_")


def main() -> None:
    """Write functions.md, or compare it with the docstrings."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs.functions_md", description="Write functions.md.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail when functions.md is out of date")
    compare_or_write({TARGET: document()}, check=parser.parse_args().check, command="tools.docs.functions_md")


if __name__ == "__main__":
    main()
