"""Work on hostile bytes in a child process with limits and behind walls."""

from plimsoll.confine.process import Confinement, Send, Walls, run_confined, walls

__all__ = ["Confinement", "Send", "Walls", "run_confined", "walls"]
