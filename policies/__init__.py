"""Who may: one .polar file per concept, and the engine that turns them into access plans."""
