"""The yardstick as data: capabilities, criteria, provisions, crosswalks."""
