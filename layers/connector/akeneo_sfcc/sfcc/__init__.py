"""The vocabulary of Salesforce B2C Commerce: ids, limits and XML. Pure."""
