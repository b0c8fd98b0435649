"""What SFCC's import files may hold, in which order: tables of our own, and what checks files against them."""

from local.demo_sfcc.schema.tables import Attribute, Child, Form, Schema, Slot, read_schema, schema_of
from local.demo_sfcc.schema.validation import Violation, violations

__all__ = ["Attribute", "Child", "Form", "Schema", "Slot", "Violation", "read_schema", "schema_of", "violations"]
