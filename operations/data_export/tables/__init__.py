"""The tables of the copy. A new one is one line here; tests/data_export says if one is missing."""

from operations.data_export.table import Table
from operations.data_export.tables import access, account, activity, alert, disclosure, right, story

TABLES: tuple[Table, ...] = (
    *account.TABLES,
    *story.TABLES,
    *activity.TABLES,
    *alert.TABLES,
    *right.TABLES,
    *disclosure.TABLES,
    *access.TABLES,
)
