"""Pictures of scenarios: Mermaid for documents, SVG for people, and words for both.

Everything drawn is taken from a compiled scenario, and what happens over time from the engine's own timeline, played on a
sample batch: a picture cannot tell another story than the server does.
"""

from emulator.scenarios.drawing.diagram import lifecycle_mermaid, mermaid
from emulator.scenarios.drawing.picture import svg
from emulator.scenarios.drawing.telling import Part, told

__all__ = ["Part", "lifecycle_mermaid", "mermaid", "svg", "told"]
