"""HTTP: how a GraphQL request comes in and its answer goes out."""
