"""Run records, locks, watermarks and committed state pointers in DynamoDB."""
