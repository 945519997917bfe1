"""What the person did on the site besides writing: reading, marking, and work for the site."""

from sqlalchemy import case

from models.base import metadata
from models.story import StoryStatus
from operations.data_export.table import PERSON, YOURS, Column, Table
from operations.retention import kept

reading = metadata.tables["reading"]
mark = metadata.tables["similar_experience"]
story = metadata.tables["story"]
moderation = metadata.tables["moderation_entry"]
response = metadata.tables["response"]

# SECURITY: P10: of a story that is not public now, nothing but its number is told to who once read it.
TITLE = Column(
    "title",
    case((story.c.status == StoryStatus.PUBLISHED, story.c.title), (story.c.author_id == PERSON, story.c.title)),
    "its title; empty if it is not public at the moment",
)

TABLES = (
    Table(
        "reading_history",
        "Stories that you read.",
        "as your recent reading history, for you alone (P04)",
        kept("reading"),
        reading.join(story, reading.c.story_id == story.c.id),
        reading.c.account_id == PERSON,
        (reading.c.read_at.desc(), reading.c.story_id),
        (
            Column("story", reading.c.story_id, "the number of the story"),
            TITLE,
            Column("read_at", reading.c.read_at, "when you last read it"),
        ),
        {"reading.account_id": YOURS},
    ),
    Table(
        "similar_experiences",
        "Stories that you marked as a similar experience.",
        "to count the marks; nobody else sees yours (P05)",
        kept("similar_experience"),
        mark.join(story, mark.c.story_id == story.c.id),
        mark.c.account_id == PERSON,
        (mark.c.marked_at.desc(), mark.c.story_id),
        (
            Column("story", mark.c.story_id, "the number of the story"),
            TITLE,
            Column("marked_at", mark.c.marked_at, "when you marked it"),
            Column("notify", mark.c.notify, "whether you agreed to e-mails about changes that follow from it"),
        ),
        {"similar_experience.account_id": YOURS},
    ),
    Table(
        "moderation_done",
        "Steps in the moderation of stories that you took: you sent one, or, as a moderator, did more.",
        "so that moderators can answer for what they did (P10)",
        kept("moderation_entry"),
        moderation,
        moderation.c.account_id == PERSON,
        (moderation.c.id,),
        (
            Column("story", moderation.c.story_id, "the number of the story"),
            Column("action", moderation.c.action, "what you did"),
            Column("done_at", moderation.c.done_at, "when"),
        ),
    ),
    Table(
        "responses_moderated",
        "Responses and replies about which you decided as a moderator.",
        "so that moderators can answer for what they did (P10)",
        kept("response"),
        response,
        response.c.moderator_id == PERSON,
        (response.c.id,),
        (
            Column("story", response.c.story_id, "the number of the story"),
            Column("status", response.c.status, "what you decided"),
            Column("moderated_at", response.c.moderated_at, "when"),
            Column("rejection", response.c.rejection, "why you turned it down"),
        ),
        {"response.moderator_id": YOURS},
    ),
)
