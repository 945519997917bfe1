"""A battery of questions: everything that one viewer can ask for, in every way that the schema offers."""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from operations.demo.cast import HOST, PASSWORD
from tests.leaks.answer import Heard
from tests.leaks.conftest import Site
from tests.leaks.document import complete, object_type, object_types
from tests.leaks.facts import Facts

PROVE = os.environ.get("CANDOUR_PROVE") == "1"
DEPTH = 2 if PROVE else 1
LISTS = {"stories": "Story", "services": "Service", "organisations": "Organisation", "tags": "Tag"}
NODES = (
    "Account", "Story", "Response", "Service", "Organisation", "Area", "Session", "DataExport", "Complaint",
    "Alert", "AuditEvent", "Disclosure",
)  # fmt: skip
OLDEST = """query($id: ID!) { node(id: $id) { __typename id ... on Account {
    accessLog(last: 100) { ...AccessLogConnection_0 }
} } }"""
"""Those who ask with a purpose add to the log meanwhile."""
QUEUE = ("", ", filter: {overdue: true}", ", filter: {assignedToMe: true}", ", filter: {unassigned: false}")
LOGGED = ("first: 100", "last: 100", "first: 100, filter: {kind: DENIED}", 'last: 100, filter: {field: "Story.author"}')
COMPLAINTS = ("", "(filter: {open: true})", "(filter: {overdue: true})", "(filter: {kind: OBJECTION})")
DISCLOSURES = ("", "(filter: {waiting: true})", "(filter: {toReview: true})", "(filter: {overdue: false})")
FILTERS: Sequence[dict[str, Any]] = (
    *({"status": status} for status in ("SUBMITTED", "IN_REVIEW", "PREVIEW", "RESTRICTED", "REJECTED", "WITHDRAWN")),
    *({"routing": routing} for routing in ("ROUTED", "NO_POSTCODE", "UNKNOWN_POSTCODE")),
    *({"criticality": {"gte": level, "lte": level}} for level in range(6)),
    *({"ageGroup": group} for group in ("YOUNG_PERSON", "CHILD")),
    {"progress": "CHANGE_MADE", "authorRole": "CARER"},
    {"search": "ring me on 01632"},
    {"search": "ward or night or chair"},
    {"publishedFrom": "2020-01-01", "publishedTo": "2030-01-01"},
)
ORDERS = ("NEWEST", "OLDEST", "MOST_SIMILAR", "RELEVANCE")
LIST = """query($filter: StoryFilter, $order: StoryOrder!) {
    stories(filter: $filter, orderBy: $order, first: 100) {
        __typename totalCount nodes { __typename id number status title } edges { cursor } pageInfo { ...PageInfo_0 }
    }
}"""
SIGN_IN = "mutation($email: String!, $password: String!) { signIn(email: $email, password: $password) "


