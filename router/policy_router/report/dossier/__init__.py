"""An audit report, written: HTML, JSON, CSV and XLSX of one and the same content."""
