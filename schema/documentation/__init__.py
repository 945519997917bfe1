"""The parts of the documentation that the program writes itself."""

from schema.documentation.page import pages, write

__all__ = ["pages", "write"]
