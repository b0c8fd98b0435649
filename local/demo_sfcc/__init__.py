"""A demo SFCC: what a B2C Commerce instance does with the files it is given."""
