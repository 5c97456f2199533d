"""What the notifier remembers: messages, requests, chats; in the ledger, or in memory while it cannot be used."""
