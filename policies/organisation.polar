# Organisations: who runs the services and who is responsible for care in an area.

# Everybody sees every organisation.
grant(_viewer: Viewer, "read", _organisation: Organisation, field, "clear", "P06 the services used are public") if
    field in [
        "id", "name", "slug", "odsCode", "kind", "region", "parent", "openedOn", "closedOn", "services", "stories"
    ];
