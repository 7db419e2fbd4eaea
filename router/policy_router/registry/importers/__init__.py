"""What other catalogues say of routes and models: text in, drafts and a comparison out."""
