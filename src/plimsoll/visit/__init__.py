"""Visits a maker's public domain politely, and keeps what was answered so that the visit can be made again offline."""
