"""Files of every kind a researcher has, to one documents table."""

from policytext.readers.assembly import Reading
from policytext.readers.kinds import KINDS
from policytext.readers.reading import read_documents

__all__ = ["KINDS", "Reading", "read_documents"]
