"""Read-only views of what is looked at; they mint the places that observations point to."""
