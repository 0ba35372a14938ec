"""`/export`: the books as a zip file of plain text."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from flask import Response, send_file

from api.books_archive import write_zip
from api.limits import EXPORT_MEMORY_BYTES
from api.queries import Query
from api.smorest import Blueprint

if TYPE_CHECKING:
    from ledger.service import Ledger


def blueprint(ledger: Ledger) -> Blueprint:
    """Return the route."""
    routes = Blueprint("export", "export", description="Everything, as plain text.")

    @routes.route("/export")
    @routes.arguments(Query, location="query", as_kwargs=True)
    @routes.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
    def books() -> Response:
        """Return the books, complete up to the last document, as a zip file; needs the scope `export`."""
        ledger.publish()
        target = tempfile.SpooledTemporaryFile(max_size=EXPORT_MEMORY_BYTES)  # noqa: SIM115  # the answer closes it
        try:
            write_zip(ledger.books, target)
            target.seek(0)
        except BaseException:
            target.close()
            raise
        response = send_file(target, mimetype="application/zip", as_attachment=True, download_name="books.zip")
        response.call_on_close(target.close)
        return response

    return routes
