"""The page that shows logs: an ASGI app over a folder of event files. No JAX."""

from uzviz.board.serving import Beside, readable, serve_folder, serve_scenes

__all__ = ["Beside", "readable", "serve_folder", "serve_scenes"]
