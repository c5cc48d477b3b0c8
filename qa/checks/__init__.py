"""Exact checks: does what a sentence says stand in the spans that it cites?"""
