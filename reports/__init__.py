"""Reports: what a period brought, as a page of the chat, a table of its executions, and a document to keep."""
