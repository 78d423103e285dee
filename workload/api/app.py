"""Where an ASGI server finds the API: `python -m uvicorn workload.api.app:app`."""

import os
import sys

from .service import service
from .settings import Settings, SettingsError

try:
    settings = Settings.read(os.environ)
except SettingsError as error:
    sys.exit(str(error))

app = service(settings)
