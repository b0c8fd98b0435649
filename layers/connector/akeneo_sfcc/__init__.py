"""Brings an Akeneo PIM catalogue into Salesforce B2C Commerce."""
