#!/usr/bin/env python3
"""Checks compose.yaml: every mounted file exists, every used volume and network is declared."""
import pathlib
import sys

import yaml

folder = pathlib.Path(sys.argv[1])
compose = yaml.safe_load((folder / "compose.yaml").read_text())
for name, service in compose["services"].items():
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("."):
            assert (folder / source).exists(), (name, source)
        else:
            assert source in compose["volumes"], (name, source)
    for network in service["networks"]:
        assert network in compose["networks"], (name, network)
    for other in service.get("depends_on", {}):
        assert other in compose["services"], (name, other)
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), (name, port)
build = compose["services"]["releasehealthd"]["build"]
assert (folder / build["context"] / build["dockerfile"]).exists()
for file in ("prometheus.yml", "datasources.yaml"):
    yaml.safe_load((folder / file).read_text())
print(f"ok: {len(compose['services'])} services")
