# Disclosures: on a risk of serious harm, chosen private fields of one person, for one organisation, for some hours.
#
# A disclosure names its fields one by one. Two people of safeguarding decide about it, and the data protection officer
# reviews it. It opens what it names while it is active (approved, not revoked, not expired by the database's clock) to
# those who manage the organisation, and to nobody else. A story can be told of until it is rejected or withdrawn.

# The managers to whom a story was disclosed read it, whether it is public or not.
grant(member: Member, "read", story: Story, field, "clear", "P09 disclosed on a risk of serious harm") if
    tellable(story) and
    told(member, story) and
    field in [
        "id", "number", "status", "region", "url", "restriction", "publishedAt", "services", "similarExperienceCount",
        "markedSimilar", "viewerCan",
        "title", "body", "tags", "responses", "responseCount", "ageGroup", "authorRole", "penName", "progress", "changes",
        "submittedAt", "criticality", "routedAreas", "routing"
    ];

# Of who wrote it they read what the disclosure names.
grant(member: Member, "read", story: Story, "author", "clear", "P09 disclosed on a risk of serious harm") if
    tellable(story) and
    disclosed(member, story, "Story.author");
grant(member: Member, "read", story: Story, "postcode", "clear", "P09 disclosed on a risk of serious harm") if
    tellable(story) and
    disclosed(member, story, "Story.postcode");
grant(member: Member, "read", story: Story, "ipAddress", "clear", "P09 disclosed on a risk of serious harm") if
    tellable(story) and
    disclosed(member, story, "Story.ipAddress");