class Battery:
    """One viewer asks everything."""

    def __init__(self, site: Site, facts: Facts, name: str, purpose: str) -> None:
        self.site, self.facts, self.name, self.purpose = site, facts, name, purpose
        self.heard = Heard()

    async def ask(self, operation: str, **variables: Any) -> Any:
        """The answer to an operation, remembered."""
        answer = await self.site.send(self.name, complete(operation), self.purpose, **variables)
        return self.heard.hear(answer)

    async def fire(self) -> Heard:
        """Asks everything, and gives what was heard."""
        for field, type_name in LISTS.items():
            await self._list(field, type_name)
        for type_name in NODES:
            await self._rows(type_name)
        await self._single_rows()
        await self._choices()
        await self._oneself()
        await self.ask(f"{{ privacyNotice {{ ...PrivacyNotice_{DEPTH} }} }}")
        await self.ask(f"{{ {' '.join(_decisions(self.facts))} }}")
        return self.heard

    async def _list(self, field: str, type_name: str) -> None:
        """A list from its start to its end."""
        found = await self.ask(f"{{ {field}(first: 100) {{ ...{type_name}Connection_{DEPTH - 1} }} }}")
        further = f"query($after: String!) {{ {field}(first: 100, after: $after) {{ ...{type_name}Connection_0 }} }}"
        while (page := found["data"][field]["pageInfo"])["hasNextPage"]:
            found = await self.ask(further, after=page["endCursor"])

    async def _rows(self, type_name: str) -> None:
        """Every row that has an id, a hundred at a time."""
        depth = DEPTH - 1 if type_name == "Service" else DEPTH
        operation = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename ...{type_name}_{depth} }} }}"
        identities = [row.identity for row in self.facts.of(type_name)]
        identities = identities or [i for i, known in self.heard.types.items() if known == type_name]
        for start in range(0, len(identities), 100):
            await self.ask(operation, ids=identities[start : start + 100])

    async def _single_rows(self) -> None:
        """What is not for everybody, each by itself."""
        for story in self.facts.of("Story"):
            if PROVE or story.status != "PUBLISHED":
                number = int(story.identity.partition(":")[2])
                await self.ask("query($n: Int!) { story(number: $n) { ...Story_0 } }", n=number)
        responses = [row for row in self.facts.of("Response") if PROVE or row.status != "PUBLISHED"]
        people = [self.facts.rows[f"Account:{p.account}"] for p in self.facts.people.values() if p.account]
        for row in [*responses, *people]:
            type_name = row.identity.partition(":")[0]
            await self.ask(f"query($id: ID!) {{ node(id: $id) {{ __typename ...{type_name}_0 }} }}", id=row.identity)
        for row in people:
            await self.ask(OLDEST, id=row.identity)

    async def _choices(self) -> None:
        """Stories by every filter and in every order."""
        for chosen in FILTERS:
            await self.ask(LIST, filter=chosen, order="NEWEST")
        for order in ORDERS:
            await self.ask(LIST, filter={"search": "the staff"}, order=order)
        for given in COMPLAINTS:
            await self.ask(f"{{ complaints{given} {{ ...ComplaintConnection_0 }} }}")
        for given in DISCLOSURES:
            await self.ask(f"{{ disclosures{given} {{ ...DisclosureConnection_0 }} }}")
        for given in LOGGED:
            await self.ask(f"{{ auditEvents({given}) {{ ...AuditEventConnection_0 }} }}")
        for given in QUEUE:
            await self.ask(f"{{ moderationQueue(first: 100{given}) {{ ...StoryConnection_0 }} }}")

    async def _oneself(self) -> None:
        """Who asks, in a query, in a URL, and in the payload of a mutation; and which site fits them."""
        await self.ask(f"{{ viewer {{ ...Viewer_{DEPTH} }} site {{ ...Site_0 }} }}")
        query = complete("{ viewer { ...Viewer_1 } stories(first: 100) { ...StoryConnection_0 } }")
        params = {"query": query, "extensions": json.dumps({"denied": "NULL"})}
        headers = await self.site.headers(self.name, self.purpose)
        self.heard.hear(await self.site.client.get("/graphql", params=params, headers=headers))
        email = f"{self.name or 'nobody'}@{HOST}"
        operation = f"{SIGN_IN} {{ viewer {{ ...Viewer_{DEPTH} }} problems {{ ...Problem_0 }} }} }}"
        await self.ask(operation, email=email, password=PASSWORD)


def _decisions(facts: Facts) -> Iterator[str]:
    """Which rule decides on each field of each type, and on private fields of some rows."""
    asked = [(name, field, "") for name in object_types() for field in object_type(name).fields]
    strangers = [facts.some("Account", bodies=frozenset()).identity, "Story:1", "Story:2"]
    asked += [(i.split(":")[0], field, i) for i in strangers for field in ("id", "postcode", "email", "author")]
    for position, (name, field, identity) in enumerate(asked):
        if field in object_type(name).fields:
            row = f', id: "{identity}"' if identity else ""
            question = f'input: {{type: "{name}", field: "{field}"{row}}}'
            yield f"a{position}: access({question}) {{ ...AccessDecision_1 }}"
