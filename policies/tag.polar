# Tags: what was good, what could be improved, how it felt.

# Everybody reads a label; on which stories it stands is decided with the tags of each story.
grant(_viewer: Viewer, "read", _tag: Tag, field, "clear", "P06 what was good, what could be improved, how it felt") if
    field in ["kind", "label"];