# So they do of an account, whether it is disclosed by itself or with a story of its person.
grant(member: Member, "read", account: Account, "id", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.id");
grant(member: Member, "read", account: Account, "createdAt", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.createdAt");
grant(member: Member, "read", account: Account, "penName", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.penName");
grant(member: Member, "read", account: Account, "email", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.email");
grant(member: Member, "read", account: Account, "postcode", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.postcode");
grant(member: Member, "read", account: Account, "ipAddresses", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.ipAddresses");
grant(member: Member, "read", account: Account, "readingHistory", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.readingHistory");
grant(member: Member, "read", account: Account, "similarExperiences", "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, account, "Account.similarExperiences");
grant(member: Member, "read", used: IpAddressUse, field, "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, used.account, "Account.ipAddresses") and
    field in ["address", "usedAt", "use"];
grant(member: Member, "read", reading: Reading, field, "clear", "P09 disclosed on a risk of serious harm") if
    disclosed(member, reading.account, "Account.readingHistory") and
    field in ["readAt", "story"];

# They read the file of a disclosure while it is active, but for its review, unless it is about themselves.
grant(member: Member, "read", disclosure: Disclosure, field, "clear", "P09 disclosed on a risk of serious harm") if
    member.recipient = true and
    disclosure.active = true and
    disclosure.account_id != member.account_id and
    manages(member, disclosure.organisation) and
    field in [
        "id", "number", "status", "story", "account", "fields", "recipient", "grounds", "requestedAt", "wantedUntil",
        "approvedAt", "expiresAt", "revokedAt", "viewerCan"
    ];

# People see what was disclosed about them, to whom and why, unless a reason stands against it until a date.
grant(member: Member, "read", disclosure: Disclosure, field, "clear", "P14 people see everything that is held about them") if
    disclosure.account_id = member.account_id and
    disclosure.shown = true and
    field in [
        "id", "number", "status", "story", "account", "fields", "recipient", "grounds", "requestedAt", "wantedUntil",
        "approvedAt", "expiresAt", "revokedAt", "viewerCan",
        "withheldUntil", "withheldReason", "reviewDueAt", "overdue", "reviewedAt", "outcome", "note"
    ];
grant(member: Member, "read", account: Account, "disclosures", "clear", "P14 people see everything that is held about them") if
    account.id = member.account_id;

# Safeguarding and the data protection officer read every file but one about themselves.
grant(member: Member, "read", disclosure: Disclosure, field, "clear", "P09 to decide about a disclosure and to review it") if
    "SAFEGUARDING" in member.roles and
    disclosure.account_id != member.account_id and
    field in [
        "id", "number", "status", "story", "account", "fields", "recipient", "grounds", "requestedAt", "wantedUntil",
        "approvedAt", "expiresAt", "revokedAt", "viewerCan",
        "withheldUntil", "withheldReason", "reviewDueAt", "overdue", "reviewedAt", "outcome", "note"
    ];
grant(member: Member, "read", disclosure: Disclosure, field, "clear", "P09 to decide about a disclosure and to review it") if
    "DPO" in member.roles and
    disclosure.account_id != member.account_id and
    field in [
        "id", "number", "status", "story", "account", "fields", "recipient", "grounds", "requestedAt", "wantedUntil",
        "approvedAt", "expiresAt", "revokedAt", "viewerCan",
        "withheldUntil", "withheldReason", "reviewDueAt", "overdue", "reviewedAt", "outcome", "note"
    ];
grant(member: Member, "read", _account: Account, "disclosures", "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"];

# Somebody else of safeguarding approves what one of them asked for; either of them, or the data protection officer, ends it.
grant(member: Member, "approve", disclosure: Disclosure, "approve", "clear", "P09 two people decide about a disclosure") if
    "SAFEGUARDING" in member.roles and
    disclosure.waiting = true and
    disclosure.account_id != nil and
    disclosure.account_id != member.account_id and
    disclosure.requested_by != nil and
    disclosure.requested_by != member.account_id;
grant(member: Member, "revoke", disclosure: Disclosure, "revoke", "clear", "P09 a disclosure ends with its reason") if
    decides(member) and
    disclosure.account_id != member.account_id and
    open(disclosure);

# The data protection officer reviews every disclosure, and says until when its person does not see it.
grant(member: Member, "review", disclosure: Disclosure, "review", "clear", "P09 every disclosure is reviewed") if
    "DPO" in member.roles and
    disclosure.account_id != member.account_id and
    disclosure.approved_at != nil and
    disclosure.reviewed_at = nil;
grant(member: Member, "withhold", disclosure: Disclosure, "withhold", "clear", "P14 withheld only with a reason and a date") if
    "DPO" in member.roles and
    disclosure.account_id != nil and
    disclosure.account_id != member.account_id;

# Those who decide, and those to whom something is disclosed, ask for the files.
grant(member: Member, "call", _query: Query, "disclosures", "clear", "P09 to decide about a disclosure and to review it") if
    decides(member);
grant(member: Member, "call", _query: Query, "disclosures", "clear", "P09 disclosed on a risk of serious harm") if
    member.recipient = true;
grant(member: Member, "call", _mutation: Mutation, field, "clear", "P09 two people decide about a disclosure") if
    "SAFEGUARDING" in member.roles and
    field in ["requestDisclosure", "approveDisclosure"];
grant(member: Member, "call", _mutation: Mutation, "revokeDisclosure", "clear", "P09 a disclosure ends with its reason") if
    decides(member);
grant(member: Member, "call", _mutation: Mutation, "reviewDisclosure", "clear", "P09 every disclosure is reviewed") if
    "DPO" in member.roles;

# What these rules call told, disclosed, tellable, open, and deciding: a story is told to the managers of an organisation,
# and of it and of an account those fields are disclosed to them that an active disclosure names.
told(member: Member, story: Story) if
    member.recipient = true and
    disclosure in story.disclosures and
    disclosure.active = true and
    manages(member, disclosure.organisation);
disclosed(member: Member, story: Story, name: String) if
    member.recipient = true and
    disclosure in story.disclosures and
    disclosure.active = true and
    name in disclosure.fields and
    manages(member, disclosure.organisation);
disclosed(member: Member, account: Account, name: String) if
    member.recipient = true and
    disclosure in account.disclosures and
    disclosure.active = true and
    name in disclosure.fields and
    manages(member, disclosure.organisation);
manages(member: Member, organisation: Organisation) if
    membership in organisation.memberships and
    membership.account_id = member.account_id and
    membership.role = "MANAGER";
tellable(story: Story) if story.status in ["SUBMITTED", "IN_REVIEW", "PREVIEW", "PUBLISHED", "RESTRICTED"];
open(disclosure: Disclosure) if disclosure.waiting = true;
open(disclosure: Disclosure) if disclosure.active = true;
decides(member: Member) if "SAFEGUARDING" in member.roles;
decides(member: Member) if "DPO" in member.roles;

# Why this is denied.
withheld("Disclosure", field, "P09 A disclosure is for those who decide about it, its recipient, and its person.") if
    field in [
        "id", "number", "status", "story", "account", "fields", "recipient", "grounds", "requestedAt", "wantedUntil",
        "approvedAt", "expiresAt", "revokedAt", "viewerCan"
    ];
withheld("Disclosure", field, "P09 How a disclosure was reviewed is for those who decide about it, and its person.") if
    field in ["withheldUntil", "withheldReason", "reviewDueAt", "overdue", "reviewedAt", "outcome", "note"];
withheld("Disclosure", "approve", "P09 Somebody of safeguarding who did not ask for it approves a disclosure, in time.");
withheld("Disclosure", "revoke", "P09 Safeguarding and the data protection officer end a disclosure, until it is over.");
withheld("Disclosure", "review", "P09 The data protection officer reviews a disclosure once, after its approval.");
withheld("Disclosure", "withhold", "P14 The data protection officer says until when a person does not see a disclosure.");
withheld("Account", "disclosures", "P14 What was disclosed about a person is for that person.");
withheld("Query", "disclosures", "P09 Disclosures are for those who decide about them and those to whom they are made.");
withheld("Mutation", field, "P09 Safeguarding asks for disclosures and approves them.") if
    field in ["requestDisclosure", "approveDisclosure"];
withheld("Mutation", "revokeDisclosure", "P09 Safeguarding and the data protection officer end disclosures.");
withheld("Mutation", "reviewDisclosure", "P09 The data protection officer reviews disclosures.");
