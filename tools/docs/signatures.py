"""The functions and classes of a file, as its source writes them: parsed, never imported, so that nothing runs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.docs.docstrings import Docstring, read

NOTHING = ("", "None", "NoReturn", "Iterator[None]", "AsyncIterator[None]")
CONTEXTS = ("contextmanager", "asynccontextmanager")
PROPERTIES = ("property", "cached_property")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function.

    Attributes:
        name: Its name, with its stars.
        annotation: Its type as the source writes it.
        default: Its default as the source writes it, empty for none.
    """

    name: str
    annotation: str
    default: str = ""


BY_NAME = Parameter("*", "")


@dataclass(frozen=True)
class Definition:
    """One function, method or class.

    Attributes:
        path: Its file, below the project's folder.
        line: The line that it begins on.
        name: Its name below the file: `Class.method`, `function.nested`.
        kind: How it is used: `class`, `property`, `async`, `with`, `async with`, or empty for a plain call.
        is_public: Whether others may use it: it stands in no function, and no name on the way has an underscore.
        docstring: What its docstring says.
        parameters: Its parameters without `self` and `cls`, a `*` before those given by name; none for a class.
        returns: The type that it returns or yields, empty for nothing.
    """

    path: Path
    line: int
    name: str
    kind: str
    is_public: bool
    docstring: Docstring
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""

    @property
    def dotted(self) -> str:
        """Its name with its module's, as Python would import it."""
        return ".".join([*self.path.with_suffix("").parts, self.name])

    @property
    def is_special(self) -> bool:
        """Whether it is a method that Python itself calls, such as `__str__`."""
        own = self.name.rpartition(".")[2]
        return own.startswith("__") and own.endswith("__")

    @property
    def named(self) -> tuple[Parameter, ...]:
        """Its parameters without the `*` that stands between them."""
        return tuple(parameter for parameter in self.parameters if parameter != BY_NAME)


def definitions(path: Path, tree: ast.Module) -> list[Definition]:
    """List what a file defines.

    Args:
        path: The file, below the project's folder.
        tree: The parsed file.

    Returns:
        Its functions and classes in the order of the source, private and nested ones too.
    """
    return list(_inside(tree, path, owner="", is_public=True))


def _inside(node: ast.AST, path: Path, *, owner: str, is_public: bool) -> Iterator[Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found = _class(child, path, owner=owner, is_public=is_public)
            yield found
            yield from _inside(child, path, owner=f"{found.name}.", is_public=found.is_public)
        elif isinstance(child, Function):
            is_method = isinstance(node, ast.ClassDef)
            yield _function(child, path, owner=owner, is_public=is_public, is_method=is_method)
            yield from _inside(child, path, owner=f"{owner}{child.name}.", is_public=False)
        else:
            yield from _inside(child, path, owner=owner, is_public=is_public)


def _class(node: ast.ClassDef, path: Path, *, owner: str, is_public: bool) -> Definition:
    return Definition(
        path=path,
        line=node.lineno,
        name=owner + node.name,
        kind="class",
        is_public=is_public and _is_public(node.name),
        docstring=read(ast.get_docstring(node)),
    )


def _function(node: Function, path: Path, *, owner: str, is_public: bool, is_method: bool) -> Definition:
    decorators = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
    is_bound = is_method and "staticmethod" not in decorators
    returns = _type(node.returns) if node.returns else ""
    return Definition(
        path=path,
        line=node.lineno,
        name=owner + node.name,
        kind=_kind(node, decorators),
        is_public=is_public and _is_public(node.name),
        docstring=read(ast.get_docstring(node)),
        parameters=tuple(_parameters(node.args))[1 if is_bound else 0 :],
        returns="" if returns in NOTHING else returns,
    )


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def _kind(node: ast.AST, decorators: set[str]) -> str:
    if decorators.intersection(PROPERTIES):
        return "property"
    words = ["async"] if isinstance(node, ast.AsyncFunctionDef) else []
    return " ".join([*words, "with"] if decorators.intersection(CONTEXTS) else words)


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    plain = len(positional) - len(arguments.defaults)
    for place, argument in enumerate(positional):
        yield _parameter(argument, arguments.defaults[place - plain] if place >= plain else None)
    if arguments.vararg:
        yield _parameter(arguments.vararg, None, stars="*")
    elif arguments.kwonlyargs:
        yield BY_NAME
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, default)
    if arguments.kwarg:
        yield _parameter(arguments.kwarg, None, stars="**")


def _parameter(argument: ast.arg, default: ast.expr | None, *, stars: str = "") -> Parameter:
    annotation = _type(argument.annotation) if argument.annotation else ""
    return Parameter(stars + argument.arg, annotation, ast.unparse(default) if default is not None else "")


def _type(annotation: ast.expr) -> str:
    """Return a type as it is written, without the quotes of one that is not imported while the program runs."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation)
