# Memberships: who works for which organisation.

# People see their own memberships.
grant(member: Member, "read", membership: Membership, field, "clear", "P14 people see everything that is held about them") if
    membership.account_id = member.account_id and
    field in ["role", "organisation"];

# Administrators see everybody's, to give and to take them.
grant(member: Member, "read", _membership: Membership, field, "clear", "P14 roles are given by administrators") if
    "ADMIN" in member.roles and
    field in ["role", "organisation"];

# Why a field is not shown.
withheld("Membership", field, "P14 A person's roles are for that person and administrators.") if
    field in ["role", "organisation"];
