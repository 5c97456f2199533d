"""What a reader of functions.md would look for in vain: a description, words for a parameter, words for a result."""

from collections.abc import Iterable, Iterator, Mapping

from tools.docs.parameters import DESCRIBED_BY, GLOSSARY
from tools.docs.signatures import Definition, Parameter


def words(definition: Definition, parameter: Parameter, glossary: Mapping[str, str] = GLOSSARY) -> str:
    """Return what is known of a parameter: what the docstring says, else what the glossary says, else nothing."""
    said = definition.docstring.arguments
    own = said.get(parameter.name) or said.get(_bare(parameter.name))
    return own or glossary.get(f"{_bare(parameter.name)}: {parameter.annotation}", "")


def missing(found: Iterable[Definition], glossary: Mapping[str, str] = GLOSSARY) -> Iterator[str]:
    """List what is not said of public functions and classes.

    Args:
        found: Functions and classes; private ones are passed over.
        glossary: Words for parameters, by `name: type`.

    Yields:
        A line for each fault: file, line, name, and what is missing.
    """
    for definition in found:
        if definition.is_public:
            where = f"{definition.path}:{definition.line} {definition.name}"
            yield from (f"{where}: {fault}" for fault in _faults(definition, glossary))


def _faults(definition: Definition, glossary: Mapping[str, str]) -> Iterator[str]:
    docstring = definition.docstring
    if not docstring.text:
        yield "no description"
    names = {_bare(parameter.name) for parameter in definition.named}
    yield from (
        f"words for `{name}`, which is no parameter" for name in docstring.arguments if _bare(name) not in names
    )
    if definition.dotted in DESCRIBED_BY:
        return
    for parameter in definition.named:
        if not words(definition, parameter, glossary):
            yield f"no words for `{parameter.name}: {parameter.annotation}`"
    if definition.returns and definition.kind != "property" and not docstring.says_the_result:
        yield f"no words for what it returns, `{definition.returns}`"


def _bare(name: str) -> str:
    return name.lstrip("*")
