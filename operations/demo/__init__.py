"""The demo world: invented people, places and stories, for a first look and for the tests."""
