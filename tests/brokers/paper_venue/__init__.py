"""The paper venue, part by part."""
