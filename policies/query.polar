# The roots: what can be asked and done at all. What comes out is decided row by row and field by field.

# Everybody may ask.
grant(_viewer: Viewer, "call", _query: Query, field, "clear", "P06 public for everyone, once moderated") if
    field in [
        "viewer", "node", "nodes", "story", "stories", "service", "services", "organisation", "organisations",
        "area", "tags", "access"
    ];

# Everybody may read the privacy notice, which holds no row.
grant(_viewer: Viewer, "call", _query: Query, "privacyNotice", "clear", "P13 people are told what the software does");
# Everybody is told which region's site they are on, and which they may have meant.
grant(_viewer: Viewer, "call", _query: Query, "site", "clear", "P26 visitors are asked which region's site they want");

# Whoever is signed in may ask for complaints; which ones they see is decided one by one.
grant(_member: Member, "call", _query: Query, "complaints", "clear", "P19 complaints are answered and tracked");

# The data protection officer reads the audit log.
grant(member: Member, "call", _query: Query, "auditEvents", "clear", "P14 who looked at private data answers for it") if
    "DPO" in member.roles;

# Moderators see what waits for them.
grant(member: Member, "call", _query: Query, "moderationQueue", "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles;

# Everybody may register, follow a link that was sent by e-mail, and ask for one that sets a new password.
grant(_viewer: Viewer, "call", _mutation: Mutation, field, "clear", "P14 signed in with email and password") if
    field in ["register", "verifyEmail", "requestPasswordReset", "resetPassword"];

# Whoever is signed in changes their password, and corrects what is held about them.
grant(_member: Member, "call", _mutation: Mutation, "changePassword", "clear", "P14 signed in with email and password");
grant(_member: Member, "call", _mutation: Mutation, "updateAccount", "clear", "P15 people correct what is held about them");

# Everybody may sign in and out.
grant(_viewer: Viewer, "call", _mutation: Mutation, field, "clear", "P14 signed in with email and password") if
    field in ["signIn", "signOut"];

# Whoever is signed in ends their own sessions, and sets up or removes a second factor.
grant(_member: Member, "call", _mutation: Mutation, field, "clear", "P14 signed in with email and password") if
    field in ["endSession", "endOtherSessions", "startSecondFactor", "confirmSecondFactor", "removeSecondFactor"];

# Whoever is signed in gives consent and takes it back, answers questions about themselves, keeps a reading history,
# and marks stories.
grant(_member: Member, "call", _mutation: Mutation, "setConsent", "clear", "P12 consent is taken back as easily as given");
grant(_member: Member, "call", _mutation: Mutation, "setMailPreference", "clear", "P12 e-mails are stopped as easily as asked for");
grant(_member: Member, "call", _mutation: Mutation, "updateDemographics", "clear", "P15 people correct what is held about them");
grant(_member: Member, "call", _mutation: Mutation, field, "clear", "P04 one's own reading history") if
    field in ["recordReading", "clearReadingHistory"];
grant(_member: Member, "call", _mutation: Mutation, field, "clear", "P05 a similar experience of one's own") if
    field in ["markSimilar", "unmarkSimilar"];

# Whoever is signed in may ask for a copy of all that is held about them.
grant(_member: Member, "call", _mutation: Mutation, "requestDataExport", "clear", "P16 people can download all that is held");

# Whoever is signed in may withdraw their own stories, and erase themselves.
grant(_member: Member, "call", _mutation: Mutation, "withdrawStory", "clear", "P17 any story can be withdrawn by its author");
grant(_member: Member, "call", _mutation: Mutation, "eraseAccount", "clear", "P18 people can have all of it deleted");

# Whoever is signed in may try to respond and to reply, and to moderate that; which is decided one by one.
grant(_member: Member, "call", _mutation: Mutation, field, "clear", "P08 providers respond to what is said about them") if
    field in ["respond", "editResponse", "undoResponse", "replyToResponse"];
grant(_member: Member, "call", _mutation: Mutation, "moderateResponse", "clear", "P10 moderated before it is public");

# Staff set alerts; whoever is signed in deletes their own.
grant(member: Member, "call", _mutation: Mutation, "createAlert", "clear", "P22 staff hear of stories by the filter that they set") if
    member.staff = true;
grant(_member: Member, "call", _mutation: Mutation, "deleteAlert", "clear", "P22 staff hear of stories by the filter that they set");

# Everybody may complain; whoever is signed in may try to answer, which is decided complaint by complaint.
grant(_viewer: Viewer, "call", _mutation: Mutation, "complain", "clear", "P19 complaints are taken");
grant(_member: Member, "call", _mutation: Mutation, field, "clear", "P19 complaints are answered and tracked") if
    field in ["answerComplaint", "extendComplaint"];

# Whoever is signed in may try to moderate, which is decided story by story.
grant(_member: Member, "call", _mutation: Mutation, field, "clear", "P10 moderated before it is public") if
    field in [
        "assignStory", "unassignStory", "publishStory", "rejectStory", "previewStory", "holdPreview", "releasePreview",
        "restrictStory", "unrestrictStory"
    ];

# Administrators give roles among those who run the site, and take them.
grant(member: Member, "call", _mutation: Mutation, field, "clear", "P14 roles are given by administrators") if
    "ADMIN" in member.roles and
    field in ["grantRole", "revokeRole"];

# Everybody may send a story; who is not signed in confirms it by an e-mail.
grant(_viewer: Viewer, "call", _mutation: Mutation, "submitStory", "clear", "P10 moderated before it is public");

# Everybody may be told of stories as they are published and as they change; what they see of each is decided each time.
grant(_viewer: Viewer, "call", _subscription: Subscription, field, "clear", "P06 public for everyone, once moderated") if
    field in ["storyPublished", "storyChanged"];

# Moderators are told of what comes into their queue and leaves it.
grant(member: Member, "call", _subscription: Subscription, "moderationQueueChanged", "clear", "P10 moderated before it is public") if
    "MODERATOR" in member.roles;

# The data protection officer and administrators may ask what a viewer whom they describe would see.
grant(member: Member, "describe", _query: Query, "describe", "clear", "P13 people are told what the software does") if
    "DPO" in member.roles;
grant(member: Member, "describe", _query: Query, "describe", "clear", "P13 people are told what the software does") if
    "ADMIN" in member.roles;

# Why this is denied.
withheld("Query", "complaints", "P19 Sign in to see your complaints.");
withheld("Query", "auditEvents", "P14 The audit log is for the data protection officer.");
withheld("Mutation", field, "P14 Roles are given and taken by administrators.") if
    field in ["grantRole", "revokeRole"];
withheld("Query", "moderationQueue", "P10 What waits to be moderated is for moderators.");
withheld("Subscription", "moderationQueueChanged", "P10 What waits to be moderated is for moderators.");
withheld("Query", "describe", "P13 Only the data protection officer and administrators ask for another viewer.");
withheld("Mutation", "setConsent", "P12 Sign in to give consent or to take it back.");
withheld("Mutation", "setMailPreference", "P12 Sign in to say which e-mails you want, or follow the link in one.");
withheld("Mutation", "updateDemographics", "P07 Sign in to answer questions about yourself.");
withheld("Mutation", field, "P04 Sign in to keep a reading history.") if
    field in ["recordReading", "clearReadingHistory"];
withheld("Mutation", field, "P05 Sign in to mark a story, or to take your mark back.") if
    field in ["markSimilar", "unmarkSimilar"];
withheld("Mutation", "requestDataExport", "P16 Sign in to ask for a copy of what is held about you.");
withheld("Mutation", "changePassword", "P14 Sign in to change your password, or ask for a link that sets a new one.");
withheld("Mutation", "updateAccount", "P15 Sign in to correct what is held about you.");
withheld("Mutation", field, "P14 Sign in to end your sessions, or to set up a second factor.") if
    field in ["endSession", "endOtherSessions", "startSecondFactor", "confirmSecondFactor", "removeSecondFactor"];
withheld("Mutation", "withdrawStory", "P17 Sign in to withdraw a story of your own.");
withheld("Mutation", field, "P19 The data protection officer answers complaints.") if
    field in ["answerComplaint", "extendComplaint"];
withheld("Mutation", field, "P08 Sign in to respond to a story, or to a response to yours.") if
    field in ["respond", "editResponse", "undoResponse", "replyToResponse"];
withheld("Mutation", "moderateResponse", "P10 Sign in to moderate responses.");
withheld("Mutation", "createAlert", "P22 Alerts are for staff of organisations.");
withheld("Mutation", "deleteAlert", "P22 Sign in to delete an alert of your own.");
withheld("Mutation", "eraseAccount", "P18 Sign in to erase your account.");
withheld("Mutation", field, "P10 Sign in as a moderator to decide what becomes of a story.") if
    field in [
        "assignStory", "unassignStory", "publishStory", "rejectStory", "previewStory", "holdPreview", "releasePreview",
        "restrictStory", "unrestrictStory"
    ];
