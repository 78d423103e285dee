"""An API that only the principals of one Entra tenant may call, and only with the application roles it names.

Served by any ASGI server from the folder that holds `workload/`::

    python -m uvicorn workload.api.app:app --port 8000

The package imports its own modules relatively, so it can be copied under any other name.
"""
