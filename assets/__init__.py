"""Data of the product: knowledge tables, icons, schemas, templates, translations."""
