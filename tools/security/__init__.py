"""Every claim of SECURITY.md, tried from outside."""
