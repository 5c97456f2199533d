"""What a person may ask for in the chat, and who answers."""
