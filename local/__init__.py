"""The one-machine default: an embedded AWS, a demo PIM, and the command line around them."""
