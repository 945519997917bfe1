# The audit log: who looked at private data.

# People see who looked at what of theirs, when, in which role and why; never by name.
grant(member: Member, "read", entry: AccessLogEntry, field, "clear", "P14 people see who looked at their private data") if
    entry.person_id = member.account_id and
    field in ["happenedAt", "roles", "organisation", "fields", "purpose", "reasons"];

# The data protection officer reads it to answer a person's request or complaint, only with that purpose.
grant(member: Member, "read", _entry: AccessLogEntry, field, "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"] and
    field in ["happenedAt", "roles", "organisation", "fields", "purpose", "reasons"];

# Why a field is not shown.
withheld("AccessLogEntry", field, "P14 Who looked at a person's private data is for that person.") if
    field in ["happenedAt", "roles", "organisation", "fields", "purpose", "reasons"];
