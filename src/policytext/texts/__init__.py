"""Texts: read, cleaned, counted."""
