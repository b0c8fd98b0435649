"""What each PIM thing becomes in SFCC (docs/mapping.md). Pure."""
