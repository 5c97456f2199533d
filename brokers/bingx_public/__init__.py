"""What BingX tells everybody, as it is read: shared by the broker of BingX and by paper trading at its quotes."""
