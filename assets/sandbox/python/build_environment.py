"""Makes a virtual environment with the packages that are named, in the folder it is given."""

import os
import shutil
import subprocess
import sys


def main():
    folder, installer, *requirements = sys.argv[1:]
    own = f"{folder}/bin/python"
    # Packages are larger than what the memory is for.
    os.environ["TMPDIR"] = f"{folder}/.tmp"
    os.mkdir(os.environ["TMPDIR"])
    only_wheels = ["--only-binary", ":all:"]
    if "--setups" in requirements:
        requirements.remove("--setups")
        only_wheels = []
    if installer != "pip":
        run([installer, "venv", "-q", "--allow-existing", "--no-cache", "--python", sys.executable, folder])
        install = [installer, "pip", "install", "-q", "--no-cache", "--python", own, "--link-mode", "copy"]
        run([*install, *uv_index(), *only_wheels, *requirements])
    else:
        run([sys.executable, "-m", "venv", "--without-pip", folder])
        install = [sys.executable, "-m", "pip", "--python", own, "install", "-q", "--no-input", "--no-cache-dir"]
        run([*install, "--disable-pip-version-check", "--no-warn-script-location", *only_wheels, *requirements])
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


def uv_index():
    """What the settings of pip say, which uv does not read."""
    options = {"PIP_INDEX_URL": "--index-url", "PIP_EXTRA_INDEX_URL": "--extra-index-url", "PIP_FIND_LINKS": "--find-links"}
    found = [[option, value] for name, option in options.items() for value in os.environ.get(name, "").split()]
    if os.environ.get("PIP_NO_INDEX", "").lower() in ("1", "true", "yes", "on"):
        found.append(["--no-index"])
    if os.environ.get("PIP_CERT"):
        os.environ.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    return [part for parts in found for part in parts]


def run(command):
    code = subprocess.call(command)
    if code != 0:
        sys.exit(code)


main()
