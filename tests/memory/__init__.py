"""An archive in memory: a slow and obvious implementation of everything that search and recommending need of one.

It is read beside the interfaces (`search.reader.index`, `search.reader.articles`, `recommender.corpus.corpus`): nothing
here is fast, and nothing knows how an archive in a folder is kept. Whatever answers on it as on segments needs no more
of an archive than the interfaces say.
"""
