"""All reading of the world: files, folders and where they lie."""
