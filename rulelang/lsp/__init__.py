"""The language server: facts about texts for editors, by the Language Server Protocol.

Its packages (``pygls``, ``lsprotocol``) are those of the extra ``lsp``, and only this room imports them.
"""
