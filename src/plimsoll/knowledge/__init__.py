"""The world as data, dated and sourced; read-only at run time."""
