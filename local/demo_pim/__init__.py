"""A demo PIM: serves a catalogue with the rules of Akeneo's REST API."""
