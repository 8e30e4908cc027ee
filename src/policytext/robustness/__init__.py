"""How firm conclusions are: other choices, other documents, proofs on the data at hand."""
