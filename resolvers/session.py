"""How a person's sessions are found."""

from sqlalchemy import Uuid, func, literal_column

from models import Session
from resolvers.build import Build, Selected
from resolvers.identity import global_id
from resolvers.mapping import Column, Expression, Row, TypeMap, register
from resolvers.secret import Secret
from resolvers.viewer import of_viewer


class Current:
    """Whether it is the session in which the viewer asks."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> Expression:
        mine = build.computed(lambda _variables, viewer: of_viewer(viewer, "session_id"), Uuid())
        return func.coalesce(row.id == mine, literal_column("false"))


register(
    "Session",
    TypeMap(
        Session,
        {
            "id": Column(lambda s: global_id("Session", s.id)),
            "createdAt": Column(lambda s: s.created_at),
            "expiresAt": Column(lambda s: s.expires_at),
            "client": Secret("session.client", lambda s: s.client, lambda s: s.id, lambda s: s.account_id),
            "secondFactor": Column(lambda s: s.second_factor),
            "current": Current(),
        },
        subject=lambda s: global_id("Account", s.account_id),
    ),
)
