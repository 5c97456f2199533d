"""The tools that check the project from outside."""
