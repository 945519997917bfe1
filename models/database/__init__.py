"""Where rows live: the embedded server, connections to any PostgreSQL, and migrations."""
