"""Work on hostile bytes in a child process with limits and behind walls."""

from plimsoll.confine.crew import Crew, Mate, Receive, Send
from plimsoll.confine.process import Confinement, Walls, run_confined, walls

__all__ = ["Confinement", "Crew", "Mate", "Receive", "Send", "Walls", "run_confined", "walls"]
