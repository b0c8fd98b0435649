"""What people see of a run: the report as a page, the message, and the texts both share."""
