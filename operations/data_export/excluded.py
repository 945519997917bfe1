"""What is not in the copy, table by table, with the reason: it is printed in the copy's README."""

PUBLIC = "public facts about the map and the services, not about you"
MACHINERY = "about the software's own work, not about you"

EXCLUDED = {
    "person_key": "the key that opens your private data, itself encrypted: in a copy it would say nothing to you, "
    "and could only weaken the protection of what we hold",
    "data_export_part": "the pieces of this very copy",
    "area": PUBLIC,
    "area_successor": PUBLIC,
    "postcode_area": PUBLIC,
    "organisation": PUBLIC,
    "service": PUBLIC,
    "service_area": PUBLIC,
    "audit_lane": MACHINERY,
    "audit_anchor": MACHINERY,
    "job_run": MACHINERY,
    "event_reader": MACHINERY,
    "job_record": MACHINERY,
    "tag": "the list of all tags that anybody used; yours are in story_tags",
}
