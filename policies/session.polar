# Sessions: where a person is signed in.

# People see their own sessions, to end those that they do not know.
grant(member: Member, "read", session: Session, field, "clear", "P14 people see everything that is held about them") if
    session.account_id = member.account_id and
    field in ["id", "createdAt", "expiresAt", "client", "secondFactor", "current"];

# Why a field is not shown.
withheld("Session", field, "P14 Where a person is signed in is for that person.") if
    field in ["id", "createdAt", "expiresAt", "client", "secondFactor", "current"];
