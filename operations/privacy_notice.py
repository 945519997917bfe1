"""Which privacy notice a form showed (P13)."""

from models.privacy_notice import NOTICE_VERSION, RECORD, VERSIONS
from operations.problem import ProblemCode, ProblemError

FIELD = "noticeVersion"


def check_shown(version: str | None) -> None:
    """Whether the form showed the notice that is in force; a client that can't say showed it by other means.

    Raises ProblemError INVALID for an older version, with the day of the change, and for one that never was.
    """
    if version in (None, NOTICE_VERSION):
        return
    if version in VERSIONS:
        since = f"{RECORD.newest.at:%d %B %Y}".lstrip("0")
        message = f"The privacy notice has changed since this form was made, on {since}. "
    else:
        message = "There is no such version of the privacy notice. "
    raise ProblemError(ProblemCode.INVALID, f"{message}Load the form anew and read the notice.", FIELD)
