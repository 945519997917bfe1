"""How fast Candour answers, beside one hand-written statement on the same database."""
