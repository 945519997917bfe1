# Accounts: the people themselves, and what is kept about them.
#
# An account is private. Its id is the only thing that is shown together with any other field: it is the handle with
# which the account was asked for, and it names nobody. Who wrote a response is such a handle too: for the colleagues
# of whoever wrote it and for moderators, never for a person who belongs to no organisation.

# People see everything that is held about them.
grant(member: Member, "read", account: Account, field, "clear", "P14 people see everything that is held about them") if
    account.id = member.account_id and
    field in [
        "id", "createdAt", "penName", "email", "postcode", "ipAddresses", "demographics", "consents", "stories",
        "readingHistory", "similarExperiences", "memberships", "roles", "sessions", "secondFactor", "pendingEmail",
        "corrections", "dataExports", "complaints", "mailPreferences", "accessLog",
        "alerts"
    ];
grant(member: Member, "read", reading: Reading, field, "clear", "P04 one's own reading history") if
    reading.account_id = member.account_id and
    field in ["readAt", "story"];
grant(member: Member, "read", answers: Demographics, field, "clear", "P07 the person alone can see their own") if
    answers.id = member.demographics_id and
    field in ["gender", "birthYear", "ethnicGroup", "limitedByCondition"];
grant(member: Member, "read", used: IpAddressUse, field, "clear", "P14 people see everything that is held about them") if
    used.account_id = member.account_id and
    field in ["address", "usedAt", "use"];

# Colleagues and moderators tell the accounts that write for an organisation from one another, and see no more of them.
grant(member: Member, "read", account: Account, "id", "clear", "P06 a response is an organisation's, by one of its staff") if
    member.staff = true and
    employment in account.memberships and
    colleague in employment.organisation.memberships and
    colleague.account_id = member.account_id;
grant(member: Member, "read", account: Account, "id", "clear", "P06 a response is an organisation's, by one of its staff") if
    "MODERATOR" in member.roles and
    _employment in account.memberships;

# Safeguarding reaches a person on a risk of serious harm, only with that purpose.
grant(member: Member, "read", _account: Account, field, "clear", "P09 on a risk of serious harm") if
    "SAFEGUARDING" in member.roles and
    member.purpose = "safeguarding" and
    field in ["id", "createdAt", "penName", "email", "postcode"];

# Abuse analysts see the addresses from which a person wrote, only with that purpose.
grant(member: Member, "read", _account: Account, field, "clear", "P03 to prevent or detect abuse of the site") if
    "ABUSE" in member.roles and
    member.purpose = "abuse" and
    field in ["id", "ipAddresses"];
grant(member: Member, "read", _used: IpAddressUse, field, "clear", "P03 to prevent or detect abuse of the site") if
    "ABUSE" in member.roles and
    member.purpose = "abuse" and
    field in ["address", "usedAt", "use"];

# The data protection officer answers a person's request or complaint, only with that purpose.
grant(member: Member, "read", _account: Account, field, "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"] and
    field in ["id", "createdAt", "penName", "email", "consents", "accessLog"];

# Administrators see who has which role, and nothing else about a person.
grant(member: Member, "read", _account: Account, field, "clear", "P14 roles are given by administrators") if
    "ADMIN" in member.roles and
    field in ["id", "memberships", "roles"];

# Why a field is not shown.
withheld("Account", field, "P14 An account is shown to its own person.") if
    field in ["id", "createdAt", "penName", "stories"];
withheld("Account", "email", "P01 A person's email is private.");
withheld("Account", "postcode", "P02 A person's postcode is private.");
withheld("Account", "ipAddresses", "P03 The IP address is private; it is only used against abuse of the site.");
withheld("Account", "demographics", "P07 These answers are shown to the person alone, and leave only as statistics.");
withheld("Account", "readingHistory", "P04 The stories that a person has read are private.");
withheld("Account", "similarExperiences", "P05 The stories that a person marked as similar are private.");
withheld("Account", field, "P14 How a person signs in, and what they asked for, is for that person.") if
    field in ["sessions", "secondFactor", "dataExports", "complaints"];
withheld("Account", "pendingEmail", "P01 A person's email is private.");
withheld("Account", "alerts", "P22 What somebody wants to hear of is for them.");
withheld("Account", "corrections", "P15 What a person corrected is for that person.");
withheld("Account", "accessLog", "P14 Who looked at a person's private data is for that person.");
withheld("Account", "mailPreferences", "P12 Which e-mails a person wants is for that person.");
withheld("Account", "consents", "P12 What a person agreed to is for that person.");
withheld("Account", field, "P14 A person's roles are for that person and administrators.") if
    field in ["memberships", "roles"];
withheld("Reading", field, "P04 The stories that a person has read are private.") if
    field in ["readAt", "story"];
withheld("Demographics", field, "P07 These answers are shown to the person alone, and leave only as statistics.") if
    field in ["gender", "birthYear", "ethnicGroup", "limitedByCondition"];
withheld("IpAddressUse", field, "P03 The IP address is private; it is only used against abuse of the site.") if
    field in ["address", "usedAt", "use"];
