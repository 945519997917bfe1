# Complaints and rights requests: what somebody asked of those who run the site, and what became of it.

# Whoever complained follows their complaint.
grant(member: Member, "read", complaint: Complaint, field, "clear", "P19 complaints are answered and tracked") if
    complaint.account_id = member.account_id and
    field in [
        "id", "number", "kind", "body", "receivedAt", "acknowledgedAt", "dueAt", "extendedAt", "extensionReason", "overdue",
        "answeredAt", "outcome", "viewerCan"
    ];
grant(member: Member, "read", complaint: Complaint, "email", "clear", "P14 people see everything that is held about them") if
    complaint.account_id = member.account_id;

# The data protection officer answers every complaint; to whom, only with the purpose.
grant(member: Member, "read", _complaint: Complaint, field, "clear", "P19 complaints are answered and tracked") if
    "DPO" in member.roles and
    field in [
        "id", "number", "kind", "body", "receivedAt", "acknowledgedAt", "dueAt", "extendedAt", "extensionReason", "overdue",
        "answeredAt", "outcome", "viewerCan"
    ];
grant(member: Member, "read", _complaint: Complaint, "email", "clear", "P19 to answer a complaint or request") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"];
grant(member: Member, "answer", complaint: Complaint, "answer", "clear", "P19 complaints are answered") if
    "DPO" in member.roles and
    complaint.answered_at = nil;

# A complaint has 30 days; only a request about one's rights may take longer, if it is complex.
grant(member: Member, "extend", complaint: Complaint, "extend", "clear", "P19 the clock and its deadline are visible") if
    "DPO" in member.roles and
    complaint.kind != "COMPLAINT" and
    complaint.answered_at = nil and
    complaint.extended_at = nil;

# Why a field is not shown.
withheld("Complaint", field, "P19 A complaint is for whoever complained and the data protection officer.") if
    field in [
        "id", "number", "kind", "body", "receivedAt", "acknowledgedAt", "dueAt", "extendedAt", "extensionReason", "overdue",
        "answeredAt", "outcome", "viewerCan"
    ];
withheld("Complaint", "email", "P01 A person's email is private.");
withheld("Complaint", "answer", "P19 The data protection officer answers a complaint, once.");
withheld("Complaint", "extend", "P19 The data protection officer may extend a rights request's time once, until it is answered.");
