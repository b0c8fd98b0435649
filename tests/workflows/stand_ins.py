"""A copy of the stack whose functions are stand-ins, so that the real state machine is what is tested."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CODE = """
import json, os
from pathlib import Path

class TransientError(Exception): pass
class DataError(Exception): pass

STAGE = {stage!r}
FOLDER = Path({folder!r})

def handler(event, context):
    plan = json.loads((FOLDER / "behaviour.json").read_text())
    with (FOLDER / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps({{"stage": STAGE, "event": event}}) + "\\n")
    trouble = plan["trouble"].get(STAGE, {{}})
    job = event.get("job") or event.get("run", {{}}).get("job")
    if trouble.get("job", job) != job:
        trouble = {{}}
    item = event.get("range") or event.get("batch") or {{}}
    position = item.get("index", event.get("shard", {{}}).get("shard", 0))
    if trouble and trouble.get("index", position) == position:
        marker = FOLDER / f"{{STAGE}}-{{position}}.failed"
        times = int(marker.read_text()) if marker.exists() else 0
        if times < trouble["times"]:
            marker.write_text(str(times + 1))
            if trouble["error"] == "exit":
                os._exit(9)
            raise {{"TransientError": TransientError, "DataError": DataError}}[trouble["error"]](trouble["message"])
    if STAGE == "start_run":
        if plan["already_running"]:
            return {{"status": "already_running", "run": None, "held_by": "arn:other"}}
        run = {{"job": event["job"], "run_id": "run-" + event["execution_name"]}}
        run["max_concurrency"] = plan["max_concurrency"]
        return {{"status": "started", "run": run, "held_by": None}}
    if STAGE == "read_structure":
        return put_batches(plan)
    if STAGE in ("plan_pages", "index_products"):
        run = {{**event["run"], "mode": "as planned"}}
        return {{**put_items(plan), **({{"run": run}} if STAGE == "plan_pages" else {{}})}}
    if STAGE == "plan_media":
        return {{"pages_key": put("pages", [{{"kind": "product", "index": i}} for i in range(plan["product"])])}}
    if STAGE == "gather_media":
        return {{"transfers_key": put("transfers", [{{"index": i}} for i in range(plan["batch"])])}}
    if STAGE == "read_assets":
        part = (event["progress"] or {{"part": 0}})["part"]
        done = part + 1 >= plan["parts"]
        return {{"done": done, "progress": None if done else {{"part": part + 1, "family": 0, "after": "a"}}}}
    if STAGE in ("read_options", "transfer_media"):
        part = (event["progress"] or {{"part": 0}})["part"]
        done = part + 1 >= plan["parts"]
        progress = None if done else {{"part": part + 1, "position": part + 1}}
        return {{"done": done, "progress": progress, "counts": {{}}}}
    if STAGE in ("import_pages", "read_media_pages"):
        part = (event["progress"] or {{"part": 0}})["part"]
        done = part + 1 >= plan["parts"]
        progress = None if done else {{"part": part + 1, "after": None, "page": 1}}
        return {{"done": done, "progress": progress, "counts": {{}}}}
    if STAGE in ("package_files", "start_import", "check_import"):
        return delivery(plan, event)
    if STAGE == "finish_run":
        return {{"report_key": "runs/report.json", "counts": {{"products": 7}}}}
    return {{"counts": {{}}}}

def delivery(plan, event):
    nowhere = {{"position": 0, "job_id": None, "execution_id": None, "looks": 0, "since": None}}
    place = {{**nowhere, **event.get("place", {{}})}}
    answer = {{"place": place, "progress": None, "wait_seconds": 1}}
    position, looks = place["position"], place["looks"]
    if STAGE == "package_files":
        number = (event["progress"] or {{"number": 1}})["number"]
        if plan["imports"] and number < plan["packings"]:
            return {{**answer, "status": "more", "progress": {{"number": number + 1, "first": number}}}}
        return {{**answer, "status": "ready" if plan["imports"] else "nothing"}}
    if STAGE == "start_import":
        if position >= plan["imports"]:
            return {{**answer, "status": "done"}}
        if looks < plan["busy"]:
            return {{**answer, "status": "busy", "place": {{**place, "looks": looks + 1}}}}
        return {{**answer, "status": "running", "place": {{**place, "execution_id": "e", "job_id": "j", "looks": 0}}}}
    if looks < plan["looks"]:
        return {{**answer, "status": "running", "place": {{**place, "looks": looks + 1}}}}
    return {{**answer, "status": "ready", "place": {{**place, "position": position + 1, "looks": 0}}}}

def put(name, items):
    import boto3
    key = f"runs/{{name}}.json"
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET_NAME"], Key=key, Body=json.dumps(items))
    return key

def put_batches(plan):
    import boto3
    batches = [{{"index": i, "attributes": [f"select_{{i}}"]}} for i in range(plan["batch"])]
    boto3.client("s3").put_object(
        Bucket=os.environ["BUCKET_NAME"], Key="runs/options.json", Body=json.dumps(batches)
    )
    return {{"options_key": "runs/options.json", "counts": {{}}}}

def put_items(plan):
    import boto3
    s3 = boto3.client("s3")
    ranges = {{kind: [{{"kind": kind, "index": i}} for i in range(plan[kind])] for kind in ("model", "product")}}
    shards = [{{"shard": i}} for i in range(plan["shard"])]
    for name, items in (("models", ranges["model"]), ("products", ranges["product"]), ("shards", shards)):
        s3.put_object(Bucket=os.environ["BUCKET_NAME"], Key=f"runs/{{name}}.json", Body=json.dumps(items))
    if STAGE == "index_products":
        return {{"shards_key": "runs/shards.json", "counts": {{}}}}
    return {{"models_key": "runs/models.json", "products_key": "runs/products.json", "counts": {{}}}}
"""


@dataclass
class StandIns:
    """A project folder with the real template and state machines; `behave` says what its functions do next."""

    folder: Path
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> Path:
        return self.folder / "template.yaml"

    def behave(self, **changes: Any) -> None:
        usual = {"model": 1, "product": 2, "shard": 2, "batch": 2, "parts": 1, "max_concurrency": 4}
        usual |= {"already_running": False, "imports": 0, "packings": 1, "busy": 0, "looks": 0}
        (self.folder / "behaviour.json").write_text(json.dumps({**usual, "trouble": {}, **changes}))
        (self.folder / "calls.jsonl").write_text("")
        for marker in self.folder.glob("*.failed"):
            marker.unlink()

    def calls(self, stage: str | None = None) -> list[dict[str, Any]]:
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        found = [json.loads(line) for line in lines]
        return [call["event"] for call in found if stage in (None, call["stage"])]

    def stages(self) -> list[str]:
        """The stages called, in order, each once however often it was called in a row."""
        names = [json.loads(line)["stage"] for line in (self.folder / "calls.jsonl").read_text().splitlines()]
        return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]


def make_stand_ins(repository: Path, folder: Path) -> StandIns:
    shutil.copy(repository / "template.yaml", folder / "template.yaml")
    shutil.copytree(repository / "statemachines", folder / "statemachines")
    for app in (repository / "functions").rglob("app.py"):
        target = folder / app.relative_to(repository)
        target.parent.mkdir(parents=True)
        target.write_text(CODE.format(stage=app.parent.name, folder=str(folder)))
    stand_ins = StandIns(folder)
    stand_ins.behave()
    return stand_ins
