"""The table of all commands: what `readmore --help` lists of each, and where it is. It imports none of them."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """A command as `readmore --help` lists it, without importing it."""

    place: str  # module:attribute; imported when it runs, so that no command pays for another's imports
    summary: str  # fits a line of 80 columns
    examples: tuple[str, ...]


GROUPS = {
    "Put articles in": {
        "index": Command(
            "indexer.commands.index:index",
            "Add or update articles from files and folders.",
            ("readmore index posts/ export.jsonl.gz", "cat export.jsonl | readmore index -"),
        ),
        "sync": Command(
            "indexer.commands.sync:sync",
            "Bring the archive in step with the sources it remembers.",
            ("readmore sync", "readmore sync --dry-run"),
        ),
        "init": Command(
            "indexer.commands.init:init",
            "Look at a site or a folder and propose a readmore.toml.",
            ("readmore --data new-archive init posts/",),
        ),
        "try": Command(
            "indexer.commands.try_page:try_command",
            "Show what would be taken from one page, and why.",
            ("readmore try draft.md",),
        ),
        "sources": Command(
            "indexer.commands.sources:sources",
            "List the kinds of files that articles are read from.",
            ("readmore sources",),
        ),
        "embed": Command(
            "indexer.commands.embed:embed",
            "Add a vector space from a neural model (extra: neural).",
            ("readmore embed minilm", "readmore embed", "readmore embed --remove minilm"),
        ),
    },
    "Get answers": {
        "search": Command(
            "search.commands.search:search",
            "Find the articles that answer a query.",
            ("readmore search 'moon +landing -crewed'", "readmore search 'title:comet*' --site Perihelion --json"),
        ),
        "related": Command(
            "recommender.commands.related:related",
            "What to read after an article, several of them, or a draft.",
            (
                "readmore related 2024-05-03-change-6-launches --block",
                "readmore related --text draft.md --since 2024-01-01",
            ),
        ),
        "suggest": Command(
            "search.commands.suggest:suggest",
            "What the box offers while somebody types.",
            ("readmore suggest 'moon lan'",),
        ),
        "show": Command(
            "indexer.commands.show:show",
            "Show an article as it is stored.",
            ("readmore show 2024-05-03-change-6-launches",),
        ),
    },
    "For editors": {
        "rules": Command(
            "recommender.commands.rules:rules",
            "Pins, synonyms, boosts, quotas: show or change them.",
            (
                "readmore rules forbid 2024-04-28-galileo-falcon-9",
                "readmore rules quota 2 --section MOON",
                "readmore rules synonyms ev 'electric vehicle'",
                "readmore rules",
            ),
        ),
        "assert": Command(
            "recommender.commands.assertions:assert_command",
            "Check what must be true of related articles and searches.",
            ("readmore assert assertions.yaml",),
        ),
        "report": Command(
            "web.commands.report:report",
            "Who is sent where, doubtful sections, searches that miss.",
            ("readmore report", "readmore report --html related.html", "readmore report --searches"),
        ),
        "judge": Command(
            "recommender.commands.judge:judge",
            "Say which items of related blocks you would sign.",
            ("readmore judge --count 20", "readmore judge --report", "readmore judge --calibrate"),
        ),
        "even": Command(
            "recommender.commands.even:even",
            "Offer articles more evenly.",
            ("readmore even 0.05", "readmore even 0"),
        ),
    },
    "Serve and export": {
        "serve": Command(
            "web.commands.serve:serve",
            "The web service: pages for readers, JSON for programs.",
            ("readmore serve --host 0.0.0.0 --port 8000",),
        ),
        "keys": Command(
            "web.commands.keys:keys",
            "Who may read, write and edit through the service.",
            (
                "readmore keys add 'the content system' --scope write",
                "readmore keys",
                "readmore keys withdraw 'the content system'",
            ),
        ),
        "config": Command(
            "web.commands.config:config",
            "Show every setting of the service and where it is set.",
            ("readmore config", "readmore config --port 9000 --json"),
        ),
        "export": Command(
            "web.commands.export:export_command",
            "Write the related block of every article into files.",
            ("readmore export site/related --link '/stories/{id}'",),
        ),
        "demo": Command(
            "web.commands.demo:demo",
            "Index the sample archive, and serve it.",
            ("readmore --data readmore-demo demo --port 8000",),
        ),
    },
    "Measure and tune": {
        "eval": Command(
            "recommender.commands.evaluate:eval_command",
            "Measure ranking on a test collection, each leg and fused.",
            (
                "readmore eval collections/cranfield",
                "readmore eval collections/cranfield --compare fusion bm25 --runs runs/",
            ),
        ),
        "tune": Command(
            "search.commands.tune:tune_command",
            "Weigh words and vectors as judged queries or clicks say.",
            ("readmore tune collections/judged", "readmore tune --reset"),
        ),
        "learn": Command(
            "recommender.commands.learn:learn",
            "Learn from links, grades and clicks what is related.",
            ("readmore learn --dry-run", "readmore learn", "readmore learn --undo"),
        ),
    },
    "Look after the archive": {
        "status": Command("indexer.commands.status:status", "Show what the archive holds.", ("readmore status",)),
        "remove": Command(
            "indexer.commands.remove:remove",
            "Take articles out of the archive.",
            ("readmore remove 2024-04-28-galileo-falcon-9",),
        ),
        "check": Command(
            "recommender.commands.check:check",
            "Verify that all of it is intact, and mend it.",
            ("readmore check", "readmore check --repair", "readmore check --repair --from backups/monday"),
        ),
        "backup": Command(
            "recommender.commands.backup:backup",
            "Back up all that cannot be derived, while it runs.",
            ("readmore backup backups/monday", "readmore backup backups/monday.zip"),
        ),
        "restore": Command(
            "recommender.commands.backup:restore",
            "Put a backup back.",
            ("readmore --data new-archive restore backups/monday", "readmore restore --replace backups/monday.zip"),
        ),
        "reindex": Command(
            "recommender.commands.reindex:reindex",
            "Rebuild every index while the old one serves.",
            ("readmore reindex",),
        ),
    },
}
COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}
EXAMPLES = (
    "readmore --data archive index posts/ export.jsonl.gz",
    "readmore --data archive search 'moon +landing -crewed'",
    "readmore --data archive related 2024-05-03-change-6-launches",
    "readmore --data archive serve --port 8000",
    "readmore related --help",
)

CHANGING = ("index", "sync", "embed", "reindex", "remove", "restore")
"""Commands after which the archive is not what it was."""
