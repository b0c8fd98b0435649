"""Jobs start, end and are waited for through either API; what the log says decides."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.errors import (
    InstanceUnavailableError,
    JobAlreadyRunningError,
    MissingJobError,
    NotGrantedError,
    RefusedRequestError,
)
from akeneo_sfcc.delivery.executions import SITE_IMPORT, Execution, own_job, product_index, site_import
from akeneo_sfcc.delivery.log import judge
from akeneo_sfcc.delivery.setup import SETUP_NAME, setup_archive
from akeneo_sfcc.delivery.transport import Upload
from akeneo_sfcc.sfcc.jobs import IMPORT_CATALOG, SEARCH_REINDEX, WORKING_FOLDER
from local.demo_pim.faults import Fault
from local.demo_sfcc.jobs import JobFault
from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import catalog, one_product, product, site_archive

Make = Callable[[bytes], Upload]
MakeClient = Callable[..., SfccClient]


def begin(client: SfccClient, upload: Make, content: bytes | None = None, name: str = "shop") -> Execution:
    """Upload an archive and start its import."""
    client.put_archive(f"{name}.zip", upload(one_product(name) if content is None else content))
    begun = client.begin(site_import(f"{name}.zip"))
    assert begun.execution is not None
    return begun.execution


def end(sfcc: DemoSfcc, client: SfccClient, execution: Execution) -> Execution:
    """Return the execution when it is over."""
    sfcc.jobs.settle()
    found = client.jobs.poll(execution.job_id, execution.id)
    assert found.ended
    return found


@pytest.mark.parametrize("with_scapi", [False, True])
def test_an_archive_is_imported(sfcc: DemoSfcc, make_client: MakeClient, upload: Make, with_scapi: bool) -> None:
    client = make_client(with_scapi=with_scapi)
    ended = end(sfcc, client, begin(client, upload))
    assert judge(ended, client.findings(ended), "shop.zip").problems == ()
    assert list(sfcc.state()["products"]) == ["A1"]
    client.delete_archive("shop.zip")
    assert client.webdav.names("Impex/src/instance") == ()
    assert bool(sfcc.calls["POST scapi"]) == with_scapi
    assert bool(sfcc.calls["POST ocapi"]) != with_scapi


def test_scapi_without_its_scopes_falls_back_to_ocapi_for_good(
    sfcc: DemoSfcc, make_client: MakeClient, upload: Make
) -> None:
    client = make_client(with_scapi=True, tenant="other_001")
    end(sfcc, client, begin(client, upload))
    end(sfcc, client, begin(client, upload))
    assert sfcc.calls["POST token"] == 2
    assert sfcc.calls["POST ocapi"] == 2
    assert sfcc.calls["POST scapi"] == 0


def test_scapi_that_forbids_falls_back_to_ocapi(sfcc: DemoSfcc, make_client: MakeClient, upload: Make) -> None:
    client = make_client(with_scapi=True)
    sfcc.faults.set([Fault("/operation/*", "status", status=403)])
    end(sfcc, client, begin(client, upload))
    assert list(sfcc.state()["products"]) == ["A1"]


@pytest.mark.parametrize("with_scapi", [False, True])
def test_a_job_that_runs_is_reported_as_busy_until_it_ends(
    sfcc: DemoSfcc, make_client: MakeClient, upload: Make, with_scapi: bool
) -> None:
    client = make_client(with_scapi=with_scapi)
    sfcc.jobs.fail(JobFault("already_running", polls=2))
    client.put_archive("shop.zip", upload(one_product()))
    request = site_import("shop.zip")
    first = client.begin(request)
    assert first.execution is None
    assert first.waits_for is not None
    assert first.waits_for.job_id == SITE_IMPORT
    assert client.begin(request).execution is None
    third = client.begin(request)
    assert third.execution is not None
    assert third.execution.id != first.waits_for.id


def test_starting_a_running_job_by_hand_raises(sfcc: DemoSfcc, client: SfccClient) -> None:
    sfcc.jobs.fail(JobFault("already_running"))
    with pytest.raises(JobAlreadyRunningError, match=SITE_IMPORT):
        client.jobs.start(site_import("shop.zip"))


@pytest.mark.parametrize("with_scapi", [False, True])
def test_an_execution_whose_start_was_not_answered_is_found_again(
    sfcc: DemoSfcc, make_client: MakeClient, upload: Make, with_scapi: bool
) -> None:
    client = make_client(with_scapi=with_scapi)
    client.put_archive("shop.zip", upload(one_product()))
    sfcc.jobs.fail(JobFault("hold", polls=3))
    begun = client.begin(site_import("shop.zip"))
    again = client.begin(site_import("shop.zip"))
    assert begun.execution is not None
    assert again.execution is not None
    assert again.execution.id == begun.execution.id


def test_a_start_whose_reply_is_lost_is_tried_again(
    sfcc: DemoSfcc, client: SfccClient, upload: Make, waits: list[float]
) -> None:
    sfcc.jobs.fail(JobFault("lost_reply"))
    client.put_archive("shop.zip", upload(one_product()))
    # The execution that was started may end between the refusal of the second start and the look for it.
    while client.begin(site_import("shop.zip")).execution is None:
        pass
    sfcc.jobs.settle()
    assert waits == [1.0]
    assert list(sfcc.state()["products"]) == ["A1"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_calls_are_tried_again(
    sfcc: DemoSfcc, client: SfccClient, upload: Make, waits: list[float], status: int
) -> None:
    sfcc.faults.set([Fault("/s/-/*", "status", status=status, times=2)])
    execution = begin(client, upload)
    assert client.jobs.poll(execution.job_id, execution.id).id == execution.id
    assert waits == [1.0, 2.0]


def test_an_api_that_stays_down_is_transient(sfcc: DemoSfcc, client: SfccClient) -> None:
    sfcc.faults.set([Fault("/s/-/*", "status", status=503)])
    client.webdav.names("Impex/src")
    with pytest.raises(InstanceUnavailableError, match=r"POST /jobs/.*/executions \(OCAPI\)"):
        client.begin(site_import("shop.zip"))


def test_a_support_users_client_is_served_in_the_other_form(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    body = orjson.dumps({"fault": {"type": "UnknownPropertyException", "message": "Unknown property 'file_name'"}})
    sfcc.faults.set([Fault("/s/-/*", "status", status=400, body=body.decode(), times=1)])
    end(sfcc, client, begin(client, upload))
    assert list(sfcc.state()["products"]) == ["A1"]


def test_a_request_no_form_of_which_is_understood_tells_both_answers(sfcc: DemoSfcc, client: SfccClient) -> None:
    for_first = Fault("/s/-/*", "status", status=400, body='{"fault":{"type":"UnknownPropertyException"}}', times=1)
    sfcc.faults.set([for_first, Fault("/s/-/*", "status", status=400, body='{"fault":{"type":"OtherException"}}')])
    with pytest.raises(RefusedRequestError, match=r"UnknownPropertyException; then .*OtherException"):
        client.jobs.start(site_import("shop.zip"))


def test_a_request_that_is_understood_and_refused_is_not_sent_in_another_form(
    sfcc: DemoSfcc, client: SfccClient
) -> None:
    body = '{"fault":{"type":"JobExecutionException","message":"No."}}'
    sfcc.faults.set([Fault("/s/-/*", "status", status=400, body=body)])
    with pytest.raises(RefusedRequestError, match=r"JobExecutionException: No\.$"):
        client.jobs.start(site_import("shop.zip"))
    assert sfcc.calls["POST ocapi"] == 1


@pytest.mark.parametrize(
    ("call", "resource"),
    [
        (lambda client: client.begin(site_import("a.zip")), r'"/jobs/\*/executions","methods":\["post"\]'),
        (lambda client: client.jobs.poll(SITE_IMPORT, "1"), r'"/jobs/\*/executions/\*","methods":\["get"\]'),
        (lambda client: client.jobs.under_way(SITE_IMPORT), '"resource_id":"/job_execution_search"'),
    ],
)  # fmt: skip
def test_a_call_that_is_not_granted_names_the_grant(
    sfcc: DemoSfcc, client: SfccClient, call: Callable[[SfccClient], object], resource: str
) -> None:
    body = '{"fault":{"type":"ClientAccessForbiddenException","message":"Access not allowed."}}'
    sfcc.faults.set([Fault("/s/-/*", "status", status=403, body=body)])
    with pytest.raises(NotGrantedError, match=rf"Access not allowed.*Open Commerce API Settings.*{resource}"):
        call(client)


def test_a_job_that_is_not_set_up_says_how(client: SfccClient) -> None:
    with pytest.raises(MissingJobError, match=r"no job AkeneoImportCatalog: .* sfcc-setup"):
        client.begin(own_job(IMPORT_CATALOG, {}))


def test_an_execution_that_is_gone_is_refused(client: SfccClient) -> None:
    with pytest.raises(RefusedRequestError, match="JobExecutionNotFoundException"):
        client.jobs.poll(SITE_IMPORT, "77")


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (JobFault("aborted"), "was aborted, by a person"),
        (JobFault("error", message="Disk full"), "ended with exit status ERROR: Disk full"),
        (JobFault("data_error", message="attribute 'x' is wrong"), "SFCC refused data: .*attribute 'x' is wrong"),
        (JobFault("no_log"), "left no log"),
    ],
)
def test_a_bad_end_is_told(sfcc: DemoSfcc, client: SfccClient, upload: Make, fault: JobFault, problem: str) -> None:
    sfcc.jobs.fail(fault)
    ended = end(sfcc, client, begin(client, upload))
    verdict = judge(ended, client.findings(ended), "shop.zip")
    assert not verdict.good
    with pytest.raises(AssertionError, match=f"shop.zip: job {SITE_IMPORT}, execution 1.*{problem}"):
        raise AssertionError("\n".join(verdict.problems))


def test_warnings_are_grouped_and_do_not_fail_an_import(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    assignments = "".join(
        f'<category-assignment category-id="root" product-id="missing-{number}"/>' for number in range(20)
    )
    content = site_archive("shop", {"catalogs/a/a.xml": catalog("a", assignments)})
    ended = end(sfcc, client, begin(client, upload, content))
    findings = client.findings(ended)
    verdict = judge(ended, findings, "shop.zip")
    assert verdict.good
    assert verdict.findings.warnings == 20
    assert [group.count for group in verdict.findings.warning_groups] == [20]
    assert "root does not exist" in verdict.findings.warning_groups[0].text


def test_an_import_log_that_is_gone_is_a_warning(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    ended = end(sfcc, client, begin(client, upload))
    for log in (sfcc.instance.share.folder / "Impex" / "log").iterdir():
        log.unlink()
    findings = client.findings(ended)
    assert findings is not None
    assert "is not there" in findings.warning_groups[0].text


def test_a_job_log_that_is_gone_proves_nothing(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    ended = end(sfcc, client, begin(client, upload))
    assert ended.log_path is not None
    sfcc.instance.share.path(ended.log_path).unlink()
    assert not judge(ended, client.findings(ended), "shop.zip").good


def test_an_archive_that_is_not_there_is_an_error_of_the_job(sfcc: DemoSfcc, client: SfccClient) -> None:
    begun = client.begin(site_import("none.zip"))
    assert begun.execution is not None
    ended = end(sfcc, client, begun.execution)
    assert "none.zip does not exist" in judge(ended, client.findings(ended), "none.zip").problems[0]


def test_the_set_up_archive_brings_the_jobs_that_import_files(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    begin(client, upload, setup_archive("Shop"), SETUP_NAME)
    sfcc.jobs.settle()
    folder = "akeneo/run-1"
    client.webdav.put(f"Impex/src/{folder}/001-main-a.xml", upload(catalog("main", product("A1"))))
    relation = (
        '<product product-id="A1"><product-links><product-link product-id="A1" type="other"/></product-links></product>'
    )
    client.webdav.put(f"Impex/src/{folder}/002-main-b.xml", upload(catalog("main", relation)))
    begun = client.begin(own_job(IMPORT_CATALOG, {WORKING_FOLDER: folder}))
    assert begun.execution is not None
    ended = end(sfcc, client, begun.execution)
    assert judge(ended, client.findings(ended), folder).good
    assert sfcc.state()["products"]["A1"]["links"] == [("A1", "other")]
    assert client.webdav.names(f"Impex/src/{folder}") == ("001-main-a.xml", "002-main-b.xml")


def test_a_job_without_files_fails(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    begin(client, upload, setup_archive("Shop"), SETUP_NAME)
    sfcc.jobs.settle()
    begun = client.begin(own_job(IMPORT_CATALOG, {WORKING_FOLDER: "akeneo/none"}))
    assert begun.execution is not None
    assert end(sfcc, client, begun.execution).failed


@pytest.mark.parametrize("request_", [product_index("Shop"), own_job(SEARCH_REINDEX, {})], ids=lambda one: one.job_id)
def test_indexes_are_rebuilt(sfcc: DemoSfcc, client: SfccClient, upload: Make, request_: object) -> None:
    begin(client, upload, setup_archive("Shop"), SETUP_NAME)
    sfcc.jobs.settle()
    begun = client.begin(request_)  # type: ignore[arg-type]
    assert begun.execution is not None
    assert not end(sfcc, client, begun.execution).failed
