# Stories: what people tell.
#
# The story is separated from the person: what it says is for everybody once it was moderated, who wrote it is for
# nobody but the author, and for people who act on a risk of harm, on abuse or on a request of the author.
# Nobody sees a withdrawn story, its author included; only a tombstone stays.

# Everybody sees that a published or restricted story exists, and what became of it.
grant(_viewer: Viewer, "read", story: Story, field, "clear", "P06 public once moderated") if
    public(story) and
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan"
    ];

# Everybody reads what a published story says, and what was said and done about it.
grant(_viewer: Viewer, "read", story: Story, field, "clear", "P06 public once moderated") if
    story.status = "PUBLISHED" and
    field in [
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes"
    ];

# Authors see all that is held about them with their own stories, whatever became of those.
grant(member: Member, "read", story: Story, field, "clear", "P14 people see everything that is held about them") if
    wrote(member, story) and
    kept(story) and
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan",
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes",
        "submittedAt", "original", "routedAreas", "routing", "moderationLog",
        "author", "postcode", "ipAddress"
    ];

# Staff of the organisations that a story is about read it from its preview on, with what helps them to act on it.
grant(member: Member, "read", story: Story, field, "clear", "P08 shown to the providers that it is about") if
    member.staff = true and
    provided(story) and
    answers_for(member, story) and
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan",
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes",
        "submittedAt", "criticality", "routedAreas", "routing"
    ];

# Moderators read every story that is not withdrawn, with what it takes to judge it, and the outward half of the postcode.
grant(member: Member, "read", story: Story, field, "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles and
    kept(story) and
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan",
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes",
        "submittedAt", "criticality", "routedAreas", "routing", "original", "moderationLog", "identifying",
        "assignedToMe", "assignedAt", "moderationDueAt"
    ];
grant(member: Member, "read", story: Story, "postcode", "outward", "P02 moderators check where a story goes") if
    "MODERATOR" in member.roles and
    kept(story);

# Safeguarding reads every story that is not withdrawn; who and where its author is, only with that purpose.
grant(member: Member, "read", story: Story, field, "clear", "P09 on a risk of serious harm") if
    "SAFEGUARDING" in member.roles and
    kept(story) and
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan",
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes",
        "submittedAt", "criticality", "routedAreas", "routing", "original", "moderationLog", "identifying"
    ];
grant(member: Member, "read", story: Story, field, "clear", "P09 on a risk of serious harm") if
    "SAFEGUARDING" in member.roles and
    member.purpose = "safeguarding" and
    kept(story) and
    field in ["author", "postcode"];

# Abuse analysts see from which address a public story was sent, only with that purpose.
grant(member: Member, "read", story: Story, "ipAddress", "clear", "P03 to prevent or detect abuse of the site") if
    "ABUSE" in member.roles and
    member.purpose = "abuse" and
    public(story);

# The data protection officer sees when and how a public story was handled; whose it is, only for a request or complaint.
grant(member: Member, "read", story: Story, field, "clear", "P19 to answer for how a story was handled") if
    "DPO" in member.roles and
    public(story) and
    field in ["submittedAt", "moderationLog"];
grant(member: Member, "read", story: Story, "author", "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"] and
    public(story);

# Any member marks a published story of somebody else as similar to what they lived through.
grant(member: Member, "markSimilar", story: Story, "markSimilar", "clear", "P05 a similar experience of one's own") if
    story.status = "PUBLISHED" and
    story.author_id != member.account_id;

# Authors withdraw their own story, whatever became of it.
grant(member: Member, "withdraw", story: Story, "withdraw", "clear", "P17 any story can be withdrawn by its author") if
    wrote(member, story) and
    kept(story);

# Responders and managers of the organisations that a story is about respond to it, from its preview on.
grant(member: Member, "respond", story: Story, "respond", "clear", "P08 providers respond to what is said about them") if
    member.staff = true and
    story.status in ["PREVIEW", "PUBLISHED"] and
    responds_for(member, story);

# Moderators decide what becomes of a story, unless they wrote it.
grant(member: Member, "assign", story: Story, "assign", "clear", "P10 moderated before it is public") if
    moderates(member, story) and
    story.status in ["SUBMITTED", "IN_REVIEW"];
grant(member: Member, "unassign", story: Story, "unassign", "clear", "P10 moderated before it is public") if
    moderates(member, story) and
    story.status = "IN_REVIEW";
