"""The words of execution, in both languages."""
