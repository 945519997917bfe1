"""What a statement takes from its viewer."""

from policies.viewer import Viewer


def of_viewer(viewer: Viewer, attribute: str) -> object:
    """The viewer's value for a parameter of a plan; None where this viewer has no such thing."""
    return getattr(viewer, attribute, None)
