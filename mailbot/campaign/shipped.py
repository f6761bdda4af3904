"""Where the campaign lies that is shipped."""

from pathlib import Path


def shipped_rules() -> Path:
    """The rules folder of the shipped campaign: of the installed package, or of the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "shipped_rules"
    return (installed if installed.is_dir() else package.parent / "rules") / "zhengzhou-2017"
