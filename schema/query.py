# mypy: disable-error-code="empty-body"
"""What can be asked."""

from typing import Annotated

import strawberry

from models.tag import TagKind
from schema.access import AccessDecision, AccessInput
from schema.area import Area
from schema.audit import AuditEventConnection, AuditFilter
from schema.base import Identity, Node, OdsCode, Slug, planned
from schema.complaint import ComplaintConnection, ComplaintFilter
from schema.connection import After, Before, First, Last
from schema.disclosure import DisclosureConnection, DisclosureFilter
from schema.organisation import Organisation, OrganisationConnection, OrganisationFilter
from schema.privacy_notice import PrivacyNotice
from schema.service import Service, ServiceConnection, ServiceFilter
from schema.site import Site
from schema.story import ModerationFilter, Story, StoryConnection, StoryFilter, StoryOrder
from schema.tag import TagConnection
from schema.viewer import Viewer


@strawberry.type(
    description="What can be asked. Each field is answered by one statement, "
    "and holds what the access policies let this viewer read."
)
class Query:
    """The root of queries."""

    @planned("Who asks.")
    def viewer(self) -> Viewer: ...

    @planned("Which region's site this is, and whether the one of another region was meant.")
    def site(self) -> Site: ...

    @planned("Anything by its global id; null where there is nothing that this viewer may see.")
    def node(
        self,
        id_: Annotated[strawberry.ID, strawberry.argument(name="id", description="The global id.")],
    ) -> Node | None: ...

    @planned("Several things by their global ids, in the order of `ids`; null where this viewer may see nothing.")
    def nodes(
        self,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="The global ids.")],
    ) -> list[Node | None]: ...

    @planned("A story by its id or its number; null where there is none that this viewer may see.")
    def story(
        self,
        id_: Identity = strawberry.UNSET,
        number: Annotated[int | None, strawberry.argument(description="Its public number.")] = strawberry.UNSET,
    ) -> Story | None: ...

    @planned("The stories that this viewer may see.")
    def stories(
        self,
        where: Annotated[
            StoryFilter | None, strawberry.argument(name="filter", description="Which of them to list.")
        ] = strawberry.UNSET,
        order_by: Annotated[
            StoryOrder | None, strawberry.argument(description="In which order to list them.")
        ] = StoryOrder.NEWEST,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StoryConnection: ...

    @planned("A service by its id, slug or ODS code.")
    def service(
        self,
        id_: Identity = strawberry.UNSET,
        slug: Slug = strawberry.UNSET,
        ods_code: OdsCode = strawberry.UNSET,
    ) -> Service | None: ...

    @planned("The services, by name.")
    def services(
        self,
        where: Annotated[
            ServiceFilter | None, strawberry.argument(name="filter", description="Which of them to list.")
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ServiceConnection: ...

    @planned("An organisation by its id, slug or ODS code.")
    def organisation(
        self,
        id_: Identity = strawberry.UNSET,
        slug: Slug = strawberry.UNSET,
        ods_code: OdsCode = strawberry.UNSET,
    ) -> Organisation | None: ...

    @planned("The organisations, by name.")
    def organisations(
        self,
        where: Annotated[
            OrganisationFilter | None,
            strawberry.argument(name="filter", description="Which of them to list."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> OrganisationConnection: ...

    @planned("An area by its GSS code.")
    def area(
        self,
        code: Annotated[str, strawberry.argument(description="The nine-character GSS code.")],
    ) -> Area | None: ...

    @planned("The tags of the stories, by label.")
    def tags(
        self,
        kind: Annotated[
            TagKind | None, strawberry.argument(description="Only the answers to this question.")
        ] = strawberry.UNSET,
        search: Annotated[
            str | None, strawberry.argument(description="Only labels that hold these words.")
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TagConnection: ...

    @planned("The audit log, the latest first: who looked at private data, who tried to, and what changed who may.")
    def audit_events(
        self,
        where: Annotated[
            AuditFilter | None,
            strawberry.argument(name="filter", description="Which events to list."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AuditEventConnection | None: ...

    @planned("The complaints and requests that this viewer may see: their own, or all for who answers them.")
    def complaints(
        self,
        where: Annotated[
            ComplaintFilter | None,
            strawberry.argument(name="filter", description="Which of them to list."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ComplaintConnection | None: ...

    @planned("The disclosures that this viewer decides about, or that are made to them now, the latest first.")
    def disclosures(
        self,
        where: Annotated[
            DisclosureFilter | None,
            strawberry.argument(name="filter", description="Which of them to list."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DisclosureConnection | None: ...

    @planned("The stories that wait for a moderator or lie in a preview, the one sent first first.")
    def moderation_queue(
        self,
        where: Annotated[
            ModerationFilter | None,
            strawberry.argument(name="filter", description="Which of them to list."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StoryConnection | None: ...

    @planned("The privacy notice: what is held about people, who sees it, why, and for how long.")
    def privacy_notice(self) -> PrivacyNotice: ...

    @planned("Which rule of the access policies decides, for oneself or for a viewer described.")
    def access(
        self,
        question: Annotated[AccessInput, strawberry.argument(name="input", description="What to decide.")],
    ) -> AccessDecision: ...
