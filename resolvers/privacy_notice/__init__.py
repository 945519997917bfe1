"""The privacy notice (P13): made from the access plans, the stored columns and how long they are kept."""

from resolvers.privacy_notice.content import topics
from resolvers.privacy_notice.notice import Notice, notice_of
from resolvers.privacy_notice.shape import notice_json

__all__ = ["Notice", "notice_json", "notice_of", "topics"]
