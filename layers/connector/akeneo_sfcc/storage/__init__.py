"""Objects in S3 and the layout of their keys."""
