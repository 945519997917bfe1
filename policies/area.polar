# Areas of care, with the bodies responsible for them.

# Everybody sees the map; to which areas a story was routed is the story's own secret.
grant(_viewer: Viewer, "read", _area: Area, field, "clear", "P06 the services used are public") if
    field in ["id", "code", "name", "kind", "organisation", "validFrom", "validTo", "successors"];
