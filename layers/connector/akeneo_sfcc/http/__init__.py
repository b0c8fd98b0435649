"""What the clients of both systems have in common: waits between tries, and two habits of requests."""
