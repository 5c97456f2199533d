"""The demo's page: the chat as a person sees it, and a panel that changes what the pretend platforms hold and do."""
