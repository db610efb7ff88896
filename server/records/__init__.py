"""What may stand in an entry, one module a record type; pure, it stores nothing and asks no clock."""
