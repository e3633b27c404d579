"""Weighing: evidence and the catalogue become findings and verdicts. Nothing here opens a source."""
