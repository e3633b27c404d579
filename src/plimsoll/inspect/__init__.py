"""Looking: a view of a source becomes facts with places. Inspectors record; they never judge."""
