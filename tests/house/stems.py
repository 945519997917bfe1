"""The words of this project: one singular stem per concept, the same in every layer."""

CONCEPTS = frozenset(
    "story service organisation area response account membership moderation consent disclosure audit statistics "
    "feed alert partner complaint tag change session demographics reading similar tombstone region viewer".split()
)

SINGULAR_IN_S = frozenset({"statistics", "demographics", "access", "address", "progress", "oss"})

# Modules that serve every concept, by layer.
MACHINERY = {
    "models": "base secret database",
    "policies": (
        "condition decision error explanation expression grant lint mask open oso_engine plan query registry rule "
        "scope sql table translate"
    ),
    "operations": "demo imports seed",
    "resolvers": (
        "access answer argument build cache connection cursor document error executor filter finish identity key "
        "listing mapping planner record root secret site statement"
    ),
    "schema": (
        "access api base connection context documentation endpoint mutation problem query range scalar settings"
    ),
    "docs": (
        "access decisions errors planner policy promises schema settings"
    ),
    "tests": (
        "access bench conftest database demo documentation endpoint house imports leaks mask models plan policies "
        "policy proof reference resolvers schema secret settings"
    ),
}
