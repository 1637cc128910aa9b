"""What an editor asks its YAML server, and what the server answers: the Language Server Protocol over the
server's standard input and output."""

import json
import subprocess
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SETTINGS: Json = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}},
    "http": {"proxy": "", "proxyStrictSSL": True},
}
"""As an editor has them, without a look into the store of schemas on the net."""


class LanguageServer:
    """One running server. Lines and columns count from 0, as in the protocol."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._count = 0
        self._found: dict[str, list[Json]] = {}
        root = folder.as_uri()
        able = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        folders = [{"uri": root, "name": "firm"}]
        self.ask(
            "initialize",
            {"processId": None, "rootUri": root, "workspaceFolders": folders, "capabilities": able},
        )
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": SETTINGS}})

    def open(self, file: Path, text: str) -> list[Json]:
        """What is wrong with the text of a file: each with `range` and `message`."""
        uri = file.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while uri not in self._found:
            self._take()
        return self._found.pop(uri)

    def complete(self, file: Path, line: int, column: int) -> dict[str, str]:
        """What can be written there: each with what is said of it."""
        answer = self._at("textDocument/completion", file, line, column)
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: _words(item.get("documentation")) for item in items}

    def hover(self, file: Path, line: int, column: int) -> str:
        """What is said of the word there."""
        answer = self._at("textDocument/hover", file, line, column)
        return _words(answer["contents"]) if answer else ""

    def stop(self) -> None:
        self.ask("shutdown", None)
        self._send({"method": "exit"})
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def ask(self, method: str, params: Any) -> Any:
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _at(self, method: str, file: Path, line: int, column: int) -> Any:
        position = {"line": line, "character": column}
        return self.ask(method, {"textDocument": {"uri": file.as_uri()}, "position": position})

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _take(self) -> Json:
        """The next message; what the server asks the editor is answered, and what it finds is kept."""
        assert self._process.stdout
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server ended"
        message: Json = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": self._answered(message)})
        return message

    def _answered(self, message: Json) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [SETTINGS.get(item.get("section", "")) for item in message["params"]["items"]]


def _words(documentation: Any) -> str:
    """Plain text or Markdown."""
    return str(documentation["value"] if isinstance(documentation, dict) else documentation or "")
