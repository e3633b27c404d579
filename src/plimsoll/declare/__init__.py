"""The declaration as a paper: checked, begun from a template, and carried between the forms in which people keep it."""
