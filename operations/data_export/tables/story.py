"""What the person wrote, and what was said and done about it."""

from sqlalchemy import String, and_, cast

from models.base import metadata
from models.response import ResponseStatus
from operations.data_export.table import HASH, NAMED, OTHERS, PERSON, ROW, YOURS, Column, Table
from operations.retention import kept

story = metadata.tables["story"]
original = metadata.tables["story_original"]
story_service = metadata.tables["story_service"]
service = metadata.tables["service"]
organisation = metadata.tables["organisation"]
story_area = metadata.tables["story_area"]
area = metadata.tables["area"]
story_tag = metadata.tables["story_tag"]
tag = metadata.tables["tag"]
moderation = metadata.tables["moderation_entry"]
response = metadata.tables["response"]
change = metadata.tables["change"]
tombstone = metadata.tables["tombstone"]
event = metadata.tables["event"]

MINE = story.c.author_id == PERSON
NUMBER = Column("story", story.c.id, "the number of the story, as in stories")
STORIES = "to publish it, so that those who give care and everybody else can learn from it (P06)"

TABLES = (
    Table(
        "stories",
        "Your stories, in all states, published or not.",
        STORIES,
        kept("story"),
        story,
        MINE,
        (story.c.id,),
        (
            Column("number", story.c.id, "its number"),
            Column("status", story.c.status, "where it stands"),
            Column("region", story.c.region, "the region of the site"),
            Column("title", story.c.title, "its title"),
            Column("body", story.c.body, "its text"),
            Column("age_group", story.c.age_group, "the age group that you chose to show"),
            Column("author_role", story.c.author_role, "in what role you wrote it"),
            Column("pen_name", story.c.pen_name, "the name shown with it"),
            Column("progress", story.c.progress, "how far it has got with those whom it is about"),
            Column("submitted_at", story.c.submitted_at, "when you sent it"),
            Column("notice_version", story.c.notice_version, "which privacy notice you were shown with the form"),
            Column("preview_until", story.c.preview_until, "until when it is shown to those whom it is about"),
            Column("published_at", story.c.published_at, "when it was published"),
            Column("similar_count", story.c.similar_count, "how many people marked it as a similar experience"),
            Column("restriction_reason", story.c.restriction_reason, "why its text is hidden, if it is"),
            Column("restriction_by", story.c.restriction_by, "who asked for that"),
            Column("routing", story.c.routing, "what became of your postcode"),
            Column("postcode", story.c.postcode, "your postcode, as sent with it"),
            Column("ip_address", story.c.ip_address, "the internet (IP) address from which it was sent"),
        ),
        {
            "story.author_id": YOURS,
            "story.idempotency_hash": HASH,
            "story.moderator_id": OTHERS,
            "story.assigned_at": "when a moderator took it, which the list moderation tells",
            "story.shown_at": "the time of publication or else of sending, which are both told",
            "story.search": "the words of the title and the text again, for the search",
            "story.criticality": "a working mark of the moderators for staff, about how serious the statements are and "
            "not about you; our rules show it to no author. You can ask for it by a complaint or request",
        },
    ),
    Table(
        "story_originals",
        "Stories as you sent them, where a moderator changed them.",
        "to show what was changed (P11)",
        kept("story_original"),
        original.join(story),
        MINE,
        (story.c.id,),
        (
            Column("story", original.c.story_id, NUMBER.meaning),
            Column("title", original.c.title, "the title as sent"),
            Column("body", original.c.body, "the text as sent"),
            Column("purge_after", original.c.purge_after, "when it is deleted"),
        ),
    ),
    Table(
        "story_services",
        "The services that your stories name.",
        STORIES,
        kept("story_service"),
        story_service.join(story).join(service).join(organisation),
        MINE,
        (story.c.id, story_service.c.position, service.c.id),
        (
            Column("story", story_service.c.story_id, NUMBER.meaning),
            Column("position", story_service.c.position, "in which order they are shown"),
            Column("service", service.c.name, "the service"),
            Column("ods_code", service.c.ods_code, "its code"),
            Column("organisation", organisation.c.name, "the organisation that runs it"),
        ),
        {
            "story_service.service_id": NAMED,
            "story_service.shown_at": "the time of the story again, for quick lists",
        },
    ),
    Table(
        "story_areas",
        "The areas to which your stories were routed by your postcode.",
        "to show it to those responsible for care in that area (P02)",
        kept("story_area"),
        story_area.join(story).join(area),
        MINE,
        (story.c.id, area.c.id),
        (
            Column("story", story_area.c.story_id, NUMBER.meaning),
            Column("area", area.c.name, "the area"),
            Column("code", area.c.code, "its official (GSS) code"),
        ),
        {"story_area.area_id": NAMED},
    ),
    Table(
        "story_tags",
        "What was good, what could be improved, and how it felt, in your words.",
        STORIES,
        kept("story_tag"),
        story_tag.join(story).join(tag),
        MINE,
        (story.c.id, tag.c.kind, story_tag.c.position, tag.c.id),
        (
            Column("story", story_tag.c.story_id, NUMBER.meaning),
            Column("kind", tag.c.kind, "the question that it answers"),
            Column("position", story_tag.c.position, "in which order you gave them"),
            Column("label", tag.c.label, "your words"),
        ),
        {"story_tag.tag_id": NAMED},
    ),
    Table(
        "moderation",
        "What moderators did with your stories, step by step.",
        "so that nothing is public before it was moderated (P10), and moderators can answer for what they did",
        kept("moderation_entry"),
        moderation.join(story, moderation.c.story_id == story.c.id),
        MINE,
        (moderation.c.story_id, moderation.c.id),
        (
            Column("story", moderation.c.story_id, NUMBER.meaning),
            Column("action", moderation.c.action, "what was done"),
            Column("done_at", moderation.c.done_at, "when"),
            Column("note", moderation.c.note, "the reason that was given"),
        ),
        {"moderation_entry.id": ROW, "moderation_entry.account_id": OTHERS},
    ),
    Table(
        "responses_received",
        "Published answers to your stories, and your own replies to them.",
        "to show what those whom it is about say (P06)",
        kept("response"),
        response.join(story, response.c.story_id == story.c.id).outerjoin(organisation),
        and_(MINE, response.c.status == ResponseStatus.PUBLISHED),
        (response.c.story_id, response.c.published_at, response.c.id),
        (
            Column("story", response.c.story_id, NUMBER.meaning),
            Column("organisation", organisation.c.name, "who answers; empty for your own reply"),
            Column("staff_name", response.c.staff_name, "the name under which the answer is published"),
            Column("job_title", response.c.job_title, "the job that goes with it"),
            Column("body", response.c.body, "the answer"),
            Column("published_at", response.c.published_at, "when it was published"),
        ),
    ),
    Table(
        "responses_written",
        "Responses and replies that you wrote, in all states.",
        "to publish them with the story that they answer (P06)",
        kept("response"),
        response.outerjoin(organisation),
        response.c.account_id == PERSON,
        (response.c.id,),
        (
            Column("story", response.c.story_id, "the number of the story that it answers"),
            Column("organisation", organisation.c.name, "for whom you wrote it; empty for yourself"),
            Column("status", response.c.status, "where it stands"),
            Column("body", response.c.body, "what you wrote"),
            Column("staff_name", response.c.staff_name, "the name shown with it"),
            Column("job_title", response.c.job_title, "the job shown with it"),
            Column("created_at", response.c.created_at, "when you wrote it"),
            Column("settles_at", response.c.settles_at, "until when you could change it; empty once it was settled"),
            Column("edited_at", response.c.edited_at, "when it was changed last"),
            Column("moderated_at", response.c.moderated_at, "when a moderator decided about it"),
            Column("rejection", response.c.rejection, "why it was turned down"),
            Column("published_at", response.c.published_at, "when it was published"),
        ),
        {
            "response.id": ROW,
            "response.account_id": YOURS,
            "response.organisation_id": NAMED,
            "response.reply_to_id": "which answer you replied to: one to the same story in responses_received",
        },
    ),
    Table(
        "changes",
        "What organisations say that they change, or changed, because of your stories.",
        "to show what followed from your story (P06)",
        kept("change"),
        change.join(story, change.c.story_id == story.c.id).join(
            organisation, change.c.organisation_id == organisation.c.id
        ),
        and_(MINE, change.c.status == ResponseStatus.PUBLISHED),
        (change.c.story_id, change.c.id),
        (
            Column("story", change.c.story_id, NUMBER.meaning),
            Column("organisation", organisation.c.name, "who changes it"),
            Column("kind", change.c.kind, "whether it is planned or made"),
            Column("status", change.c.status, "published, as all of these are"),
            Column("description", change.c.description, "what changes"),
            Column("published_at", change.c.published_at, "when it was published"),
        ),
        {
            "change.id": ROW,
            "change.organisation_id": NAMED,
            "change.response_id": "which answer said so: those of the same organisation in responses_received",
        },
    ),
    Table(
        "tombstones",
        "Stories of yours that are gone: all that others can see of them.",
        "so that those who have copies learn that they must delete theirs (P25)",
        kept("tombstone"),
        tombstone.join(story, tombstone.c.number == story.c.id),
        MINE,
        (tombstone.c.number,),
        (
            Column("story", tombstone.c.number, "its number"),
            Column("kind", tombstone.c.kind, "why it is gone"),
            Column("gone_at", tombstone.c.gone_at, "when it went"),
        ),
    ),
    Table(
        "events",
        "What those who use your stories were told: that one was withdrawn, or that you changed what you agreed to.",
        "so that a withdrawal reaches those who have copies (P25)",
        kept("event"),
        event.join(story, event.c.number == story.c.id),
        MINE,
        (event.c.id,),
        (
            Column("story", event.c.number, NUMBER.meaning),
            Column("kind", event.c.kind, "what happened"),
            Column("purpose", cast(event.c.purpose, String), "whom it concerns; empty for all"),
            Column("happened_at", event.c.happened_at, "when"),
        ),
        {"event.id": ROW, "event.transaction": "a number that puts events in order"},
    ),
)
