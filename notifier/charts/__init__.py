"""Charts: what they show, and the program that draws them."""
