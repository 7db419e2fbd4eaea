"""The shape of every kind of document, as pydantic models; the source of `schemas/`."""
