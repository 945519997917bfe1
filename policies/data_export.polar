# Data exports: copies of all that is held about a person.

# People see the copies that they asked for, with the link for themselves.
grant(member: Member, "read", export: DataExport, field, "clear", "P16 people can download all that is held") if
    export.account_id = member.account_id and
    field in ["id", "status", "requestedAt", "readyAt", "expiresAt", "fetchedAt", "size", "url"];

# Why a field is not shown.
withheld("DataExport", field, "P16 A copy of what is held about a person is for that person.") if
    field in ["id", "status", "requestedAt", "readyAt", "expiresAt", "fetchedAt", "size", "url"];
