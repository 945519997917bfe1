# Alerts: which stories a member of staff wants to hear of.
#
# Whom an alert tells of which story is no rule of its own: it is what its owner, as staff, may read of that story.

# People see their own alerts, staff or not any more.
grant(member: Member, "read", alert: Alert, field, "clear", "P22 staff hear of stories by the filter that they set") if
    alert.account_id = member.account_id and
    field in [
        "id", "name", "frequency", "createdAt", "search", "service", "organisation", "area", "tag", "region", "ageGroup",
        "authorRole", "progress", "routing", "criticalityFrom", "criticalityTo"
    ];

# Why a field is not shown.
withheld("Alert", field, "P22 What somebody wants to hear of is for them.") if
    field in [
        "id", "name", "frequency", "createdAt", "search", "service", "organisation", "area", "tag", "region", "ageGroup",
        "authorRole", "progress", "routing", "criticalityFrom", "criticalityTo"
    ];
