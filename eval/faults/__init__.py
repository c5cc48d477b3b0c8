"""Killed processes, full disks and damaged files: nothing may be lost."""
