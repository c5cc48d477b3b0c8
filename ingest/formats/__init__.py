"""Files of every format: told, unpacked, decoded, and read into lines with their structure."""
