# The roots: what can be asked and done at all. What comes out is decided row by row and field by field.

# Everybody may ask.
grant(_viewer: Viewer, "call", _query: Query, field, "clear", "P06 public for everyone, once moderated") if
    field in [
        "viewer", "node", "nodes", "story", "stories", "service", "services", "organisation", "organisations",
        "area", "tags", "access"
    ];

# Whoever is signed in may ask for complaints; which ones they see is decided one by one.
grant(_member: Member, "call", _query: Query, "complaints", "clear", "P19 complaints are answered and tracked");

# Everybody may sign in and out.
grant(_viewer: Viewer, "call", _mutation: Mutation, field, "clear", "P14 signed in with email and password") if
    field in ["signIn", "signOut"];

# The data protection officer and administrators may ask what a viewer whom they describe would see.
grant(member: Member, "describe", _query: Query, "describe", "clear", "P13 people are told what the software does") if
    "DPO" in member.roles;
grant(member: Member, "describe", _query: Query, "describe", "clear", "P13 people are told what the software does") if
    "ADMIN" in member.roles;

# Why this is denied.
withheld("Query", "complaints", "P19 Sign in to see your complaints.");
withheld("Query", "describe", "P13 Only the data protection officer and administrators ask for another viewer.");
