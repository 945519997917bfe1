"""Importers of public reference data: organisations, services, areas and postcodes, one transaction a file."""
