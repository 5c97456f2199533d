"""The pretend BingX, as an outsider with a key of its own sees it."""
