"""Telling: pure functions from an assessment to text."""
