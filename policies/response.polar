# Responses of organisations, authors' replies to them, and the changes that followed.
#
# A response or change is shown with its story: whoever may not read the responses of a story reads none of them.

# Everybody reads a published response to a story that they may read.
grant(viewer: Viewer, "read", response: Response, field, "clear", "P06 public once moderated") if
    response.status = "PUBLISHED" and
    reads(viewer, response.story, "responses") and
    field in ["id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle"];
grant(viewer: Viewer, "read", change: Change, field, "clear", "P06 public once moderated") if
    change.status = "PUBLISHED" and
    reads(viewer, change.story, "changes") and
    field in ["kind", "description", "organisation", "publishedAt"];

# Staff also read what their own organisation wrote and nobody moderated yet, and who among them wrote it.
grant(member: Member, "read", response: Response, field, "clear", "P10 one's own organisation's, before it is public") if
    member.staff = true and
    response.organisation != nil and
    membership in response.organisation.memberships and
    membership.account_id = member.account_id and
    reads(member, response.story, "responses") and
    field in ["id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle", "account"];
grant(member: Member, "read", change: Change, field, "clear", "P10 one's own organisation's, before it is public") if
    member.staff = true and
    membership in change.organisation.memberships and
    membership.account_id = member.account_id and
    reads(member, change.story, "changes") and
    field in ["kind", "description", "organisation", "publishedAt"];

# Moderators read every response, and which of an organisation's staff wrote it; who wrote an author's reply stays private.
grant(member: Member, "read", response: Response, field, "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    reads(member, response.story, "responses") and
    field in ["id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle"];
grant(member: Member, "read", response: Response, "account", "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    response.organisation != nil and
    reads(member, response.story, "responses");
grant(member: Member, "read", change: Change, field, "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    reads(member, change.story, "changes") and
    field in ["kind", "description", "organisation", "publishedAt"];

# Why a field is not shown.
withheld("Response", field, "P10 Nothing is public before it was moderated.") if
    field in ["id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle"];
withheld("Response", "account", "P06 Which person wrote a response is for their own organisation and moderators.");
withheld("Change", field, "P10 Nothing is public before it was moderated.") if
    field in ["kind", "description", "organisation", "publishedAt"];
