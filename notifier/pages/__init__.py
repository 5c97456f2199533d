"""The pages that commands answer with: pure, numbers in, text out."""
