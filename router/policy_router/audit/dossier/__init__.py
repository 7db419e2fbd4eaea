"""Everything an audit report says, as plain data worked out once."""
