"""The shipped characters as data files; importers and exporters."""
