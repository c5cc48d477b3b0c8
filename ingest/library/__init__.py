"""The library of documents and chunks: what it holds, what changes it, versions and corrections."""
