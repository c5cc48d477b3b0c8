"""The stock pipelines that Shirabe is compared with."""
