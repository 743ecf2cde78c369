"""Names become chat models and embedders; usage, retries, the embedded model, scripted fakes."""
