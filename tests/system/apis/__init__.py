"""API servers of the tools that `sync` reads: documented answers, pages, limits and failures, on loopback."""
from apis.github import GitHub
from apis.server import Api, Proxy, Reply
