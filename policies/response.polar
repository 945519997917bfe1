# Responses of organisations, authors' replies to them, and the changes that followed.
#
# A response or change is shown with its story: whoever may not read the responses of a story reads none of them.

# Everybody reads a published response to a story that they may read.
grant(viewer: Viewer, "read", response: Response, field, "clear", "P06 public once moderated") if
    response.status = "PUBLISHED" and
    reads(viewer, response.story, "responses") and
    field in [
        "id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle", "viewerCan",
        "settlesAt", "rejection"
    ];
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
    field in [
        "id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle", "viewerCan",
        "settlesAt", "rejection", "account"
    ];
grant(member: Member, "read", change: Change, field, "clear", "P10 one's own organisation's, before it is public") if
    member.staff = true and
    membership in change.organisation.memberships and
    membership.account_id = member.account_id and
    reads(member, change.story, "changes") and
    field in ["kind", "description", "organisation", "publishedAt"];

# Authors see their own replies, and what became of those, wherever they see their story.
grant(member: Member, "read", response: Response, field, "clear", "P14 people see everything that is held about them") if
    response.organisation = nil and
    wrote(member, response.story) and
    reads(member, response.story, "responses") and
    field in [
        "id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle", "viewerCan",
        "settlesAt", "rejection"
    ];

# Moderators read every response, and which of an organisation's staff wrote it; who wrote an author's reply stays private.
grant(member: Member, "read", response: Response, field, "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    reads(member, response.story, "responses") and
    field in [
        "id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle", "viewerCan",
        "settlesAt", "rejection"
    ];
grant(member: Member, "read", response: Response, "account", "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    response.organisation != nil and
    reads(member, response.story, "responses");
grant(member: Member, "read", change: Change, field, "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    reads(member, change.story, "changes") and
    field in ["kind", "description", "organisation", "publishedAt"];

# Until it is moderated, whoever wrote a response changes or undoes it, and so does a manager of the organisation; for
# how long is looked at when they do.
grant(member: Member, "edit", response: Response, "edit", "clear", "P08 providers respond to what is said about them") if
    response.status = "PENDING" and
    changes(member, response);
grant(member: Member, "undo", response: Response, "undo", "clear", "P08 providers respond to what is said about them") if
    response.status = "PENDING" and
    changes(member, response);

# Authors reply to what organisations say about their story.
grant(member: Member, "reply", response: Response, "reply", "clear", "P08 authors reply to what providers say") if
    response.status = "PUBLISHED" and
    response.organisation != nil and
    response.story.status in ["PREVIEW", "PUBLISHED"] and
    wrote(member, response.story);

# Moderators decide about responses and replies, unless they wrote them, or the story.
grant(member: Member, "moderate", response: Response, "moderate", "clear", "P10 moderated before it is public") if
    response.status = "PENDING" and
    response.account_id != member.account_id and
    response.story.status in ["PREVIEW", "PUBLISHED", "RESTRICTED"] and
    moderates(member, response.story);

# Who may change a response, or a reply.
changes(member: Member, response: Response) if
    response.organisation = nil and
    response.account_id = member.account_id;
changes(member: Member, response: Response) if
    response.organisation != nil and
    membership in response.organisation.memberships and
    membership.account_id = member.account_id and
    membership.role in ["RESPONDER", "MANAGER"] and
    response.account_id = member.account_id;
changes(member: Member, response: Response) if
    response.organisation != nil and
    membership in response.organisation.memberships and
    membership.account_id = member.account_id and
    membership.role = "MANAGER";

# Why a field is not shown.
withheld("Response", field, "P10 Nothing is public before it was moderated.") if
    field in [
        "id", "body", "status", "publishedAt", "organisation", "staffName", "jobTitle", "viewerCan",
        "settlesAt", "rejection"
    ];
withheld("Response", field, "P08 Only who wrote a response or a manager changes it, until it is moderated.") if
    field in ["edit", "undo"];
withheld("Response", "reply", "P08 Only its author replies to what organisations say about a story.");
withheld("Response", "moderate", "P10 Only moderators decide about responses, each one once, and not about their own.");
withheld("Response", "account", "P06 Which person wrote a response is for their own organisation and moderators.");
withheld("Change", field, "P10 Nothing is public before it was moderated.") if
    field in ["kind", "description", "organisation", "publishedAt"];
