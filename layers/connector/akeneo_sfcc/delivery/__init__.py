"""Delivery of exports into an SFCC instance."""
