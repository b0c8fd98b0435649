"""The Akeneo REST API client: login, HTTP policy, pagination, key ranges."""
