"""`python -m mailbot.inspection.ocr FILE [PAGE…]`: a scan as JSON, for `process`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from mailbot.inspection.ocr.scan import read_scan

if __name__ == "__main__":
    json.dump(asdict(read_scan(Path(sys.argv[1]), tuple(map(int, sys.argv[2:])))), sys.stdout)
