"""The report as a PDF, drawn in a process of its own."""
