"""Firmware bytes become trees: formats, carving, limits and the account of every byte."""
