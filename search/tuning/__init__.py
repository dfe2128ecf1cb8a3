"""Tuning: how far an archive's own judgements or clicks say that the words of a query are to be trusted."""
