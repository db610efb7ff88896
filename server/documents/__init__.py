"""Documents that leave the system: A4 PDF, XLSX and CSV. What users wrote is data in all of them."""

from __future__ import annotations

from server.documents.document_error import CharacterMissing, DocumentError
from server.documents.pdf import PdfMaker
from server.documents.sheet import Column, Sheet

__all__ = ["CharacterMissing", "Column", "DocumentError", "PdfMaker", "Sheet"]
