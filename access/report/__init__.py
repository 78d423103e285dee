"""The report on a preview: what it does to permissions, for the reviewer of a pull request.

A preview and the stack's state (`lives`) say what becomes of each resource (`fate`); from that follows what becomes of
each permission (`permission`, `judgement`), and of the identities and APIs that they join (`directory`). `report` is
the result; `markdown`, `text` and `document` write it.
"""
