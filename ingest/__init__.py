"""From a file to Documents and Chunks. Imports nothing of the other folders."""
