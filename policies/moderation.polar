# Moderation: what was done to a story before it was public.

# Whoever may read the log of a story reads its entries; who did it is never shown.
grant(viewer: Viewer, "read", entry: ModerationEntry, field, "clear", "P10 how a story was moderated") if
    reads(viewer, entry.story, "moderationLog") and
    field in ["action", "doneAt", "note"];

# Whoever may read the original of a story reads what was sent, until it is purged.
grant(viewer: Viewer, "read", original: StoryOriginal, field, "clear", "P11 the original is kept for six months") if
    reads(viewer, original.story, "original") and
    field in ["title", "body", "purgeAfter"];

# Why a field is not shown.
withheld("ModerationEntry", field, "P10 How a story was moderated is for its author and those who moderate.") if
    field in ["action", "doneAt", "note"];
withheld("StoryOriginal", field, "P11 What was changed before publication is for its author and moderators.") if
    field in ["title", "body", "purgeAfter"];
