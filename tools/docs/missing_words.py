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
    """List what is not said of functions and classes.

    Private ones need a description and no more; of their special methods Python says what they do.

    Args:
        found: Functions and classes, public and private.
        glossary: Words for parameters, by `name: type`.

    Yields:
        A line for each fault: file, line, name, and what is missing.
    """
    for definition in found:
        where = f"{definition.path}:{definition.line} {definition.name}"
        if not definition.docstring.text and (definition.is_public or not definition.is_special):
            yield f"{where}: no description"
        if definition.is_public:
            yield from (f"{where}: {fault}" for fault in _unexplained(definition, glossary))


def _unexplained(definition: Definition, glossary: Mapping[str, str]) -> Iterator[str]:
    """Yield what is not said of the parameters and the result, and words for a parameter that is gone."""
    docstring = definition.docstring
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
