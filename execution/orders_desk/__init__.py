"""From a written intent to the books: orders are sent, followed, looked up and protected; rows decide, memory helps."""
