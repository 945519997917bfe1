"""Subscriptions over HTTP (server-sent events) and WebSocket (graphql-transport-ws)."""
