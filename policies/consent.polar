# Consents: the ledger of what a person agreed to.

# People see what they agreed to, when, and how they were asked.
grant(member: Member, "read", consent: Consent, field, "clear", "P12 consent is seen as easily as it was given") if
    consent.account_id = member.account_id and
    field in ["purpose", "granted", "givenAt", "noticeVersion", "givenBy"];

# The data protection officer reads the ledger to answer a person's request or complaint, only with that purpose.
grant(member: Member, "read", _consent: Consent, field, "clear", "P14 to answer a person's request or complaint") if
    "DPO" in member.roles and
    member.purpose in ["rights-request", "complaint"] and
    field in ["purpose", "granted", "givenAt", "noticeVersion", "givenBy"];

# Why a field is not shown.
withheld("Consent", field, "P12 What a person agreed to is for that person.") if
    field in ["purpose", "granted", "givenAt", "noticeVersion", "givenBy"];
