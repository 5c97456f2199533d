"""What is said, and how it is printed, in each language."""
