"""Content assets and folders (Salesforce Help, "Content and Content Library Folder Object Import and Export")."""

from __future__ import annotations

from collections import Counter

from local.demo_sfcc.importer.elements import Element, child, children, named, text_of
from local.demo_sfcc.importer.holdings import ROOT, Content, Holdings, Library
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode
from local.demo_sfcc.importer.values import ValueImport


class LibraryImport:
    """Imports library files; one without an id is a site's own."""

    def __init__(self, holdings: Holdings, log: ImportLog, values: ValueImport) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log
        self._of = values

    def load(self, root: Element, mode: Mode) -> None:
        """Import a file whose form is right."""
        id_ = root.get("library-id", "")
        library = self._holdings.libraries.setdefault(id_, Library(id_))
        parts = [(name, element) for name, element in children(root) if name in ("folder", "content")]
        for name, element in parts:
            self._object(name, element, library, mode)
        for name, element in parts:
            self._relate(name, element, library)
        for name, number in Counter(name for name, _ in parts).items():
            self._log.info(f"Processed {number} {name} elements")

    def _object(self, name: str, element: Element, library: Library, mode: Mode) -> None:
        id_ = element.get(f"{name}-id", "")
        self._of.drop_unknown_locales(element, id_)
        held = library.folders if name == "folder" else library.content
        if element.get("mode") == "delete" or mode == "delete":
            if id_ == ROOT and name == "folder":
                self._log.warn(id_, "the root folder cannot be deleted")
            elif held.pop(id_, None) is None:
                self._log.warn(id_, f"{name} to delete does not exist")
            return
        if id_ not in held and mode == "update":
            self._log.warn(id_, f"{name} does not exist and is not created in mode UPDATE")
            return
        if id_ not in held or mode == "replace":
            held[id_] = Content(id_)
        one = held[id_]
        type_ = "Content" if name == "content" else "Folder"
        for part_name, part in children(element):
            if part_name == "custom-attributes":
                self._of.merge_custom(one.custom, part, type_, id_)
            elif not len(part) or part_name == "page-attributes":
                self._of.merge(one.values, part_name, part)

    def _relate(self, name: str, element: Element, library: Library) -> None:
        id_ = element.get(f"{name}-id", "")
        one = (library.folders if name == "folder" else library.content).get(id_)
        if one is None:
            return
        if name == "folder":
            above = child(element, "parent")
            wanted = [] if above is None else [text_of(above)]
        elif (links := child(element, "folder-links")) is not None:
            wanted = [link.get("folder-id", "") for link in named(links, "folder-link")]
        else:
            return
        for folder in wanted:
            if folder not in library.folders:
                self._log.warn(id_, f"folder {folder} does not exist")
        one.folders = [folder for folder in wanted if folder in library.folders]
