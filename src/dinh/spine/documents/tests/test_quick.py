from __future__ import annotations
import time
from pathlib import Path
from dinh.spine.documents import api
from dinh.spine.files import api as files
from dinh.spine.documents.tests.papers import *
def test_q(tmp_path: Path):
    row = issued()
    print(row)
    b=files.read(row.file)
    print(pdfsig(b,tmp_path))
    print(api.check(b))
    print(api.check(b+b"\n%x\n%%EOF\n").verdict, api.check(b.replace(b"842",b"843")).verdict)
    for i in range(5):
        t=time.perf_counter(); issued(); print((time.perf_counter()-t)*1000)
    print(api.agrees_with_ledger(row.urn))
