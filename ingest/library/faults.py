"""What doesn't agree inside the library."""

import sqlite3

from ingest.library.schema import SEAL, teach

ALTERED = f"SELECT id FROM documents WHERE {SEAL} != seal"
ALTERED_TEXT = "SELECT id FROM documents JOIN bodies ON document_id = id WHERE digest_of(text) != digest"
CHECKS = {
    "文書のないチャンク": "SELECT id FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)",
    "本文のない文書": "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM bodies)",
    "文書のない本文": "SELECT document_id FROM bodies WHERE document_id NOT IN (SELECT id FROM documents)",
    "チャンクのない文書": "SELECT id FROM documents WHERE is_current AND id NOT IN (SELECT document_id FROM chunks)",
    "旧版に残るチャンク": "SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id WHERE NOT d.is_current",
    "文書のないファイル": "SELECT name FROM sources WHERE name NOT IN (SELECT source FROM documents)",
    "新版のない旧版": "SELECT id FROM documents WHERE replaced_by IS NOT NULL AND (is_current OR replaced_by NOT IN (SELECT id FROM documents))",
    "訂正先のない訂正": "SELECT id FROM documents WHERE corrects IS NOT NULL AND corrects NOT IN (SELECT id FROM documents WHERE is_current)",
    "登録後に変わった本文": ALTERED_TEXT,
    "登録後に変わった題名・日付などの記録": ALTERED,
    "本文と一致しないチャンク": "SELECT c.id FROM chunks c JOIN bodies b ON b.document_id = c.document_id WHERE substr(b.text, c.start + 1, c.end - c.start) != c.text",
}


def faults(connection: sqlite3.Connection) -> list[str]:
    """Damage, orphans, chunks that aren't their span, in words; empty when all is well."""
    teach(connection)
    found = [f"SQLite: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    return found + [f"{said}: {id_}" for said, query in CHECKS.items() for (id_,) in connection.execute(query)]


def damaged_sources(connection: sqlite3.Connection) -> list[str]:
    """The files whose documents aren't as they were written, whatever changed them."""
    teach(connection)
    return [name for (name,) in connection.execute(f"SELECT DISTINCT source FROM documents WHERE is_current AND id IN ({ALTERED} UNION {ALTERED_TEXT})")]
