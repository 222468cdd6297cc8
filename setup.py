"""The one thing that pyproject.toml cannot say: the corpus, which lies beside the package in a checkout, goes into the wheel."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py

# Where `assistant/settings.py` looks for what is not in the current directory.
SHIPPED = ("corpus", "evals/published")


class BuildWithCorpus(build_py):
    """Copies the shipped folders into the built package; an editable installation finds them where they are."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if self.editable_mode:
            return
        for name in SHIPPED:
            if Path(name).is_dir():
                target = Path(self.build_lib) / "assistant" / "shipped" / name
                copytree(name, target, dirs_exist_ok=True, ignore=ignore_patterns("official", ".*"))


setup(cmdclass={"build_py": BuildWithCorpus})
