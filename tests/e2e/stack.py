"""The real stack on the embedded AWS, run as the command runs it; one engine serves many configurations."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from akeneo_sfcc.runs.dynamodb import DynamoRunLedger
from akeneo_sfcc.runtime.configuration import split_document
from local.commands.run import tell
from local.demo_pim.server import DemoPim
from local.embedded.aws import EmbeddedAws, Outcome
from local.embedded.template import STACK
from tests.e2e.exported import Export
from tests.e2e.imports import configured
from tests.fakes.in_process import FULL

LOGIN = {"client_id": "demo_client", "client_secret": "demo_secret", "username": "demo", "password": "demo"}
SFCC_LOGIN = {"client_id": "demo_client", "client_secret": "demo_secret"}
FAMILY = "products"


@dataclass(frozen=True)
class Ended:
    """How a run ended, as the person at the terminal and the people reading its files see it.

    code: exit code. said: what was printed. files: everything of the run's export and its report.
    """

    code: int
    said: str
    outcome: Outcome
    files: dict[str, bytes]

    @property
    def export(self) -> Export:
        return Export({path: body for path, body in self.files.items() if path != "records.jsonl"})

    @property
    def report(self) -> dict[str, Any] | None:
        return orjson.loads(self.files["report.json"]) if "report.json" in self.files else None

    @property
    def records(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.files.get("records.jsonl", b"").splitlines()]


class Stack:
    """One configuration on a running engine: its scope is its own, and so are its catalogues."""

    def __init__(self, aws: EmbeddedAws, name: str, log: Path, folder: Path) -> None:
        self._aws = aws
        self.name = name
        self._log = log
        self._log_start = log.stat().st_size if log.exists() else 0
        self._folder = folder
        self._runs = 0

    def document(self, pim: DemoPim | str, /, **sections: Any) -> dict[str, Any]:
        """A configuration with catalogues that no other test writes, tolerant of the demo catalogue's bad products."""
        url = pim if isinstance(pim, str) else pim.url
        made = configured(products={"max_reject_ratio": 0.5})
        made["master_catalogs"] = [{"id": f"{self.name}-products"}]
        made["storefront_catalogs"] = [{"id": f"{self.name}-shop"}]
        made["pim"]["base_url"] = url
        for section, value in sections.items():
            made[section] = {**made.get(section, {}), **value} if isinstance(value, dict) else value
        return made

    def run(
        self,
        document: Mapping[str, Any],
        *,
        login: Mapping[str, str] = LOGIN,
        sfcc_login: Mapping[str, str] = SFCC_LOGIN,
        run_input: Mapping[str, Any] | None = None,
        job: str = FULL,
    ) -> Ended:
        """Run a job, by default the full import, with this configuration and these credentials."""
        self._configure(document, login, sfcc_login)
        said = io.StringIO()
        outcome = self._aws.run(job, {"config": self.name, **(run_input or {})})
        self._runs += 1
        out = self._folder / f"out-{self._runs}"
        self._aws.export(job, outcome.run_id, out, files=outcome.status == "SUCCEEDED")
        with redirect_stdout(said), redirect_stderr(said):
            code = tell(outcome, out)
        files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        return Ended(code, said.getvalue(), outcome, files)

    @property
    def ledger(self) -> DynamoRunLedger:
        client = self._aws.client("dynamodb")
        (table,) = client.list_tables()["TableNames"]
        return DynamoRunLedger(client, table)

    @property
    def committed(self) -> Any:
        """What the last successful run committed, None before there was one."""
        return self.ledger.committed(FAMILY, self.name)

    @property
    def lock_is_free(self) -> bool:
        """Whether anybody could take the lock now; it is given back at once."""
        taken = self.ledger.acquire(FAMILY, self.name, "arn:test", "2026-11-23T00:00:00Z") is None
        if taken:
            self.ledger.release(FAMILY, self.name, "arn:test")
        return taken

    @property
    def log(self) -> str:
        """The functions' log lines since this configuration was made."""
        with self._log.open("rb") as lines:
            lines.seek(self._log_start)
            return lines.read().decode()

    @property
    def rows(self) -> str:
        """Everything the table holds."""
        client = self._aws.client("dynamodb")
        (table,) = client.list_tables()["TableNames"]
        return json.dumps(client.scan(TableName=table)["Items"], default=str)

    def _configure(self, document: Mapping[str, Any], login: Mapping[str, str], sfcc_login: Mapping[str, str]) -> None:
        parameters = self._aws.client("ssm")
        path = f"/{STACK}/config/{self.name}"
        old = parameters.get_parameters_by_path(Path=path, Recursive=True)["Parameters"]
        if old:
            parameters.delete_parameters(Names=[one["Name"] for one in old])
        for section, value in split_document(copy.deepcopy(dict(document))).items():
            parameters.put_parameter(Name=f"{path}/{section}", Value=value, Type="String", Tier="Advanced")
        secrets = self._aws.client("secretsmanager")
        for name, content in (("PimSecret", login), ("SfccSecret", sfcc_login)):
            (arn,) = [one["ARN"] for one in secrets.list_secrets()["SecretList"] if one["Name"].endswith(name)]
            secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(dict(content)))
