"""Responses: written by organisations, or by authors who reply; they settle, and are published or turned down."""
