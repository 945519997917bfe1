# How every policy is asked.
#
# The one question is grant(viewer, action, row, field, mask, reason): may this viewer do this with this field of this
# row, under which mask ("clear" for none), and which promise says so. What no rule grants is denied, and
# withheld(type, field, reason) says why. The two questions of Oso's own follow from it.

# A field is allowed where some rule grants it in clear.
allow_field(viewer: Viewer, action: String, row: Record, field: String) if
    grant(viewer, action, row, field, "clear", _reason);

# A row is allowed where some field of it is.
allow(viewer: Viewer, action: String, row: Record) if
    grant(viewer, action, row, _field, "clear", _reason);

# One field of a row that another row belongs to: whoever reads it there reads what it consists of.
reads(viewer: Viewer, row: Record, field: String) if
    grant(viewer, "read", row, field, "clear", _reason);
