"""The paper venue: fills orders at a public quote, and remembers them in a file of its own."""
