"""The PIM's vocabulary: what Akeneo sends, parsed and typed. Pure."""
