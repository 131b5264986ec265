"""Compiles what is installed in the folder it is given, and runs nothing of it."""

import compileall
import sys

# In a run nobody can write there; what is compiled now need not be each time. Files that are not of this Python stay as they are.
compileall.compile_dir(f"{sys.argv[1]}/lib", quiet=2)
