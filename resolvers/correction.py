"""How a person's corrections are found."""

from models import Correction
from resolvers.identity import global_id
from resolvers.mapping import Column, TypeMap, register

register(
    "Correction",
    TypeMap(
        Correction,
        {"field": Column(lambda c: c.field), "correctedAt": Column(lambda c: c.corrected_at)},
        subject=lambda c: global_id("Account", c.account_id),
        row_field="field",
    ),
)
