"""A client of the language server, over the standard input and output of a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread


class Client:
    """Asks and answers; notifications that came are kept by their methods."""

    def __init__(self, folder: Path | None = None, **options):
        command = [sys.executable, "-m", "rulelang", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.incoming: Queue = Queue()
        self.listener = Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.number, self.version, self.told = 0, 0, {}
        self.notes = []
        folders = None if folder is None else [{"uri": folder.as_uri(), "name": folder.name}]
        asked = {"processId": None, "rootUri": None, "capabilities": CAPABILITIES, "workspaceFolders": folders}
        self.server = self.ask("initialize", **asked, initializationOptions=options)
        self.tell("initialized")

    def _listen(self):
        stream = self.process.stdout
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self.incoming.put(json.loads(stream.read(length)))
        self.incoming.put(None)

    def send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def tell(self, method, **params):
        self.send({"method": method, "params": params})

    def ask(self, method, **params):
        answer = self.answer(self.begin(method, **params))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def refused(self, method, **params):
        return self.answer(self.begin(method, **params))["error"]

    def begin(self, method, **params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        return self.number

    def answer(self, number):
        return self._until(lambda message: message.get("id") == number and "method" not in message)

    def findings(self, uri, version=None):
        """The findings about a text, once they are told of that version."""
        self._until(lambda _message: version is None or self.told.get(uri, {}).get("version") == version, peek=True)
        if version is None:
            self._until(lambda _message: uri in self.told, peek=True)
        return self.told[uri]["diagnostics"]

    def _until(self, done, *, peek=False):
        if peek and done({}):
            return None
        while True:
            try:
                message = self.incoming.get(timeout=60)
            except Empty:
                raise AssertionError("the server does not answer") from None
            assert message is not None, self.process.stderr.read().decode()
            if message.get("method") == "textDocument/publishDiagnostics":
                self.told[message["params"]["uri"]] = message["params"]
                self.notes.append(message["params"])
            elif "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            if done(message):
                return message

    def open(self, path, text=None):
        self.version += 1
        text = path.read_text(encoding="utf-8") if text is None else text
        document = {"uri": path.as_uri(), "languageId": "rulelang", "version": self.version, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return path.as_uri()

    def change(self, uri, text):
        self.version += 1
        self.tell(
            "textDocument/didChange",
            textDocument={"uri": uri, "version": self.version},
            contentChanges=[{"text": text}],
        )
        return self.version

    def stop(self):
        self.ask("shutdown")
        self.tell("exit")
        code = self.process.wait(timeout=20)
        self.listener.join()
        self.errors = self.process.stderr.read().decode()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        return code


CAPABILITIES = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "workspace": {"workspaceFolders": True, "inlayHint": {"refreshSupport": True}},
    "textDocument": {"publishDiagnostics": {"relatedInformation": True}},
}


def at(text, needle, skip=0):
    """The position of a piece of a text, in UTF-16 units."""
    offset = text.index(needle) + skip
    start = text.rfind("\n", 0, offset) + 1
    return {"line": text.count("\n", 0, offset), "character": len(text[start:offset].encode("utf-16-le")) // 2}
