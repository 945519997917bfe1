# The audit log: who looked at private data, who tried to, and what changed who may.

# People see who looked at what of theirs, when, in which role and why; never by name. What was read under a disclosure that
# is withheld from them for a time is told after it.
grant(member: Member, "read", entry: AccessLogEntry, field, "clear", "P14 people see who looked at their private data") if
    entry.person_id = member.account_id and
    entry.kind = "READ" and
    told(entry) and
    field in ["happenedAt", "roles", "organisation", "fields", "purpose", "reasons"];

# The data protection officer reads it to answer a person's request or complaint, only with that purpose.
grant(member: Member, "read", entry: AccessLogEntry, field, "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"] and
    entry.kind = "READ" and
    field in ["happenedAt", "roles", "organisation", "fields", "purpose", "reasons"];

# The data protection officer sees the whole log, without whose data it was.
grant(member: Member, "read", _event: AuditEvent, field, "clear", "P14 who looked at private data answers for it") if
    "DPO" in member.roles and
    field in [
        "id", "kind", "happenedAt", "accountId", "roles", "organisation", "purpose", "reference", "subject", "fields",
        "reasons", "rules", "request", "disclosureId", "count"
    ];
grant(member: Member, "read", _event: AuditEvent, "personId", "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"];

told(entry: AccessLogEntry) if entry.disclosure_id = nil;
told(entry: AccessLogEntry) if
    disclosure in entry.disclosures and
    disclosure.shown = true;

# Why a field is not shown.
withheld("AccessLogEntry", field, "P14 Who looked at a person's private data is for that person.") if
    field in ["happenedAt", "roles", "organisation", "fields", "purpose", "reasons"];
withheld("AuditEvent", field, "P14 The audit log is for the data protection officer.") if
    field in [
        "id", "kind", "happenedAt", "accountId", "roles", "organisation", "purpose", "reference", "subject", "fields",
        "reasons", "rules", "request", "disclosureId", "count"
    ];
withheld("AuditEvent", "personId", "P14 Whose data it was is told only to answer that person's request or complaint.");
