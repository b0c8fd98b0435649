"""The repository's rules as functions: a folder laid out like the repository in, what is wrong out.

They take the folder, so that `test_checks_can_fail` can show each of them a broken sample.
"""
