"""Words for parameters that mean the same wherever they stand, so that no docstring has to repeat them.

A word counts for a name together with its type, and only where the docstring says nothing of the parameter.
"""

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {}
# Methods whose parameters and result are another's to describe: the one that they stand in for.
DESCRIBED_BY: Mapping[str, str] = {}
