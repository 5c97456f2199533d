"""The words of execution, in each language."""