grant(member: Member, "preview", story: Story, "preview", "clear", "P08 shown to providers before publication") if
    moderates(member, story) and
    story.status in ["SUBMITTED", "IN_REVIEW"];
grant(member: Member, "hold", story: Story, "hold", "clear", "P08 a preview ends in publication unless it is held") if
    moderates(member, story) and
    story.status = "PREVIEW";
grant(member: Member, "publish", story: Story, "publish", "clear", "P10 moderated before it is public") if
    moderates(member, story) and
    story.status in ["SUBMITTED", "IN_REVIEW", "PREVIEW"];
grant(member: Member, "reject", story: Story, "reject", "clear", "P10 moderated before it is public") if
    moderates(member, story) and
    story.status in ["SUBMITTED", "IN_REVIEW", "PREVIEW"];
grant(member: Member, "restrict", story: Story, "restrict", "clear", "P06 a restricted story keeps its public row") if
    moderates(member, story) and
    story.status = "PUBLISHED";
grant(member: Member, "unrestrict", story: Story, "unrestrict", "clear", "P06 a restricted story keeps its public row") if
    moderates(member, story) and
    story.status = "RESTRICTED";

# What these rules call public, provided and kept.
public(story: Story) if story.status in ["PUBLISHED", "RESTRICTED"];
provided(story: Story) if story.status in ["PREVIEW", "PUBLISHED", "RESTRICTED"];
kept(story: Story) if story.status != "WITHDRAWN";

# An author is the member whose account the story carries; an erased author is nobody.
wrote(member: Member, story: Story) if story.author_id = member.account_id;

# Nobody moderates a story of their own.
moderates(member: Member, story: Story) if
    "MODERATOR" in member.roles and
    story.author_id != member.account_id;

# An organisation answers for a story if it runs a service named there, or cares for an area where it was routed to.
answers_for(member: Member, story: Story) if
    service in story.services and
    membership in service.organisation.memberships and
    membership.account_id = member.account_id;
answers_for(member: Member, story: Story) if
    area in story.areas and
    area.organisation != nil and
    membership in area.organisation.memberships and
    membership.account_id = member.account_id;
responds_for(member: Member, story: Story) if
    service in story.services and
    membership in service.organisation.memberships and
    membership.account_id = member.account_id and
    membership.role in ["RESPONDER", "MANAGER"];
responds_for(member: Member, story: Story) if
    area in story.areas and
    area.organisation != nil and
    membership in area.organisation.memberships and
    membership.account_id = member.account_id and
    membership.role in ["RESPONDER", "MANAGER"];

# Why a field is not shown.
withheld("Story", field, "P10 Nothing is public before it was moderated, and a withdrawn story is gone.") if
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan"
    ];
withheld("Story", field, "P06 The text of a story is shown once it was moderated, unless it is restricted.") if
    field in [
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes"
    ];
withheld("Story", "criticality", "P06 Criticality is for the organisations that a story is about, never public.");
withheld("Story", "submittedAt", "P06 When a story was sent is for its author and those who handle it.");
withheld("Story", "original", "P11 What was changed before publication is for its author and moderators.");
withheld("Story", "moderationLog", "P10 How a story was moderated is for its author and those who moderate.");
withheld("Story", field, "P02 Where a story was routed tells where its author lives.") if
    field in ["routedAreas", "routing"];
withheld("Story", "identifying", "P10 What could identify a person in a story is shown to moderators, so that it is not published.");
withheld("Story", field, "P10 How far moderation has got is for moderators.") if
    field in ["assignedToMe", "assignedAt", "moderationDueAt"];
withheld("Story", "author", "P01 Who wrote a story is private.");
withheld("Story", "postcode", "P02 An author's postcode is private; it only routes the story.");
withheld("Story", "ipAddress", "P03 The IP address is private; it is only used against abuse of the site.");
withheld("Story", "markSimilar", "P05 Members mark published stories of somebody else, not their own.");
withheld("Story", "withdraw", "P17 Only its author can withdraw a story.");
withheld("Story", "respond", "P08 Only organisations that a story is about respond to it, from its preview on.");
withheld("Story", field, "P10 Only moderators decide what becomes of a story of somebody else's, each step in its turn.") if
    field in ["assign", "unassign", "publish", "reject", "preview", "hold", "restrict", "unrestrict"];
