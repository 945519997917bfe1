# Services: the places and teams that stories are about.

# Everybody sees every service; its postcode is its public address.
grant(_viewer: Viewer, "read", _service: Service, field, "clear", "P06 the services used are public") if
    field in [
        "id", "name", "slug", "odsCode", "organisation", "parent", "children", "region", "specialties",
        "postcode", "latitude", "longitude", "closedOn", "areas", "stories", "storyCount"
    ];
