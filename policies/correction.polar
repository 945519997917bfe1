# Corrections: that a person changed what is held about them.

# People see when they changed what; from what to what was never kept.
grant(member: Member, "read", correction: Correction, field, "clear", "P15 people can correct what is held about them") if
    correction.account_id = member.account_id and
    field in ["field", "correctedAt"];

# Why a field is not shown.
withheld("Correction", field, "P15 What a person corrected is for that person.") if
    field in ["field", "correctedAt"];
